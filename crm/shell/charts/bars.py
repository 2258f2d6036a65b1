from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import ClassVar

from crm.shell.charts.drawing import PAPER, Chart, Number, Say, share, short, top

ROOM = 82.0  # of the width; what is right of the longest bar belongs to its figure
ROW, GAP = 34.0, 6.0


@dataclass(frozen=True)
class Piece:
    """One rectangle of a row, and the figure beside it."""

    colour: int
    start: float
    width: float
    y: float
    height: float
    word: str

    @property
    def fill(self) -> str:
        return PAPER[f"s{self.colour}"]

    @property
    def text_y(self) -> float:
        return self.y + self.height / 2 + 4


@dataclass(frozen=True)
class Row:
    name: str
    pieces: tuple[Piece, ...]
    note: str
    height: float


@dataclass(frozen=True)
class Bars(Chart):
    """Rows of a bar, of up to three under each other, or of a stacked one; all from zero."""

    template: ClassVar[str] = "components/charts/bars.html"
    rows: Sequence[tuple[str, Sequence[Number]]] = ()
    series: Sequence[str] = ("",)
    notes: Sequence[str] = ()
    stacked: bool = False

    @property
    def whole(self) -> float:
        measure: Callable[[Sequence[Number]], float] = total if self.stacked else top
        return max([measure(values) for _, values in self.rows], default=0.0)

    @property
    def bars(self) -> list[Row]:
        notes = [*self.notes, *[""] * len(self.rows)]
        return [
            Row(name, self.pieces(values), note, ROW)
            for (name, values), note in zip(self.rows, notes, strict=False)
        ]

    def pieces(self, values: Sequence[Number]) -> tuple[Piece, ...]:
        widths = [share(value, self.whole, 100.0 if self.stacked else ROOM) for value in values]
        starts = list(accumulate([0.0, *widths[:-1]])) if self.stacked else [0.0] * len(widths)
        lanes = 1 if self.stacked else len(widths)
        tall = (ROW - 2 * GAP) / lanes
        return tuple(
            Piece(
                colour=at + 1,
                start=start,
                width=width,
                y=GAP + (0 if self.stacked else at * tall),
                height=tall - (1 if lanes > 1 else 0),
                word=self.say(value),
            )
            for at, (value, start, width) in enumerate(zip(values, starts, widths, strict=True))
        )

    @property
    def label(self) -> str:
        return f"{self.title}. " + "; ".join(self.row_label(row) for row in self.bars)

    def row_label(self, row: Row) -> str:
        said = zip(self.series, row.pieces, strict=True)
        return f"{row.name}: " + ", ".join(f"{name} {p.word}".strip() for name, p in said)


def total(values: Sequence[Number]) -> float:
    return float(sum(value for value in values if value > 0))


def funnel(title: str, steps: Sequence[tuple[str, Number]], *, say: Say = short) -> Bars:
    """From many to few; each step says how many of the step before came so far."""
    notes = [""] + [
        f"{float(value) / float(before):.0%}" if before else ""
        for (_, before), (_, value) in pairwise(steps)
    ]
    return Bars(title, [(name, [value]) for name, value in steps], notes=notes, say=say)
