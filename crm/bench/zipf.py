from __future__ import annotations

from itertools import accumulate
from random import Random


class Zipf:
    """Draws ranks from 0 as life does: rank r weighs 1 / (r + 1) ** exponent."""

    def __init__(self, size: int, *, exponent: float = 1.07) -> None:
        self.ranks = range(size)
        each = (1 / (rank + 1) ** exponent for rank in self.ranks)
        self.weights: list[float] = list(accumulate(each))

    def draw(self, random: Random, count: int) -> list[int]:
        return random.choices(self.ranks, cum_weights=self.weights, k=count)

    def share(self, rank: int) -> float:
        """How much of all draws falls on this rank."""
        below = self.weights[rank - 1] if rank else 0.0
        return (self.weights[rank] - below) / self.weights[-1]
