"""Times as a person says them: over midnight, and when the clock is put forward or back."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from crm.shell import moments

MANILA = ZoneInfo("Asia/Manila")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 6, 16, 9, 12, tzinfo=MANILA)


def at(text: str, zone: ZoneInfo = MANILA) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-06-16T16:30", "Today 16:30"),
        ("2026-06-16T00:00", "Today 0:00"),
        ("2026-06-15T23:59", "Yesterday 23:59"),
        ("2026-06-17T00:00", "Tomorrow 0:00"),
        ("2026-06-17T23:59", "Tomorrow 23:59"),
        ("2026-06-18T09:05", "Thu 18 June, 9:05"),
        ("2025-12-31T17:00", "Wed 31 December 2025, 17:00"),
    ],
)
def test_when_names_the_day_and_the_time(moment, said):
    assert moments.when(at(moment), NOW, MANILA) == said


def test_the_day_is_the_owners_wherever_the_moment_was_written():
    moment = dt.datetime(2026, 6, 15, 16, 30, tzinfo=dt.UTC)
    assert moments.when(moment, NOW, MANILA) == "Today 0:30"
    assert moments.when(moment, NOW, ZoneInfo("America/New_York")) == "Today 12:30"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-06-16T09:12:30", "just now"),
        ("2026-06-16T09:11:01", "just now"),
        ("2026-06-16T09:11", "1 min ago"),
        ("2026-06-16T08:13", "59 min ago"),
        ("2026-06-16T08:12", "1 h ago"),
        ("2026-06-16T00:00", "9 h ago"),
        ("2026-06-15T23:59", "yesterday"),
        ("2026-06-15T00:00", "yesterday"),
        ("2026-06-14T23:59", "2 days ago"),
        ("2026-06-03T09:00", "13 days ago"),
        ("2026-06-02T09:00", "on Tue 2 June"),
        ("2025-06-02T09:00", "on Mon 2 June 2025"),
    ],
)
def test_ago_is_one_figure(moment, said):
    assert moments.ago(at(moment), NOW, MANILA) == said


def test_an_hour_before_midnight_is_an_hour_ago_after_it():
    assert moments.ago(at("2026-06-15T23:10"), at("2026-06-16T00:30"), MANILA) == "1 h ago"


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("2026-06-16T09:30", ""),
        ("2026-06-16T09:11:30", ""),
        ("2026-06-16T09:11", "1 min late"),
        ("2026-06-16T08:12", "1 h late"),
        ("2026-06-15T23:59", "1 d late"),
        ("2026-06-14T09:30", "2 d late"),
    ],
)
def test_late_counts_from_what_was_due(due, said):
    assert moments.late(at(due), NOW, MANILA) == said


def test_the_night_that_loses_an_hour_is_shorter():
    before, after = at("2026-03-29T01:30", BERLIN), at("2026-03-29T03:30", BERLIN)
    assert moments.ago(before, after, BERLIN) == "1 h ago"


def test_the_night_that_gains_an_hour_is_longer():
    before, after = at("2026-10-25T01:30", BERLIN), at("2026-10-25T03:30", BERLIN)
    assert moments.ago(before, after, BERLIN) == "3 h ago"


def test_a_day_of_23_hours_is_one_day():
    assert (
        moments.days_between(at("2026-03-28T12:00", BERLIN), at("2026-03-29T12:00", BERLIN), BERLIN)
        == 1
    )
    began = moments.start_of_day(dt.date(2026, 3, 29), BERLIN)
    ended = moments.start_of_day(dt.date(2026, 3, 30), BERLIN)
    assert ended - began == dt.timedelta(hours=23)


@given(st.integers(0, 4_000_000_000), st.timezones())
def test_whatever_the_zone_a_moment_is_of_today_when_it_is_now(seconds, zone):
    now = dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
    assert moments.when(now, now, zone).startswith("Today ")
    assert (moments.ago(now, now, zone), moments.late(now, now, zone)) == ("just now", "")


def test_the_filters_go_by_the_zone_of_the_page(time_machine):
    time_machine.move_to(NOW, tick=False)
    template = Template("{{ m|when }} | {{ m|ago }} | {{ m|late }} | {{ m|clock }} | {{ d|near }}")
    with timezone.override(MANILA):
        said = template.render(Context({"m": at("2026-06-16T07:05"), "d": NOW.date()}))
        nothing = template.render(Context({"m": None, "d": None}))
    assert said == "Today 7:05 | 2 h ago | 2 h late | 7:05 | Today"
    assert nothing == " |  |  |  | "
