from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from crm.shell.links import links
from leads.duplicates.queries import PAGES, TEMPLATE, cards
from tests.leads.duplicates.made import twins
from tests.leads.factories import a_phone

pytestmark = pytest.mark.django_db
EVIL = '<i>[[name]]</i> "O\'Brien" & Co'


def test_a_card_reads_as_its_template_does_and_escapes_what_a_lead_wrote() -> None:
    one, _ = twins()
    one.name = EVIL
    one.save()
    a_phone(one, "+63 917 555 0143", label=EVIL)
    card = cards([one.id])[one.id]

    assert card.drawn == render_to_string(TEMPLATE, {"one": card.told | links(PAGES, one.id)})
    assert "<i>" not in card.drawn
    assert "<dt>&lt;i&gt;[[name]]&lt;/i&gt;" in card.drawn
