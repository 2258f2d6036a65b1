"""The agenda as a grid: days side by side, each in slots of half an hour."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.urls import reverse

from crm.models import Preferences
from leads.followups import clock, queries
from leads.followups.entries import Entry
from leads.models import FollowUp

SLOT = dt.timedelta(minutes=30)
SLOTS = 48
DAY, WEEK = "day", "week"
QUARTERS = 4


@dataclass
class Slot:
    """Half an hour of a day. `now` is the quarter of it that is passing."""

    number: int
    entries: list[Entry] = field(default_factory=list)
    now: int | None = None

    @property
    def time(self) -> str:
        return f"{self.number // 2:02}:{self.number % 2 * 30:02}"

    @property
    def hour(self) -> str:
        return self.time.removeprefix("0")

    @property
    def whole_hour(self) -> bool:
        return self.number % 2 == 0


@dataclass
class Column:
    day: dt.date
    today: bool
    all_day: list[Entry]
    slots: list[Slot]

    @property
    def empty(self) -> bool:
        return not self.all_day and not any(slot.entries for slot in self.slots)

    @property
    def add(self) -> str:
        """Where something is planned on this day; a time comes after it."""
        return f"{reverse('followups:add')}?on={self.day.isoformat()}&at="


@dataclass
class Shown:
    """What the page shows, and where its buttons lead."""

    span: str
    today: dt.date
    columns: list[Column]
    overdue: list[Entry]
    to_confirm: list[FollowUp]

    @property
    def first(self) -> dt.date:
        return self.columns[0].day

    @property
    def last(self) -> dt.date:
        return self.columns[-1].day

    @property
    def near(self) -> dt.date:
        """The day that a look closer would be at."""
        return self.today if self.first <= self.today <= self.last else self.first

    @property
    def before(self) -> dt.date:
        return self.first - dt.timedelta(days=len(self.columns))

    @property
    def after(self) -> dt.date:
        return self.last + dt.timedelta(days=1)

    @property
    def hours(self) -> list[Slot]:
        return self.columns[0].slots


def page(*, on: str, span: str, now: dt.datetime, preferences: Preferences) -> Shown:
    zone = clock.named(preferences.zone)
    today = clock.day(now, zone)
    span = span if span in (DAY, WEEK) else WEEK
    first, count = _range(_asked(on, today), span)
    found = queries.days(first, count, zone)
    slots = _slots(found, preferences, zone)
    return Shown(
        span=span,
        today=today,
        columns=[_column(day, slots, now, today, zone) for day in found],
        overdue=[Entry.of(one, zone) for one in queries.overdue(clock.beginning(today, zone))],
        to_confirm=queries.to_confirm(now, zone),
    )


def _asked(on: str, today: dt.date) -> dt.date:
    """A day that doesn't exist, or lies where no calendar reaches, is today."""
    try:
        day = dt.date.fromisoformat(on)
    except ValueError:
        return today
    return day if 1970 <= day.year <= 2200 else today


def _range(day: dt.date, span: str) -> tuple[dt.date, int]:
    return (day, 1) if span == DAY else (day - dt.timedelta(days=day.weekday()), 7)


def _slots(found: list[queries.Day], preferences: Preferences, zone: dt.tzinfo) -> range:
    """The working hours, widened by what lies outside of them."""
    numbers = [_number(clock.wall(one.due, zone)) for day in found for one in day.timed]
    start = preferences.working_hours_start.hour * 2
    end = preferences.working_hours_end.hour * 2 + 2
    return range(min([start, *numbers]) // 2 * 2, min(max([end, *(n + 1 for n in numbers)]), SLOTS))


def _number(local: dt.datetime) -> int:
    return local.hour * 2 + local.minute // 30


def _column(
    day: queries.Day, numbers: range, now: dt.datetime, today: dt.date, zone: dt.tzinfo
) -> Column:
    slots = {number: Slot(number) for number in numbers}
    for entry in (Entry.of(one, zone) for one in day.timed):
        slots[_number(entry.local)].entries.append(entry)
    if day.day == today:
        local = clock.wall(now, zone)
        passing = slots.get(_number(local))
        if passing is not None:
            passing.now = local.minute % 30 * QUARTERS // 30
    whole = [Entry.of(one, zone) for one in day.all_day]
    return Column(day.day, day.day == today, whole, list(slots.values()))
