"""Lists that name an erased person: a name that was filtered by, or that a list is called after.

It reads the name, so it comes before the person's own row is blanked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from crm.audit.services import scrub_rows
from crm.keep.registry import Holding, Row, register_holding
from crm.lists import tree
from crm.lists.services import free_name
from crm.lists.tree import Condition, Group, Part
from crm.models import ListCount, SmartList, Trail
from crm.vault.errors import Erased
from crm.vault.words import folded
from leads.models import ContactPoint, Lead

LEADS = "leads"
NAME = "name"
CALLED = "A list"
TABLE = SmartList._meta.db_table
# Shorter pieces of a name are anybody's.
LEAST, LEAST_WORD = 3, 4
LEAST_DIGITS = 7
WORD = re.compile(r"\w+")


def words(text: str) -> str:
    """ " ana de la cruz ": whole words can be looked for in it."""
    return f" {' '.join(WORD.findall(folded(text)))} "


@dataclass(frozen=True)
class Known:
    """What somebody is known by: names in whole words, ways to reach them."""

    ids: frozenset[UUID]
    names: frozenset[str]
    emails: frozenset[str]
    phones: frozenset[str]

    def is_told(self, text: str) -> bool:
        """By their whole name, or by a way to reach them."""
        said = words(text)
        return (
            any(name in said for name in self.names)
            or any(email in folded(text) for email in self.emails)
            or self._is_called(_digits(text))
        )

    def is_looked_for(self, text: str) -> bool:
        """By a piece of the name, as a filter of names has it, that fits nobody else."""
        said = folded(text).strip()
        return len(said) >= LEAST and any(said in name for name in self.names) and self._alone(said)

    def is_meant(self, title: str) -> bool:
        """By a word of the name that nobody else bears, as a list is called after somebody."""
        said = {word for word in words(title).split() if len(word) >= LEAST_WORD}
        return any(
            f" {word} " in name and self._alone(word) for word in said for name in self.names
        )

    def _is_called(self, digits: str) -> bool:
        end = digits[-LEAST_DIGITS:]
        return len(end) == LEAST_DIGITS and any(each.endswith(end) for each in self.phones)

    def _alone(self, said: str) -> bool:
        gone = Q(id__in=self.ids) | Q(state=Lead.State.ERASED)
        return not Lead.objects.exclude(gone).filter(folded_name__contains=said).exists()


def register() -> None:
    register_holding(Holding("lists", "Lists that name them", _find, _tell, _erase))


def _find(subject: UUID) -> list[QuerySet[Any]]:
    """Who they are, how they are reached, and all lists."""
    people = Lead.objects.filter(Q(id=subject) | Q(merged_into=subject))
    return [
        people.exclude(state=Lead.State.ERASED).order_by("id"),
        ContactPoint.objects.filter(lead=subject, kind__in=["email", "phone"]).order_by("id"),
        SmartList.objects.filter(kind=LEADS).order_by("id"),
    ]


def _known(people: Iterable[Lead], points: Iterable[ContactPoint]) -> Known:
    told = {lead.id: lead.name for lead in people}
    emails: set[str] = set()
    phones: set[str] = set()
    for point in points:
        try:
            (emails if point.kind == "email" else phones).add(folded(point.value))
        except Erased:
            continue
    return Known(
        frozenset(told),
        frozenset(filter(str.strip, map(words, told.values()))),
        frozenset(filter(None, emails)),
        frozenset(filter(None, map(_digits, phones))),
    )


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdecimal())


def _naming(known: Known, lists: Iterable[SmartList]) -> list[SmartList]:
    if not known.names:
        return []
    return [each for each in lists if _is_about(known, each.name, each.query)]


def _is_about(known: Known, title: str, query: Any) -> bool:
    return _titled(known, title) or any(_speaks(each, known) for each in _conditions(query))


def _titled(known: Known, title: str) -> bool:
    return known.is_told(title) or known.is_meant(title)


def _speaks(condition: Condition, known: Known) -> bool:
    return any(
        known.is_told(value) or (condition.filter == NAME and known.is_looked_for(value))
        for value in condition.values
    )


def _conditions(query: Any) -> list[Condition]:
    return list(tree.conditions(_tree(query)))


def _tree(query: Any) -> Group:
    try:
        return tree.from_json(query)
    except tree.Unreadable:
        return Group()


def _tell(people: list[Lead], points: list[ContactPoint], lists: list[SmartList]) -> list[Row]:
    return [{"Name": each.name} for each in _naming(_known(people, points), lists)]


def _erase(subject: UUID) -> int:
    people, points, lists = _find(subject)
    known = _known(people, points)
    if not known.names:
        return 0
    found = _naming(known, lists)
    for each in found:
        _blank(each, known)
    scrub_rows(table=TABLE, ids=_in_the_trail(known))
    # Counts are of questions that somebody asked; the worker counts anew what tabs show.
    ListCount.objects.filter(kind=LEADS).delete()
    return len(found)


def _blank(each: SmartList, known: Known) -> None:
    """Without its conditions about them; a list of nothing else goes, or is as it was declared."""
    whole = _tree(each.query)
    left = _without(whole, known)
    if left != whole:
        if not left.parts and not each.builtin:
            each.delete()
            return
        each.query = tree.to_json(left) if left.parts else None
    if _titled(known, each.name):
        taken = SmartList.objects.filter(kind=LEADS).values_list("name", flat=True)
        each.name = free_name(CALLED, list(taken))
    each.save(update_fields=["query", "name"])


def _in_the_trail(known: Known) -> list[str]:
    """Of lists that are there, and of those that were."""
    records = Trail.objects.filter(table_name=TABLE, scrubbed=False)
    return [
        row
        for row, *docs in records.values_list("row_id", "before", "after")
        if any(_is_about(known, doc.get("name") or "", doc.get("query")) for doc in docs if doc)
    ]


def _without(group: Group, known: Known) -> Group:
    return Group(group.joined, tuple(_left(group.parts, known)))


def _left(parts: Iterable[Part], known: Known) -> Iterable[Part]:
    for part in parts:
        if isinstance(part, Group):
            inner = _without(part, known)
            if inner.parts:
                yield inner
        elif not _speaks(part, known):
            yield part
