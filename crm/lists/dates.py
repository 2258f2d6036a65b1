"""Days that are said relative to today, as spans: from a day, to before another."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass

UNITS = {
    "days": ("day", "days"),
    "weeks": ("week", "weeks"),
    "months": ("month", "months"),
    "years": ("year", "years"),
}
PERIODS = {
    "today": "today",
    "yesterday": "yesterday",
    "tomorrow": "tomorrow",
    "this_week": "this week",
    "last_week": "last week",
    "next_week": "next week",
    "this_month": "this month",
    "last_month": "last month",
    "next_month": "next month",
    "this_year": "this year",
    "last_year": "last year",
}
DAY = dt.timedelta(days=1)
MOST_DAYS = 36_525


@dataclass(frozen=True)
class Length:
    number: int
    unit: str

    def __str__(self) -> str:
        one, many = UNITS[self.unit]
        return f"{self.number} {one if self.number == 1 else many}"

    def before(self, day: dt.date) -> dt.date:
        return self._from(day, -1)

    def after(self, day: dt.date) -> dt.date:
        return self._from(day, 1)

    def _from(self, day: dt.date, way: int) -> dt.date:
        if self.unit in ("days", "weeks"):
            return day + way * self.number * (7 if self.unit == "weeks" else 1) * DAY
        return moved(day, way * self.number * (12 if self.unit == "years" else 1))


def moved(day: dt.date, months: int) -> dt.date:
    """As many months on; the 31st of a month that has none is its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


Span = tuple[dt.date | None, dt.date | None]


def period(name: str, today: dt.date) -> Span:
    when, _, what = name.rpartition("_")
    step = {"last": -1, "this": 0, "next": 1}.get(when, 0)
    if what == "week":
        monday = today - today.weekday() * DAY + step * 7 * DAY
        return monday, monday + 7 * DAY
    if what == "month":
        first = moved(today.replace(day=1), step)
        return first, moved(first, 1)
    if what == "year":
        first = moved(today.replace(day=1, month=1), 12 * step)
        return first, moved(first, 12)
    day = today + {"yesterday": -1, "tomorrow": 1}.get(name, 0) * DAY
    return day, day + DAY


def length(operator: str, of: Length, today: dt.date) -> Span:
    """Days, not hours: what is true in the morning is true in the evening."""
    if operator == "past":
        return of.before(today), today + DAY
    if operator == "next":
        return today, of.after(today) + DAY
    if operator == "later":
        return of.after(today) + DAY, None
    return None, of.before(today)
