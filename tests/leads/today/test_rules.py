"""Each reason on both sides of its borders, as the owner reads it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from leads.models import Cadence, Deal, Lead, LeadTag, Source, Tag
from leads.today import rules
from leads.today.day import Day
from leads.today.queue import queue
from tests.leads.factories import a_follow_up, a_lead, a_listing, a_talk

pytestmark = pytest.mark.django_db

MANILA = ZoneInfo("Asia/Manila")
NOW = dt.datetime(2026, 6, 16, 9, 12, tzinfo=MANILA)
UNTRIED = "Nobody has tried to reach them yet"
GATE = "Gate code, Acacia"
SALCEDO = "Offer of ₱13.4M on Salcedo Loft"
SECOND = dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=MANILA)


def ago(**given: float) -> dt.datetime:
    return NOW - dt.timedelta(**given)


def said(day: Day | None = None):
    """What stands in Today: who, and each of their reasons."""
    return {
        row.lead.name: [(reason.rule.name, *reason.said) for reason in row.reasons]
        for row in queue(day or Day(NOW, MANILA)).rows
    }


def reasons(lead: Lead, day: Day | None = None):
    return said(day).get(lead.name, [])


def stands(lead: Lead, **standing):
    Lead.objects.filter(id=lead.id).update(**standing)


@pytest.mark.parametrize(
    ("arrived", "expected"),
    [
        (ago(minutes=3), ("new", "New lead, 3 min ago", "Answer within 5 min", "now")),
        (ago(minutes=5), ("new", "New lead, 5 min ago", UNTRIED, "now")),
        (ago(days=14), ("new", "New lead, on Tue 2 June", UNTRIED, "now")),
        (ago(days=14) - SECOND, None),
        (NOW + SECOND, None),
    ],
)  # fmt: skip
def test_a_new_lead_is_against_the_clock(arrived, expected):
    assert reasons(a_lead(arrived_at=arrived)) == ([expected] if expected else [])


def test_a_new_lead_names_its_source():
    portal = Source.objects.get(name="Property portal")
    lead = a_lead(arrived_at=ago(minutes=3), source=portal)
    assert reasons(lead)[0][1] == "Property portal: new lead, 3 min ago"


def test_whoever_was_tried_moved_on_or_left_is_not_new():
    tried = a_lead("Tried", arrived_at=ago(hours=2))
    a_talk(tried, outcome="no_answer")
    a_lead("Moved", stage="contacted")
    a_lead("Left", do_not_contact=True)
    a_lead("Archived", state="archived")
    assert said() == {}


def test_an_unanswered_message_waits():
    lead = a_lead(stage="contacted")
    a_talk(lead, "text", direction="in", at=ago(hours=20))
    a_talk(lead, "text", direction="in", at=ago(minutes=40))
    assert reasons(lead) == [
        ("unanswered", "Wrote 40 min ago", "No answer yet, since yesterday 13:12", "now")
    ]


def test_a_single_message_is_not_dated_twice():
    lead = a_lead(stage="contacted")
    a_talk(lead, "text", direction="in", at=ago(minutes=40))
    assert reasons(lead) == [("unanswered", "Wrote 40 min ago", "No answer yet", "now")]


@pytest.mark.parametrize(("since", "there"), [(ago(days=14), True), (ago(days=14) - SECOND, False)])
def test_a_message_waits_for_two_weeks(since, there):
    lead = a_lead(stage="contacted")
    a_talk(lead, "call", direction="in", at=since, outcome="no_answer")
    assert bool(reasons(lead)) is there


def test_the_lost_wait_for_nothing():
    lead = a_lead(stage="lost")
    a_talk(lead, "text", direction="in", at=ago(hours=1))
    assert reasons(lead) == []


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2026-06-15T23:59:59", ("overdue", "1 day overdue", "Call back", "bad")),
        ("2026-06-16T00:00:00", ("due", "Follow-up 9 h late", "Call back", "now")),
        ("2026-06-16T09:11:30", ("due", "Follow-up due 9:11", "Call back", "now")),
        ("2026-06-16T09:30:00", ("due", "Follow-up due 9:30", "Call back", "now")),
        ("2026-06-16T10:12:00", ("due", "Follow-up due 10:12", "Call back", "now")),
        ("2026-06-16T10:13:00", ("due", "Follow-up due 10:13", "Call back", "dusk")),
        ("2026-06-16T23:59:59", ("due", "Follow-up due 23:59", "Call back", "dusk")),
        ("2026-06-17T00:00:00", None),
        ("2026-05-16T09:12:00", ("overdue", "31 days overdue", "Call back", "bad")),
    ],
)
def test_a_follow_up_is_due_on_its_day_and_overdue_after_it(due, expected):
    lead = a_lead(stage="contacted")
    a_follow_up(lead, at(due))
    assert reasons(lead) == ([expected] if expected else [])


def test_what_is_for_the_whole_day_has_no_hour():
    lead = a_lead(stage="contacted")
    a_follow_up(lead, at("2026-06-16T23:59:59"), due_on=NOW.date(), title="Send the papers")
    assert reasons(lead) == [("due", "Follow-up due today", "Send the papers", "now")]


def test_what_ended_or_belongs_to_nobody_here_is_not_due():
    done, gone = a_lead("Done", stage="contacted"), a_lead("Gone", state="archived")
    a_follow_up(done, NOW, state="done", ended_at=NOW)
    a_follow_up(gone, NOW)
    a_follow_up(None, NOW)
    assert said() == {}


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2026-06-16T09:12", ("showing", "Showing today 9:12, to confirm", GATE, "dusk")),
        ("2026-06-17T23:59", ("showing", "Showing tomorrow 23:59, to confirm", GATE, "dusk")),
        ("2026-06-18T00:00", None),
        ("2026-06-16T09:11", ("due", "Showing at 9:11: how did it go", GATE, "now")),
    ],
)  # fmt: skip
def test_a_showing_is_to_confirm_until_it_begins(due, expected):
    lead = a_lead(stage="showing")
    a_follow_up(lead, at(due), kind="showing", title="Gate code", listing=a_listing("Acacia"))
    assert reasons(lead) == ([expected] if expected else [])


def test_a_confirmed_showing_asks_for_nothing():
    lead = a_lead(stage="showing")
    a_follow_up(lead, at("2026-06-16T10:30"), kind="showing", confirmed_at=NOW)
    assert reasons(lead) == []


@pytest.mark.parametrize(
    ("score", "days", "there"),
    [(75, 5, True), (74, 5, False), (75, 4.99, False), (100, 60, True), (100, 60.01, False)],
)
def test_hot_and_gone_quiet(score, days, there):
    lead = a_lead(stage="showing")
    a_talk(lead, days_ago=days)
    stands(lead, score=score)
    last = f"Last: call, {ago(days=days):%a} {ago(days=days).day} {ago(days=days):%B}"
    expected = [("quiet", f"Hot, quiet for {int(days)} days", last, "hot")]
    assert reasons(lead) == (expected if there else [])


def test_who_has_something_planned_or_bought_is_not_quiet():
    planned, bought = a_lead("Planned", stage="showing"), a_lead("Bought", stage="closed")
    for lead in (planned, bought):
        a_talk(lead, days_ago=6)
        stands(lead, score=90)
    a_follow_up(planned, NOW + dt.timedelta(days=3))
    assert said() == {}


def a_deal(lead, on, **values):
    return Deal.objects.create(**{
        "lead": lead, "amount": Decimal(13_400_000), "commission_percent": 3, "commission": 402_000,
        "opened_on": dt.date(2026, 5, 1), "expected_on": on, **values,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-06-16", ("deal", "Answer due today", SALCEDO, "dusk")),
        ("2026-06-17", None),
        ("2026-06-14", ("deal", "Deal 2 d past its date", SALCEDO, "bad")),
        ("2026-04-17", ("deal", "Deal 60 d past its date", SALCEDO, "bad")),
        ("2026-04-16", None),
    ],
)  # fmt: skip
def test_a_deal_is_due_on_its_date(on, expected):
    lead = a_lead(stage="offer")
    a_deal(lead, dt.date.fromisoformat(on), listing=a_listing("Salcedo Loft"))
    assert reasons(lead) == ([expected] if expected else [])


def test_a_deal_that_ended_is_not_due():
    lead = a_lead(stage="closed")
    a_deal(lead, NOW.date(), state="closed", closed_on=NOW.date())
    assert reasons(lead) == []


def test_a_reservation_has_words_of_its_own():
    lead = a_lead(stage="reserved")
    a_deal(lead, NOW.date(), state="reserved")
    assert reasons(lead) == [("deal", "Closing due today", "Reservation of ₱13.4M", "dusk")]


def past_client(name="Hannah Brooks", **values):
    return a_lead(
        name, stage="closed", arrived_at=ago(days=900), stage_since=ago(days=800), **values
    )


@pytest.mark.parametrize(
    ("month", "day", "words"),
    [
        (6, 16, "Birthday today"), (6, 15, "Birthday yesterday"), (6, 13, "Birthday 3 days ago"),
        (6, 12, None), (6, 17, None), (5, 16, None),
    ],
)  # fmt: skip
def test_a_birthday_is_worth_a_word_for_some_days(month, day, words):
    lead = past_client(birthday_month=month, birthday_day=day)
    a_talk(lead, days_ago=30)
    assert reasons(lead) == ([("birthday", words, "Say a word", "good")] if words else [])


def test_the_29th_of_february_is_kept_on_the_28th():
    lead = past_client(birthday_month=2, birthday_day=29)
    a_talk(lead, days_ago=150)
    day = Day(dt.datetime(2026, 2, 28, 9, tzinfo=MANILA), MANILA)
    leap = Day(dt.datetime(2028, 2, 28, 9, tzinfo=MANILA), MANILA)
    assert [each[1] for each in reasons(lead, day)] == ["Birthday today"]
    assert "birthday" not in [each[0] for each in reasons(lead, leap)]


def test_a_word_that_was_said_ends_the_birthday():
    lead = past_client(birthday_month=6, birthday_day=15)
    a_talk(lead, at=at("2026-06-14T23:59"))
    assert [each[0] for each in reasons(lead)] == ["birthday"]
    a_talk(lead, at=at("2026-06-15T00:00"))
    assert reasons(lead) == []


@pytest.mark.parametrize(
    ("home_since", "words"),
    [
        ("2025-06-16", "1 year in their home"), ("2020-06-15", "6 years in their home, yesterday"),
        ("2026-06-16", None), ("2025-06-17", None),
    ],
)  # fmt: skip
def test_a_home_has_anniversaries(home_since, words):
    lead = past_client(home_since=dt.date.fromisoformat(home_since))
    a_talk(lead, days_ago=30)
    assert reasons(lead) == ([("anniversary", words, "Say hello", "good")] if words else [])


@pytest.mark.parametrize(("days", "there"), [(90, True), (89.9, False)])
def test_past_clients_are_kept_in_touch_with(days, there):
    lead = past_client()
    a_talk(lead, days_ago=days)
    expected = [("keep_in_touch", "Not in touch for 90 days", "Say hello", "good")]
    assert reasons(lead) == (expected if there else [])


def test_who_never_spoke_counts_from_the_stage():
    lead = past_client()
    assert reasons(lead) == [("keep_in_touch", "Never in touch so far", "Say hello", "good")]
    Lead.objects.filter(id=lead.id).update(stage_since=ago(days=10))
    assert reasons(lead) == []


def test_a_rule_of_the_owner_names_people_by_a_tag():
    Cadence.objects.all().update(active=False)
    friend, other = (a_lead(name, stage="contacted", stage_since=ago(days=40),
                            arrived_at=ago(days=40)) for name in ("Friend", "Other"))  # fmt: skip
    sphere = Tag.objects.create(name="Sphere")
    LeadTag.objects.create(lead=friend, tag=sphere)
    Cadence.objects.create(name="Sphere", audience="tagged", tag=sphere, occasion="every", days=30)
    for lead in (friend, other):
        a_talk(lead, days_ago=31)
    words = ("keep_in_touch", "Not in touch for 31 days", "Say hello", "good")
    assert said() == {"Friend": [words]}


def test_every_rule_explains_itself():
    assert len(rules.rules()) == len(rules.RULES)
    assert all(rule.label and rule.reads and 0 < rule.weight <= 100 for rule in rules.rules())
