from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from crm.models import Notification

A_PAGE = 30
# Above this the bell says "99+": nobody counts further, and counting costs.
COUNTED = 100
UNREAD = (
    "SELECT count(*) FROM (SELECT FROM crm_notification WHERE shown_at IS NOT NULL"  # noqa: S608
    f" AND read_at IS NULL LIMIT {COUNTED}) unread"
)


def unread_count() -> int:
    return Notification.objects.unread()[:COUNTED].count()


def page_of_notifications(*, before: UUID | None = None) -> tuple[list[Notification], UUID | None]:
    """One page, newest first, and the id to go on from, when there is more."""
    shown = Notification.objects.shown().order_by("-shown_at", "-id")
    start = shown.filter(id=before).first() if before else None
    if start is not None:
        shown = shown.filter(
            Q(shown_at__lt=start.shown_at) | Q(shown_at=start.shown_at, id__lt=start.id)
        )
    found = list(shown[: A_PAGE + 1])
    return found[:A_PAGE], found[A_PAGE - 1].id if len(found) > A_PAGE else None
