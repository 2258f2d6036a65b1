"""A deal in another currency counts in the owner's by the rate that was typed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.vault.ids import uuid7
from leads.models import Deal
from leads.roi import services
from leads.today import numbers
from leads.today.day import Day
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db


def note(client, lead, **values):
    typed = {
        "amount": "100000", "currency": "PHP", "commission_percent": "3", "commission": "",
        "state": "closed", "rate": "", "listing": "", "expected_on": "", "closed_on": "",
    }  # fmt: skip
    return client.post(reverse("roi:add", args=[lead.id]), typed | values)


def test_who_is_lost_on_their_page_loses_the_open_deals_and_an_undo_brings_them_back(signed_in):
    lead = a_lead()
    for state in ("open", "reserved", "closed"):
        services.add_deal(lead=lead, amount=Decimal(9), commission_percent=Decimal(3), state=state)
    before = list(Deal.objects.order_by("id").values())
    signed_in.post(reverse("people:lost", args=[lead.id]), {"lost_reason": "budget"})
    states = Deal.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["fell_through", "fell_through", "closed"]
    (said,) = signed_in.get("/settings/activity/").context["messages"]
    signed_in.post(said.extra_tags)
    assert list(Deal.objects.order_by("id").values()) == before


def test_a_deal_in_dollars_counts_in_pesos_by_its_rate(signed_in):
    lead = a_lead()
    asked = note(signed_in, lead, currency="USD")
    assert asked.context["form"].errors == {"rate": ["Type what 1 USD is worth in PHP."]}
    note(signed_in, lead, currency="USD", rate="56.5")
    note(signed_in, lead, rate="56.5")  # one is one in the owner's own, whatever was typed
    assert sorted(Deal.objects.values_list("currency", "rate")) == [
        ("PHP", Decimal(1)), ("USD", Decimal("56.5")),
    ]  # fmt: skip
    day = Day(timezone.now() + dt.timedelta(seconds=1), ZoneInfo("Asia/Manila"))
    assert numbers.figures(day).commission == Decimal(3000) + Decimal(3000) * Decimal("56.5")


def test_a_form_that_is_sent_twice_notes_one_deal(signed_in):
    lead, once = a_lead(), str(uuid7())
    note(signed_in, lead, once=once)
    note(signed_in, lead, once=once)
    assert Deal.objects.count() == 1
    note(signed_in, lead, once=once, amount="200000")  # the browser went back to the form
    assert Deal.objects.count() == 2


def test_the_last_rate_is_offered_again_and_a_deal_keeps_its_own(signed_in):
    note(signed_in, a_lead(), currency="USD", rate="56.5")
    another = a_lead("Ramon", currency="USD")
    form = signed_in.get(reverse("roi:add", args=[another.id])).context["form"]
    assert form["rate"].value() == Decimal("56.5")
    deal = Deal.objects.get()
    url = reverse("roi:change", args=[deal.lead_id, deal.id])
    form = signed_in.get(url).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    signed_in.post(url, {**values, "rate": "57", "seen": form.seen_now})
    deal.refresh_from_db()
    assert deal.rate == Decimal(57)
