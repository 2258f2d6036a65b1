from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.models import Preferences
from leads.models import Deal, FollowUp, Lead, PutOff, TodayCount, TodayWeight
from leads.today.day import Day
from leads.today.page import agenda
from leads.today.rules import rules
from leads.today.street import Street
from tests.leads.factories import a_follow_up, a_lead, a_phone, a_talk
from tests.leads.today.making import a_full_day, somebody_waiting

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def page(client, **headers):
    return client.get("/", headers=headers).content.decode()


def act(client, name, lead, **data):
    return client.post(reverse(f"today:{name}", args=[lead.id]), data, headers=HTMX)


def test_a_full_day_is_told(signed_in):
    a_full_day()
    words = page(signed_in)
    for piece in ("6 people</b> to reach", "1 showing</b>", "Grace", "deal is due",
                  "Jasmine Uy", 'role="timer"', "0 of 6", "Ana Cruz"):  # fmt: skip
        assert piece in words
    assert words.index("Jasmine Uy") < words.index("Ana Cruz") < words.index("Aileen Santos")


def test_no_number_is_in_the_page(signed_in):
    lead = somebody_waiting()
    a_phone(lead, "+63 917 555 0142", is_primary=True)
    words = page(signed_in)
    # Three figures alone may stand in a token, too.
    for piece in ("917 555", "555 0142", "5550142", "tel:"):
        assert piece not in words
    assert "Call +63 917" in words


def test_thirty_people_cost_as_many_queries_as_one_and_no_more_than_fifteen(signed_in):
    def everything(number):
        lead = somebody_waiting(f"Lead {number}")
        a_phone(lead, is_primary=True)
        a_follow_up(lead, timezone.now() - dt.timedelta(days=1))
        Deal.objects.create(
            lead=lead, amount=Decimal(1), commission_percent=3, commission=1,
            opened_on=timezone.localdate(), expected_on=timezone.localdate(),
        )  # fmt: skip

    everything(0)
    page(signed_in)
    with CaptureQueriesContext(connection) as one:
        page(signed_in)
    for number in range(1, 30):
        everything(number)
    page(signed_in)
    with CaptureQueriesContext(connection) as many:
        words = page(signed_in)
    assert words.count('class="queue-row"') == 29
    # The banner of a standstill, which tests leave out, asks one more.
    assert len(many) == len(one) <= 12


def test_the_page_asks_for_its_day_alone(signed_in):
    somebody_waiting()
    words = page(signed_in, **HTMX, **{"HX-Target": "queue"})
    assert words.strip().startswith('<div class="stack" id="queue"')
    assert words.count('hx-swap-oob="true"') == 3
    assert "<html" not in words


def test_the_sidebar_counts_as_the_page_does(signed_in):
    somebody_waiting()
    assert 'aria-label="Today, 1"' in page(signed_in)
    assert TodayCount.objects.get().people == 1


def test_nothing_to_do_is_a_moment_worth_having(signed_in):
    assert "The light is on" in page(signed_in)
    lead = somebody_waiting()
    a_talk(lead, outcome="reached")
    tomorrow = a_lead("Elena Marquez", stage="contacted")
    a_follow_up(tomorrow, timezone.now() + dt.timedelta(days=1))
    words = page(signed_in)
    for piece in ("Well done", "Every light is on", "All 1 person reached today",
                  "Tomorrow starts with", "Elena Marquez"):  # fmt: skip
        assert piece in words


def test_names_are_shown_as_typed_whatever_is_in_them(signed_in):
    name = "<script>alert(1)</script> Нина " + "x" * 160
    somebody_waiting(name)
    words = page(signed_in)
    assert "<script>alert" not in words
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Нина" in words


def test_done_answers_with_a_word_and_its_way_back(signed_in):
    lead = somebody_waiting()
    answer = act(signed_in, "done", lead)
    assert answer.status_code == 204
    told = answer.headers["HX-Trigger"]
    assert "Done: Ana Cruz" in told
    assert re.search(r"/undo/[0-9a-f-]{36}/", told)
    assert "was done already" in act(signed_in, "done", lead).headers["HX-Trigger"]


def test_snoozed_until_tomorrow(signed_in, owner):
    lead = somebody_waiting()
    answer = act(signed_in, "snooze", lead, until="tomorrow")
    assert "is put off until Tomorrow 9:00" in answer.headers["HX-Trigger"]
    zone = Preferences.objects.get().tzinfo
    assert PutOff.objects.get().until.astimezone(zone).hour == 9
    assert "Ana Cruz" not in page(signed_in)


@pytest.mark.parametrize(
    ("data", "why"),
    [({"until": "yesterday"}, "That time has passed"), ({}, "required"),
     ({"until": "tomorrow", "rule": "astrology"}, "no such reason")],
)  # fmt: skip
def test_a_snooze_that_can_not_be_is_refused(signed_in, data, why):
    answer = act(signed_in, "snooze", somebody_waiting(), **data)
    assert why in answer.content.decode()
    assert not PutOff.objects.exists()


