"""A person on the board: who, what home, what it is worth, what is next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from crm.shell import moments
from crm.shell.links import link
from crm.shell.money import short_money
from leads.models import Deal, FollowUp, Lead, LeadArea, Stage

HOT, WARM = 75, 50
COLUMNS = (
    "id", "name", "score", "stage_id", "kind", "budget_min", "budget_max", "currency",
    "bedrooms_min", "home_kinds", "next_follow_up_at", "unanswered_since", "first_attempt_at",
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    id: UUID
    name: str
    line: str
    worth: str
    score: int
    # What is due, in words, and whether it is late or must be answered at once.
    due: str
    late: bool
    waiting: bool

    @property
    def page(self) -> str:
        return link("people:lead", self.id)

    @property
    def stages(self) -> str:
        return link("pipeline:stages", self.id)

    @property
    def tone(self) -> str:
        return "hot" if self.score >= HOT else "warm" if self.score >= WARM else "cool"

    @property
    def warmth(self) -> str:
        return self.tone.capitalize()


def of(ids: Sequence[UUID]) -> dict[UUID, Card]:
    """In as many queries for one as for all."""
    rows = Lead.objects.filter(id__in=ids).select_related("stage").only("stage__kind", *COLUMNS)
    homes, areas = _homes(ids), _areas(ids)
    now, zone = timezone.now(), timezone.get_current_timezone()
    cards = {}
    for lead in rows:
        line = homes.get(lead.id) or _wish(lead, areas.get(lead.id, ""))
        cards[lead.id] = _card(lead, line, now, zone)
    return cards


def _card(lead: Lead, line: str, now: dt.datetime, zone: dt.tzinfo) -> Card:
    due = lead.next_follow_up_at
    late = moments.late(due, now, zone) if due else ""
    untried = lead.stage.kind == Stage.Kind.NEW and lead.first_attempt_at is None
    worth = lead.budget_max or lead.budget_min
    return Card(
        id=lead.id,
        name=lead.name,
        line=line,
        worth=short_money(worth, lead.currency) if worth else "",
        score=lead.score,
        due=late or (moments.when(due, now, zone) if due else ""),
        late=bool(late),
        waiting=untried or lead.unanswered_since is not None,
    )


def _homes(ids: Sequence[UUID]) -> dict[UUID, str]:
    """The home of the open deal; else of the next thing planned."""
    planned = FollowUp.objects.open().filter(lead__in=ids, listing__isnull=False)
    going = [Deal.State.OPEN, Deal.State.RESERVED]
    deals = Deal.objects.filter(lead__in=ids, state__in=going, listing__isnull=False)
    named: dict[UUID, str] = {}
    for lead, title in [
        *deals.order_by("-opened_on", "-id").values_list("lead_id", "listing__title"),
        *planned.order_by("due").values_list("lead_id", "listing__title"),
    ]:
        if lead is not None and title is not None:
            named.setdefault(lead, title)
    return named


def _areas(ids: Sequence[UUID]) -> dict[UUID, str]:
    named: dict[UUID, str] = {}
    rows = LeadArea.objects.filter(lead__in=ids).order_by("id").values_list("lead_id", "area__name")
    for lead, area in rows:
        named.setdefault(lead, area)
    return named


def _wish(lead: Lead, area: str) -> str:
    """ "Talamban, 2 bedrooms"."""
    rooms = lead.bedrooms_min
    said = f"{rooms} bedroom{'s' if rooms != 1 else ''}" if rooms else ""
    if not said and lead.home_kinds:
        said = lead.home_kinds[0] if area else lead.home_kinds[0].capitalize()
    return ", ".join(each for each in (area, said) if each)
