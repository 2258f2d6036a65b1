"""Pages by keyset: from a row's own place on, however far down, and back again.

The order ends with the id, so that it is total; a page begins beyond the last one's end, whatever
was added or deleted meanwhile. Where all keys go one way, beyond is one comparison of rows, which
an index answers. Where they go both ways, each run of keys that go one way is asked by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OrderBy, Value
from django.db.models.expressions import Combinable, Func

from crm.lists import cursors
from crm.lists.declaration import Rows, Sort


class Beyond(Func):
    """(a, b) > (x, y)"""

    output_field = models.BooleanField()
    conditional = True

    def __init__(self, *sides: Any, sign: str = ">") -> None:
        super().__init__(*sides)
        self.sign = sign

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> Any:  # type: ignore[override]  # noqa: ARG002
        compiled = [compiler.compile(side) for side in self.get_source_expressions()]
        texts, values = [text for text, _ in compiled], [v for _, some in compiled for v in some]
        half = len(texts) // 2
        left, right = ", ".join(texts[:half]), ", ".join(texts[half:])
        return f"({left}) {self.sign} ({right})", values


@dataclass(frozen=True)
class Key:
    by: str | Combinable
    descending: bool

    @property
    def expression(self) -> Any:
        return F(self.by) if isinstance(self.by, str) else self.by


@dataclass(frozen=True)
class Order:
    """`name` is how addresses call it, "-score", with the kind of list before it."""

    name: str
    keys: tuple[Key, ...]

    def reverse(self) -> Order:
        return replace(
            self, keys=tuple(replace(key, descending=not key.descending) for key in self.keys)
        )

    def keyed(self, rows: Rows) -> Rows:
        keys = {f"_key{i}": key.expression for i, key in enumerate(self.keys)}
        keyed: Rows = rows.annotate(**keys)
        return keyed

    def sorted(self, keyed: Rows) -> Rows:
        ways = [(F(f"_key{i}"), key.descending) for i, key in enumerate(self.keys)]
        ordered: Rows = keyed.order_by(*(OrderBy(by, descending=down) for by, down in ways))
        return ordered

    def runs(self) -> list[list[int]]:
        """The keys' numbers, parted where the direction changes."""
        ways = groupby(range(len(self.keys)), key=lambda index: self.keys[index].descending)
        return [list(run) for _, run in ways]

    def place(self, row: Any) -> str:
        values = [getattr(row, f"_key{i}") for i in range(len(self.keys))]
        return cursors.seal(values, order=self.name)


def order(kind: str, name: str, sort: Sort) -> Order:
    keys = [Key(then.removeprefix("-"), then.startswith("-")) for then in (*sort.then, "pk")]
    first = Order(f"{kind} {name}", (Key(sort.by, sort.descending), *keys))
    return first if name.startswith("-") == sort.descending else first.reverse()


@dataclass(frozen=True)
class Page:
    """`before` and `after` are places, or empty where the list begins and ends."""

    rows: list[Any]
    before: str = ""
    after: str = ""


def first_page(rows: Rows, by: Order, size: int) -> Page:
    found = list(by.sorted(by.keyed(rows))[: size + 1])
    return Page(found[:size], after=by.place(found[size - 1]) if len(found) > size else "")


def page_after(rows: Rows, by: Order, place: str, size: int) -> Page:
    found = beyond(rows, by, place, size + 1)
    shown = found[:size]
    before = by.place(shown[0]) if shown else place
    return Page(shown, before, by.place(shown[-1]) if len(found) > size else "")


def page_before(rows: Rows, by: Order, place: str, size: int) -> Page:
    found = beyond(rows, by.reverse(), place, size + 1)
    shown = found[:size][::-1]
    after = by.place(shown[-1]) if shown else place
    return Page(shown, by.place(shown[0]) if len(found) > size else "", after)


def beyond(rows: Rows, by: Order, place: str, amount: int) -> list[Any]:
    found: list[Any] = []
    for branch in branches(rows, by, place):
        if len(found) < amount:
            found += branch[: amount - len(found)]
    return found


def branches(rows: Rows, by: Order, place: str) -> list[Rows]:
    """What lies beyond a place, nearest first: what ties with all earlier runs, then the rest."""
    keyed, runs = by.keyed(rows), by.runs()
    values = read_place(keyed, by, place)
    return [
        by.sorted(keyed.filter(*condition(by, runs[: last + 1], values)))
        for last in reversed(range(len(runs)))
    ]


def condition(by: Order, runs: Sequence[Sequence[int]], values: Sequence[Any]) -> list[Any]:
    *tied, open_run = runs
    asked: list[Any] = [Beyond(F(f"_key{i}"), values[i], sign="=") for run in tied for i in run]
    sign = "<" if by.keys[open_run[0]].descending else ">"
    sides = [F(f"_key{i}") for i in open_run], [values[i] for i in open_run]
    return [*asked, Beyond(*sides[0], *sides[1], sign=sign)]


def read_place(keyed: Rows, by: Order, place: str) -> list[Any]:
    texts = cursors.unseal(place, order=by.name)
    if len(texts) != len(by.keys):
        raise cursors.NoPlace
    fields = [keyed.query.annotations[f"_key{i}"].output_field for i in range(len(by.keys))]
    try:
        return [
            Value(field.to_python(text), field) for field, text in zip(fields, texts, strict=True)
        ]
    except ValidationError as error:
        raise cursors.NoPlace from error


def walk(rows: Rows, by: Order, size: int = 500) -> Iterator[list[Any]]:
    """All rows in order, a batch at a time, each once."""
    page = first_page(rows, by, size)
    while page.rows:
        yield page.rows
        if not page.after:
            return
        page = page_after(rows, by, page.after, size)
