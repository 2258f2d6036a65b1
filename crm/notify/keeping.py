from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from crm.models import Notification
from crm.notify import live

KEPT_FOR = timedelta(days=90)


def prune() -> int:
    """Forget what was read, or told elsewhere only, three months ago."""
    live.prune()
    old = Notification.objects.filter(at__lt=timezone.now() - KEPT_FOR)
    unsettled = old.filter(deliveries__state__in=["waiting", "claimed"]).values("id")
    read = old.exclude(shown_at__isnull=False, read_at__isnull=True).exclude(id__in=unsettled)
    return read.delete()[1].get("crm.Notification", 0)
