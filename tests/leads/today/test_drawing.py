from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from crm.shell.links import links
from leads.models import Lead
from leads.today import drawing
from leads.today.queue import Reason, Row
from leads.today.rules import Found, rules
from leads.today.saying import Said
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.parametrize("evil", ["Dana", '<b>[[why]]</b> "O\'Brien" & {{ one.call }}', "李娜"])
def test_a_row_reads_as_its_template_does(acts: bool, evil: str) -> None:
    lead = Lead.objects.select_related("stage").get(id=a_lead(evil).id)
    rule = rules()[0]
    found = Found(rule.name, lead.id, timezone.now(), None, {})
    row = Row(lead, [Reason(rule, 90, found, Said(f"Answer {evil}", f"wrote: {evil}", "bad"))])

    told = drawing.told(row, acts=acts) | links(drawing.PAGES, lead.id)

    assert drawing.row(row, acts=acts) == render_to_string(drawing.TEMPLATE, {"one": told})
    assert ("data-row-key" in drawing.row(row, acts=acts)) is acts
    assert "<b>[[why]]" not in drawing.row(row, acts=acts)
