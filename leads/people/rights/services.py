from __future__ import annotations

from django.db import transaction

from crm.events.services import record
from crm.keep import persons
from crm.keep.persons import Receipt
from crm.vault.data_keys import Subject
from leads.models import Lead

KIND = Lead._meta.label_lower


@transaction.atomic
def erase(*, lead: Lead) -> Receipt:
    """For good: also those who were merged into them, whose names are of the same person."""
    gone = list(Lead.objects.filter(merged_into=lead).order_by("id").values_list("id", flat=True))
    receipt = persons.erase(subject=Subject(KIND, lead.id))
    for id in gone:
        persons.erase(subject=Subject(KIND, id))
    record("lead.erased", subject=lead.id, data={})
    return receipt
