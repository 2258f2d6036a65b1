"""What changed about a person, told on their page."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from crm.models import Trail
from leads.models import Lead
from leads.people import services
from leads.people.services import add_lead
from tests.leads.factories import a_follow_up, a_lead
from tests.leads.people.test_page import text_of

pytestmark = pytest.mark.django_db


def history(lead):
    return reverse("people:history", args=[lead.id])


def test_history_is_told(signed_in):
    lead = a_lead("Ana")
    services.change_lead(lead=lead, values={"language": "Tagalog", "about": "Secret words"})
    page = signed_in.get(history(lead))
    said = text_of(page)
    assert "Tagalog" in said
    assert "Secret words" not in said
    assert Trail.objects.exists()


def test_history_tells_of_all_that_is_theirs_in_words(signed_in):
    lead = add_lead(name="Ana Reyes", phones=["0917 555 0142"])
    services.change_lead(lead=lead, values={"tags": ["VIP"]})
    a_follow_up(lead, title="Call about the roof")
    services.change_lead(
        lead=lead, values={"budget_max": Decimal(9_850_000), "home_since": dt.date(2020, 2, 1)}
    )
    other = add_lead(name="Anna Reyes", phones=["0917 555 0143"])
    Lead.objects.filter(id=other.id).update(state="merged", merged_into=lead)
    said = text_of(signed_in.get(history(lead)))
    for words in ("Contact point created", "Tag of a lead created", "VIP", "Follow-up created",
                  "9,850,000", "1 February 2020"):  # fmt: skip
        assert words in said
    assert said.count("Contact point created") == 2
    for secret in ("555 0142", "roof", str(lead.id), "Data key"):
        assert secret not in said


def test_history_goes_on_where_asked(signed_in):
    lead = a_lead("Ana")
    for number in range(25):
        services.change_lead(lead=lead, values={"language": f"Tongue {number}"})
    page = signed_in.get(history(lead))
    assert "Tongue 24" in text_of(page)
    older = page.context["older_url"]
    assert older in page.content.decode()
    said = text_of(signed_in.get(older))
    assert "Tongue 0" in said
    assert "Tongue 24" not in said
