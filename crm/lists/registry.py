"""The kinds of list there are. Rooms register theirs; what can't work is refused at the start."""

from __future__ import annotations

from django.core.exceptions import FieldDoesNotExist

from crm.lists.declaration import Column, Filter, ListOf
from crm.lists.kinds import KINDS

_lists: dict[str, ListOf] = {}


def register(listed: ListOf) -> None:
    check(listed)
    _lists[listed.name] = listed


def find(name: str) -> ListOf | None:
    return _lists.get(name)


def all_lists() -> list[ListOf]:
    return list(_lists.values())


def check(listed: ListOf) -> None:
    names = [column.name for column in listed.columns]
    if len(set(names)) < len(names) or len({f.name for f in listed.filters}) < len(listed.filters):
        raise ValueError(f"{listed.name}: two columns or two filters have the same name.")
    by_name = {column.name: column for column in listed.columns}
    first = by_name.get(listed.sort.removeprefix("-"))
    if first is None or first.sort is None:
        raise ValueError(f"{listed.name}: it is sorted by {listed.sort}, which can't be sorted by.")
    for column in listed.columns:
        check_sort(listed, column)
        if listed.exports and str(column.show).endswith(".html") and column.export is None:
            raise ValueError(f"{listed.name}: {column.name} needs words for a file.")
    for each in listed.filters:
        check_filter(listed, each)


def check_sort(listed: ListOf, column: Column) -> None:
    """A null has no place in the order: a page that ended there would lose rows."""
    keys = [column.sort.by, *column.sort.then] if column.sort else []
    for key in keys:
        if not isinstance(key, str) or "__" in key:
            continue
        try:
            field = listed.rows().model._meta.get_field(key.removeprefix("-"))
        except FieldDoesNotExist:
            continue  # an annotation of the room's
        if field.null:
            raise ValueError(f"{listed.name}: {key} may be null, so nothing can be sorted by it.")


def check_filter(listed: ListOf, each: Filter) -> None:
    kind = KINDS.get(each.kind)
    if kind is None:
        raise ValueError(f"{listed.name}: there is no kind of filter called {each.kind}.")
    if not (each.by or each.build):
        raise ValueError(f"{listed.name}: the filter {each.name} needs a field to look at.")
    if each.kind == "many" and not (each.related or each.build):
        raise ValueError(f"{listed.name}: {each.name} needs the table that it looks into.")
    if unknown := set(each.operators) - set(kind.operators):
        raise ValueError(f"{listed.name}: {each.name} can't be asked {', '.join(unknown)}.")
