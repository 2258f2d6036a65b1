"""Which backups stay: 7 daily, 4 weekly, 12 monthly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

DAILY, WEEKLY, MONTHLY = 7, 4, 12
# On a machine that makes one each night, none is older than this.
LONGEST = timedelta(days=MONTHLY * 31)


def staying(made: Iterable[datetime]) -> set[datetime]:
    """The newest of each of the last days, weeks and months that have one at all, and always the
    newest. A machine that slept for a month keeps what it has: periods are counted by backups."""
    newest_first = sorted(set(made), reverse=True)
    keep: set[datetime] = set(newest_first[:1])
    for period, count in ((_day, DAILY), (_week, WEEKLY), (_month, MONTHLY)):
        keep |= _newest_of_each(newest_first, period, count)
    return keep


def _newest_of_each(
    newest_first: list[datetime], period: Callable[[datetime], object], count: int
) -> set[datetime]:
    first: dict[object, datetime] = {}
    for moment in newest_first:
        first.setdefault(period(moment), moment)
    return set(list(first.values())[:count])


def _day(moment: datetime) -> date:
    return moment.date()


def _week(moment: datetime) -> tuple[int, int]:
    year, week, _ = moment.isocalendar()
    return year, week


def _month(moment: datetime) -> tuple[int, int]:
    return moment.year, moment.month
