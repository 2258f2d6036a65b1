"""A deal is noted, changed and ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from crm.audit.services import operation
from crm.events.services import record
from leads.models import Deal, Lead, Stage
from properties.models import Listing

CENT = Decimal("0.01")


def commission_of(amount: Decimal, percent: Decimal) -> Decimal:
    return (amount * percent / 100).quantize(CENT, rounding=ROUND_HALF_UP)


@transaction.atomic
def add_deal(
    *,
    lead: Lead,
    amount: Decimal,
    commission_percent: Decimal,
    state: str = Deal.State.OPEN,
    commission: Decimal | None = None,
    currency: str = "PHP",
    listing: Listing | None = None,
    opened_on: dt.date | None = None,
    expected_on: dt.date | None = None,
    closed_on: dt.date | None = None,
    rate: Decimal = Decimal(1),
    id: UUID | None = None,
) -> tuple[Deal, UUID | None]:
    """What is earned follows from the price, unless another sum was agreed.

    With an `id`, noted twice is noted once, and there is nothing to undo; another price under one
    `id` is another deal.
    """
    if id is not None:
        Lead.objects.select_for_update(of=("self",), no_key=True).only("id").get(id=lead.id)
        known = Deal.objects.filter(id=id).first()
        if known is not None and (known.lead_id, known.amount) == (lead.id, amount):
            return known, None
        id = None if known is not None else id
    earned = commission_of(amount, commission_percent) if commission is None else commission
    with operation("Note a deal") as done:
        deal = Deal.objects.create(
            **({"id": id} if id else {}),
            lead=lead,
            listing=listing,
            state=state,
            amount=amount,
            currency=currency,
            rate=rate,
            commission_percent=commission_percent,
            commission=earned,
            opened_on=opened_on or timezone.localdate(),
            expected_on=expected_on,
            closed_on=ended_on(state, closed_on),
        )
        data: dict[str, object] = {"deal": str(deal.id), "state": state}
        record("deal.added", subject=lead.id, data=data)
    return deal, done


@transaction.atomic
def change_deal(*, deal: Deal, values: Mapping[str, Any]) -> UUID | None:
    """Only what differs; a deal that ends knows when, one that is open again forgets it."""
    now = Deal.objects.select_for_update().get(id=deal.id)
    wanted = dict(values)
    state = wanted.get("state", now.state)
    wanted["closed_on"] = ended_on(state, wanted.get("closed_on", now.closed_on))
    differing = {name: value for name, value in wanted.items() if getattr(now, name) != value}
    if not differing:
        return None
    with operation("Change a deal") as id:
        for name, value in differing.items():
            setattr(now, name, value)
        now.save(update_fields=list(differing))
        data: dict[str, object] = {"deal": str(now.id), "state": now.state}
        record("deal.changed", subject=now.lead_id, data=data)
    return id


@transaction.atomic
def remove_deal(*, deal: Deal) -> UUID:
    with operation("Remove a deal") as id:
        Deal.objects.filter(id=deal.id).delete()
        record("deal.removed", subject=deal.lead_id, data={"deal": str(deal.id)})
    return id


def end_with(lead: Lead, to: Stage) -> None:
    """However somebody is lost, no deal with them goes on."""
    if to.kind == Stage.Kind.LOST:
        for deal in Deal.objects.running().filter(lead=lead.id):
            change_deal(deal=deal, values={"state": Deal.State.FELL_THROUGH})


def end_of_many(*, leads: Sequence[UUID]) -> None:
    """The same in one statement; what tells of the moves tells of this."""
    ended = {"state": Deal.State.FELL_THROUGH, "closed_on": timezone.localdate()}
    Deal.objects.running().filter(lead__in=leads).update(**ended)


def ended_on(state: str, day: dt.date | None) -> dt.date | None:
    if state not in (Deal.State.CLOSED, Deal.State.FELL_THROUGH):
        return None
    return day or timezone.localdate()
