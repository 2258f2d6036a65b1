from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crm.keep.thinning import DAILY, MONTHLY, WEEKLY, staying

START = datetime(2026, 11, 20, 3, tzinfo=UTC)
moment = st.integers(min_value=0, max_value=3 * 366 * 24 * 60).map(
    lambda minutes: START - timedelta(minutes=minutes)
)
moments = st.lists(moment, max_size=60)


def test_a_year_of_nightly_backups_leaves_seven_days_four_weeks_twelve_months():
    nights = [START - timedelta(days=day) for day in range(400)]
    kept = staying(nights)
    assert set(nights[:7]) <= kept
    assert len({(k.year, k.month) for k in kept}) == MONTHLY
    assert len(kept) <= DAILY + WEEKLY + MONTHLY


@given(moments)
def test_the_newest_always_stays(made):
    assert set(sorted(made)[-1:]) <= staying(made)


@given(moments)
def test_thinning_twice_is_thinning_once(made):
    once = staying(made)
    assert staying(once) == once


@given(moments, moment)
def test_what_was_thinned_never_comes_back_with_a_newer_one(made, extra):
    newest = max([*made, extra])
    later = newest + timedelta(minutes=1)
    assert staying([*made, later]) - {later} <= staying(made)


def test_a_machine_that_slept_keeps_what_it_has():
    old = [START - timedelta(days=200), START - timedelta(days=201)]
    assert staying([START, *old]) == {START, *old}
