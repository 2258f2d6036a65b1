"""The street of houses: a person of today each, lit when they have been reached."""

from __future__ import annotations

from dataclasses import dataclass

HOUSES, GROUND, STEP, WALL = 20, 44.0, 20.27, 16.75
# How high each house is and which roof it has: told by its place, so that a street stays the same.
SHAPES = (
    (29, "flat"), (15, "cut"), (29, "flat"), (19, "flat"), (16, "cut"), (19, "flat"), (13, "cut"),
    (24, "flat"), (13, "gable"), (15, "cut"), (29, "flat"), (19, "flat"), (15, "gable"),
    (15, "gable"), (13, "gable"), (24, "flat"), (16, "cut"), (19, "flat"), (15, "cut"),
    (13, "gable"),
)  # fmt: skip


@dataclass(frozen=True)
class House:
    state: str
    wall: str
    panes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Street:
    reached: int
    all: int

    @property
    def label(self) -> str:
        people = "person" if self.all == 1 else "people"
        return f"{self.reached} of {self.all} {people} reached today"

    @property
    def width(self) -> float:
        return round(self._houses * STEP, 1)

    @property
    def _houses(self) -> int:
        return min(self.all, HOUSES)

    @property
    def houses(self) -> list[House]:
        """Over 20 people, a house stands for several; the last is lit only when all are reached."""
        lit = self._houses if self.reached >= self.all else self.reached * self._houses // self.all
        states = ["lit"] * lit + ["next"] * (lit < self._houses)
        states += [""] * (self._houses - len(states))
        return [_house(place, state) for place, state in enumerate(states)]


def _house(place: int, state: str) -> House:
    height, roof = SHAPES[place]
    left, right, top = 1.8 + place * STEP, 1.8 + place * STEP + WALL, GROUND - height
    return House(state, _wall(left, right, top, roof), _panes(left, top, height))


def _wall(left: float, right: float, top: float, roof: str) -> str:
    middle = (left + right) / 2
    between = {
        "flat": f"V{top:g}H{right:.1f}",
        "cut": f"V{top:g}L{left + 3:.1f} {top - 5:g}H{right - 3:.1f}L{right:.1f} {top:g}",
        "gable": f"V{top:g}L{middle:.1f} {top - 7:g}L{right:.1f} {top:g}",
    }[roof]
    return f"M{left:.1f} {GROUND:g}{between}V{GROUND:g}Z"


def _panes(left: float, top: float, height: float) -> tuple[tuple[str, str], ...]:
    rows = (top + 5, top + 13) if height >= 24 else (top + 5,)
    top_row = top + 3 if height < 19 else None
    lines = (top_row,) if top_row is not None else rows
    return tuple((f"{left + x:.1f}", f"{y:g}") for y in lines for x in (3.4, 9.4))
