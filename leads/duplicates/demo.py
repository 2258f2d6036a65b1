"""Two who are one, and a couple on one phone, among the demonstration's people."""

from __future__ import annotations

from leads.duplicates.finding import find_for
from leads.models import ContactPoint, Lead
from leads.people.services import add_lead

# Whom somebody else typed in, and with whom they share a phone.
TWINS = (("Dana Whitfield", "Dana Whitfeild"), ("Ramon Villareal", "R. Villareal"))
COUPLE = ("Patricia Lim", "Joseph Lim")


def build() -> None:
    for known, again in (*TWINS, COUPLE):
        one = Lead.objects.present().filter(name=known).first()
        if one is None or Lead.objects.filter(name=again).exists():
            continue
        phones = [point.value for point in one.contact_points.filter(
            kind=ContactPoint.Kind.PHONE)[:1]]  # fmt: skip
        if phones:
            find_for(lead=add_lead(name=again, kind=one.kind, phones=phones, source=one.source))
