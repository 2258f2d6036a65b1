"""A name is taken away while people are being given it, or was a moment earlier."""

from __future__ import annotations

import time
from threading import Thread

import pytest
from django.db import connection, transaction
from django.urls import reverse

from crm.models import Operation
from leads.models import Lead, LeadTag, Stage, Tag
from leads.people.names import services
from leads.people.names.kinds import KINDS
from leads.people.names.views import GONE
from tests.leads.factories import a_lead

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0] > 0


def asked_meanwhile(client, url, row, give, **sent):
    """The answer to what is asked while the row is held, and `give` is done before it is let go."""
    answers = []

    def ask():
        try:
            answers.append(client.post(url, sent))
        finally:
            connection.close()

    other = Thread(target=ask)
    with transaction.atomic():
        type(row).objects.select_for_update(no_key=True).get(pk=row.pk)
        other.start()
        until = time.monotonic() + 5
        while not somebody_waits() and time.monotonic() < until:
            time.sleep(0.02)
        give()
    other.join()
    return answers[0] if answers else None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["remove", "merge"])
def test_a_tag_that_is_being_given_goes_from_those_too(signed_in, way):
    lead, vip, other = a_lead(), Tag.objects.create(name="VIP"), Tag.objects.create(name="Abroad")
    url = reverse(f"names:{way}", args=["tags", vip.pk])

    def give():
        LeadTag.objects.create(lead=lead, tag=vip)

    answer = asked_meanwhile(signed_in, url, vip, give, into=other.pk)
    assert answer is not None
    assert answer.status_code == 302
    assert [tag.name for tag in lead.tags.all()] == ([] if way == "remove" else ["Abroad"])
    assert not Tag.objects.filter(pk=vip.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_stage_stays_that_somebody_is_just_moved_to(signed_in):
    lead, stage = a_lead(), Stage.objects.create(name="Viewing", kind="showing", order=20)
    url = reverse("names:remove", args=["stages", stage.pk])
    asked_meanwhile(signed_in, url, stage, lambda: Lead.objects.update(stage=stage))
    page = signed_in.get(reverse("names:stages"))
    (said,) = page.context["messages"]
    assert str(said).startswith("Viewing stays. People stand in it")
    lead.refresh_from_db()
    assert lead.stage == stage


@pytest.mark.django_db
def test_what_is_gone_already_goes_no_second_time(signed_in, monkeypatch):
    vip, other = Tag.objects.create(name="VIP"), Tag.objects.create(name="Abroad")
    find = services._held

    def earlier(*rows):
        Tag.objects.filter(pk=vip.pk).delete()
        return find(*rows)

    monkeypatch.setattr(services, "_held", earlier)
    assert services.remove(names=KINDS["tags"], row=vip) is None
    vip = Tag.objects.create(name="VIP")
    url = reverse("names:merge", args=["tags", vip.pk])
    page = signed_in.post(url, {"into": other.pk}, follow=True)
    assert [(str(each), each.extra_tags) for each in page.context["messages"]] == [(GONE, "")]
    assert not Operation.objects.exists()
