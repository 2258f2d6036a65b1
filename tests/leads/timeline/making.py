"""A person with a timeline that has everything in it."""

from __future__ import annotations

from leads.models import Interaction, Lead
from leads.timeline import demo
from tests.leads.people.making import dana


def dana_with_talks() -> Lead:
    lead = dana()
    if not Interaction.objects.filter(lead=lead, kind="showing").exists():
        demo.tell(lead, demo.TALKS["Dana Whitfield"])
    return lead
