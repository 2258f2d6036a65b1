from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction

from crm.audit.services import operation
from leads.models import Deal, Lead, Stage
from leads.people.services import move_stage
from leads.roi.services import add_deal, change_deal, commission_of

STATES = {Stage.Kind.RESERVED: Deal.State.RESERVED, Stage.Kind.CLOSED: Deal.State.CLOSED}


@dataclass(frozen=True)
class Agreed:
    """What a reservation or a closing is about; the day is when it closed, or is expected to."""

    amount: Decimal
    commission_percent: Decimal
    day: dt.date | None
    # What one unit of its currency is worth in the owner's; None where it is the owner's.
    rate: Decimal | None = None


class Answers(TypedDict, total=False):
    why: str
    lost_reason: str
    agreed: Agreed


@transaction.atomic
def move(
    *, lead: Lead, to: Stage, why: str = "", lost_reason: str = "", agreed: Agreed | None = None
) -> UUID | None:
    """A move with what belongs to it: the deal that is reserved or closed, or falls through. None
    where another tab was a moment earlier: a deal is not agreed twice."""
    with transaction.atomic(), operation(f"Move to {to.name}") as id:
        if move_stage(lead=lead, to=to, why=why, lost_reason=lost_reason) is None:
            transaction.set_rollback(True)
            return None
        if to.kind in STATES and agreed is not None:
            _agree(lead, open_deal(lead), STATES[Stage.Kind(to.kind)], agreed)
    return id


def open_deal(lead: Lead) -> Deal | None:
    return Deal.objects.running().filter(lead=lead).order_by("-opened_on", "-id").first()


def _agree(lead: Lead, deal: Deal | None, state: str, agreed: Agreed) -> None:
    closed = state == Deal.State.CLOSED
    terms: dict[str, Any] = {
        "state": state,
        "amount": agreed.amount,
        "commission_percent": agreed.commission_percent,
        "commission": commission_of(agreed.amount, agreed.commission_percent),
        "closed_on" if closed else "expected_on": agreed.day,
    }
    if agreed.rate is not None:
        terms["rate"] = agreed.rate
    if deal is not None:
        change_deal(deal=deal, values=terms)
    else:
        add_deal(lead=lead, currency=lead.currency, **terms)
