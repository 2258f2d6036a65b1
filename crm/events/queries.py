from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from django.db.models import Count, Min, Q, Subquery
from django.utils import timezone

from crm.models import Delivery


class OutboxState(TypedDict):
    stuck: int
    waiting: int
    late_seconds: int


def outbox_state() -> OutboxState:
    now = timezone.now()
    due = Delivery.objects.due(now=now).first_in_line()
    held = Delivery.objects.unsettled().aggregate(
        stuck=Count("id", filter=Q(state=Delivery.State.SET_ASIDE)),
        waiting=Count("id"),
        oldest=Min(Subquery(due.order_by("due_at").values("due_at")[:1])),
    )
    late = now - held["oldest"] if held["oldest"] else timedelta()
    return OutboxState(
        stuck=held["stuck"],
        waiting=held["waiting"],
        late_seconds=int(late.total_seconds()),
    )


def stuck_count() -> int:
    return Delivery.objects.set_aside().count()
