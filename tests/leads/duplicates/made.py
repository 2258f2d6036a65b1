"""Two who are one, and a couple."""

from __future__ import annotations

from uuid import UUID

from leads.duplicates.finding import find_for
from leads.models import Duplicate, Lead, LeadTag, Tag
from tests.leads.factories import a_lead, a_phone, an_email

# Known beforehand, for an address that names both.
TWINS = (UUID(int=21), UUID(int=22))


def twins() -> tuple[Lead, Lead]:
    found = Lead.objects.in_bulk(TWINS)
    if found:
        return found[TWINS[0]], found[TWINS[1]]
    one = a_lead("Dana Whitfield", id=TWINS[0], stage="showing", language="English")
    other = a_lead("Whitfeild, Dana", id=TWINS[1], language="Tagalog", budget_max=9_850_000)
    for lead in (one, other):
        a_phone(lead, "+63 917 555 0142", is_primary=True, label="Mobile")
    an_email(one, "dana@example.com", is_primary=True)
    LeadTag.objects.create(lead=one, tag=Tag.objects.create(name="Investor"))
    return one, other


def a_pair() -> Duplicate:
    one, _ = twins()
    find_for(lead=one)
    return Duplicate.objects.get(one=TWINS[0], other=TWINS[1])


def a_couple() -> Duplicate:
    one, other = a_lead("Ramon Villareal"), a_lead("Lourdes Villareal")
    for lead in (one, other):
        a_phone(lead, "+63 918 555 0177", is_primary=True)
    find_for(lead=one)
    return Duplicate.objects.get(as_household=True)
