from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.audit.undo import undo
from crm.models import Operation
from crm.shell.moments import clock
from crm.vault.ids import uuid7
from leads.followups.services import plan
from leads.models import ContactPoint, FollowUp, Interaction
from properties.models import Listing
from tests.leads.factories import a_follow_up, a_lead, a_listing, a_phone

pytestmark = pytest.mark.django_db
FRAGMENT = {"HTTP_HX_REQUEST": "true"}
MANILA = ZoneInfo("Asia/Manila")


def log_url(lead) -> str:
    return reverse("timeline:log", args=[lead.id])


def posted(client: Client, lead, **values: Any):
    data = {"kind": "call", "direction": "out", "token": uuid7(), **values}
    return client.post(log_url(lead), data, **FRAGMENT)


def test_popover_asks_how_it_went_with_what_would_come(signed_in: Client) -> None:
    lead = a_lead("Jasmine Uy")

    html = signed_in.get(log_url(lead), **FRAGMENT).content.decode()

    assert "Log call with Jasmine Uy" in html
    keys = re.findall(r'value="(\w+)" data-log-key="(\d)" data-saves data-next="([^"]+)"', html)
    assert [(value, key) for value, key, _ in keys] == [
        ("reached", "1"), ("left_message", "2"), ("no_answer", "3"), ("wrong_number", "4"),
    ]  # fmt: skip
    assert all(words for _, _, words in keys)
    assert re.findall(r'name="next" value="(\w)"', html) == ["T", "D", "W", "P"]


def test_one_post_saves_the_talk_and_the_proposed_follow_up(signed_in: Client) -> None:
    lead = a_lead()

    answer = posted(signed_in, lead, outcome="left_message", note="Prefers calls after 5 pm")

    talk, planned = Interaction.objects.get(), FollowUp.objects.open().get()
    assert (talk.lead, talk.outcome, talk.body) == (
        lead,
        "left_message",
        "Prefers calls after 5 pm",
    )
    html = answer.content.decode()
    assert "Logged." in html
    assert f"Next for {lead.name}: call again, tomorrow" in html
    assert str(planned.id) in html
    assert json.loads(answer["HX-Trigger"]) == {"logged": {"lead": str(lead.id)}}


def test_log_of_what_was_due_finishes_it(signed_in: Client) -> None:
    lead = a_lead()
    due = a_follow_up(lead)

    asked = signed_in.get(f"{log_url(lead)}?follow_up={due.id}", **FRAGMENT).content.decode()
    assert f'name="follow_up" value="{due.id}"' in asked
    posted(signed_in, lead, outcome="reached", follow_up=due.id, next="none")

    due.refresh_from_db()
    assert (due.state, due.interaction) == ("done", Interaction.objects.get())
    assert FollowUp.objects.open().count() == 0


def test_what_was_due_says_what_it_was(signed_in: Client) -> None:
    lead = a_lead()
    kinds = {}
    for kind in ("call", "email", "meeting", "showing", "task"):
        due = a_follow_up(lead, kind=kind)
        html = signed_in.get(f"{log_url(lead)}?follow_up={due.id}", **FRAGMENT).content.decode()
        kinds[kind] = re.findall(r'name="kind" value="(\w+)"', html)
    assert kinds == {
        "call": ["call"], "email": ["email"], "meeting": ["meeting"], "showing": ["showing"],
        "task": ["call"],
    }  # fmt: skip


def test_a_showing_keeps_its_home_and_how_they_liked_it(signed_in: Client) -> None:
    lead, home = a_lead(), a_listing("12 Acacia Lane")
    a_listing("12 Acacia Lane")  # of the same name, and not the one that was shown
    due = a_follow_up(lead, kind="showing", listing=home)
    asked = signed_in.get(f"{log_url(lead)}?follow_up={due.id}", **FRAGMENT).content.decode()
    assert re.findall(r'name="home" [^>]* value="([^"]+)"', asked) == ["12 Acacia Lane"]

    posted(
        signed_in, lead, kind="showing", outcome="held", home="12 Acacia Lane", feedback="loved",
        minutes="40", follow_up=due.id,
    )  # fmt: skip

    talk = Interaction.objects.get()
    assert (talk.listing, talk.feedback, talk.minutes) == (home, "loved", 40)
    due.refresh_from_db()
    assert (due.state, due.outcome, due.actual_minutes) == ("done", "held", 40)
    assert FollowUp.objects.open().get().listing == home


def test_a_home_that_is_new_goes_with_the_undo(signed_in: Client) -> None:
    posted(signed_in, a_lead(), kind="showing", outcome="held", home="9 Narra Street")
    assert Interaction.objects.get().listing.title == "9 Narra Street"
    undo(Operation.objects.get().id)
    assert (Interaction.objects.count(), Listing.objects.count()) == (0, 0)


