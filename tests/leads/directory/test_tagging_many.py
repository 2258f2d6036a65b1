"""Tags for very many people: each batch means by the words what was meant when they were typed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crm.lists import bulk
from crm.models import BulkRun
from leads.models import LeadTag, Tag
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
    assert ended(run) == ("failed", "ValidationError", 2)
    assert list(Tag.objects.all()) == [other]


def test_nothing_is_kept_of_what_was_typed(begun):
    vip = Tag.objects.create(name="VIP")
    run = begun(**{"typed.tags": "vip, abroad"})
    assert run.data == {"tags": [str(vip.pk), "new:abroad"]}
