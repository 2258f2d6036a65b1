"""A day holds wherever the owner is: when their zone changes, so does the end of it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from leads.followups import clock
from leads.models import FollowUp

AT_ONCE = 500


@transaction.atomic
def keep_days() -> int:
    """The tick: open ones that are due on a day, and were counted in another zone. What repeats
    goes on by its own rule's zone."""
    zone = clock.preferences().zone
    elsewhere = FollowUp.objects.open().filter(due_on__isnull=False, rule="")
    elsewhere = elsewhere.filter(Q(zone__lt=zone) | Q(zone__gt=zone))
    some = list(elsewhere.select_for_update(skip_locked=True).order_by("zone", "id")[:AT_ONCE])
    for one in some:
        assert one.due_on is not None  # noqa: S101  (asked for above)
        one.zone, one.due = zone, clock.end(one.due_on, clock.named(zone))
        one.save(update_fields=["zone", "due"])
    return len(some)
