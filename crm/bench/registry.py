"""What the bench makes, measures and refuses. Rooms register theirs in a few lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from crm.bench.stage import Stage


@dataclass(frozen=True)
class Measure:
    """One figure. `run` gives it in `unit`; the median of `times` runs is held against the bar.

    Those that make tables of their own run `as_owner` of the database.
    """

    room: str
    name: str
    unit: str
    run: Callable[[Stage], float]
    bar: float | None = None
    better: Literal["less", "more"] = "less"
    times: int = 3
    system: bool = False
    as_owner: bool = False


@dataclass(frozen=True)
class Maker:
    """Fills its tables with about `stage.rows` rows and says how many it made.

    One `beside` needs nobody else's rows and is made beside the others. `settles` does what the
    worker would have done by then: it comes last, with all indexes there, or as soon as the one
    stands that it goes `along`.
    """

    room: str
    name: str
    make: Callable[[Stage], int]
    beside: bool = False
    settles: bool = False
    along: str = ""


PAGE_BAR_MS = 50


@dataclass(frozen=True)
class Walk:
    """A page that is timed; `path` is asked once the rows are there.

    Several addresses take turns: different people, different texts.
    """

    room: str
    name: str
    path: Callable[[Stage], str | Sequence[str]]
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    # Sent in the body, where what is asked for may not stand in an address.
    sends: Mapping[str, str] = field(default_factory=dict, hash=False)
    bar: float = PAGE_BAR_MS

    def paths(self, stage: Stage) -> list[str]:
        found = self.path(stage)
        return [found] if isinstance(found, str) else list(found)


@dataclass(frozen=True)
class Refusal:
    """Why no figure may be reported: sentences, none when all is as it is in life."""

    room: str
    name: str
    reasons: Callable[[Stage], list[str]]


_measures: dict[tuple[str, str], Measure] = {}
_makers: dict[tuple[str, str], Maker] = {}
_walks: dict[tuple[str, str], Walk] = {}
_refusals: dict[tuple[str, str], Refusal] = {}


def register(measure: Measure) -> None:
    _measures[measure.room, measure.name] = measure


def register_rows(maker: Maker) -> None:
    _makers[maker.room, maker.name] = maker


def register_page(walk: Walk) -> None:
    _walks[walk.room, walk.name] = walk


def register_refusal(refusal: Refusal) -> None:
    _refusals[refusal.room, refusal.name] = refusal


def measures(*, room: str = "", system: bool = False) -> list[Measure]:
    return [
        each
        for each in _measures.values()
        if room in ("", each.room) and (system or not each.system)
    ]


def makers() -> list[Maker]:
    return list(_makers.values())


def pages(*, room: str = "") -> list[Walk]:
    return [each for each in _walks.values() if room in ("", each.room)]


def refusals() -> list[Refusal]:
    return list(_refusals.values())
