from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from crm.shell.charts.drawing import Chart, Number, share


@dataclass(frozen=True)
class Goal(Chart):
    """A bar towards a goal, with a mark where one should be by now."""

    template: ClassVar[str] = "components/charts/goal.html"
    value: Number = 0
    goal: Number = 0
    by_now: float | None = None

    @property
    def width(self) -> float:
        return share(self.value, self.goal)

    @property
    def label(self) -> str:
        said = f"{self.title}: {self.say(self.value)} of {self.say(self.goal)}"
        return (
            said if self.by_now is None else f"{said}, {self.by_now:.0f} percent of the time gone"
        )


@dataclass(frozen=True)
class Ring(Chart):
    """A share of a whole, with its figure inside."""

    template: ClassVar[str] = "components/charts/ring.html"
    percent: float = 0.0
    word: str = ""
    tone: str = ""

    @property
    def arc(self) -> float:
        return share(self.percent, 100)

    @property
    def label(self) -> str:
        return f"{self.title}: {self.word or f'{self.percent:.0f} percent'}"
