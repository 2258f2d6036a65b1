"""The preview beside the list: who they are, why they score so, and how to act without opening."""

from __future__ import annotations

import pytest
from django.urls import reverse

from leads.models import Lead
from tests.leads.factories import a_phone, a_talk
from tests.leads.people.making import dana

pytestmark = pytest.mark.django_db


def previewed(client, lead):
    return client.get(reverse("list_preview", args=["leads", lead.id])).content.decode()


def test_the_preview_says_why_what_was_last_said_and_how_to_act(signed_in):
    lead = dana()
    Lead.objects.filter(id=lead.id).update(score_reasons=[["viewed", 12, "Viewed a home twice"]])
    a_talk(lead, "call", outcome="reached", days_ago=1)
    page = previewed(signed_in, lead)
    for words in ("Viewed a home twice", "+12", "Call, reached", "yesterday", "Banilad, Busay"):
        assert words in page
    for address in ("people:call", "timeline:log", "timeline:compose"):
        assert reverse(address, args=[lead.id]) in page
    assert "555" not in page


def test_whoever_asked_for_peace_has_nothing_to_call_by(signed_in):
    lead = dana()
    Lead.objects.filter(id=lead.id).update(do_not_contact=True)
    page = previewed(signed_in, lead)
    assert reverse("people:call", args=[lead.id]) not in page
    assert reverse("timeline:log", args=[lead.id]) in page


def test_a_preview_asks_as_much_of_much_as_of_little(signed_in, django_assert_max_num_queries):
    lead = dana()
    for number in range(30):
        a_phone(lead, f"+63 917 555 {1000 + number}")
        a_talk(lead, days_ago=number)
    with django_assert_max_num_queries(15):
        previewed(signed_in, lead)


def test_where_nobody_is_yet_the_first_is_added_from_there(signed_in):
    adding = f'href="{reverse("people:add")}" data-asks'
    for page in ("directory:leads", "today:today"):
        html = signed_in.get(reverse(page)).content.decode()
        main = html[html.index("<main") : html.index("</main>")]
        assert adding in " ".join(main.split()), page
