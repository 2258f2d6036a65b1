"""What repeats keeps its time on the wall, in every zone there is."""

from __future__ import annotations

import datetime as dt
import random
import zoneinfo
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.followups import clock, recurrence
from leads.followups.recurrence import BadRule

NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
BEGINS = dt.datetime.fromisoformat("2026-01-05 10:00")
ZONES = sorted(zoneinfo.available_timezones() - {"Factory", "localtime"})


def moments(rule, begins, zone, count):
    """So many occurrences as they come one after the other, and what the clock shows at each."""
    start = clock.instant(begins, zone)
    found, after = [], start - dt.timedelta(seconds=1)
    while len(found) < count:
        after = recurrence.next_after(rule, begins=start, zone=zone, after=after)
        if after is None:
            break
        found.append(after)
    return found


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("FREQ=DAILY", "FREQ=DAILY"),
        ("rrule:freq=weekly;byday=mo", "FREQ=WEEKLY;BYDAY=MO"),
        (" FREQ=MONTHLY;BYDAY=-1FR ", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("FREQ=WEEKLY;UNTIL=20270101T000000Z", "FREQ=WEEKLY;UNTIL=20270101"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=5", "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=5"),
    ],
)
def test_a_rule_is_kept_as_calendars_write_it(text, kept):
    assert recurrence.cleaned(text, begins=BEGINS) == kept


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", recurrence.NOT_A_RULE),
        ("every day", recurrence.NOT_A_RULE),
        ("FREQ=SOMETIMES", recurrence.NOT_A_RULE),
        ("FREQ=DAILY;FREQ=WEEKLY", recurrence.NOT_A_RULE),
        ("FREQ=WEEKLY;BYDAY=XX", recurrence.NOT_A_RULE),
        ("FREQ=WEEKLY;COUNT=many", recurrence.NOT_A_RULE),
        ("FREQ=WEEKLY;UNTIL=20270230", recurrence.NOT_A_RULE),
        ("FREQ=DAILY;COUNT=0", recurrence.NOT_A_RULE),
        ("FREQ=" + "DAILY;" * 99, recurrence.NOT_A_RULE),
        ("FREQ=HOURLY", recurrence.TOO_OFTEN),
        ("FREQ=DAILY;BYHOUR=9,10", recurrence.TOO_OFTEN),
        ("FREQ=DAILY;INTERVAL=1000", recurrence.TOO_WIDE),
        ("FREQ=DAILY;INTERVAL=0", recurrence.TOO_WIDE),
        ("FREQ=YEARLY;BYEASTER=0", recurrence.NOT_KNOWN.format("BYEASTER")),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", recurrence.ENDS_TWICE),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", recurrence.NEVER),
        ("FREQ=YEARLY;BYMONTH=13", recurrence.NEVER),
        ("FREQ=DAILY;UNTIL=20200101", recurrence.NEVER),
        (
            "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
            recurrence.NO_MIX.format("Every 7 days", "certain days"),
        ),
    ],
)
def test_nonsense_and_too_much_are_refused_in_a_sentence(text, says):
    with pytest.raises(BadRule, match=r"\.$") as refused:
        recurrence.cleaned(text, begins=BEGINS)
    assert str(refused.value) == says


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_rule_or_a_sentence(text):
    assert said(text).endswith(".") or said(text).startswith("FREQ=")


def said(text: str) -> str:
    try:
        return recurrence.cleaned(text, begins=BEGINS)
    except BadRule as refused:
        return str(refused)


def test_a_rule_without_an_end_goes_on():
    after = dt.datetime(2090, 1, 1, tzinfo=dt.UTC)
    found = recurrence.next_after(
        "FREQ=DAILY", begins=clock.instant(BEGINS, NEW_YORK), zone=NEW_YORK, after=after
    )
    assert found == dt.datetime(2090, 1, 1, 15, tzinfo=dt.UTC)


def test_a_skipped_time_is_later_and_a_repeated_one_is_the_first():
    spring = moments("FREQ=DAILY", dt.datetime.fromisoformat("2026-03-07 02:30"), NEW_YORK, 3)
    assert [f"{clock.wall(one, NEW_YORK):%d %H:%M}" for one in spring] == [
        "07 02:30", "08 03:30", "09 02:30",
    ]  # fmt: skip
    autumn = moments("FREQ=DAILY", dt.datetime.fromisoformat("2026-10-31 01:30"), NEW_YORK, 3)
    assert [one.isoformat() for one in autumn] == [
        "2026-10-31T05:30:00+00:00", "2026-11-01T05:30:00+00:00", "2026-11-02T06:30:00+00:00",
    ]  # fmt: skip


def changes(zone: dt.tzinfo) -> list[dt.datetime]:
    """Hours of 2026 and 2027 at which the clock of this zone is moved."""
    hour, begin = dt.timedelta(hours=1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    days = (begin + dt.timedelta(days=number) for number in range(731))
    moved = (day for day in days if _offset(day, zone) != _offset(day + 24 * hour, zone))
    return [
        next(
            day + n * hour for n in range(25) if _offset(day + n * hour, zone) != _offset(day, zone)
        )
        for day in moved
    ]


def _offset(moment: dt.datetime, zone: dt.tzinfo) -> dt.timedelta | None:
    return moment.astimezone(zone).utcoffset()


@cache
def changing() -> list[tuple[str, dt.datetime]]:
    return [(name, moved) for name in ZONES for moved in changes(zoneinfo.ZoneInfo(name))]


def test_each_local_day_has_one_occurrence_wherever_a_clock_is_moved():
    """All zones of the zone database, at each change of 2026 and 2027 and a second beside it."""
    chance = random.Random(6)
    for name, moved in changing():
        zone = zoneinfo.ZoneInfo(name)
        seconds = dt.timedelta(minutes=chance.randint(-180, 180), seconds=chance.randint(-1, 1))
        begins = clock.wall(moved + seconds, zone) - dt.timedelta(days=2)
        found = moments("FREQ=DAILY", begins, zone, 5)
        meant = [begins + dt.timedelta(days=number) for number in range(5)]
        assert found == [clock.instant(one, zone) for one in meant], (name, moved)
        assert sorted(set(found)) == found
        for wanted, seen in zip(meant, (clock.wall(one, zone) for one in found), strict=True):
            # As it is meant; where the clock skips it, as much later as is skipped.
            assert seen == wanted or (seen > wanted and not _is_shown(wanted, zone))


def _is_shown(local: dt.datetime, zone: dt.tzinfo) -> bool:
    return any(
        local == clock.wall(local.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC), zone)
        for fold in (0, 1)
    )


def test_the_zone_database_has_changes_to_try():
    assert len({name for name, _ in changing()}) > 100


@pytest.mark.parametrize("zone", ["Mars/Olympus_Mons", "", "../etc/passwd", "\0"])
def test_an_unknown_zone_is_read_as_utc(zone):
    assert clock.named(zone) == zoneinfo.ZoneInfo("UTC")
