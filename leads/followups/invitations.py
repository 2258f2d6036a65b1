"""A showing for the calendar of whom it is shown to, by RFC 5546.

Where they may be written to, the file asks them by name (REQUEST), and takes back what was called
off (CANCEL): their calendar program keeps one entry, which each later file changes. Where no
address is known, or none may be used, it is a notice for whoever it is sent to (PUBLISH).
"""

from __future__ import annotations

from django.http import HttpRequest

from leads.models import Consent, ContactPoint, FollowUp, Interaction, Lead
from leads.people.services import reveal

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def called_off(showing: FollowUp) -> bool:
    dropped = showing.state == FollowUp.State.DROPPED
    return dropped or showing.outcome == Interaction.Outcome.CANCELLED


def method(showing: FollowUp, *, asked: bool) -> str:
    if called_off(showing):
        return CANCEL
    return REQUEST if asked else PUBLISH


def address(showing: FollowUp, request: HttpRequest) -> str:
    """Whom the file asks, in full: the look at it is kept, as each is."""
    point = guest(showing.lead)
    return reveal(point=point, request=request) if point else ""


def guest(lead: Lead | None) -> ContactPoint | None:
    """The e-mail that the agent would write to."""
    if lead is None or lead.state != Lead.State.PRESENT or lead.do_not_contact:
        return None
    refused = Consent.objects.filter(
        lead=lead, channel=Consent.Channel.EMAIL, state=Consent.State.REFUSED
    )
    if refused.exists():
        return None
    points = ContactPoint.objects.filter(lead=lead, kind=ContactPoint.Kind.EMAIL, bounced_at=None)
    return points.order_by("-is_primary", "id").first()
