from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from crm.shell.links import links
from leads.duplicates.queries import PAGES, PAIR, PAIR_PAGES, TEMPLATE, cards, review
from tests.leads.duplicates.made import a_couple, a_pair, twins
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


@pytest.mark.parametrize("household", [False, True])
def test_a_pair_reads_as_its_template_does(household: bool) -> None:
    assert a_couple() if household else a_pair()
    pair = review(household=household).pairs[0]
    told = pair.told(token='"<token>', here=f"/duplicates/?after={EVIL}")
    drawn = pair.drawn(token='"<token>', here=f"/duplicates/?after={EVIL}")

    assert drawn == render_to_string(PAIR, {"one": told | links(PAIR_PAGES, pair.row.id)})
    # Of the three buttons, what is likeliest stands out.
    assert ('class="btn primary small" type="submit"' in drawn) is household
    assert "<i>" not in drawn
