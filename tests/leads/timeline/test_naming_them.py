"""Entries of others that may name whoever is erased: listed to be looked at, never blanked."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crm.keep.registry import mentions
from leads.models import Interaction, Lead
from leads.people import services
from leads.people.rights import services as rights
from leads.timeline import naming_them
from tests.leads.factories import a_lead, a_note
from tests.leads.people.test_page import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def maria():
    return a_lead("Maria Cruz")


def listed(lead):
    """Whose entries."""
    return [place.words.split(", ")[1] for place in mentions(lead.id).places]


def test_a_common_first_name_in_a_strangers_entry_is_neither_blanked_nor_listed(maria):
    a_lead("Maria Santos")
    said = a_note(a_lead("Ana Reyes"), "Maria asked for the plan.")
    assert listed(maria) == []
    rights.erase(lead=maria)
    assert Interaction.objects.get(id=said.id).body == "Maria asked for the plan."


def test_the_whole_name_is_listed_wherever_it_stands_and_not_blanked(maria):
    a_lead("Maria Santos")
    said = a_note(a_lead("Ana Reyes"), "Met maría last week; Mrs. CRUZ wants a garden.")
    (place,) = mentions(maria.id).places
    assert place.url == reverse("timeline:entry", args=[said.lead_id, said.id])
    assert place.words.startswith("Note, Ana Reyes, ")
    rights.erase(lead=maria)
    assert "Mrs. CRUZ" in Interaction.objects.get(id=said.id).body


@pytest.mark.parametrize("bond", ["household", "bond", "sent", "was sent"])
def test_a_first_name_is_listed_in_entries_of_whoever_belongs_to_them(maria, bond):
    a_lead("Maria Santos")
    ana, stranger = a_lead("Ana Reyes"), a_lead("Ben Lim")
    for lead in (ana, stranger):
        a_note(lead, "Maria decides.")
    if bond == "household":
        services.join_household(lead=ana, other=maria)
    elif bond == "bond":
        services.relate(lead=maria, other=ana, kind="friend")
    elif bond == "sent":
        services.change_lead(lead=ana, values={"referred_by": maria})
    else:
        services.change_lead(lead=maria, values={"referred_by": ana})
    assert listed(Lead.objects.get(id=maria.id)) == ["Ana Reyes"]


def test_a_first_name_that_nobody_else_bears_is_listed_anywhere(maria):
    a_note(a_lead("Ana Reyes"), "Maria decides.")
    assert listed(maria) == ["Ana Reyes"]


def test_their_own_entries_and_those_of_who_became_one_with_them_are_not_others(maria):
    gone = a_lead("M. Cruz")
    for lead in (maria, gone):
        a_note(lead, "Maria Cruz decides.")
    Lead.objects.filter(id=gone.id).update(state="merged", merged_into=maria)
    assert listed(maria) == []


def test_a_name_of_another_script_and_one_of_a_single_word_are_looked_for():
    wang, cher = a_lead("王小明"), a_lead("Cher")
    ana = a_lead("Ana Reyes")
    a_note(ana, "王小明要看房子")
    assert listed(wang) == ["Ana Reyes"]
    a_note(ana, "Cher decides.")
    assert listed(cher) == ["Ana Reyes"]


def test_more_than_are_shown_are_said_to_be_there(maria, monkeypatch):
    monkeypatch.setattr(naming_them, "MOST", 3)
    ana = a_lead("Ana Reyes")
    for number in range(5):
        a_note(ana, f"Maria Cruz, {number}")
    found = mentions(maria.id)
    assert (len(found.places), found.complete) == (3, False)


def test_the_page_and_the_receipt_show_them_and_the_receipt_names_nobody(signed_in, maria):
    said = a_note(a_lead("Ana Reyes"), "Maria Cruz decides.")
    url = reverse("rights:erase", args=[maria.id])
    entry = reverse("timeline:entry", args=[said.lead_id, said.id])
    page = signed_in.get(url)
    assert "Nothing is blanked in the entries of other people" in text_of(page)
    assert entry in page.content.decode()
    receipt = signed_in.post(url, {"sure": "on"})
    assert entry in receipt.content.decode()
    assert "Maria" not in text_of(receipt)


@pytest.mark.parametrize(
    ("name", "body"),
    [("Jasmine Uy", "Jasmine Uy comes along"), ("Will Tan", "Mr. Tan, Will, has the key"),
     ("王芳", "昨天王芳来了"), ("Jo Santos", "Jo Santos knows a lawyer")],
)  # fmt: skip
def test_short_names_and_stop_words_are_names_too(name, body):
    lead = a_lead(name)
    a_lead(f"{name.split()[0]} Cruz")
    a_note(a_lead("Ana Reyes"), body)
    a_note(a_lead("Ben Lim"), f"{name[0]} tannery wills santosa")
    assert listed(lead) == ["Ana Reyes"]


def test_a_name_is_not_the_beginning_of_another_word(monkeypatch):
    monkeypatch.setattr(naming_them, "MOST", 1)
    lead, ana = a_lead("May Tan"), a_lead("Ana Reyes")
    a_note(ana, "May Tan asked")
    a_note(a_lead("Ben Lim"), "Maybe the mayor tans")
    a_note(a_lead("Cora Sy"), "May asked")
    found = mentions(lead.id)
    assert [place.words.split(", ")[1] for place in found.places] == ["Ana Reyes"]
    assert not found.complete
