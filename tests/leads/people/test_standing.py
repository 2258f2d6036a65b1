"""Where somebody stands, asked twice: by a second click, or in another tab."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crm.models import Operation
from leads.models import Lead, Stage
from leads.people import services
from leads.people.views import standing
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db


def at(name, lead):
    return reverse(f"people:{name}", args=[lead.id])


def test_lost_for_another_reason_is_a_change_that_can_be_undone(signed_in):
    lead = a_lead(stage="lost", lost_reason="budget")
    page = signed_in.post(at("lost", lead), {"lost_reason": "elsewhere"}, follow=True)
    (said,) = page.context["messages"]
    signed_in.post(said.extra_tags)
    lead.refresh_from_db()
    assert lead.lost_reason == "budget"


SO_ALREADY = {
    "archive": ({"state": "archived"}, {}, "Ana Cruz is archived."),
    "bring_back": ({}, {}, "Ana Cruz is back."),
    "do_not_contact": ({"do_not_contact": True}, {"wanted": "yes"}, "Nobody will contact them."),
    "lost": (
        {"stage": "lost", "lost_reason": "budget"}, {"lost_reason": "budget"},
        "Ana Cruz is in Lost.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SO_ALREADY)
def test_what_was_so_already_is_said_and_offers_no_undo(signed_in, name):
    stands, sent, words = SO_ALREADY[name]
    lead = a_lead("Ana Cruz", **stands)
    page = signed_in.post(at(name, lead), sent, follow=True)
    (said,) = page.context["messages"]
    assert (str(said), said.extra_tags) == (f"{words} It was so already.", "")
    assert not Operation.objects.exists()


def test_a_second_click_moves_nobody_and_says_so(signed_in, monkeypatch):
    """The page was asked for before the first click was through."""
    lead, to = a_lead("Ana Cruz"), Stage.objects.first_of("offer")
    asked_for = standing.a_lead

    def moved_meanwhile(id):
        found = asked_for(id)
        services.move_stage(lead=Lead.objects.get(id=id), to=to)
        return found

    monkeypatch.setattr(standing, "a_lead", moved_meanwhile)
    page = signed_in.post(at("stage", lead), {"to": to.id}, follow=True)
    (said,) = page.context["messages"]
    assert (str(said), said.extra_tags) == ("Ana Cruz is in Offer. It was so already.", "")
    assert Operation.objects.count() == 1
