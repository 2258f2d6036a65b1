"""Each event reaches those who react to it, through the outbox."""

from __future__ import annotations

import pytest
from django.db import transaction

from crm.events.delivering import deliver_due
from crm.events.services import record
from leads import reactions
from leads.models import Lead
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db(transaction=True)


def happens(kind, lead, **data):
    with transaction.atomic():
        record(kind, subject=lead.id, data=data)
    deliver_due()


@pytest.mark.parametrize(
    "kind", sorted({kind for kind, name, _ in reactions.REACTIONS if name == "score"})
)
def test_what_happens_with_a_lead_scores_them(kind):
    lead = a_lead(budget_max=1)
    happens(kind, lead)
    assert Lead.objects.get(id=lead.id).score == 34


def test_work_in_bulk_scores_each():
    leads = [a_lead(f"Lead {number}", budget_max=1) for number in range(3)]
    happens("lead.changed", leads[0], leads=[str(lead.id) for lead in leads])
    assert set(Lead.objects.values_list("score", flat=True)) == {34}
