"""What other rooms ask about a person."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import connection
from django.utils import timezone

from crm.vault.errors import Erased
from leads.models import Consent, ContactPoint, Lead
from leads.people import masking

# Who became one with somebody, and who with those before.
# One question for all of them: beside "or their own" an index would not be asked.
THEMSELVES = """
WITH RECURSIVE one (id) AS (
    SELECT %s::uuid
    UNION SELECT l.id FROM leads_lead l JOIN one ON l.merged_into_id = one.id)
SELECT id FROM one
"""
ORDER = [str(kind) for kind in ContactPoint.Kind.values]


@dataclass(frozen=True, slots=True)
class Way:
    """A contact point as it may be shown: masked, with the id by which it is revealed."""

    id: UUID
    kind: str
    text: str
    label: str = ""
    network: str = ""
    is_primary: bool = False
    bounced_at: dt.datetime | None = None
    # The first of several of its kind.
    chosen: bool = False

    @property
    def named(self) -> str:
        """ "Mobile, WhatsApp" """
        network = ContactPoint.Network(self.network).label if self.network else ""
        kind = "" if self.label or network else ContactPoint.Kind(self.kind).label
        return ", ".join(filter(None, (self.label, network, kind)))


@dataclass(frozen=True, slots=True)
class Reach:
    """How a lead can be reached, and what they said about it."""

    phone: Way | None = None
    email: Way | None = None
    ways: tuple[Way, ...] = ()
    do_not_contact: bool = False
    consents: dict[str, str] = field(default_factory=dict)

    def allows(self, channel: str) -> bool:
        """Nobody is reached on a channel that they refused, nor at all if they asked so."""
        return not self.do_not_contact and self.consents.get(channel) != Consent.State.REFUSED


def way(point: ContactPoint) -> Way:
    try:
        text = masking.masked(point.kind, point.value)
    except Erased:
        text = masking.UNREADABLE
    return Way(
        id=point.id,
        kind=point.kind,
        text=text,
        label=point.label,
        network=point.network,
        is_primary=point.is_primary,
        bounced_at=point.bounced_at,
    )


def reachable(lead: Lead) -> Reach:
    return reach_of([lead])[lead.id]


def reach_of(leads: Iterable[Lead], *, consents: bool = True) -> dict[UUID, Reach]:
    """For a list of people, in as many queries as for one."""
    leads = list(leads)
    ids = [lead.id for lead in leads]
    ways: dict[UUID, list[Way]] = {id: [] for id in ids}
    for point in ContactPoint.objects.filter(lead__in=ids).order_by("-is_primary", "kind", "id"):
        ways[point.lead_id].append(way(point))
    said: dict[UUID, dict[str, str]] = {id: {} for id in ids}
    for consent in Consent.objects.filter(lead__in=ids) if consents else ():
        said[consent.lead_id][consent.channel] = consent.state
    return {lead.id: _reach(lead, ways[lead.id], said[lead.id]) for lead in leads}


def reach_from(lead: Lead, consents: dict[str, str]) -> Reach:
    """For a page that knows the consents already."""
    points = ContactPoint.objects.filter(lead=lead).order_by("-is_primary", "kind", "id")
    return _reach(lead, [way(point) for point in points], consents)


def _reach(lead: Lead, ways: list[Way], consents: dict[str, str]) -> Reach:
    many = Counter(way.kind for way in ways)
    ways = [
        replace(way, chosen=way.is_primary and many[way.kind] > 1)
        for way in sorted(ways, key=lambda way: ORDER.index(way.kind))
    ]
    return Reach(
        phone=_first(ways, ContactPoint.Kind.PHONE),
        email=_first(ways, ContactPoint.Kind.EMAIL),
        ways=tuple(ways),
        do_not_contact=lead.do_not_contact,
        consents=consents,
    )


def _first(ways: list[Way], kind: str) -> Way | None:
    """The primary one, but for one that bounced where another did not."""
    of_kind = [each for each in ways if each.kind == kind]
    return min(of_kind, key=lambda each: each.bounced_at is not None, default=None)


def became_one(lead: Lead) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(THEMSELVES, [lead.id])
        return [id for (id,) in cursor.fetchall() if id != lead.id]


def their_time(lead: Lead, now: dt.datetime | None = None) -> dt.datetime | None:
    """What a clock shows where they live; None where that is not known."""
    if not lead.zone:
        return None
    try:
        return (now or timezone.now()).astimezone(ZoneInfo(lead.zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