def test_why_tells_the_rule_its_weight_and_the_facts(signed_in):
    lead = somebody_waiting()
    TodayWeight.objects.create(rule="unanswered", weight=321)
    words = signed_in.get(reverse("today:why", args=[lead.id])).content.decode()
    for piece in ("Replies that wait for you", "weight 321", "Counted from", "No answer yet"):
        assert piece in words
    a_talk(lead)
    words = signed_in.get(reverse("today:why", args=[lead.id])).content.decode()
    assert "Nothing keeps Ana Cruz in Today any more." in words


@pytest.mark.parametrize("name", ["why", "snooze"])
def test_who_left_is_not_found(signed_in, name):
    lead = a_lead(state="archived")
    assert signed_in.get(reverse(f"today:{name}", args=[lead.id])).status_code == 404


def weights(**other):
    return {**{rule.name: str(rule.weight) for rule in rules()}, **other}


def test_weights_are_saved_and_come_back(signed_in):
    signed_in.post(reverse("today:weights"), weights(quiet="0", overdue="95"))
    assert dict(TodayWeight.objects.values_list("rule", "weight")) == {"quiet": 0, "overdue": 95}
    signed_in.post(reverse("today:weights"), {"reset": ""})
    assert not TodayWeight.objects.exists()
    *_, said = signed_in.get(reverse("today:weights")).context["messages"]
    signed_in.post(said.extra_tags)
    assert dict(TodayWeight.objects.values_list("rule", "weight")) == {"quiet": 0, "overdue": 95}


@pytest.mark.parametrize("wrong", ["-1", "1001", "", "heavy"])
def test_weights_that_are_none_are_refused(signed_in, wrong):
    answer = signed_in.post(reverse("today:weights"), weights(quiet=wrong))
    assert "Not saved." in answer.content.decode()
    assert not TodayWeight.objects.exists()


def test_the_rail_knows_the_month_and_the_answers(signed_in, owner):
    Preferences.objects.update(goal_commission=Decimal(600_000))
    today = timezone.localdate(timezone=Preferences.objects.get().tzinfo)
    closed = a_lead("Closed", stage="closed")
    for on, commission in ((today, 385_000), (today - dt.timedelta(days=40), 999_999)):
        Deal.objects.create(
            lead=closed, state="closed", amount=Decimal(9), commission_percent=3,
            commission=commission, opened_on=on, closed_on=on,
        )  # fmt: skip
    Lead.objects.filter(id=closed.id).update(arrived_at=timezone.now() - dt.timedelta(days=50))
    for minutes in (1, 3, 4, 20):
        lead = a_lead(f"After {minutes}", arrived_at=timezone.now() - dt.timedelta(days=2))
        a_talk(lead, at=lead.arrived_at + dt.timedelta(minutes=minutes))
    words = page(signed_in)
    for piece in ("₱385,000", "of ₱600,000", "Answered in 5 minutes: 75%", "Median 4 min",
                  "4 leads in 30 days"):  # fmt: skip
        assert piece in words


def test_what_is_planned_stands_in_the_agenda(signed_in):
    lead = a_lead("Dana Whitfield", stage="showing")
    due = timezone.now() + dt.timedelta(minutes=1)
    a_follow_up(lead, due, kind="showing", title="Gate code", minutes=45, confirmed_at=due)
    a_follow_up(None, due, title="Print the contracts", kind="task")
    words = page(signed_in)
    for piece in ("Showing with Dana Whitfield", "Gate code, 45 min", "Print the contracts"):
        assert piece in words
    assert FollowUp.objects.count() == 2


@pytest.mark.parametrize(("minutes", "rests"), [(30, ["Free"]), (120, [])])
def test_the_day_is_free_after_its_last_as_long_as_that_is_to_come(minutes, rests):
    due = timezone.now()
    last = a_follow_up(a_lead(), due, kind="meeting", minutes=45)
    day = Day(due + dt.timedelta(minutes=minutes), dt.UTC)

    assert [line.rest for line in agenda(day, [last]).entries if line.at != day.now][1:] == rests


@pytest.mark.parametrize(
    ("reached", "all_", "lit", "houses"),
    [(0, 1, 0, 1), (6, 15, 6, 15), (15, 15, 15, 15), (39, 40, 19, 20), (40, 40, 20, 20),
     (1, 40, 0, 20)],
)  # fmt: skip
def test_a_street_is_lit_whole_only_when_all_are_reached(reached, all_, lit, houses):
    street = Street(reached, all_).houses
    states = [house.state for house in street]
    assert (states.count("lit"), len(states)) == (lit, houses)
    assert states.count("next") == (0 if lit == houses else 1)
