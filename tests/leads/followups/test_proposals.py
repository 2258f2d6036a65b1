"""What is proposed after a talk, by the owner's clock and working hours."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from crm.models import Owner, Preferences
from leads.followups import proposals, snoozes
from leads.models import Interaction

MANILA = ZoneInfo("Asia/Manila")
MORNING = dt.datetime(2026, 6, 16, 9, 12, tzinfo=MANILA)
CARLA = Preferences(owner=Owner(), zone="Asia/Manila", working_hours_start=dt.time(8),
                    working_hours_end=dt.time(18, 30))  # fmt: skip


def local(moment) -> str:
    return f"{moment.astimezone(MANILA):%a %d %H:%M}"


def test_who_did_not_answer_in_the_morning_is_called_the_next_afternoon():
    proposed = proposals.after("left_message", now=MORNING, preferences=CARLA)
    assert (proposed.kind, proposed.title, proposed.choice) == ("call", "Call again", "T")
    assert local(proposed.due) == "Wed 17 17:00"


def test_who_did_not_answer_in_the_afternoon_is_called_the_next_morning():
    afternoon = MORNING + dt.timedelta(hours=6)
    proposed = proposals.after("no_answer", now=afternoon, preferences=CARLA)
    assert local(proposed.due) == "Wed 17 09:00"


@pytest.mark.parametrize("outcome", ["", *Interaction.Outcome.values])
def test_every_outcome_has_a_proposal_ahead(outcome):
    for kind in ("call", "email", "text", "meeting", "showing"):
        proposed = proposals.after(outcome, kind=kind, now=MORNING, preferences=CARLA)
        assert proposed.title
        assert proposed.due > MORNING


def test_keys_amend_the_time():
    proposed = proposals.after("reached", now=MORNING, preferences=CARLA)
    times = {
        key: proposals.amended(proposed, key, now=MORNING, preferences=CARLA, picked=MORNING).due
        for key in "TDWP"
    }
    assert [local(times[key]) for key in "TDW"] == ["Wed 17 17:00", "Fri 19 09:00", "Tue 23 09:00"]
    assert times["P"] == MORNING


def test_short_working_hours_are_kept():
    short = Preferences(owner=Owner(), zone="UTC", working_hours_start=dt.time(9),
                        working_hours_end=dt.time(9, 30))  # fmt: skip
    choice = proposals.choices(MORNING, short)["D"]
    assert choice.due.astimezone(dt.UTC).time() == dt.time(9)


def test_what_is_over_is_no_snooze():
    night = MORNING.replace(hour=22)
    assert "evening" not in snoozes.choices(night, CARLA)
    assert "evening" in snoozes.choices(MORNING, CARLA)
    assert all(one.due > night for one in snoozes.choices(night, CARLA).values())
