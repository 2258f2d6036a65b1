"""Tags for very many people: each batch means by the words what was meant when they were typed."""

from __future__ import annotations

import json
from threading import Thread

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from psycopg.errors import LockNotAvailable

from crm.lists import bulk
from crm.lists.views.bulk import GONE
from crm.models import BulkRun, Operation
from leads.directory.bulk import BULK
from leads.models import LeadTag, Stage, Tag
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(signed_in, monkeypatch):
    """A run for four people, whose first batch of two is done."""
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "BATCH", 2)
    for number in range(4):
        a_lead(f"P{number}")

    def begin(**sent):
        url = reverse("list_bulk", args=["leads", "tag"])
        signed_in.post(url, {"list": "all", "scope": "all", "q": "", **sent})
        bulk.run_due(seconds=0)
        while not LeadTag.objects.exists():
            bulk.run_due(seconds=0.001)
        assert len(set(LeadTag.objects.values_list("lead"))) == 2
        return BulkRun.objects.get()

    return begin


def ended(run):
    bulk.run_due()
    run.refresh_from_db()
    return run.state, run.error, run.done


def test_what_was_new_stays_new_whatever_is_like_it_meanwhile(begun):
    run = begun(**{"typed.tags": "loan, Abroad"})
    Tag.objects.create(name="Loan approved")
    Tag.objects.filter(name="loan").delete()
    assert ended(run) == ("done", "", 4)
    assert LeadTag.objects.filter(tag__name="loan").count() == 2
    assert LeadTag.objects.filter(tag__name="Abroad").count() == 4


@pytest.mark.parametrize("way", ["typed", "ticked"])
def test_a_tag_that_is_gone_meanwhile_ends_it_and_is_not_made_anew(begun, way):
    vip, other = (Tag.objects.create(name=name) for name in ("VIP", "Abroad"))
    ticked = [str(other.pk)] if way == "typed" else [str(other.pk), str(vip.pk)]
    run = begun(**{"tags": ticked, "typed.tags": "vip" if way == "typed" else ""})
    vip.delete()
    assert ended(run) == ("failed", "Gone", 2)
    assert list(Tag.objects.all()) == [other]


def test_nothing_is_kept_of_what_was_typed(begun):
    vip = Tag.objects.create(name="VIP")
    run = begun(**{"typed.tags": "vip, abroad"})
    assert run.data == {"tags": [str(vip.pk), "new:abroad"]}


CHOSEN = [("tag", "tags"), ("untag", "tags"), ("stage", "stage")]


@pytest.mark.parametrize(("action", "name"), CHOSEN)
def test_what_is_deleted_just_after_it_was_chosen_leaves_everything_undone(
    signed_in, monkeypatch, action, name
):
    lead, stage = a_lead(), Stage.objects.create(name="Brief", kind="new", order=99)
    before = lead.stage
    chosen = stage if name == "stage" else Tag.objects.create(name="VIP")
    few = bulk._few

    def deleting(*asked):
        chosen.delete()
        return few(*asked)

    sent = {"scope": "ids", "id": [str(lead.id)], name: str(chosen.pk)}
    monkeypatch.setattr(bulk, "_few", deleting)
    answer = signed_in.post(
        reverse("list_bulk", args=["leads", action]), sent, headers={"HX-Request": "true"}
    )

    told = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert (told["text"], told["undo"]) == (GONE, "")
    lead.refresh_from_db()
    assert (lead.stage, Operation.objects.count()) == (before, 0)


@pytest.mark.django_db(transaction=True)
def test_nobody_deletes_a_tag_while_it_is_given(signed_in, monkeypatch):
    lead, vip = a_lead(), Tag.objects.create(name="VIP")
    refused = []

    def delete():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        try:
            vip.delete()
        except OperationalError as error:
            refused.append(type(error.__cause__))
        finally:
            connection.close()

    def giving(rows, data):
        other = Thread(target=delete)
        other.start()
        other.join()
        return give(rows, data)

    tagging = next(each for each in BULK if each.name == "tag")
    give = tagging.run
    monkeypatch.setitem(vars(tagging), "run", giving)
    sent = {"scope": "ids", "id": [str(lead.id)], "tags": str(vip.pk)}
    signed_in.post(reverse("list_bulk", args=["leads", "tag"]), sent)

    assert refused == [LockNotAvailable]
    assert list(lead.tags.all()) == [vip]
