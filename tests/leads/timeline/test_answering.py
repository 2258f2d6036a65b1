from __future__ import annotations

import datetime as dt

import pytest

from leads.models import Interaction
from leads.timeline import services
from leads.timeline.answering import Answered, answered_within
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 6, 16, 4, tzinfo=dt.UTC)
MONTH = NOW - dt.timedelta(days=16)


def came(hours_ago: float, *, answered_after: float | None = None, **entry) -> None:
    arrived = NOW - dt.timedelta(hours=hours_ago)
    lead = a_lead(arrived_at=arrived)
    if answered_after is not None:
        at = arrived + dt.timedelta(minutes=answered_after)
        services.log(lead=lead, at=at, **{"kind": "call", **entry})


def test_share_and_median_of_those_who_came() -> None:
    came(10, answered_after=3)
    came(20, answered_after=5)
    came(30, answered_after=60)
    came(40)
    came(24 * 40, answered_after=1)

    found = answered_within(5, MONTH, now=NOW)

    assert found == Answered(people=4, in_time=2, median=dt.timedelta(minutes=5))
    assert (found.share, found.median_words) == (50, "5 min")
    assert (found.reaches(50), found.reaches(51)) == (True, False)


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "email", "automatic": True},
        {"kind": "note"},
        {"kind": "email", "direction": "in"},
    ],
)
def test_what_is_no_attempt_of_ours_does_not_count(entry) -> None:
    came(10, answered_after=1, **entry)

    assert answered_within(5, MONTH, now=NOW) == Answered(1, 0, None)


def test_who_came_just_now_may_still_be_answered_in_time() -> None:
    came(1 / 60)
    assert answered_within(5, MONTH, now=NOW).people == 0

    came(2 / 60, answered_after=1)
    assert answered_within(5, MONTH, now=NOW) == Answered(1, 1, dt.timedelta(minutes=1))


def test_nobody_came() -> None:
    found = answered_within(5, MONTH, now=NOW)

    assert (found.people, found.share, found.median_words) == (0, None, "")
    assert not found.reaches(0)


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (119, "119 min"), (150, "2 h"), (5000, "3 days")]
)
def test_median_is_said_in_one_figure(minutes: int, words: str) -> None:
    assert Answered(1, 0, dt.timedelta(minutes=minutes)).median_words == words


def test_deleted_attempt_no_longer_counts() -> None:
    came(10, answered_after=1)
    services.remove(interaction=Interaction.objects.get())

    assert answered_within(5, MONTH, now=NOW) == Answered(1, 0, None)
