"""Deals of the demonstration: what closed in the last year, and what is about to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from leads.models import Deal, Lead
from leads.people.services import change_lead
from leads.roi.services import add_deal

# Who, in millions, the state, and when it ended or should: days from today.
DEALS = [
    ("Edwin Chua", "28.5", "closed", -350),
    ("Cora Villanueva", "6.4", "closed", -366),
    ("Sofia Ramirez", "14.2", "closed", -362),
    ("Jerome Pascual", "9.6", "closed", -180),
    ("Marites Aquino", "5.45", "closed", -12),
    ("Paolo Enriquez", "17.2", "reserved", 9),
    ("Isabel Fernandez", "7.9", "reserved", 16),
    ("Grace Tolentino", "14.1", "open", 30),
    ("Anton Reyes", "22.5", "open", 45),
]


def deals() -> None:
    if Deal.objects.exists():
        return
    today = timezone.localdate()
    for name, millions, state, days in DEALS:
        lead = Lead.objects.filter(name=name).first()
        day = today + dt.timedelta(days=days)
        ended = state == Deal.State.CLOSED
        if lead is not None:
            add_deal(
                lead=lead,
                amount=Decimal(millions) * 1_000_000,
                commission_percent=Decimal("3.5"),
                state=state,
                opened_on=min(day, today) - dt.timedelta(days=30),
                expected_on=None if ended else day,
                closed_on=day if ended else None,
            )
            if ended:
                change_lead(lead=lead, values={"home_since": day})
