"""Whether a lead may be written to now: by what they said, and by the clock where they live."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from crm.models import Preferences
from leads.models import Consent, ContactPoint, Lead
from leads.people import queries as people

# By the recipient's clock, from and until.
MORNING, EVENING = dt.time(8), dt.time(21)


@dataclass(frozen=True)
class Verdict:
    """`later` is when the hours alone stand in the way no longer."""

    allowed: bool
    why: str = ""
    later: dt.datetime | None = None
    point: ContactPoint | None = None


def may_send(lead: Lead, channel: str, now: dt.datetime) -> Verdict:
    if lead.state != Lead.State.PRESENT:
        return Verdict(False, f"{lead.name} is archived. Bring them back before you write to them.")
    if lead.do_not_contact:
        return Verdict(False, f"{lead.name} asked not to be contacted.")
    if _refused(lead, channel):
        named = Consent.Channel(channel).label.lower()
        return Verdict(False, f"{lead.name} refused {named}.")
    point = _point(lead, channel)
    if point is None:
        return Verdict(False, f"There is no address of {lead.name} that works.")
    return _by_the_clock(lead, now, point)


def _refused(lead: Lead, channel: str) -> bool:
    return Consent.objects.filter(lead=lead, channel=channel, state=Consent.State.REFUSED).exists()


def _point(lead: Lead, channel: str) -> ContactPoint | None:
    """The primary one, or the first of those that work."""
    kinds = {"email": "email", "messenger": "messenger"}
    points = ContactPoint.objects.filter(
        lead=lead, kind=kinds.get(channel, "phone"), bounced_at=None
    )
    return points.order_by("-is_primary", "id").first()


def _by_the_clock(lead: Lead, now: dt.datetime, point: ContactPoint) -> Verdict:
    zone = _zone(lead)
    local = now.astimezone(zone)
    if MORNING <= local.time() < EVENING:
        return Verdict(True, point=point)
    day = local.date() + dt.timedelta(days=local.time() >= EVENING)
    later = dt.datetime.combine(day, MORNING, zone).astimezone(dt.UTC)
    why = f"It is {local:%H:%M} for {lead.first_name}. It leaves at 8:00 by their clock."
    return Verdict(False, why, later=later, point=point)


def _zone(lead: Lead) -> dt.tzinfo:
    """Theirs, or the owner's where theirs is not known."""
    if lead.zone and people.their_time(lead) is not None:
        return ZoneInfo(lead.zone)
    return owners_zone()


def owners_zone() -> dt.tzinfo:
    name = Preferences.objects.values_list("zone", flat=True).first() or "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.get_default_timezone()
