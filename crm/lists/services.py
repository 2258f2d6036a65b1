"""Changes to the smart lists themselves, each an operation that can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from crm.audit.services import operation
from crm.lists import shelf, tree
from crm.lists.counting import TICK
from crm.lists.shelf import Shelved
from crm.models import SmartList
from crm.runtime.ticks import poke

COPY = "{} (copy)"


class Made(NamedTuple):
    row: SmartList
    operation: UUID


class NameTaken(Exception):
    """Another list of this kind is called so."""


@transaction.atomic
def save_as(
    *, kind: str, name: str, asked: tree.Group, sort: str, like: Shelved, icon: str, pinned: bool
) -> Made:
    """A new list, with the columns of the one it came from."""
    with operation("Save list") as id:
        made = SmartList(
            kind=kind,
            name=name,
            icon=icon,
            query=tree.to_json(asked),
            sort=sort,
            columns=list(like.columns),
            density=_density(like.compact),
            position=_last_position(kind) + 1,
            pinned=pinned,
        )
        return Made(_written(made), id)


@transaction.atomic
def save_changes(*, to: Shelved, asked: tree.Group, sort: str) -> UUID:
    with operation("Change list") as id:
        row = row_of(to)
        row.query, row.sort = tree.to_json(asked), sort
        row.save(update_fields=["query", "sort"])
    poke(TICK)
    return id


@transaction.atomic
def rename(*, of: Shelved, name: str, icon: str, pinned: bool) -> UUID:
    with operation("Rename list") as id:
        row = row_of(of)
        row.name, row.icon, row.pinned = name, icon, pinned
        _written(row, ["name", "icon", "pinned"])
    return id


@transaction.atomic
def duplicate(*, of: Shelved, taken: Sequence[str]) -> Made:
    with operation("Duplicate list") as id:
        made = SmartList(
            kind=of.kind,
            name=free_name(of.label, taken),
            icon=of.icon,
            query=tree.to_json(of.tree),
            sort=of.sort,
            columns=list(of.columns),
            density=_density(of.compact),
            position=_last_position(of.kind) + 1,
        )
        return Made(_written(made), id)


@transaction.atomic
def put_away(*, what: Shelved) -> UUID:
    """A saved list is deleted; one from the start is hidden, and can be shown again."""
    with operation("Hide list" if what.builtin else "Delete list") as id:
        row = row_of(what)
        if what.builtin:
            row.hidden = True
            row.save(update_fields=["hidden"])
        else:
            row.delete()
    return id


@transaction.atomic
def show_again(*, what: Shelved) -> UUID:
    with operation("Show list") as id:
        row = row_of(what)
        row.hidden = False
        row.save(update_fields=["hidden"])
    return id


@transaction.atomic
def move(*, what: Shelved, to: int) -> UUID:
    """Puts it at that place among the lists of its kind that are shown."""
    there = [each for each in shelf.load().of(what.kind) if each.key != what.key]
    there.insert(max(0, min(to, len(there))), what)
    with operation("Move list") as id:
        for position, each in enumerate(there):
            if each.position != position:
                row = row_of(each)
                row.position = position
                row.save(update_fields=["position"])
    return id


@transaction.atomic
def set_columns(*, of: Shelved, columns: Sequence[str], compact: bool) -> UUID:
    with operation("Change columns") as id:
        row = row_of(of)
        row.columns, row.density = list(columns), _density(compact)
        row.save(update_fields=["columns", "density"])
    return id


def row_of(what: Shelved) -> SmartList:
    """The row, locked; for a list from the start it is made with the first change."""
    rows = SmartList.objects.select_for_update()
    if not what.builtin:
        return rows.get(kind=what.kind, id=UUID(what.key))
    row, _ = rows.get_or_create(
        kind=what.kind,
        builtin=what.key,
        defaults={
            "name": what.label,
            "icon": what.icon,
            "pinned": what.pinned,
            "position": what.position,
        },
    )
    return row


def free_name(name: str, taken: Sequence[str]) -> str:
    known = {each.casefold() for each in taken}
    while name.casefold() in known:
        name = COPY.format(name[:53])
    return name


def _density(compact: bool) -> SmartList.Density:
    return SmartList.Density.COMPACT if compact else SmartList.Density.ROOMY


def _last_position(kind: str) -> int:
    return max((each.position for each in shelf.load().of(kind, hidden=True)), default=0)


def _written(row: SmartList, fields: Sequence[str] | None = None) -> SmartList:
    try:
        with transaction.atomic():
            row.save(update_fields=fields)
    except IntegrityError as error:
        if "a_smart_list_has_its_own_name" in str(error):
            raise NameTaken from error
        raise
    poke(TICK)
    return row
