"""Days to look at."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from crm.models import Preferences
from leads.models import Deal, Lead, Source
from leads.today.day import Day
from tests.leads.factories import a_follow_up, a_lead, a_listing, a_note, a_phone, a_talk


def somebody_waiting(name: str = "Ana Cruz") -> Lead:
    lead = a_lead(name, stage="contacted")
    a_talk(lead, "text", direction="in", days_ago=0.01, body="Is it still available?")
    return lead


def later_today(now: dt.datetime) -> dt.datetime:
    """In an hour; by the owner's clock it is still the same day."""
    day = Day(now, Preferences.objects.get().tzinfo)
    return min(now + dt.timedelta(hours=1), day.ends - dt.timedelta(seconds=1))


def a_full_day() -> None:
    """One person for nearly every reason, and a rail with something in it."""
    now = timezone.now()
    jasmine = a_lead(
        "Jasmine Uy", arrived_at=now - dt.timedelta(minutes=3), bedrooms_min=2,
        source=Source.objects.first(), budget_min=Decimal(8_000_000),
        budget_max=Decimal(10_000_000),
    )  # fmt: skip
    a_phone(jasmine, is_primary=True)
    a_talk(jasmine, "email", direction="in", days_ago=0.002,
           body="Hi, is the townhouse on Acacia Lane still available?")  # fmt: skip
    somebody_waiting()
    home = a_listing("12 Acacia Lane")
    dana = a_lead("Dana Whitfield", stage="showing", score=86)
    a_follow_up(dana, later_today(now), kind="showing", title="Gate code",
                listing=home, minutes=45)  # fmt: skip
    miguel = a_lead("Miguel Navarro", stage="showing", score=88)
    a_talk(miguel, days_ago=6)
    grace = a_lead("Grace Tolentino", stage="offer", score=91)
    a_talk(grace, days_ago=0.1)
    Deal.objects.create(
        lead=grace, amount=Decimal(13_400_000), commission_percent=Decimal(3),
        commission=Decimal(402_000), opened_on=now.date() - dt.timedelta(days=20),
        expected_on=now.date() - dt.timedelta(days=1), listing=home,
    )  # fmt: skip
    aileen = a_lead("Aileen Santos", stage="contacted", score=63)
    a_follow_up(aileen, now - dt.timedelta(days=1, hours=2), title="Send the floor plan")
    a_note(aileen)
