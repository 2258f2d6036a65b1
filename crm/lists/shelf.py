"""The smart lists as pages see them: those from the start, as the owner changed them, and saved
ones, in the owner's order, each with the count that the worker left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from crm.lists import registry, tree
from crm.lists.declaration import Builtin, ListOf
from crm.models import ListCount, SmartList

KEPT = "_shelf_of_lists"
# Shows that something is wrong where the list can't be read, instead of showing everything.
BROKEN = tree.Group(parts=(tree.Condition(),))


@dataclass(frozen=True)
class Shelved:
    """key: the address's name for it, a built-in list's name or the row's id."""

    kind: str
    key: str
    label: str
    icon: str
    tree: tree.Group
    sort: str
    columns: Sequence[str]
    compact: bool
    position: int
    pinned: bool
    hidden: bool
    builtin: bool
    amount: int | None = None
    counted_at: datetime | None = None

    @property
    def fingerprint(self) -> str:
        return tree.fingerprint(self.kind, self.tree)


class Shelf:
    """All kinds' lists, with two queries however many they are."""

    def __init__(self, lists: Iterable[Shelved]) -> None:
        self.lists = list(lists)

    def of(self, kind: str, *, hidden: bool = False) -> list[Shelved]:
        return [each for each in self.lists if each.kind == kind and each.hidden <= hidden]

    def pinned(self) -> list[Shelved]:
        return [each for each in self.lists if each.pinned and not each.hidden]

    def find(self, kind: str, key: str) -> Shelved | None:
        return next((each for each in self.of(kind, hidden=True) if each.key == key), None)


def shelf_of(request: HttpRequest) -> Shelf:
    """Asked once for the page and its sidebar."""
    if not hasattr(request, KEPT):
        setattr(request, KEPT, load())
    shelf: Shelf = getattr(request, KEPT)
    return shelf


def load() -> Shelf:
    rows = list(SmartList.objects.all())
    lists = [each for listed in registry.all_lists() for each in _of(listed, rows)]
    prints = {each.fingerprint for each in lists}
    counts = ListCount.objects.in_bulk(prints) if prints else {}
    return Shelf(_counted(each, counts.get(each.fingerprint)) for each in lists)


def _of(listed: ListOf, rows: Sequence[SmartList]) -> list[Shelved]:
    mine = [row for row in rows if row.kind == listed.name]
    changed = {row.builtin: row for row in mine if row.builtin}
    there = [
        _changed(listed, builtin, changed[builtin.name])
        if builtin.name in changed
        else declared(listed, builtin, index)
        for index, builtin in enumerate(listed.builtin)
    ]
    saved = [_saved(listed, row) for row in mine if not row.builtin]
    return sorted(there + saved, key=lambda each: each.position)


def declared(listed: ListOf, builtin: Builtin, position: int) -> Shelved:
    return Shelved(
        kind=listed.name,
        key=builtin.name,
        label=builtin.label,
        icon=builtin.icon,
        tree=_tree(builtin.query),
        sort=builtin.sort or listed.sort,
        columns=builtin.columns,
        compact=False,
        position=position,
        pinned=builtin.pinned,
        hidden=False,
        builtin=True,
    )


def _saved(listed: ListOf, row: SmartList) -> Shelved:
    return Shelved(
        kind=listed.name,
        key=row.id.hex,
        label=row.name,
        icon=row.icon,
        tree=_tree(row.query),
        sort=row.sort or listed.sort,
        columns=row.columns,
        compact=row.density == SmartList.Density.COMPACT,
        position=row.position,
        pinned=row.pinned,
        hidden=row.hidden,
        builtin=False,
    )


def _changed(listed: ListOf, builtin: Builtin, row: SmartList) -> Shelved:
    return Shelved(
        kind=listed.name,
        key=builtin.name,
        label=row.name,
        icon=row.icon,
        tree=_tree(builtin.query if row.query is None else row.query),
        sort=row.sort or builtin.sort or listed.sort,
        columns=row.columns or builtin.columns,
        compact=row.density == SmartList.Density.COMPACT,
        position=row.position,
        pinned=row.pinned,
        hidden=row.hidden,
        builtin=True,
    )


def _tree(query: Any) -> tree.Group:
    try:
        return tree.from_json(query)
    except tree.Unreadable:
        return BROKEN


def _counted(each: Shelved, count: ListCount | None) -> Shelved:
    if count is None:
        return each
    values = vars(each) | {"amount": count.amount, "counted_at": count.counted_at}
    return Shelved(**values)
