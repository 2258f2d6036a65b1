"""What the demonstration's agent has ahead of her, with the people of leads/people by name."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from leads.followups import clock, services
from leads.models import FollowUp, Lead
from properties.models import Listing

Kind = FollowUp.Kind
ACACIA, AMIHAN = "12 Acacia Lane", "Casa Amihan"
# Name, days from today, time, kind, what about, minutes, home, rule.
PLANNED: list[tuple[str, int, str, str, str, int | None, str, str]] = [
    ("Ramon Villareal", 0, "9:30", Kind.CALL, "Ask if the bank approved his loan", 15, "", ""),
    ("Dana Whitfield", 0, "10:30", Kind.SHOWING, "Bring the fibre offer", 45, ACACIA, ""),
    ("Patricia Lim", 0, "14:00", Kind.SHOWING, "Second look", 60, AMIHAN, ""),
    ("Paolo Enriquez", 0, "16:30", Kind.MEETING, "Reservation signing, Verdana 17C", 30, "", ""),
    ("Aileen Santos", -1, "", Kind.EMAIL, "Send the Talamban floor plan", None, "", ""),
    ("Grace Tolentino", 1, "9:00", Kind.CALL, "Tell her what the seller answered", 10, "", ""),
    ("Kevin O\u2019Brien", 1, "11:00", Kind.TEXT, "Send the new price of the studio", 5, "", ""),
    ("Jasmine Uy", 2, "10:00", Kind.SHOWING, "With her husband", 45, ACACIA, ""),
    ("Miguel Navarro", 2, "15:00", Kind.CALL, "See how he stands", 15, "", ""),
    ("Sofia Ramirez", 3, "", Kind.TASK, "Write a card for her first year", None, "", ""),
    ("", 4, "8:30", Kind.TASK, "Read the new listings of the week", 30, "", "FREQ=WEEKLY"),
]  # fmt: skip


def build() -> None:
    if FollowUp.objects.exists():
        return
    zone = clock.zone()
    today = clock.day(timezone.now(), zone)
    for name, days, time, kind, title, minutes, home, rule in PLANNED:
        lead = Lead.objects.filter(name=name).first()
        if name and lead is None:
            continue
        services.plan(
            lead=lead, title=title, kind=kind, minutes=minutes, rule=rule,
            listing=Listing.objects.filter(title__startswith=home).first() if home else None,
            **_when(today + dt.timedelta(days=days), time, zone),
        )  # fmt: skip


def _when(day: dt.date, time: str, zone: dt.tzinfo) -> dict[str, Any]:
    if not time:
        return {"due_on": day}
    hour, minute = map(int, time.split(":"))
    return {"due": clock.at(day, dt.time(hour, minute), zone)}
