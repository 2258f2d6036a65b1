"""Pages by keyset: from a row's own place on, however far down, and back again.

The order ends with the id, so that it is total; a page begins beyond the last one's end, whatever
was added or deleted meanwhile. Where all keys go one way, beyond is one comparison of rows, which
an index answers. Where they go both ways, each run of keys that go one way is asked by itself.
Where no one index has the order, it has several `stretches`, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OrderBy, Value
from django.db.models.expressions import Combinable, Func

from crm.lists import cursors
from crm.lists.declaration import Prepare, Rows, Sort
from crm.lists.limits import REST_MS, TooSlow, within


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
        stretch = self._called(getattr(row, "_stretch", ""))
        return self.place_of(stretch, [getattr(row, name) for name in stretch.names])

    def place_of(self, stretch: Keyed, values: Sequence[Any]) -> str:
        return cursors.seal([stretch.name, *values], order=self.name)

    def read(self, place: str) -> tuple[Keyed, list[str]]:
        name, *texts = cursors.unseal(place, order=self.name)
        stretch = self._called(name)
        if len(texts) != len(stretch.keys):
            raise cursors.NoPlace
        return stretch, texts

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


@dataclass(frozen=True)
class Page:
    """`before` and `after` are places, or empty where the list begins and ends. `unsure` whether
    anything follows: who has nothing to be sorted by was not found as quickly as the others."""

    rows: list[Any]
    before: str = ""
    after: str = ""
    unsure: bool = False


def first_page(rows: Rows, by: Order, size: int) -> Page:
    found, unsure = gathered(rows, by.branches(rows), size + 1)
    after = by.place(found[:size][-1]) if unsure or len(found) > size else ""
    return Page(found[:size], after=after, unsure=unsure)


def page_after(rows: Rows, by: Order, place: str, size: int) -> Page:
    found, unsure = gathered(rows, branches(rows, by, place), size + 1)
    shown = found[:size]
    before = by.place(shown[0]) if shown else place
    after = by.place(shown[-1]) if unsure or len(found) > size else ""
    return Page(shown, before, after, unsure)


def page_before(rows: Rows, by: Order, place: str, size: int) -> Page:
    found, _ = gathered(rows, branches(rows, by.reverse(), place), size + 1)
    shown = found[:size][::-1]
    after = by.place(shown[-1]) if shown else place
    return Page(shown, by.place(shown[0]) if len(found) > size else "", after)


def waves(branches: Sequence[Branch]) -> list[list[Branch]]:
    """Those that are asked together: all that come before those with nothing to be sorted by."""
    parted = groupby(branches, key=lambda branch: branch.stretch.last)
    return [list(wave) for _, wave in parted]


def gathered(rows: Rows, branches: Sequence[Branch], amount: int) -> tuple[list[Any], bool]:
    """The rows, and whether more of them may follow that were not found in time."""
    found: list[Any] = []
    for wave in waves(branches):
        missing = amount - len(found)
        if not missing:
            break
        try:
            # No index knows who lacks something: where nobody does, all are looked through.
            with within(REST_MS) if found and wave[0].stretch.last else nullcontext():
                found += _of_wave(rows, wave, missing)
        except TooSlow:
            return found, True
    return found, False


def _of_wave(rows: Rows, wave: Sequence[Branch], amount: int) -> list[Any]:
    mixed = any(branch.stretch != wave[0].stretch for branch in wave)
    return _together(rows, wave, amount) if mixed else _in_turn(wave, amount)


def _in_turn(wave: Sequence[Branch], amount: int) -> list[Any]:
    found: list[Any] = []
    for branch in wave:
        if len(found) < amount:
            found += branch.rows[: amount - len(found)]
    for row in found:
        row._stretch = wave[0].stretch.name
    return found


def _together(rows: Rows, wave: Sequence[Branch], amount: int) -> list[Any]:
    """Of many stretches in two statements: the keys of all, then the rows that these name."""
    told = nearest([wave], amount)[0]
    found = rows.in_bulk([values[-1] for _, values in told])
    for stretch, values in told:
        row = found.get(values[-1])
        if row is not None:
            row._stretch = stretch.name
            for name, value in zip(stretch.names, values, strict=True):
                setattr(row, name, value)
    return [found[values[-1]] for _, values in told if values[-1] in found]


Told = tuple[Keyed, list[Any]]


def nearest(ways: Sequence[Sequence[Branch]], amount: int = 1) -> list[list[Told]]:
    """Each way's first, as stretch and keys: all ways in one statement, of stretches alike."""
    parts = [(way, branch) for way, branches in enumerate(ways) for branch in branches]
    first, *others = [
        branch.rows.annotate(_near=Value(near)).values_list("_near", *branch.stretch.names)[:amount]
        for near, (_, branch) in enumerate(parts)
    ]
    rows: dict[int, list[list[Any]]] = {}
    for near, *values in first.union(*others, all=True) if others else first:
        rows.setdefault(near, []).append(values)
    found: list[list[Told]] = [[] for _ in ways]
    for near, (way, branch) in enumerate(parts):
        found[way] += [(branch.stretch, values) for values in rows.get(near, [])]
    return [told[:amount] for told in found]


def branches(rows: Rows, by: Order, place: str) -> list[Branch]:
    """What lies beyond a place, nearest first: what ties with all earlier runs, then the rest."""
    stretch, texts = by.read(place)
    keyed, runs = stretch.keyed(rows), stretch.runs()
    values = read_values(keyed, stretch, texts)
    beyond = [
        Branch(stretch, stretch.sorted(keyed.filter(*condition(stretch, runs[: last + 1], values))))
        for last in reversed(range(len(runs)))
    ]
    following = by.stretches[by.stretches.index(stretch) + 1 :]
    return [*beyond, *Order(by.name, following).branches(rows)]


def condition(by: Keyed, runs: Sequence[Sequence[int]], values: Sequence[Any]) -> list[Any]:
    *tied, open_run = runs
    asked: list[Any] = [Beyond(F(f"_key{i}"), values[i], sign="=") for run in tied for i in run]
    sign = "<" if by.keys[open_run[0]].descending else ">"
    sides = [F(f"_key{i}") for i in open_run], [values[i] for i in open_run]
    return [*asked, Beyond(*sides[0], *sides[1], sign=sign)]


def read_values(keyed: Rows, by: Keyed, texts: Sequence[str]) -> list[Any]:
    fields = [keyed.query.annotations[name].output_field for name in by.names]
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
