"""The ranking: one person once, by weight and then by how pressing; and what it costs."""

from __future__ import annotations

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from leads.models import Lead, PutOff, TodayWeight
from leads.today import rules
from leads.today.day import Day
from leads.today.queue import MOST_OF_A_REASON, Reason, found_today, queue, ranked_people
from leads.today.rules import Found
from tests.leads.factories import a_follow_up, a_lead, a_listing, a_talk

MANILA = ZoneInfo("Asia/Manila")


def today(**given: float) -> Day:
    return Day(timezone.now() + dt.timedelta(**given), MANILA)


def names():
    return [row.lead.name for row in queue(today()).rows]


def waiting(name="Ana Cruz", minutes=10):
    lead = a_lead(name, stage="contacted")
    a_talk(lead, "text", direction="in", days_ago=minutes / 1440)
    return lead


@pytest.mark.django_db
def test_a_person_stands_once_with_every_reason():
    lead = waiting()
    a_follow_up(lead, timezone.now() - dt.timedelta(days=3), title="Send the plan")
    a_follow_up(lead, timezone.now() - dt.timedelta(days=2), title="Call")
    (row,) = queue(today()).rows
    assert [(reason.rule.name, reason.said.bold) for reason in row.reasons] == [
        ("unanswered", "Wrote 10 min ago"), ("overdue", "2 days overdue"),
    ]  # fmt: skip
    assert row.aside.endswith(". 2 days overdue")
    assert row.follow_up is not None


@pytest.mark.django_db
def test_weight_comes_before_time_and_time_before_names():
    overdue = a_lead("Overdue", stage="contacted")
    a_follow_up(overdue, timezone.now() - dt.timedelta(days=1))
    waiting("Wrote long ago", minutes=600)
    waiting("Wrote just now", minutes=1)
    a_lead("New")
    assert names() == ["New", "Wrote just now", "Wrote long ago", "Overdue"]


@pytest.mark.django_db
def test_a_chosen_weight_ranks_and_nought_switches_off():
    waiting("Wrote")
    a_lead("New")
    TodayWeight.objects.create(rule="unanswered", weight=500)
    assert names() == ["Wrote", "New"]
    TodayWeight.objects.filter(rule="unanswered").update(weight=0)
    assert names() == ["New"]
    for rule in rules.rules():
        TodayWeight.objects.update_or_create(rule=rule.name, defaults={"weight": 0})
    assert names() == []


@pytest.mark.django_db
def test_what_was_put_off_comes_back_in_time():
    lead = waiting()
    a_follow_up(lead, timezone.now() - dt.timedelta(days=2))
    until = timezone.now() + dt.timedelta(hours=1)
    held = PutOff.objects.create(lead=lead, rule="unanswered", until=until)
    assert [r.rule.name for r in found_today(today())] == ["overdue"]
    PutOff.objects.filter(id=held.id).update(rule="")
    assert found_today(today()) == []
    assert len(found_today(today(hours=1))) == 2


@pytest.mark.django_db
def test_who_writes_again_is_back_whatever_was_put_off():
    lead = waiting()
    PutOff.objects.create(lead=lead, rule="", until=timezone.now() + dt.timedelta(hours=1))
    assert names() == []
    a_talk(lead, "text", direction="in", days_ago=-0.0001)
    assert [r.rule.name for r in found_today(today(minutes=1))] == ["unanswered"]


@pytest.mark.django_db
def test_more_than_is_looked_at_is_said():
    stage = a_lead().stage
    Lead.objects.bulk_create(Lead(name=f"Lead {n}", stage=stage) for n in range(MOST_OF_A_REASON))
    found = queue(today(minutes=1), shown=5)
    assert (len(found.rows), found.people, found.count) == (5, 100, "100+")


@pytest.mark.django_db
def test_thirty_people_cost_as_many_queries_as_one():
    def everything(number):
        lead = a_lead(f"Lead {number}", stage="showing")
        home = a_listing(f"Home {number}")
        a_talk(lead, "text", direction="in")
        due = timezone.now() + dt.timedelta(minutes=1)
        a_follow_up(lead, due, kind="showing", listing=home)
        a_follow_up(lead, due - dt.timedelta(days=3))

    everything(0)
    queue(today())
    with CaptureQueriesContext(connection) as one:
        queue(today())
    for number in range(1, 30):
        everything(number)
    queue(today())
    with CaptureQueriesContext(connection) as many:
        found = queue(today())
    assert len(found.rows) == 30
    assert len(many) == len(one) == 4


REASONS = st.lists(
    st.tuples(st.sampled_from([rule.name for rule in rules.RULES]), st.integers(1, 6),
              st.integers(0, 1000), st.integers(0, 3)),
    max_size=30,
)  # fmt: skip
ORDER = {rule.name: rule for rule in rules.RULES}


def made(given):
    return [
        Reason(ORDER[name], ORDER[name].weight, Found(
            name, UUID(int=who), dt.datetime.fromtimestamp(seconds, tz=dt.UTC), UUID(int=thing), {},
        ))
        for name, who, seconds, thing in given
    ]  # fmt: skip


@given(REASONS, st.randoms())
def test_the_order_is_by_weight_then_time_and_does_not_depend_on_the_query(given, random):
    ranked = ranked_people(made(given))
    people = [reasons[0].found.lead for reasons in ranked]
    assert sorted(people) == sorted({UUID(int=who) for _, who, *_ in given})
    assert [each[0].order for each in ranked] == sorted(each[0].order for each in ranked)
    for reasons in ranked:
        assert [r.weight for r in reasons] == sorted((r.weight for r in reasons), reverse=True)
        assert len({r.rule.name for r in reasons}) == len(reasons)
    shuffled = made(given)
    random.shuffle(shuffled)
    assert ranked_people(shuffled) == ranked
