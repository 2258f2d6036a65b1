"""The smart lists as pages see them: those from the start, as the owner changed them, and saved
ones, in the owner's order, each with the count that the worker left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from crm.lists import registry, tree
from crm.lists.declaration import Builtin, ListOf
from crm.models import ListCount, SmartList
from crm.shell import glance

KEPT = "_shelf_of_lists"
# What the frame of a page asks, with its other questions, in one statement (crm/shell/glance.py).
LISTS, COUNTS = "smart lists", "counts of lists"
GLANCES = {
    LISTS: "SELECT coalesce(jsonb_agg(s ORDER BY kind, position, id), '[]') FROM crm_smartlist s",
    COUNTS: "SELECT coalesce(jsonb_object_agg(fingerprint, jsonb_build_array(amount, counted_at)),"
    " '{}') FROM crm_listcount WHERE amount IS NOT NULL",
}
Counts = Mapping[str, tuple[int | None, datetime | None]]
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
    """All kinds' lists."""

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
        setattr(request, KEPT, _seen(glance.of(request)))
    shelf: Shelf = getattr(request, KEPT)
    return shelf


def _seen(found: glance.Glance) -> Shelf:
    if not registry.all_lists():
        return Shelf([])
    rows = [SmartList(**(row | {"id": UUID(row["id"])})) for row in found[LISTS]]
    return _made(rows, {key: (amount, datetime.fromisoformat(at))
                        for key, (amount, at) in found[COUNTS].items()})  # fmt: skip


def load() -> Shelf:
    """For the worker and for what is written: with two queries however many they are."""
    counts = ListCount.objects.values_list("fingerprint", "amount", "counted_at")
    return _made(SmartList.objects.all(), {key: (amount, at) for key, amount, at in counts})


def _made(rows: Iterable[SmartList], counts: Counts) -> Shelf:
    there = list(rows)
    lists = [each for listed in registry.all_lists() for each in _of(listed, there)]
    return Shelf(_counted(each, counts) for each in lists)


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


def _counted(each: Shelved, counts: Counts) -> Shelved:
    amount, at = counts.get(each.fingerprint, (None, None))
    return replace(each, amount=amount, counted_at=at)
