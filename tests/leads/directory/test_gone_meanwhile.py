"""Whoever is erased between being chosen and being done something to is left alone, and said."""

from __future__ import annotations

import json
from threading import Thread

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from psycopg.errors import LockNotAvailable

from crm.lists import bulk
from crm.models import BulkRun, Notification
from leads.directory.bulk import BULK
from leads.models import FollowUp, Lead, LeadTag, Stage, Tag
from leads.people.rights.services import erase
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db
DONE = {
    "stage": "1 person moved to Offer.",
    "follow-up": "1 follow-up planned.",
    "tag": "1 person tagged Abroad.",
    "untag": "VIP taken from 1 person.",
    "archive": "1 person archived.",
}
LEFT = "1 left: no longer in this list."


def asked(action):
    vip, _ = Tag.objects.get_or_create(name="VIP")
    return {
        "stage": {"stage": Stage.objects.first_of("offer").pk},
        "follow-up": {"title": "Call", "kind": "call", "due_on": "2027-01-05"},
        "tag": {"typed.tags": "Abroad"},
        "untag": {"tags": vip.pk},
        "archive": {},
    }[action]


def people(number):
    vip, _ = Tag.objects.get_or_create(name="VIP")
    made = sorted((a_lead(f"P{place}") for place in range(number)), key=lambda lead: lead.id)
    for lead in made:
        LeadTag.objects.create(lead=lead, tag=vip)
    return made


def post(client, action, **sent):
    url = reverse("list_bulk", args=["leads", action])
    return client.post(url, {**asked(action), **sent}, headers={"HX-Request": "true"})


def untouched(lead):
    """As an erasure leaves them."""
    lead.refresh_from_db()
    assert (lead.state, lead.stage.kind) == ("erased", "new")
    assert not LeadTag.objects.filter(lead=lead).exists()
    assert not FollowUp.objects.filter(lead=lead).exists()


def test_every_action_is_tried():
    assert {action.name for action in BULK} == DONE.keys()


@pytest.mark.parametrize("action", DONE)
@pytest.mark.parametrize("when", ["before the click", "just after it"])
def test_at_once(signed_in, monkeypatch, action, when):
    stays, gone = people(2)
    few = bulk._few

    def erasing(*chosen):
        found = few(*chosen)
        erase(lead=gone)
        return found

    if when == "just after it":
        monkeypatch.setattr(bulk, "_few", erasing)
    else:
        erase(lead=gone)
    answer = post(signed_in, action, id=[str(stays.id), str(gone.id)])

    told = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert told["text"] == f"{DONE[action]} {LEFT}"
    untouched(gone)


def test_for_nobody_no_tag_is_made(signed_in):
    (gone,) = people(1)
    erase(lead=gone)
    answer = post(signed_in, "tag", id=[str(gone.id)])
    told = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert told == {"text": f"0 people tagged Abroad. {LEFT}", "tone": "good", "undo": ""}
    assert not Tag.objects.filter(name="Abroad").exists()


@pytest.mark.parametrize("action", DONE)
@pytest.mark.parametrize("scope", ["ids", "all"])
def test_by_the_worker(signed_in, monkeypatch, action, scope):
    for size in ("AT_ONCE", "BATCH"):
        monkeypatch.setattr(bulk, size, 2)
    chosen = people(4)
    post(signed_in, action, list="all", scope=scope, q="", id=[str(lead.id) for lead in chosen])
    bulk.run_due(seconds=0.001)
    run = BulkRun.objects.get()
    assert (run.state, run.done) == ("waiting", 2)
    erase(lead=chosen[3])

    bulk.run_due()
    run.refresh_from_db()
    assert (run.state, run.done) == ("done", 3)
    told = Notification.objects.get(kind="lists.bulk").body
    # All that match are who they are when it is their turn.
    assert told == ("3 of 4 people." if scope == "all" else f"3 of 4 people. {LEFT}")
    untouched(chosen[3])


@pytest.mark.django_db(transaction=True)
def test_nobody_is_erased_while_they_are_tagged(signed_in, monkeypatch):
    lead = a_lead()
    refused = []

    def erasing():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        try:
            erase(lead=Lead.objects.get(id=lead.id))
        except OperationalError as error:
            refused.append(type(error.__cause__))
        finally:
            connection.close()

    def giving(rows, data):
        other = Thread(target=erasing)
        other.start()
        other.join()
        return give(rows, data)

    tagging = next(each for each in BULK if each.name == "tag")
    give = tagging.run
    monkeypatch.setitem(vars(tagging), "run", giving)
    post(signed_in, "tag", id=[str(lead.id)])

    assert refused == [LockNotAvailable]
    lead.refresh_from_db()
    assert (lead.is_present, lead.tags.get().name) == (True, "Abroad")
