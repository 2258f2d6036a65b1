"""Each rule on both sides of its borders, and the laws of the whole table."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.models import Lead, Stage
from leads.scoring import bands, rules
from leads.scoring.facts import Facts
from leads.scoring.scorer import Contribution, Table, score_of

NOW = dt.datetime(2026, 6, 16, 1, 12, tzinfo=dt.UTC)
NOBODY = Facts(lead=UUID(int=1), now=NOW)
MOMENT = dt.timedelta(seconds=1)


def days(number: float) -> dt.datetime:
    return NOW - dt.timedelta(days=number)


def said(**facts):
    """The rules that spoke, with points and words."""
    found = Table().contributions(replace(NOBODY, **facts))
    return [(each.rule, each.points, each.words) for each in found]


def test_nothing_known_is_nothing_said():
    assert said() == []
    assert score_of([]) == 30


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"last_sign_at": days(1) + MOMENT}, ("recent", 8, "In touch within a day")),
        ({"last_sign_at": days(1)}, ("recent", 5, "In touch this week")),
        ({"last_sign_at": days(7) + MOMENT}, ("recent", 5, "In touch this week")),
        ({"last_sign_at": days(7)}, ("recent", 2, "In touch this month")),
        ({"last_sign_at": days(30)}, None),
        ({"replies": 1}, ("replies", 2, "Wrote or called once in 30 days")),
        ({"replies": 4}, ("replies", 8, "Wrote or called 4 times in 30 days")),
        ({"replies": 40}, ("replies", 8, "Wrote or called 4 times in 30 days")),
        ({"answers_in": 3600.0}, ("speed", 10, "Answers within the hour")),
        ({"answers_in": 3600.1}, ("speed", 5, "Answers within a day")),
        ({"answers_in": 86_400.0}, ("speed", 5, "Answers within a day")),
        ({"answers_in": 86_400.1}, None),
        ({"moving": "immediate"}, ("moving", 10, "Moving within 3 months")),
        ({"moving": "planning"}, ("moving", 5, "Moving within 6 months")),
        ({"moving": "researching"}, ("moving", 1, "Still researching")),
        ({"moving": "dreaming"}, ("moving", -4, "Dreaming, some day")),
        ({"budget_known": True}, ("budget", 4, "Budget known")),
        ({"viewed": 1}, ("viewed", 3, "Viewed a home once")),
        ({"viewed": 3}, ("viewed", 10, "Viewed a home 3 times")),
        ({"viewed": 4}, ("viewed", 14, "Viewed a home 4 times")),
        ({"viewed": 9}, ("viewed", 14, "Viewed a home 9 times")),
        ({"asked": 1}, ("asked", 4, "Asked about a home")),
        ({"asked": 2}, ("asked", 6, "Asked about 2 homes")),
        ({"showings": 1}, ("showings", 7, "Went to see a home")),
        ({"showings": 2}, ("showings", 10, "Went to see 2 homes")),
        ({"loved": True}, ("loved", 5, "Loved a home")),
        ({"missed": 1}, ("missed", -8, "Did not come to a showing")),
        ({"mood": "good"}, ("mood", 4, "Warm when you last spoke")),
        ({"mood": "mixed"}, None),
        ({"mood": "bad"}, ("mood", -4, "Cold when you last spoke")),
        ({"stage": "contacted"}, None),
        ({"stage": "qualified"}, ("stage", 5, "Stage: Qualified")),
        ({"stage": "reserved"}, ("stage", 18, "Stage: Reserved")),
        ({"stage": "closed"}, ("ended", -10, "Bought already")),
        ({"stage": "nurture"}, ("ended", -16, "In nurture")),
        ({"stage": "lost"}, ("ended", -40, "Lost")),
        ({"referred": True}, ("referred", 6, "Referred by someone you know")),
        ({"tries": 2}, None),
        ({"tries": 3}, ("tries", -5, "3 tries without an answer")),
        ({"tries": 5}, ("tries", -10, "5 tries or more without an answer")),
        ({"last_touch_at": days(21) + MOMENT}, None),
        ({"last_touch_at": days(21)}, ("silence", -6, "Silent for 3 weeks")),
        ({"last_touch_at": days(45)}, ("silence", -12, "Silent for 6 weeks")),
        ({"last_touch_at": days(90)}, ("silence", -20, "Silent for 3 months")),
        ({"do_not_contact": True}, ("do_not_contact", -60, "Asked not to be contacted")),
    ],
)  # fmt: skip
def test_a_rule_says(facts, expected):
    assert said(**facts) == ([expected] if expected else [])


def test_silence_counts_only_for_those_who_are_still_looking():
    assert said(stage="closed", last_touch_at=days(200), tries=9) == [
        ("ended", -10, "Bought already")
    ]


def record(closed: int, leads: int):
    return said(source_closed=closed, source_leads=leads, all_leads=1000, all_closed=100)


def test_a_source_is_judged_against_all_sources():
    assert record(30, 100) == [("source", 7, "27% of their source buy")]
    assert record(10, 100) == []
    assert record(0, 100) == [("source", -3, "2% of their source buy")]


def test_a_source_of_few_leads_counts_as_usual():
    assert record(1, 1) == [("source", 2, "14% of their source buy")]
    assert record(0, 1) == []
    assert said(source_closed=0, source_leads=50, all_leads=50, all_closed=0) == []


def test_the_weightiest_comes_first():
    found = said(viewed=4, do_not_contact=True, budget_known=True)
    assert [rule for rule, *_ in found] == ["do_not_contact", "viewed", "budget"]


def test_the_owners_points_count_and_nought_switches_off():
    table = Table({"viewed": 50, "budget": 0})
    facts = replace(NOBODY, viewed=2, budget_known=True)
    assert table.contributions(facts) == [Contribution("viewed", 25, 2)]


def test_a_rule_that_went_still_has_a_name():
    assert Contribution("astrology", 3, "x").words == "astrology"


def test_rules_are_named_once():
    assert len(rules.BY_NAME) == len(rules.RULES)


@pytest.mark.parametrize(
    ("score", "word"),
    [(100, "Hot"), (75, "Hot"), (74, "Warm"), (50, "Warm"), (49, "Cool"), (0, "Cool")],
)
def test_a_band_begins_at_its_least(score, word):
    assert bands.band(score).word == word


MOMENTS = st.none() | st.floats(0, 400).map(days)
ANY = st.builds(
    Facts,
    lead=st.just(UUID(int=1)), now=st.just(NOW), stage=st.sampled_from(Stage.Kind.values),
    moving=st.sampled_from(["", *Lead.Moving.values]), budget_known=st.booleans(),
    do_not_contact=st.booleans(), referred=st.booleans(), last_sign_at=MOMENTS,
    last_touch_at=MOMENTS, source_leads=st.none() | st.integers(0, 10**6),
    source_closed=st.none() | st.integers(0, 100), replies=st.integers(0, 500),
    tries=st.integers(0, 500), showings=st.integers(0, 20), missed=st.integers(0, 20),
    asked=st.integers(0, 50), loved=st.booleans(), mood=st.sampled_from([None, "good", "bad"]),
    answers_in=st.none() | st.floats(0, 10**7), viewed=st.none() | st.integers(0, 99),
    first_reply_at=MOMENTS, first_talk_at=MOMENTS, first_visit_at=MOMENTS,
    all_leads=st.just(10**6), all_closed=st.integers(0, 10**5),
)  # fmt: skip


@given(ANY)
def test_a_score_is_what_its_contributions_add_up_to(facts):
    found = Table().contributions(facts)
    assert score_of(found) == max(0, min(100, 30 + sum(each.points for each in found)))
    assert all(each.points and each.words for each in found)
    assert all(abs(each.points) <= abs(rules.BY_NAME[each.rule].points) for each in found)


@given(ANY)
def test_no_contribution_of_the_clock_changes_before_the_lead_ages(facts):
    ages_at = facts.ages_at()
    later = ages_at - MOMENT if ages_at else NOW + dt.timedelta(days=3650)
    assert Table().contributions(replace(facts, now=max(later, NOW))) == Table().contributions(
        facts
    )
