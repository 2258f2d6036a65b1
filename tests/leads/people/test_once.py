"""Two equal posts of one form, as a second click without script makes them: one row, one answer."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.models import SentForm, SmartList
from crm.shell.once import AGAIN, FIELD
from leads.models import (
    BuyerProfile,
    Cadence,
    ContactPoint,
    FollowUpTemplate,
    Lead,
    Relationship,
    Tag,
)
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db
STEPS = {"steps-TOTAL_FORMS": "0", "steps-INITIAL_FORMS": "0"}


def sent_of(client, url):
    """The token that the form brings."""
    return re.findall(rf'name="{FIELD}" value="([^"]+)"', client.get(url).content.decode())[0]


def twice(client, url, **typed):
    """Where both lead, and what the second says."""
    data = {FIELD: sent_of(client, url), **typed}
    first, second = client.post(url, data), client.post(url, data, follow=True)
    assert first.status_code == 302
    return first.url, second.redirect_chain[0][0], [str(m) for m in second.context["messages"]]


@pytest.mark.parametrize(("kind", "model"), [("tags", Tag), ("profiles", BuyerProfile)])
def test_a_name_is_added_once(signed_in, kind, model):
    first, second, said = twice(signed_in, reverse("names:add", args=[kind]), name="Open house")

    assert (first, AGAIN in said) == (second, True)
    assert model.objects.filter(name="Open house").count() == 1


def test_a_rule_and_a_set_are_made_once(signed_in):
    first, second, said = twice(signed_in, reverse("followups:set_add"), name="Twice", **STEPS)
    assert (first, AGAIN in said) == (second, True)
    assert FollowUpTemplate.objects.filter(name="Twice").count() == 1
    url = reverse("followups:cadence_add")
    typed = {"name": "Twice", "audience": "nurture", "occasion": "every", "days": "90"}
    first, second, said = twice(signed_in, url, **typed)
    assert (first, AGAIN in said) == (second, True)
    assert Cadence.objects.filter(name="Twice").count() == 1


def test_a_way_to_reach_and_a_bond_are_made_once(signed_in):
    lead, other = a_lead("Ana Cruz"), a_lead("Ben Cruz")
    url = reverse("people:add_point", args=[lead.id])
    first, second, said = twice(signed_in, url, kind="email", value="ana@example.com")
    assert (first, AGAIN in said) == (second, True)
    assert ContactPoint.objects.filter(lead=lead).count() == 1
    url = reverse("people:relate", args=[lead.id])
    first, second, said = twice(signed_in, url, other=other.id, who="Ben Cruz", kind="spouse")
    assert (first, AGAIN in said) == (second, True)
    assert Relationship.objects.count() == 1


def test_two_people_become_one_once(signed_in):
    leads = [a_lead("Ana Cruz"), a_lead("Ana Cruz")]
    url = f"{reverse('duplicates:merge')}?lead={leads[0].id}&lead={leads[1].id}"
    data = {FIELD: sent_of(signed_in, url), "lead": [str(each.id) for each in leads],
            "keep": str(leads[0].id)}  # fmt: skip

    first = signed_in.post(reverse("duplicates:merge"), data)
    second = signed_in.post(reverse("duplicates:merge"), data, follow=True)

    assert first.url.startswith("/leads/")
    assert second.redirect_chain[0][0] == first.url
    assert AGAIN in [str(m) for m in second.context["messages"]]
    assert Lead.objects.present().count() == 1


def test_a_smart_list_is_saved_once(signed_in):
    token = sent_of(signed_in, "/leads/")
    data = {FIELD: token, "list": "all", "sort": "-score", "name": "Mine", "icon": "list"}
    url = reverse("list_save", args=["leads"])
    answers = [signed_in.post(url, data, headers={"HX-Request": "true"}) for _ in range(2)]

    assert answers[0]["HX-Redirect"] == answers[1]["HX-Redirect"]
    assert SmartList.objects.filter(name="Mine").count() == 1


def test_a_smart_list_is_duplicated_once_for_each_page_it_is_asked_from(signed_in):
    url = reverse("list_duplicate", args=["leads"])

    def ask(token):
        return signed_in.post(url, {FIELD: token, "list": "hot", "sort": "-score"}).url

    token = sent_of(signed_in, "/leads/?list=hot")
    assert ask(token) == ask(token)
    assert list(SmartList.objects.values_list("name", flat=True)) == ["Hot (copy)"]
    assert ask(sent_of(signed_in, "/leads/?list=hot")) != ask(token)
    assert SmartList.objects.count() == 2


def test_the_second_answers_undo_is_the_firsts_and_then_it_may_come_again(signed_in):
    url = reverse("names:add", args=["tags"])
    data = {FIELD: sent_of(signed_in, url), "name": "Twice"}
    signed_in.post(url, data)
    second = signed_in.post(url, data, follow=True)
    (undo,) = {m.extra_tags for m in second.context["messages"]}

    signed_in.post(undo)
    assert not Tag.objects.filter(name="Twice").exists()
    signed_in.post(url, data)
    assert Tag.objects.filter(name="Twice").count() == 1


def test_other_words_and_what_was_refused_are_forms_of_their_own(signed_in):
    url = reverse("names:add", args=["tags"])
    sent = sent_of(signed_in, url)
    assert signed_in.post(url, {FIELD: sent, "name": ""}).status_code == 200
    assert not SentForm.objects.exists()
    for name in ("One", "Two"):
        signed_in.post(url, {FIELD: sent, "name": name})
    assert set(Tag.objects.values_list("name", flat=True)) >= {"One", "Two"}


def test_it_is_forgotten_after_a_day_and_says_nothing_of_what_was_typed(signed_in):
    url = reverse("names:add", args=["tags"])
    data = {FIELD: sent_of(signed_in, url), "name": "Dana Whitfield"}
    signed_in.post(url, data)
    kept = SentForm.objects.get()
    assert "Dana" not in f"{kept.key} {kept.place} {kept.undo}"
    SentForm.objects.update(at=timezone.now() - dt.timedelta(days=2))
    signed_in.post(url, {**data, "name": "Another"})
    assert kept.key not in SentForm.objects.values_list("key", flat=True)


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_make_one(signed_in: Client):
    url = reverse("names:add", args=["tags"])
    data = {FIELD: sent_of(signed_in, url), "name": "At once"}

    def send(_):
        client = Client()
        client.cookies = signed_in.cookies.copy()
        try:
            return client.post(url, data).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(send, range(4)))

    assert codes == [302] * 4
    assert Tag.objects.filter(name="At once").count() == 1
