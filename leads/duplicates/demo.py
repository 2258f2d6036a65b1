"""Two who are one, and a couple on one phone, among the demonstration's people."""

from __future__ import annotations

import datetime as dt

from leads.duplicates.finding import find_for
from leads.models import ContactPoint, Lead
from leads.people.services import add_lead
from leads.timeline.demo import answer

# Whom somebody else typed in, and with whom they share a phone.
TWINS = (("Dana Whitfield", "Dana Whitfeild"), ("Ramon Villareal", "R. Villareal"))
COUPLE = ("Patricia Lim", "Joseph Lim")


def build() -> None:
    for number, (known, again) in enumerate((*TWINS, COUPLE)):
        one = Lead.objects.present().filter(name=known).first()
        if one is None or Lead.objects.filter(name=again).exists():
            continue
        phones = [point.value for point in one.contact_points.filter(
            kind=ContactPoint.Kind.PHONE)[:1]]  # fmt: skip
        if phones:
            lead = _again(one, again, phones)
            answer(lead, number)
            find_for(lead=lead)


def _again(one: Lead, name: str, phones: list[str]) -> Lead:
    """As far as the other one, from an hour later on."""
    return add_lead(
        name=name, kind=one.kind, phones=phones, source=one.source, zone=one.zone,
        stage=one.stage, stage_since=one.stage_since,
        arrived_at=one.arrived_at + dt.timedelta(hours=1),
    )  # fmt: skip
