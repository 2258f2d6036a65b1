"""Entries of other people that may name somebody who is to be erased.

Nothing in them is blanked: they are another person's history, and a name in it may be anybody's.
The agent is shown them instead. By the whole name they are found wherever they stand; by the first
name alone where it can hardly be another's: in entries of those who belong to them, or anywhere if
nobody else here is called so.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from crm.keep.registry import Mention, Mentions, register_mentions
from crm.vault.search import by_words
from crm.vault.words import SHORTEST, words
from leads.models import Interaction, Lead, Relationship

MOST = 50
# Of a first name that many bear, before those of whoever is near are chosen from them.
CANDIDATES = 20_000


def register() -> None:
    register_mentions("entries", mentions)


def mentions(subject: UUID) -> Mentions:
    people = list(
        Lead.objects.filter(Q(id=subject) | Q(merged_into=subject))
        .exclude(state=Lead.State.ERASED)
        .order_by("id")
    )
    found: dict[UUID, Interaction] = {}
    complete = True
    for rows, text in _looks(people):
        told = by_words(rows.select_related("lead"), index="words", text=text, limit=MOST,
                        candidates=CANDIDATES)  # fmt: skip
        found |= {row.id: row for row in told.rows}
        complete = complete and told.complete
    newest = sorted(found.values(), key=lambda row: (row.at, row.id), reverse=True)
    return Mentions([_mention(row) for row in newest[:MOST]], complete and len(newest) <= MOST)


def _looks(people: list[Lead]) -> Iterator[tuple[QuerySet[Interaction], str]]:
    """Which entries are looked through, and for what."""
    ids = [lead.id for lead in people]
    others = Interaction.objects.filter(lead__state__in=["present", "archived"])
    others = others.exclude(lead__in=ids)
    for lead in people:
        named = _told(lead.name)
        if len(named) > 1:
            yield others, " ".join(named)
        first = (_told(lead.first_name) or named)[:1]
        if first and _alone(first[0], ids):
            yield others, first[0]
        elif first and (near := _near(lead)):
            yield others.filter(lead__in=near), first[0]


def _told(name: str) -> list[str]:
    """Shorter words, as initials, are in no index."""
    return [word for word in words(name) if len(word) >= SHORTEST]


def _alone(word: str, ids: list[UUID]) -> bool:
    known = Lead.objects.exclude(state=Lead.State.ERASED).exclude(id__in=ids)
    return not known.filter(folded_name__contains=word).exists()


def _near(lead: Lead) -> list[UUID]:
    """Who lives or looks with them, is bound to them, sent them or was sent by them."""
    bonds = Relationship.objects.filter(Q(lead=lead) | Q(other=lead))
    pairs = bonds.values_list("lead_id", "other_id")
    near = {id for pair in pairs for id in pair}
    near |= set(Lead.objects.filter(referred_by=lead).values_list("id", flat=True))
    if lead.referred_by_id:
        near.add(lead.referred_by_id)
    if lead.household_id:
        home = Lead.objects.filter(household=lead.household_id)
        near |= set(home.values_list("id", flat=True))
    return sorted(near - {lead.id})


def _mention(row: Interaction) -> Mention:
    """Without what was said: a receipt names nobody."""
    day = date_format(localtime(row.at), "j F Y")
    said = f"{row.get_kind_display()}, {row.lead.name}, {day}"
    return Mention(said, reverse("timeline:entry", args=[row.lead_id, row.id]))
