from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from crm.audit.services import operation
from crm.events.services import record
from leads.models import Consent, Lead


@transaction.atomic
def set_consent(*, lead: Lead, channel: str, state: str, how: str = "") -> UUID:
    """Given, refused, or "" where they were not asked."""
    with operation("Note a consent") as id:
        if state:
            values = {"state": state, "how": how, "at": timezone.now()}
            Consent.objects.update_or_create(lead=lead, channel=channel, defaults=values)
        else:
            Consent.objects.filter(lead=lead, channel=channel).delete()
        data: dict[str, object] = {"channel": channel, "state": state}
        record("lead.consent", subject=lead.id, data=data)
    return id
