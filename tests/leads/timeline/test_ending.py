from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.vault.ids import uuid7
from leads.models import FollowUp, Interaction
from tests.leads.factories import a_follow_up, a_lead

pytestmark = pytest.mark.django_db
FRAGMENT = {"HTTP_HX_REQUEST": "true"}
HOUR = dt.timedelta(hours=1)


def asked(client, lead, **given):
    """What it offers to end, whether it would, and as what it is logged."""
    html = client.get(reverse("timeline:log", args=[lead.id]), given, **FRAGMENT).content.decode()
    kind = re.findall(r'name="kind" value="(\w+)"', html)
    box = re.findall(r'name="follow_up" value="([^"]+)" data-log-key="E"( checked)?', html)
    return [(id, bool(ticked)) for id, ticked in box], kind, html


def posted(client, lead, **values):
    data = {"kind": "call", "direction": "out", "token": uuid7(), "outcome": "reached", **values}
    return client.post(reverse("timeline:log", args=[lead.id]), data, **FRAGMENT).content.decode()


def test_what_is_overdue_longest_is_ended_first_and_said(signed_in):
    lead, now = a_lead(), timezone.now()
    a_follow_up(lead, now - HOUR)
    due = a_follow_up(lead, now - dt.timedelta(days=1), title="Call about the loan")

    offered, kind, html = asked(signed_in, lead)

    assert (offered, kind) == ([(str(due.id), True)], ["call"])
    assert "Ends: Call about the loan, was due yesterday" in html


def test_the_log_is_of_its_kind_unless_the_opener_says_another(signed_in):
    lead = a_lead()
    due = a_follow_up(lead, timezone.now() - HOUR, kind="email")

    assert asked(signed_in, lead)[:2] == ([(str(due.id), True)], ["email"])
    assert asked(signed_in, lead, kind="call")[:2] == ([(str(due.id), False)], ["call"])


def test_what_no_talk_ends_is_offered_but_not_ticked(signed_in):
    lead = a_lead()
    due = a_follow_up(lead, timezone.now() - HOUR, kind="task")

    assert asked(signed_in, lead)[:2] == ([(str(due.id), False)], ["call"])


@pytest.mark.parametrize(
    ("away", "kind"), [(dt.timedelta(days=2), "call"), (dt.timedelta(minutes=1), "showing")]
)
def test_what_is_not_due_yet_stays(signed_in, away, kind):
    lead = a_lead()
    a_follow_up(lead, timezone.now() + away, kind=kind)
    a_follow_up(a_lead("Another"), timezone.now() - HOUR)

    assert asked(signed_in, lead)[0] == []


def test_it_can_be_left_open_and_stays_offered_while_one_chooses(signed_in):
    lead = a_lead()
    due = a_follow_up(lead, timezone.now() - HOUR)

    html = posted(signed_in, lead, look="1", kind="text", offered=due.id)
    assert re.findall(r'value="([^"]+)" data-log-key="E"( checked)?', html) == [(str(due.id), "")]
    posted(signed_in, lead, offered=due.id, next="none")

    due.refresh_from_db()
    assert (due.state, Interaction.objects.count()) == ("open", 1)
    assert "Ended: " in posted(signed_in, lead, follow_up=due.id, next="none")
    assert FollowUp.objects.open().count() == 0


def test_nobody_elses_is_ended(signed_in):
    other = a_follow_up(a_lead("Another"), timezone.now() - HOUR)

    posted(signed_in, a_lead(), follow_up=other.id)

    assert Interaction.objects.count() == 0
    other.refresh_from_db()
    assert other.state == "open"
