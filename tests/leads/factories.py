"""People and their things, in one line each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from leads.models import ContactPoint, FollowUp, Interaction, Lead, Stage
from properties.models import Listing


def a_lead(name: str = "Dana Whitfield", *, stage: str = "new", **values: Any) -> Lead:
    return Lead.objects.create(name=name, stage=Stage.objects.first_of(stage), **values)


def a_phone(lead: Lead, number: str = "+63 917 555 0142", **values: Any) -> ContactPoint:
    return ContactPoint.objects.create(lead=lead, kind="phone", phone=number, **values)


def an_email(lead: Lead, address: str = "dana@example.com", **values: Any) -> ContactPoint:
    return ContactPoint.objects.create(lead=lead, kind="email", email=address, **values)


def a_talk(
    lead: Lead, kind: str = "call", *, direction: str = "out", days_ago: float = 0, **values: Any
) -> Interaction:
    """Something said; `days_ago` counts from now."""
    at = timezone.now() - timedelta(days=days_ago)
    return Interaction.objects.create(
        **{"lead": lead, "kind": kind, "direction": direction, "at": at, **values}
    )


def a_note(lead: Lead, body: str = "Likes the roof deck.", **values: Any) -> Interaction:
    return Interaction.objects.create(lead=lead, kind="note", body=body, **values)


def a_follow_up(
    lead: Lead | None, due: datetime | None = None, *, title: str = "Call back", **values: Any
) -> FollowUp:
    return FollowUp.objects.create(
        lead=lead, due=due or timezone.now() + timedelta(days=1), title=title, **values
    )


def a_listing(title: str = "12 Acacia Lane", **values: Any) -> Listing:
    return Listing.objects.create(title=title, **values)
