"""A week as an agent has it: calls, showings, what is late and what is for the whole day."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from leads.followups import clock, services
from leads.models import FollowUp, Lead
from tests.leads.factories import a_lead, a_listing

NAMES = [
    "Dana Whitfield", "Ramon Villareal", "Patricia Lim", "Paolo Enriquez", "Jasmine Uy",
    "Maria Consolación Dela Cruz-Bustamante de los Santos y Villanueva",
]  # fmt: skip
# Days from Monday, time, kind, title, minutes.
PLANNED = [
    (0, "9:30", "call", "Loan approval", 15), (0, "10:30", "showing", "First showing", 45),
    (0, "14:00", "showing", "Second look", 60), (0, "16:30", "meeting", "Reservation signing", 30),
    (1, "8:00", "call", "Call again", 10), (1, None, "email", "Send the Talamban floor plan", None),
    (2, "11:00", "call", "See how it stands", 10), (2, "11:10", "text", "Thank for the visit", 5),
    (2, "11:20", "task", "Print the reservation agreement", 20),
    (3, "10:00", "showing", "Bring the key from the guard house", 45),
    (4, None, "task", "Renew the listing photos", None),
    (4, "17:30", "call", "Before the weekend", 15),
    (5, "13:30", "showing", "With the whole family", 90),
]  # fmt: skip


def make_week() -> list[FollowUp]:
    zone = clock.zone()
    today = clock.day(timezone.now(), zone)
    monday = today - dt.timedelta(days=today.weekday())
    people: list[Lead | None] = [*map(a_lead, NAMES), None]
    home = a_listing("12 Acacia Lane", address="12 Acacia Lane, Lahug")
    made = [
        services.plan(
            lead=people[number % len(people)], title=title, kind=kind, minutes=minutes,
            listing=home if kind == "showing" else None,
            **_when(monday + dt.timedelta(days=day), time, zone),
        )
        for number, (day, time, kind, title, minutes) in enumerate(PLANNED)
    ]  # fmt: skip
    late = timezone.now() - dt.timedelta(days=2)
    made.append(services.plan(lead=people[1], title="Send the floor plan", kind="email", due=late))
    soon = timezone.now() + dt.timedelta(hours=2)
    made.append(
        services.plan(lead=people[0], title="Show it", kind="showing", due=soon, listing=home)
    )
    return made


def _when(day: dt.date, time: str | None, zone: dt.tzinfo) -> dict[str, object]:
    if time is None:
        return {"due_on": day}
    hour, minute = map(int, time.split(":"))
    return {"due": clock.at(day, dt.time(hour, minute), zone)}
