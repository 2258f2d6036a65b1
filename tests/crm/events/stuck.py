from __future__ import annotations

from uuid import UUID

from crm.models import Delivery, Event, Subject
from crm.vault.ids import uuid7


def make_stuck(subject: UUID | None = None, *, reaction: str = "leads.score") -> Delivery:
    """A delivery that was set aside, as delivering leaves one."""
    subject = subject or uuid7()
    counted, _ = Subject.objects.get_or_create(id=subject, defaults={"last_number": 0})
    counted.last_number += 1
    counted.save(update_fields=["last_number"])
    event = Event.objects.create(kind="lead.arrived", subject=subject, number=counted.last_number)
    return Delivery.objects.create(
        event=event,
        reaction=reaction,
        subject=subject,
        number=event.number,
        state=Delivery.State.SET_ASIDE,
        attempts=8,
        last_error="ValueError at leads/scoring/services.py:41",
    )
