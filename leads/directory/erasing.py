"""Lists that name an erased person: a name that was filtered by, or that a list is called after.

It reads the name, so it comes before the person's own row is blanked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from crm.audit.services import scrub_rows
from crm.keep.registry import Holding, Row, register_holding
from crm.lists import tree
from crm.lists.services import free_name
from crm.lists.tree import Condition, Group, Part
from crm.models import ListCount, SmartList
from crm.vault.errors import Erased
from crm.vault.words import folded
from leads.models import ContactPoint, Lead

LEADS = "leads"
CALLED = "A list"
# Shorter pieces of a name are anybody's.
LEAST = 3
LEAST_DIGITS = 7


@dataclass(frozen=True)
class Known:
    """What somebody is known by: names and ways to reach them, folded."""

    ids: frozenset[UUID]
    names: frozenset[str]
    emails: frozenset[str]
    phones: frozenset[str]

    def is_named(self, text: str) -> bool:
        """Their whole name or address, or a piece of the name that fits nobody else."""
        said = folded(text).strip()
        if any(each in said for each in (*self.names, *self.emails)):
            return True
        if self._is_called(_digits(said)):
            return True
        return len(said) >= LEAST and any(said in name for name in self.names) and self._alone(said)

    def _is_called(self, digits: str) -> bool:
        end = digits[-LEAST_DIGITS:]
        return len(end) == LEAST_DIGITS and any(each.endswith(end) for each in self.phones)

    def _alone(self, said: str) -> bool:
        gone = Q(id__in=self.ids) | Q(state=Lead.State.ERASED)
        return not Lead.objects.exclude(gone).filter(folded_name__contains=said).exists()


def register() -> None:
    register_holding(Holding("lists", "Lists that name them", _rows, _erase))


def _known(subject: UUID) -> Known:
    people = Lead.objects.filter(Q(id=subject) | Q(merged_into=subject))
    told = dict(people.exclude(state=Lead.State.ERASED).values_list("id", "name"))
    emails: set[str] = set()
    phones: set[str] = set()
    for point in ContactPoint.objects.filter(lead=subject, kind__in=["email", "phone"]):
        try:
            (emails if point.kind == "email" else phones).add(folded(point.value))
        except Erased:
            continue
    return Known(
        frozenset(told),
        frozenset(filter(None, map(folded, told.values()))),
        frozenset(filter(None, emails)),
        frozenset(filter(None, map(_digits, phones))),
    )


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdecimal())


def _naming(known: Known) -> list[SmartList]:
    lists = SmartList.objects.filter(kind=LEADS) if known.names else SmartList.objects.none()
    return [each for each in lists if known.is_named(each.name) or _conditions(each, known)]


def _conditions(each: SmartList, known: Known) -> list[Condition]:
    return [part for part in tree.conditions(_tree(each)) if _speaks(part, known)]


def _speaks(condition: Condition, known: Known) -> bool:
    return any(map(known.is_named, condition.values))


def _tree(each: SmartList) -> Group:
    try:
        return tree.from_json(each.query)
    except tree.Unreadable:
        return Group()


def _rows(subject: UUID) -> list[Row]:
    return [{"Name": each.name} for each in _naming(_known(subject))]


def _erase(subject: UUID) -> int:
    known = _known(subject)
    found = _naming(known)
    ids = [each.pk for each in found]
    for each in found:
        _blank(each, known)
    scrub_rows(table=SmartList._meta.db_table, ids=[str(id) for id in ids])
    # Counts are of questions that somebody asked; the worker counts anew what tabs show.
    if known.names:
        ListCount.objects.filter(kind=LEADS).delete()
    return len(found)


def _blank(each: SmartList, known: Known) -> None:
    """Without its conditions about them; a list of nothing else goes, or is as it was declared."""
    if _conditions(each, known):
        left = _without(_tree(each), known)
        if not left.parts and not each.builtin:
            each.delete()
            return
        each.query = tree.to_json(left) if left.parts else None
    if known.is_named(each.name):
        taken = SmartList.objects.filter(kind=LEADS).values_list("name", flat=True)
        each.name = free_name(CALLED, list(taken))
    each.save(update_fields=["query", "name"])


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
