from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from crm.models import Delivery, Event

KEPT_FOR = timedelta(days=30)
AT_ONCE = 5000


def prune() -> int:
    """Forget the events of long ago whose deliveries are settled. What is stuck stays."""
    before = timezone.now() - KEPT_FOR
    pruned = 0
    while batch := _prune_batch(before):
        pruned += batch
    return pruned


def _prune_batch(before: datetime) -> int:
    open_still = Delivery.objects.filter(event=OuterRef("id"))
    recent = open_still.unsettled() | open_still.filter(settled_at__gte=before)
    old = Event.objects.filter(at__lt=before).exclude(Exists(recent)).order_by("at")
    ids = list(old.values_list("id", flat=True)[:AT_ONCE])
    Delivery.objects.filter(event__in=ids).delete()
    Event.objects.filter(id__in=ids).delete()
    return len(ids)
