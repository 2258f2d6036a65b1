"""Which rows a bulk action is for: the ticked ones, or all that match when it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict

from crm.lists import tree
from crm.lists.asking import Asked
from crm.lists.checking import check
from crm.lists.declaration import Rows
from crm.lists.shape import Shape
from crm.lists.wording import Reader

MOST_IDS = 5000


class NothingChosen(Exception):
    """No row is ticked, or the filter is none that could be asked."""


@dataclass(frozen=True)
class Scope:
    ids: Sequence[str] | None = None
    tree: tree.Group = tree.EVERYTHING

    def to_json(self) -> dict[str, Any]:
        return {"tree": tree.to_json(self.tree)} if self.ids is None else {"ids": list(self.ids)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Scope:
        return cls(value["ids"]) if "ids" in value else cls(tree=tree.from_json(value["tree"]))

    def batch(self, rows: Rows, *, after: str, most: int) -> list[Any]:
        """The next ids of `rows`, in order, so that no change of a row brings it round again. Of
        ticked ones also those that are gone meanwhile."""
        beyond = rows.model._meta.pk.to_python(after) if after else None
        if self.ids is not None:
            ticked = sorted(set(keys(rows, self.ids)))
            return [key for key in ticked if beyond is None or key > beyond][:most]
        rows = rows if beyond is None else rows.filter(pk__gt=beyond)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:most])

    def rows(self, shape: Shape, reader: Reader) -> Rows:
        rows = shape.listed.rows()
        if self.ids is not None:
            return rows.filter(pk__in=keys(rows, self.ids))
        checked = check(shape, self.tree, reader)
        if not checked.ok:
            raise NothingChosen
        return rows.filter(checked.q) if checked.q != Q() else rows


def scope_of(asked: Asked, data: QueryDict) -> Scope:
    if data.get("scope") == "all":
        if asked.unreadable or not asked.checked.ok:
            raise NothingChosen
        return Scope(tree=asked.checked.tree)
    ids = list(dict.fromkeys(data.getlist("id")))
    if not ids or len(ids) > MOST_IDS:
        raise NothingChosen
    return Scope(ids)


def keys(rows: Rows, ids: Sequence[str]) -> list[Any]:
    """What isn't an id at all is nobody's."""
    found = []
    for id in ids:
        try:
            found.append(rows.model._meta.pk.to_python(id))
        except ValidationError:
            continue
    return found
