"""How long something can wait, in a few choices by the owner's clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from crm.models import Preferences
from leads.followups import clock


@dataclass(frozen=True)
class Snooze:
    """Until a moment or a day; `name` is what the choice is called by pages."""

    name: str
    label: str
    due: dt.datetime | None = None
    due_on: dt.date | None = None


def choices(now: dt.datetime, preferences: Preferences) -> dict[str, Snooze]:
    zone, local = clock.named(preferences.zone), clock.wall(now, clock.named(preferences.zone))
    start = preferences.working_hours_start
    monday = 7 - local.weekday()

    def on(days: int) -> dt.datetime:
        return clock.at(local.date() + dt.timedelta(days=days), start, zone)

    found = [
        Snooze("hour", "In an hour", now.replace(second=0, microsecond=0) + dt.timedelta(hours=1)),
        Snooze(
            "evening", "This evening", clock.at(local.date(), preferences.working_hours_end, zone)
        ),
        Snooze("tomorrow", "Tomorrow", on(1)),
        Snooze("days", "In 3 days", on(3)),
        Snooze("monday", "Next Monday", on(monday)),
        Snooze("month", "In a month", on(30)),
    ]
    # What is over is no choice, nor is the evening when it has come.
    return {one.name: one for one in found if one.due is not None and one.due > now}
