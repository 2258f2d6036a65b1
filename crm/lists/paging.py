"""Pages by keyset: from a row's own place on, however far down, and back again.

A page begins beyond the last one's end, whatever was added or deleted meanwhile. One that finds
nothing there leads back to that end itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Value

from crm.lists.declaration import Rows
from crm.lists.limits import REST_MS, TooSlow, within
from crm.lists.orders import Branch, Keyed, Order, branches


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
    before = _before(by, place, shown[0]) if shown else by.from_itself(place)
    after = by.place(shown[-1]) if unsure or len(found) > size else ""
    return Page(shown, before, after, unsure)


def _before(by: Order, place: str, first: Any) -> str:
    """Where a page begins with those who lack what is sorted by, nothing lies between it and the
    place that it began from; and no index would find that out."""
    stretch = by.stretch_of(first)
    begun = stretch.last and by.read(place).stretch != stretch
    return by.from_itself(place) if begun else by.place(first)


def page_before(rows: Rows, by: Order, place: str, size: int) -> Page:
    found = _back(rows, waves(branches(rows, by.reverse(), place)), size)
    shown = found[:size][::-1]
    after = by.place(shown[-1]) if shown else by.from_itself(place)
    return Page(shown, by.place(shown[0]) if len(found) > size else "", after)


def _back(rows: Rows, parted: Sequence[Sequence[Branch]], size: int) -> list[Any]:
    """One more than a page, if there is one."""
    lacking, *having = parted
    others = [branch for wave in having for branch in wave]
    if not (others and lacking[0].stretch.last):
        return gathered(rows, [*lacking, *others], size + 1)[0]
    # Somebody who has it stands before them as a rule: nobody needs to look for one who lacks it.
    found = _of_wave(rows, lacking, size)
    more = gathered(rows, others, size + 1 - len(found))[0]
    return [*found, *more] if more or len(found) < size else _of_wave(rows, lacking, size + 1)


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


def walk(rows: Rows, by: Order, size: int = 500) -> Iterator[list[Any]]:
    """All rows in order, a batch at a time, each once."""
    page = first_page(rows, by, size)
    while page.rows:
        yield page.rows
        if not page.after:
            return
        page = page_after(rows, by, page.after, size)
