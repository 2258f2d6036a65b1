from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from django.db.models import Count, Min, Q
from django.utils import timezone

from crm.models import Delivery


class OutboxState(TypedDict):
    stuck: int
    waiting: int
    late_seconds: int


def outbox_state() -> OutboxState:
    now = timezone.now()
    due = Delivery.objects.due(now=now).first_in_line()
    oldest = due.aggregate(oldest=Min("due_at"))["oldest"]
    late = now - oldest if oldest else timedelta()
    stuck = Count("id", filter=Q(state=Delivery.State.SET_ASIDE))
    held = Delivery.objects.unsettled().aggregate(stuck=stuck, waiting=Count("id"))
    return OutboxState(
        stuck=held["stuck"],
        waiting=held["waiting"],
        late_seconds=int(late.total_seconds()),
    )


def stuck_count() -> int:
    return Delivery.objects.set_aside().count()
