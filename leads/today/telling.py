"""What open pages and the owner are told of what happened."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from crm.models import Event
from crm.notify import live
from crm.notify.services import notify, take_back
from leads.models import Lead
from leads.people.services import TYPED
from leads.today import counting, kinds
from leads.today.services import NEWS

NEWS_FOR = dt.timedelta(hours=1)


def tell_pages(_event: Event) -> None:
    """Somebody may have come to Today or left it: open pages look, the sidebar counts."""
    counting.count_anew()
    live.tell(NEWS, {})


def announce(event: Event) -> None:
    """A new lead, unless the owner has just typed them in."""
    if event.data.get("origin") == TYPED:
        return
    lead = Lead.objects.present().select_related("source").filter(id=event.subject).first()
    if lead is None or lead.first_attempt_at is not None:
        return
    # What is no news any more, as when years of people are brought in, is on the list of people.
    if lead.arrived_at < timezone.now() - NEWS_FOR:
        return
    source = f"From {lead.source.name}. " if lead.source else ""
    notify(
        kinds.NEW_LEAD.name,
        title=f"New lead: {lead.name[:150]}",
        body=f"{source}Answer within 5 minutes.",
        url=reverse("people:lead", args=[lead.id]),
        about=lead.id,
        key=key(lead.id),
    )


def key(lead: UUID) -> str:
    return f"lead.new:{lead}"


def answered(event: Event) -> None:
    """Whom somebody has tried is new no more."""
    if Lead.objects.filter(id=event.subject, first_attempt_at__isnull=False).exists():
        take_back(keys=[key(event.subject)])
