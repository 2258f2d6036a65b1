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
from crm.vault.words import SHORTEST, is_unspaced, stand_whole, words
from leads.models import Interaction, Lead, Relationship

MOST = 50
# A word's beginning finds other words, too: so many are opened to find those that have the name.
OPENED = 4 * MOST
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
    found: dict[UUID, tuple[bool, Interaction]] = {}
    complete = True
    for rows, name in _looks(people):
        told = by_words(rows.select_related("lead"), index="words", text=" ".join(name),
                        limit=OPENED, candidates=CANDIDATES)  # fmt: skip
        for row in told.rows:
            if stand_whole(row.body, name):
                whole = len(name) > 1 or is_unspaced(name[0])
                found.setdefault(row.id, (whole, row))
        complete = complete and told.complete
    # Whoever has the whole name comes first, should there be too many.
    best = sorted(found.values(), key=lambda hit: (hit[0], hit[1].at, hit[1].id), reverse=True)
    return Mentions([_mention(row) for _, row in best[:MOST]], complete and len(best) <= MOST)


def _looks(people: list[Lead]) -> Iterator[tuple[QuerySet[Interaction], list[str]]]:
    """Which entries are looked through, and for what; the whole name first."""
    ids = [lead.id for lead in people]
    others = Interaction.objects.filter(lead__state__in=["present", "archived"])
    others = others.exclude(lead__in=ids)
    for lead in people:
        named = words(lead.name)
        if len(named) > 1 or (named and is_unspaced(named[0])):
            yield others, named
    for lead in people:
        first = next(filter(_tells, words(lead.first_name) or words(lead.name)), "")
        if first and _alone(first, ids):
            yield others, [first]
        elif first and (near := _near(lead)):
            yield others.filter(lead__in=near), [first]


def _tells(word: str) -> bool:
    """An initial, or a "Jo", by itself may be anything."""
    return len(word) >= (2 if is_unspaced(word) else SHORTEST)


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
