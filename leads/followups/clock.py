"""The owner's clock on the wall: moments are kept in UTC, and meant by it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from crm.models import Owner, Preferences

SECOND = dt.timedelta(seconds=1)


def preferences() -> Preferences:
    """The owner's, or what a house without an owner goes by."""
    found = Preferences.objects.first()
    return found or Preferences(owner=Owner(), zone=timezone.get_default_timezone_name())


def zone() -> ZoneInfo:
    return named(preferences().zone)


def named(name: str) -> ZoneInfo:
    """A zone that this system has never heard of is read as UTC, so that no page falls over."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def instant(local: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """When the clock shows this: what it skips is later by as much, what it shows twice is the
    first."""
    return local.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)


def at(day: dt.date, time: dt.time, zone: dt.tzinfo) -> dt.datetime:
    return instant(dt.datetime.combine(day, time), zone)


def beginning(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    return at(day, dt.time.min, zone)


def end(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """The last second of a day, at which what is due on it is over."""
    return beginning(day + dt.timedelta(days=1), zone) - SECOND


def wall(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """What the clock shows, without its zone."""
    return moment.astimezone(zone).replace(tzinfo=None)


def day(moment: dt.datetime, zone: dt.tzinfo) -> dt.date:
    return moment.astimezone(zone).date()