def test_what_repeats_comes_again_and_nothing_beside_it(signed_in: Client) -> None:
    lead = a_lead()
    due = plan(lead=lead, title="Weekly word", due=timezone.now(), rule="FREQ=WEEKLY")
    asked = signed_in.get(f"{log_url(lead)}?follow_up={due.id}", **FRAGMENT).content.decode()
    assert asked.count('data-next="Weekly word, ') == 4

    answer = posted(signed_in, lead, outcome="reached", follow_up=due.id)

    again = FollowUp.objects.open().get()
    assert (again.title, again.due) == ("Weekly word", due.due + dt.timedelta(days=7))
    assert f"Next for {lead.name}: weekly word, " in answer.content.decode()
    amended(signed_in, lead, choice="T", follow_up=again.id)
    again.refresh_from_db()
    # By the owner's clock, where the day may be another one already.
    today, day = (timezone.localdate(at, MANILA) for at in (None, again.due))
    assert day == today + dt.timedelta(days=1)


def test_home_and_feedback_are_a_showings_alone(signed_in: Client) -> None:
    posted(signed_in, a_lead(), outcome="reached", home="9 Narra Street", feedback="loved")
    talk = Interaction.objects.get()
    assert (talk.listing, talk.feedback, Listing.objects.count()) == (None, "", 0)


def test_somebody_elses_follow_up_is_refused(signed_in: Client) -> None:
    theirs = a_follow_up(a_lead("Ramon"))

    posted(signed_in, a_lead(), outcome="reached", follow_up=theirs.id)

    theirs.refresh_from_db()
    assert (theirs.state, Interaction.objects.count()) == ("open", 0)


def test_time_can_be_chosen_before(signed_in: Client) -> None:
    posted(signed_in, a_lead(), outcome="reached", next="W")

    due, here = FollowUp.objects.get().due, ZoneInfo("Asia/Manila")
    assert timezone.localdate(due, here) - timezone.localdate(None, here) == dt.timedelta(7)


