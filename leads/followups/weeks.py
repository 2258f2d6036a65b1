"""The agenda as a grid: days side by side, each in slots of half an hour."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.safestring import SafeString

from crm.models import Preferences
from crm.shell import shapes
from crm.shell.links import link
from leads.followups import clock, queries
from leads.followups.entries import Entry
from leads.models import FollowUp

SLOT = dt.timedelta(minutes=30)
SLOTS = 48
DAY, WEEK = "day", "week"
QUARTERS = 4
SLOT_TEMPLATE = "leads/followups/_slot.html"


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

    def drawn(self, day: str, named: str, add: str, now: dt.datetime) -> SafeString:
        passing = self.now is not None
        told = {
            "on_the_hour": "yes" if self.whole_hour else "",
            "free": "" if passing or self.entries else "yes",
            "quarter": str(self.now) if passing else "",
            "moment": now.isoformat() if passing else "",
            "clock": f"{now.hour}:{now:%M}" if passing else "",
            "entries": SafeString("".join(entry.drawn for entry in self.entries)),
            "day": day, "time": self.time, "hour": self.hour, "named": named,
            "add": add + self.time,
        }  # fmt: skip
        return shapes.drawn(SLOT_TEMPLATE, told)


@dataclass
class Column:
    day: dt.date
    # On the wall of the owner's zone.
    now: dt.datetime
    all_day: list[Entry]
    slots: list[Slot]

    @property
    def today(self) -> bool:
        return self.day == self.now.date()

    @property
    def past(self) -> bool:
        return self.day < self.now.date()

    @property
    def empty(self) -> bool:
        return not self.all_day and not any(slot.entries for slot in self.slots)

    @property
    def add(self) -> str:
        """Where something is planned on this day; a time comes after it."""
        return f"{link('followups:add')}?on={self.day.isoformat()}&at="

    @property
    def drawn(self) -> SafeString:
        named = date_format(self.day, "l, j F")
        day, add = self.day.isoformat(), self.add
        return SafeString("".join(slot.drawn(day, named, add, self.now) for slot in self.slots))


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


def page(*, on: str, span: str, now: dt.datetime, preferences: Preferences, token: str) -> Shown:
    zone = clock.named(preferences.zone)
    today = clock.day(now, zone)
    span = span if span in (DAY, WEEK) else WEEK
    first, count = _range(_asked(on, today), span)
    found = queries.days(first, count, zone)
    slots = _slots(found, preferences, zone)
    late = queries.overdue(clock.beginning(today, zone))
    return Shown(
        span=span,
        today=today,
        columns=[_column(day, slots, clock.wall(now, zone), zone, token) for day in found],
        overdue=[Entry.of(one, zone, token) for one in late],
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
    day: queries.Day, numbers: range, now: dt.datetime, zone: dt.tzinfo, token: str
) -> Column:
    slots = {number: Slot(number) for number in numbers}
    for entry in (Entry.of(one, zone, token) for one in day.timed):
        slots[_number(entry.local)].entries.append(entry)
    if day.day == now.date() and _number(now) in slots:
        slots[_number(now)].now = now.minute % 30 * QUARTERS // 30
    whole = [Entry.of(one, zone, token) for one in day.all_day]
    return Column(day.day, now, whole, list(slots.values()))
