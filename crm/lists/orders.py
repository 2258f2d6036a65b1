"""Orders of a list, and what lies beyond a place in one.

An order ends with the id, so that it is total. Where all keys go one way, beyond is one comparison
of rows, which an index answers. Where they go both ways, each run of keys that go one way is asked
by itself. Where no one index has the order, it has several `stretches`, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OrderBy, Value
from django.db.models.expressions import Combinable, Func

from crm.lists import cursors
from crm.lists.declaration import Prepare, Rows, Sort

# At the end of a place: from the row itself on, not from beyond it.
ITSELF = "itself"


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

    def reverse(self) -> Key:
        return replace(self, descending=not self.descending)


def _key(by: str | Combinable) -> Key:
    return Key(by.removeprefix("-"), by.startswith("-")) if isinstance(by, str) else Key(by, False)


@dataclass(frozen=True)
class Keyed:
    """A stretch of an order: its rows, and the keys by which they are sorted."""

    name: str
    keys: tuple[Key, ...]
    only: Prepare | None = None
    last: bool = False

    def reverse(self) -> Keyed:
        return replace(self, keys=tuple(key.reverse() for key in self.keys))

    def keyed(self, rows: Rows) -> Rows:
        keys = {name: key.expression for name, key in zip(self.names, self.keys, strict=True)}
        keyed: Rows = (self.only(rows) if self.only else rows).annotate(**keys)
        return keyed

    def sorted(self, keyed: Rows) -> Rows:
        ways = zip(self.names, self.keys, strict=True)
        ordered: Rows = keyed.order_by(
            *(OrderBy(F(name), descending=key.descending) for name, key in ways)
        )
        return ordered

    @property
    def names(self) -> list[str]:
        return [f"_key{index}" for index in range(len(self.keys))]

    def runs(self) -> list[list[int]]:
        """The keys' numbers, parted where the direction changes."""
        ways = groupby(range(len(self.keys)), key=lambda index: self.keys[index].descending)
        return [list(run) for _, run in ways]


@dataclass(frozen=True)
class Branch:
    """Rows that come one after the other, sorted, all of one stretch."""

    stretch: Keyed
    rows: Rows


class Place(NamedTuple):
    """`itself` where the row that stands there is shown again: nothing was found beyond it."""

    stretch: Keyed
    texts: list[str]
    itself: bool


@dataclass(frozen=True)
class Order:
    """`name` is how addresses call it, "-score", with the kind of list before it."""

    name: str
    stretches: tuple[Keyed, ...]

    def reverse(self) -> Order:
        """The way back, those who have nothing to be sorted by first."""
        return replace(self, stretches=tuple(each.reverse() for each in self.stretches[::-1]))

    def turned(self) -> Order:
        """Round, as by a second click; those who have nothing to be sorted by stay at the end."""
        back = self.reverse().stretches
        ended = [each.reverse() for each in back if each.last]
        return replace(self, stretches=(*(each for each in back if not each.last), *ended))

    def branches(self, rows: Rows) -> list[Branch]:
        return [Branch(each, each.sorted(each.keyed(rows))) for each in self.stretches]

    def place(self, row: Any) -> str:
        stretch = self.stretch_of(row)
        return self.place_of(stretch, [getattr(row, name) for name in stretch.names])

    def stretch_of(self, row: Any) -> Keyed:
        return self._called(getattr(row, "_stretch", ""))

    def place_of(self, stretch: Keyed, values: Sequence[Any]) -> str:
        return cursors.seal([stretch.name, *values], order=self.name)

    def read(self, place: str) -> Place:
        name, *texts = cursors.unseal(place, order=self.name)
        stretch = self._called(name)
        keys = len(stretch.keys)
        itself = texts[keys:] == [ITSELF]
        if len(texts) != keys + itself:
            raise cursors.NoPlace
        return Place(stretch, texts[:keys], itself)

    def from_itself(self, place: str) -> str:
        stretch, texts, _ = self.read(place)
        return self.place_of(stretch, [*texts, ITSELF])

    def _called(self, name: str) -> Keyed:
        found = [each for each in self.stretches if each.name == name]
        if not found:
            raise cursors.NoPlace
        return found[0]


def order(kind: str, name: str, sort: Sort) -> Order:
    first = Order(f"{kind} {name}", tuple(_stretches(sort)))
    return first if name.startswith("-") == sort.descending else first.turned()


def _stretches(sort: Sort) -> Iterator[Keyed]:
    if sort.stretches is None:
        then = [_key(by) for by in (*sort.then, "pk")]
        yield Keyed("", (Key(sort.by, sort.descending), *then))
        return
    for each in sort.stretches():
        yield Keyed(each.name, tuple(_key(by) for by in each.by), each.rows, each.last)


def branches(rows: Rows, by: Order, place: str) -> list[Branch]:
    """What lies beyond a place, nearest first: what ties with all earlier runs, then the rest."""
    stretch, texts, itself = by.read(place)
    keyed, runs = stretch.keyed(rows), stretch.runs()
    values = read_values(keyed, stretch, texts)
    beyond = []
    for last in reversed(range(len(runs))):
        nearest = itself and last == len(runs) - 1
        asked = condition(stretch, runs[: last + 1], values, itself=nearest)
        beyond.append(Branch(stretch, stretch.sorted(keyed.filter(*asked))))
    following = by.stretches[by.stretches.index(stretch) + 1 :]
    return [*beyond, *Order(by.name, following).branches(rows)]


def condition(
    by: Keyed, runs: Sequence[Sequence[int]], values: Sequence[Any], *, itself: bool = False
) -> list[Any]:
    *tied, open_run = runs
    asked: list[Any] = [Beyond(F(f"_key{i}"), values[i], sign="=") for run in tied for i in run]
    sign = "<" if by.keys[open_run[0]].descending else ">"
    sides = [F(f"_key{i}") for i in open_run], [values[i] for i in open_run]
    return [*asked, Beyond(*sides[0], *sides[1], sign=f"{sign}=" if itself else sign)]


def read_values(keyed: Rows, by: Keyed, texts: Sequence[str]) -> list[Any]:
    fields = [keyed.query.annotations[name].output_field for name in by.names]
    try:
        return [
            Value(field.to_python(text), field) for field, text in zip(fields, texts, strict=True)
        ]
    except ValidationError as error:
        raise cursors.NoPlace from error
