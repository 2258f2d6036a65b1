"""What every chart shares: how values become lengths, and how they are said."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

Number = int | float | Decimal
Say = Callable[[Number], str]

LEAST = 0.3  # of the room: a value above nothing can be seen
MARKS = 4
STEPS = (1, 2, 2.5, 5, 10)
SLACK = 1e-9
UNITS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
# For readers that know no stylesheet: a class of the page overrules an attribute.
PAPER = {
    "s0": "#d5d1ca",
    "s1": "#3b5ea3",
    "s2": "#d0842a",
    "s3": "#2b9488",
    "ink": "#1f232e",
    "ink3": "#676c77",
    "line": "#e4e0d9",
}


def short(value: Number) -> str:
    """12, 1.4k, 9.85M: two figures after the point at most, none that say nothing."""
    size = abs(float(value))
    for limit, unit in UNITS:
        if size >= limit * 0.9995:
            return f"{float(value) / limit:.3g}{unit}"
    return f"{float(value):.3g}"


def share(value: Number, whole: Number, room: float = 100.0) -> float:
    """How much of the room a value takes: nothing below zero, never more than the room."""
    if not whole or value <= 0:
        return 0.0
    return max(min(float(value) / float(whole), 1.0) * room, min(LEAST, room))


def top(values: Sequence[Number]) -> float:
    return max([float(value) for value in values if value > 0], default=0.0)


def scale(highest: float) -> list[float]:
    """Round marks from nothing to the highest value or just past it."""
    if highest <= 0:
        return [0.0]
    power = 10.0 ** math.floor(math.log10(highest / MARKS))
    step = next(power * times for times in STEPS if power * times * MARKS >= highest * (1 - SLACK))
    return [step * at for at in range(math.ceil(highest / step - SLACK) + 1)]


def drawn(length: float) -> SafeString:
    """As a drawing says it: a template would say each number in the owner's language first."""
    return SafeString(f"{length:.4g}")


def path(points: Sequence[tuple[float, float]]) -> str:
    if len(points) < 2:
        return ""
    return "M" + " L".join(f"{x:.4g} {y:.4g}" for x, y in points)


@dataclass(frozen=True)
class Chart:
    template: ClassVar[str]
    title: str
    mail: bool = field(default=False, kw_only=True)
    say: Say = field(default=short, kw_only=True)

    def __str__(self) -> SafeString:
        return render_to_string(self.template, {"chart": self, "paper": PAPER})

    __html__ = __str__
