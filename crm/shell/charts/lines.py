from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from django.utils.safestring import SafeString

from crm.shell.charts.drawing import Chart, Number, drawn, path, scale, share, top

TOP, FOOT = 24.0, 20.0  # room for the figure above a point, and for the names below the floor
EDGE = 7.0  # of the width, left and right of the points
TILE = 28.0
FULL = 0.86  # of its step: how wide a column is


@dataclass(frozen=True)
class Point:
    name: str
    x: float
    y: float
    word: str
    partial: bool

    @property
    def across(self) -> SafeString:
        return drawn(self.x)

    @property
    def down(self) -> SafeString:
        return drawn(self.y)


@dataclass(frozen=True)
class Line(Chart):
    """A value over time. `previous` stands behind it in grey; the last point may be unfinished.

    What each of a hundred points asks for is worked out once, and only what is named is said.
    """

    template: ClassVar[str] = "components/charts/line.html"
    values: Sequence[tuple[str, Number]] = ()
    previous: Sequence[Number] = ()
    unfinished: bool = False
    every: int = 1
    height: float = 188.0

    @property
    def marks(self) -> list[tuple[SafeString, str]]:
        return [(drawn(self.y(mark)), self.say(mark)) for mark in self.scale]

    @cached_property
    def scale(self) -> list[float]:
        return scale(top([*(value for _, value in self.values), *self.previous]))

    @property
    def full_height(self) -> SafeString:
        return drawn(self.height + FOOT)

    def y(self, value: Number) -> float:
        return self.height - share(value, self.scale[-1], self.height - TOP)

    def x(self, at: int, count: int) -> float:
        return 50.0 if count < 2 else EDGE + at * (100.0 - 2 * EDGE) / (count - 1)

    @cached_property
    def points(self) -> list[Point]:
        count = len(self.values)
        return [
            Point(
                name,
                self.x(at, count),
                self.y(value),
                self.say(value) if self.is_named(at) else "",
                self.is_partial(at),
            )
            for at, (name, value) in enumerate(self.values)
        ]

    def is_partial(self, at: int) -> bool:
        return self.unfinished and at == len(self.values) - 1

    def is_named(self, at: int) -> bool:
        """With many, only each `every`-th, and always the last."""
        return at % self.every == 0 or at == len(self.values) - 1

    @property
    def shown(self) -> list[Point]:
        return [point for at, point in enumerate(self.points) if self.is_named(at)]

    @cached_property
    def finished(self) -> list[Point]:
        return [point for point in self.points if not point.partial]

    @cached_property
    def path(self) -> str:
        return path([(point.x, point.y) for point in self.finished])

    @property
    def area(self) -> str:
        ends = self.finished
        if len(ends) < 2:
            return ""
        floor = self.height
        return f"{self.path} L{ends[-1].x:.4g} {floor:.4g} L{ends[0].x:.4g} {floor:.4g}Z"

    @property
    def partial_path(self) -> str:
        return path([(p.x, p.y) for p in self.points[-2:]]) if self.unfinished else ""

    @property
    def previous_path(self) -> str:
        count = max(len(self.previous), len(self.values))
        return path([(self.x(at, count), self.y(value)) for at, value in enumerate(self.previous)])

    @property
    def label(self) -> str:
        return f"{self.title}. " + ", ".join(f"{p.name} {p.word}" for p in self.shown)


@dataclass(frozen=True)
class Spark(Chart):
    """A line small enough for a tile: shape only, the figures are in its label."""

    template: ClassVar[str] = "components/charts/spark.html"
    values: Sequence[Number] = ()

    @property
    def path(self) -> str:
        highest, last = top(self.values), max(len(self.values) - 1, 1)
        heights = [TILE - share(value, highest, TILE - 2) for value in self.values]
        return path([(at * 100 / last, height) for at, height in enumerate(heights)])

    @property
    def label(self) -> str:
        return f"{self.title}: " + ", ".join(self.say(value) for value in self.values)


@dataclass(frozen=True)
class Column:
    name: str
    x: SafeString
    width: SafeString
    middle: SafeString
    height: SafeString
    y: SafeString
    word: str
    empty: bool


@dataclass(frozen=True)
class Histogram(Chart):
    """How many in each step of a range; columns stand on the same floor."""

    template: ClassVar[str] = "components/charts/histogram.html"
    steps: Sequence[tuple[str, Number]] = ()
    height: float = 120.0

    @property
    def columns(self) -> list[Column]:
        highest, wide = top([value for _, value in self.steps]), 100.0 / (len(self.steps) or 1)
        return [
            Column(
                name=name,
                x=drawn(at * wide + wide * (1 - FULL) / 2),
                width=drawn(wide * FULL),
                middle=drawn((at + 0.5) * wide),
                height=drawn(tall),
                y=drawn(self.height - tall),
                word=self.say(value),
                empty=not tall,
            )
            for at, (name, value) in enumerate(self.steps)
            for tall in [share(value, highest, self.height - TOP)]
        ]

    @property
    def full_height(self) -> SafeString:
        return drawn(self.height + FOOT)

    @property
    def label(self) -> str:
        return f"{self.title}. " + ", ".join(f"{name}: {self.say(n)}" for name, n in self.steps)