def test_picked_time_is_by_the_owners_clock(signed_in: Client) -> None:
    day = timezone.now().date() + dt.timedelta(days=20)

    posted(signed_in, a_lead(), outcome="reached", next="P", picked=f"{day}T16:30")

    assert FollowUp.objects.get().due == dt.datetime.combine(day, dt.time(8, 30), dt.UTC)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Choose how it went, or write a note."),
        ({"outcome": "held"}, "Choose how it went."),
        ({"kind": "carrier pigeon", "outcome": "reached"}, "Choose how it went."),
        ({"outcome": "reached", "next": "P"}, "Pick a day and a time."),
        ({"outcome": "reached", "next": "P", "picked": "2026-02-30T10:00"}, "no such date"),
        ({"outcome": "reached", "next": "P", "picked": "2001-02-03T10:00"}, "past already"),
        ({"outcome": "reached", "note": "x" * 20_001}, "longer than 20,000 signs"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(
    signed_in: Client, values: dict[str, str], words: str
) -> None:
    answer = posted(signed_in, a_lead(), **{"note": "", **values})

    html = answer.content.decode()
    assert answer.status_code == 200
    assert words in html
    assert Interaction.objects.count() == 0
    assert values.get("note", "")[:100] in html


def test_other_kind_keeps_what_was_typed_and_saves_nothing(signed_in: Client) -> None:
    answer = posted(signed_in, a_lead(), kind="meeting", look="1", note="About the deck")

    html = answer.content.decode()
    assert re.findall(r'name="outcome" value="(\w+)"', html) == ["held", "no_show", "cancelled"]
    assert 'value="About the deck"' in html
    assert "Choose how it went, or write" not in html
    assert Interaction.objects.count() == 0


def test_a_call_by_a_device_that_is_ahead_was_not_tomorrow(signed_in: Client) -> None:
    ahead = timezone.now() + dt.timedelta(hours=20)
    posted(signed_in, a_lead(), outcome="reached", at=ahead.isoformat())
    assert Interaction.objects.get().at <= timezone.now()


def test_incoming_text_is_theirs(signed_in: Client) -> None:
    posted(signed_in, a_lead(), kind="text", direction="in", outcome="reached", next="none")

    talk = Interaction.objects.get()
    assert (talk.kind, talk.direction) == ("text", "in")


def test_call_that_was_seen_keeps_its_time(signed_in: Client) -> None:
    lead = a_lead()
    began = timezone.now().replace(microsecond=0) - dt.timedelta(minutes=2)
    at = began.isoformat().replace("+00:00", ".000Z")

    asked = signed_in.get(log_url(lead), {"at": at, "minutes": "2"}, **FRAGMENT).content.decode()
    posted(signed_in, lead, outcome="reached", at=at, minutes="2")

    assert f"{clock(began, timezone.get_fixed_timezone(480))}, 2 min" in asked
    talk = Interaction.objects.get()
    assert (talk.at, talk.minutes) == (began, 2)


@pytest.mark.parametrize(
    "query", ["at=x&minutes=y", "kind=%00&follow_up='", "at=9999999-01-01T00:00"]
)
def test_nonsense_in_the_address_opens_the_popover(signed_in: Client, query: str) -> None:
    answer = signed_in.get(f"{log_url(a_lead())}?{query}", **FRAGMENT)

    assert answer.status_code == 200
    assert "Log call with" in answer.content.decode()


def test_without_script_it_is_a_page_that_goes_back_to_the_lead(signed_in: Client) -> None:
    lead = a_lead()
    page = signed_in.get(log_url(lead)).content.decode()
    assert "<h1>Log</h1>" in page

    answer = signed_in.post(log_url(lead), {"kind": "call", "outcome": "no_answer"})

    assert answer.status_code == 302
    assert answer["Location"] == reverse("people:lead", args=[lead.id])
    after = signed_in.get(answer["Location"]).content.decode()
    assert f"Logged. Next for {lead.name}: call again" in after
    operation = Operation.objects.get(name="Log a call")
    assert reverse("undo", args=[operation.id]) in after


def test_wrong_number_marks_the_phone(signed_in: Client) -> None:
    lead = a_lead()
    a_phone(lead, is_primary=True)

    posted(signed_in, lead, outcome="wrong_number")

    assert ContactPoint.objects.get().bounced_at == Interaction.objects.get().at


def test_sent_twice_it_is_logged_once(signed_in: Client) -> None:
    lead, token = a_lead(), uuid7()
    posted(signed_in, lead, outcome="reached", token=token)

    again = posted(signed_in, lead, outcome="reached", token=token)

    assert Interaction.objects.count() == FollowUp.objects.count() == 1
    assert "logged already, once" in again.content.decode()


def amended(client: Client, lead, **values: Any):
    talk = Interaction.objects.get()
    url = reverse("timeline:amend", args=[lead.id, talk.id])
    operation = Operation.objects.get(name="Log a call")
    planned = FollowUp.objects.first()
    data = {"operation": operation.id, "follow_up": planned.id if planned else "", **values}
    return client.post(url, data, **FRAGMENT)


def test_amend_moves_what_comes_next_and_undo_takes_all(signed_in: Client) -> None:
    lead = a_lead()
    posted(signed_in, lead, outcome="left_message")
    before = FollowUp.objects.get().due

    answer = amended(signed_in, lead, choice="W")

    after = FollowUp.objects.get().due
    assert after > before
    assert "Logged." in answer.content.decode()
    operation = Operation.objects.get(name="Log a call")
    signed_in.post(reverse("undo", args=[operation.id]), {"here": "1"}, **FRAGMENT)
    assert (Interaction.objects.count(), FollowUp.objects.count()) == (0, 0)


def test_amend_plans_where_nothing_was_planned(signed_in: Client) -> None:
    lead = a_lead()
    posted(signed_in, lead, outcome="reached", next="none")

    amended(signed_in, lead, choice="T")

    assert FollowUp.objects.open().count() == 1


def test_amend_by_a_pick_that_is_past_is_refused_in_words(signed_in: Client) -> None:
    lead = a_lead()
    posted(signed_in, lead, outcome="left_message")
    before = FollowUp.objects.get().due

    answer = amended(signed_in, lead, choice="P", picked="2001-01-01T10:00")

    assert "past already" in answer.content.decode()
    assert FollowUp.objects.get().due == before


@pytest.mark.parametrize("values", [{"operation": "x"}, {"follow_up": "x"}, {"choice": "x"}])
def test_amend_with_nonsense_changes_nothing(signed_in: Client, values: dict[str, str]) -> None:
    lead = a_lead()
    posted(signed_in, lead, outcome="left_message")
    before = FollowUp.objects.get().due

    answer = amended(signed_in, lead, **{"choice": "W", **values})

    assert answer.status_code in (200, 404)
    assert FollowUp.objects.get().due == before


@pytest.mark.parametrize("state", ["merged", "erased"])
def test_nobody_logs_with_those_who_are_gone(signed_in: Client, state: str) -> None:
    other = a_lead("Ramon")
    lead = a_lead(state=state, merged_into=other if state == "merged" else None)

    assert signed_in.get(log_url(lead)).status_code == 404


def test_name_is_escaped(signed_in: Client) -> None:
    lead = a_lead("<img src=x onerror=alert(1)>")

    html = signed_in.get(log_url(lead), **FRAGMENT).content.decode()

    assert "<img" not in html
    assert "Log call with &lt;img src=x" in html
