from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from crm.events import reactions
from crm.models import Delivery, Event
from crm.models.delivery import DeliveryQuerySet
from crm.runtime.ticks import poke

TICK = "events.deliver"
NEXT_NUMBER = """
    INSERT INTO crm_subject (id, last_number) VALUES (%s, 1)
    ON CONFLICT (id) DO UPDATE SET last_number = crm_subject.last_number + 1
    RETURNING last_number
"""


def record(
    kind: str, *, subject: UUID, data: dict[str, object], operation: UUID | None = None
) -> Event:
    """Write down what happened, in the caller's transaction, for every registered reaction.

    `data` holds ids and small facts, never what a person wrote or how they are reached.
    The subject stays locked until the caller commits; who records several in one transaction
    takes them in the order of their ids, and bulk work records one event with its operation.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An event is recorded in a transaction.")
    event = Event.objects.create(
        kind=kind, subject=subject, number=_next_number(subject), data=data, operation=operation
    )
    Delivery.objects.bulk_create(
        Delivery(event=event, reaction=name, subject=subject, number=event.number)
        for name in reactions.names(kind)
    )
    poke(TICK)
    return event


def _next_number(subject: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [subject])
        return int(cursor.fetchone()[0])


@transaction.atomic
def retry(*, delivery: UUID) -> bool:
    return _retry(Delivery.objects.filter(id=delivery)) == 1


@transaction.atomic
def retry_all() -> int:
    return _retry(Delivery.objects.all())


def _retry(deliveries: DeliveryQuerySet) -> int:
    amount = deliveries.set_aside().update(
        state=Delivery.State.WAITING, attempts=0, due_at=timezone.now()
    )
    poke(TICK)
    return amount


@transaction.atomic
def skip(*, delivery: UUID, because: str) -> bool:
    """Give this one up for good, so that those behind it go on."""
    skipped = (
        Delivery.objects.filter(id=delivery)
        .set_aside()
        .update(state=Delivery.State.SKIPPED, skipped_because=because, settled_at=timezone.now())
    )
    poke(TICK)
    return skipped == 1
