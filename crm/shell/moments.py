"""Times as a person says them, by the clock on the owner's wall.

What has passed is counted in seconds of the world, so that a night of summer time is as long as it
was; which day it was is read from the calendar of the owner's zone.
"""

from __future__ import annotations

import datetime as dt

MINUTE, HOUR, DAY = 60, 3600, 86_400
# From here on a date says more than a number of days.
LATELY = 14


def clock(moment: dt.datetime, zone: dt.tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.hour}:{local.minute:02}"


def day(date: dt.date, today: dt.date) -> str:
    """ "Wed 17 June", with the year when it is another one."""
    said = f"{date:%a} {date.day} {date:%B}"
    return said if date.year == today.year else f"{said} {date.year}"


def near(date: dt.date, today: dt.date) -> str:
    """ "Today", "Tomorrow", "Yesterday", or the day."""
    names = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}
    return names.get((date - today).days) or day(date, today)


def within(words: str) -> str:
    """In a sentence: today, tomorrow, yesterday; names of days keep their capital."""
    relative = words.startswith(("Today", "Tomorrow", "Yesterday"))
    return words[:1].lower() + words[1:] if relative else words


def when(moment: dt.datetime, now: dt.datetime, zone: dt.tzinfo) -> str:
    """ "Today 16:30", "Wed 17 June, 9:00"."""
    name = near(_date(moment, zone), _date(now, zone))
    return f"{name}{',' if ' ' in name else ''} {clock(moment, zone)}"


def ago(moment: dt.datetime, now: dt.datetime, zone: dt.tzinfo) -> str:
    """How long since, in one figure; what lies ahead is only just now."""
    seconds = _seconds(moment, now)
    days = days_between(moment, now, zone)
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min ago"
    if days == 0 or seconds < 6 * HOUR:
        return f"{int(seconds // HOUR)} h ago"
    if days <= 1:
        return "yesterday"
    return (
        f"{days} days ago" if days < LATELY else f"on {day(_date(moment, zone), _date(now, zone))}"
    )


def late(due: dt.datetime, now: dt.datetime, zone: dt.tzinfo) -> str:
    """ "40 min late", "5 h late", "2 d late"; nothing while there is time."""
    seconds = _seconds(due, now)
    days = days_between(due, now, zone)
    if seconds < MINUTE:
        return ""
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min late"
    return f"{int(seconds // HOUR)} h late" if days < 1 else f"{days} d late"


def days_between(earlier: dt.datetime, later: dt.datetime, zone: dt.tzinfo) -> int:
    """By how many dates they lie apart."""
    return (_date(later, zone) - _date(earlier, zone)).days


def start_of_day(date: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """The first moment of a date; where the clock skips midnight, the first that there is."""
    return dt.datetime.combine(date, dt.time(), zone).astimezone(dt.UTC)


def _seconds(earlier: dt.datetime, later: dt.datetime) -> float:
    # Two moments of one zone would be subtracted by their clocks.
    return (later.astimezone(dt.UTC) - earlier.astimezone(dt.UTC)).total_seconds()


def _date(moment: dt.datetime, zone: dt.tzinfo) -> dt.date:
    return moment.astimezone(zone).date()
