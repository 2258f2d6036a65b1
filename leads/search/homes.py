"""Homes by name or address, and who asked about them or saw them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from crm.models.folded import Folded
from crm.shell import moments
from leads.models import Deal, FollowUp, Interaction, Lead
from leads.search.asking import Asked
from properties.models import Listing

LEAST = 3
LOOKED_AT = 200
# So many talks about one home are read, the newest first.
TALKS = 500
STANDING = [Listing.Status.AVAILABLE, Listing.Status.RESERVED]


@dataclass(frozen=True)
class Interest:
    """What somebody has to do with a home; the newest of it."""

    lead: UUID
    what: str
    at: dt.datetime


def find(asked: Asked, limit: int) -> Sequence[Listing]:
    words = [word for word in asked.words if len(word) >= LEAST]
    if not words or asked.is_contact:
        return []
    homes = Listing.objects.annotate(bare_title=Folded("title"), bare_address=Folded("address"))
    for word in words:
        homes = homes.filter(Q(bare_title__contains=word) | Q(bare_address__contains=word))
    found = list(homes.select_related("area").order_by()[:LOOKED_AT])
    found.sort(key=lambda home: (home.status not in STANDING, home.title, home.id))
    return found[:limit]


def whys(asked: Asked, limit: int) -> dict[UUID, str]:
    """People by the home that was typed, where it is clear which one is meant."""
    found = find(asked, 2)
    if len(found) != 1:
        return {}
    home = found[0]
    return {each.lead: f"{each.what} {home.title}, {day(each.at)}"
            for each in interested(home)[:limit]}  # fmt: skip


def interested(home: Listing) -> list[Interest]:
    """Each person once; a deal says more than a showing, and that more than a question."""
    seen: dict[UUID, Interest] = {}
    for each in [*_deals(home), *_planned(home), *_talks(home)]:
        seen.setdefault(each.lead, each)
    there = Lead.objects.filter(id__in=seen, state__in=[Lead.State.PRESENT, Lead.State.ARCHIVED])
    present = set(there.values_list("id", flat=True))
    found = [each for each in seen.values() if each.lead in present]
    return sorted(found, key=lambda each: each.at, reverse=True)


def _deals(home: Listing) -> list[Interest]:
    said: dict[str, str] = {
        Deal.State.RESERVED: "reserved",
        Deal.State.CLOSED: "has a closed deal on",
        Deal.State.FELL_THROUGH: "had a deal on",
    }
    rows = Deal.objects.filter(listing=home).order_by("-opened_on", "-id")[:TALKS]
    return [
        Interest(deal.lead_id, said.get(deal.state, "has a deal on"), _moment(deal.opened_on))
        for deal in rows
    ]


def _moment(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def _planned(home: Listing) -> list[Interest]:
    rows = FollowUp.objects.open().filter(listing=home, kind="showing", lead__isnull=False)
    found = rows.order_by("due").values_list("lead_id", "due")[:TALKS]
    return [Interest(lead, "will see", due) for lead, due in found if lead is not None]


def _talks(home: Listing) -> list[Interest]:
    talks = Interaction.objects.filter(listing=home).newest_first().values_list(
        "lead_id", "kind", "outcome", "at"
    )[:TALKS]  # fmt: skip
    newest = [Interest(lead, _said(kind, outcome), at) for lead, kind, outcome, at in talks]
    return sorted(newest, key=lambda each: each.what != "saw")


def _said(kind: str, outcome: str) -> str:
    came = outcome not in (Interaction.Outcome.NO_SHOW, Interaction.Outcome.CANCELLED)
    return "saw" if kind == Interaction.Kind.SHOWING and came else "asked about"


def day(moment: dt.datetime) -> str:
    return moments.within(moments.near(timezone.localdate(moment), timezone.localdate()))


def place(home: Listing) -> str:
    area = str(home.area or "")
    return ", ".join(each for each in dict.fromkeys((home.address, area)) if each)
