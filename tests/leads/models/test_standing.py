"""A lead's own columns follow what was said and what is due, whichever way those rows change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.audit.services import operation
from crm.audit.undo import undo
from crm.models import Trail
from leads.models import FollowUp, Interaction, Lead
from tests.leads.factories import a_follow_up, a_lead, a_note, a_talk

pytestmark = pytest.mark.django_db


def standing(lead, *names):
    lead.refresh_from_db()
    return tuple(getattr(lead, name) for name in names)


def test_the_newest_touch_counts_and_notes_do_not():
    lead = a_lead()
    a_talk(lead, "email", days_ago=3)
    call = a_talk(lead, "call", days_ago=1)
    a_note(lead)
    assert standing(lead, "last_touch_at", "last_touch_kind") == (call.at, "call")


def test_an_automatic_answer_is_no_attempt():
    lead = a_lead(arrived_at=timezone.now() - timedelta(hours=1))
    a_talk(lead, "email", automatic=True)
    assert standing(lead, "first_attempt_at", "last_touch_at") == (None, None)
    call = a_talk(lead)
    assert standing(lead, "first_attempt_at") == (call.at,)


def test_what_was_said_before_they_arrived_is_no_answer():
    lead = a_lead(arrived_at=timezone.now() - timedelta(hours=1))
    a_talk(lead, days_ago=2)
    assert standing(lead, "first_attempt_at") == (None,)


def test_a_message_waits_from_the_first_that_was_not_answered():
    lead = a_lead()
    a_talk(lead, "text", direction="in", days_ago=5)
    a_talk(lead, "text", days_ago=4)
    first = a_talk(lead, "text", direction="in", days_ago=3)
    a_talk(lead, "email", direction="in", days_ago=2)
    assert standing(lead, "unanswered_since") == (first.at,)
    a_talk(lead, days_ago=1)
    assert standing(lead, "unanswered_since") == (None,)


def test_a_call_of_theirs_that_was_taken_waits_for_nothing():
    lead = a_lead()
    a_talk(lead, "call", direction="in", outcome="reached")
    assert standing(lead, "unanswered_since") == (None,)


def test_a_move_to_another_lead_counts_for_both():
    one, other = a_lead("One"), a_lead("Other")
    talk = a_talk(one)
    Interaction.objects.filter(id=talk.id).update(lead=other)
    assert standing(one, "last_touch_at", "last_out_at") == (None, None)
    assert standing(other, "last_touch_at") == (talk.at,)


def test_an_undone_talk_was_never_there():
    lead = a_lead()
    before = a_talk(lead, days_ago=9)
    with operation("Log") as done:
        a_talk(lead)
    undo(done)
    assert standing(lead, "last_touch_at") == (before.at,)


def test_the_next_follow_up_is_the_first_open_one():
    lead = a_lead()
    first = a_follow_up(lead, timezone.now() + timedelta(days=1))
    second = a_follow_up(lead, timezone.now() + timedelta(days=2))
    assert standing(lead, "next_follow_up_at") == (first.due,)
    FollowUp.objects.filter(id=first.id).update(state="done", ended_at=timezone.now())
    assert standing(lead, "next_follow_up_at") == (second.due,)
    second.delete()
    assert standing(lead, "next_follow_up_at") == (None,)


def test_the_standing_has_no_history_of_its_own():
    lead = a_lead()
    before = Trail.objects.of_row("leads_lead", str(lead.id)).count()
    a_talk(lead)
    a_follow_up(lead)
    assert Trail.objects.of_row("leads_lead", str(lead.id)).count() == before


def test_ten_thousand_at_once_stand_right():
    leads = Lead.objects.bulk_create(
        Lead(name=f"Lead {n}", stage=a_stage) for a_stage in [a_lead().stage] for n in range(20)
    )
    now = timezone.now()
    Interaction.objects.bulk_create(
        Interaction(lead=lead, kind="call", direction="out", at=now - timedelta(hours=hour))
        for lead in leads
        for hour in range(10)
    )
    found = Lead.objects.filter(id__in=[lead.id for lead in leads])
    assert set(found.values_list("last_touch_at", "last_out_at")) == {(now, now)}
