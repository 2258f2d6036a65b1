"""Whose turn it is, by rules alone: no row is set for anybody."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from leads.followups import cadences, queries, services
from leads.models import Cadence, FollowUp, LeadTag, Tag
from tests.leads.factories import a_lead, a_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]
NOON = dt.datetime(2026, 6, 17, 4, tzinfo=dt.UTC)  # noon in Manila


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def client(name="Hannah Brooks", *, days_ago=0.0, **values):
    since = NOON - dt.timedelta(days=days_ago)
    return a_lead(name, stage="closed", arrived_at=since, stage_since=since, **values)


def turns(now=NOON):
    today = dt.date.fromordinal((now + dt.timedelta(hours=8)).date().toordinal())
    return [(one.lead.name, one.why(today)) for one in queries.keep_in_touch(now)]


def test_a_past_client_comes_back_after_ninety_days():
    quiet, fresh = client("Hannah Brooks"), client("Kevin O'Brien")
    for lead, days in ((quiet, 93), (fresh, 10)):
        lead.stage_since = lead.arrived_at = NOON - dt.timedelta(days=120)
        lead.save()
        a_talk(lead, days_ago=days)
    assert turns() == [("Hannah Brooks", "Not in touch for 93 days")]


def test_what_is_planned_or_not_wanted_is_no_turn():
    planned, unwanted = client(days_ago=200), client("Aileen Santos", days_ago=200)
    services.plan(lead=planned, title="Call", due=NOON + dt.timedelta(days=30))
    unwanted.do_not_contact = True
    unwanted.save()
    assert turns() == []


@pytest.mark.parametrize(
    ("month", "day", "why"),
    [(6, 17, "Birthday today"), (6, 16, "Birthday yesterday"), (6, 14, "Birthday 3 days ago"),
     (6, 13, None), (6, 18, None)],
)  # fmt: skip
def test_a_birthday_is_worth_a_word_until_three_days_later(month, day, why):
    client(birthday_month=month, birthday_day=day)
    assert turns() == ([("Hannah Brooks", why)] if why else [])


def test_who_was_greeted_since_is_not_greeted_again():
    lead = client(birthday_month=6, birthday_day=16)
    a_talk(lead, days_ago=0.5)
    assert turns() == []


@pytest.mark.parametrize(("year", "day"), [(2026, 28), (2027, 28), (2028, 29)])
def test_the_29th_of_february_is_kept_each_year(year, day):
    client(birthday_month=2, birthday_day=29)
    now = dt.datetime(year, 2, day, 4, tzinfo=dt.UTC)
    assert [why for _, why in turns(now)] == ["Birthday today"]


def test_a_home_is_remembered_each_year_but_not_on_its_first_day():
    client("Hannah Brooks", home_since=dt.date(2025, 6, 17))
    client("Kevin O'Brien", home_since=dt.date(2023, 6, 16))
    client("Grace Tolentino", home_since=dt.date(2026, 6, 17))
    assert turns() == [
        ("Kevin O'Brien", "3 years in their home yesterday"),
        ("Hannah Brooks", "1 year in their home today"),
    ]


def test_one_person_comes_once_and_a_day_before_a_quiet_time():
    client(days_ago=400, birthday_month=6, birthday_day=17)
    assert turns() == [("Hannah Brooks", "Birthday today")]


def test_a_rule_for_a_tag_is_for_those_who_bear_it():
    Cadence.objects.all().delete()
    tag = Tag.objects.create(name="Sphere")
    Cadence.objects.create(name="Sphere", audience="tagged", tag=tag, occasion="every", days=30)
    lead = a_lead("Paolo Enriquez", arrived_at=NOON - dt.timedelta(days=31))
    lead.stage_since = lead.arrived_at
    lead.save()
    a_lead("Jasmine Uy", arrived_at=NOON - dt.timedelta(days=31))
    LeadTag.objects.create(lead=lead, tag=tag)
    assert turns() == [("Paolo Enriquez", "Not in touch for 31 days")]


def test_a_rule_that_is_off_says_nothing_and_no_rows_are_made():
    client(days_ago=200)
    assert len(turns()) == 1
    assert not FollowUp.objects.exists()
    Cadence.objects.update(active=False)
    assert turns() == []


def test_the_list_is_bounded_and_costs_the_same_for_many(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(cadences, "MOST", 5)
    with django_assert_num_queries(8):
        queries.keep_in_touch(NOON)
    for number in range(30):
        client(f"Client {number}", days_ago=100 + number, birthday_month=6, birthday_day=17)
    with django_assert_num_queries(8):
        assert len(queries.keep_in_touch(NOON)) == 5
