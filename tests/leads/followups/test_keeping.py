"""What follow-ups hold on a person is handed out, and taken away for good."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from crm.keep import persons
from crm.models import Notification
from crm.vault.data_keys import Subject
from leads.followups import keeping, letters, services
from leads.models import FollowUp, Reminder
from tests.leads.factories import a_lead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]


def soon(hours=5):
    return timezone.now() + dt.timedelta(hours=hours)


def test_everything_that_was_planned_is_handed_out():
    lead = a_lead()
    services.plan(lead=lead, title="Ask about the loan", notes="Haggles", due=soon())
    services.plan(lead=a_lead("Ramon"), title="Else", due=soon())
    [row] = keeping.tell(keeping.find(lead.id)[0])
    assert (row["Title"], row["Notes"], row["What"], row["State"]) == (
        "Ask about the loan", "Haggles", "Call", "Open",
    )  # fmt: skip


def test_an_erased_person_has_no_follow_ups_and_others_keep_theirs():
    lead, other = a_lead(), a_lead("Ramon")
    services.plan(lead=lead, title="Ask", due=soon())
    kept = services.plan(lead=other, title="Ask", due=soon())
    letters.send_due(now=timezone.now().replace(hour=3))
    receipt = persons.erase(subject=Subject("leads.lead", lead.id))
    assert receipt.taken["What was planned with them"] == 1
    assert [one.id for one in FollowUp.objects.all()] == [kept.id]
    assert set(Reminder.objects.values_list("follow_up", flat=True)) == {kept.id}
    assert all("Dana" not in one.body for one in Notification.objects.filter(about=None))
    assert keeping.erase(lead.id) == 0
