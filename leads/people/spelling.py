"""Whether two words are one word with a typo."""

from __future__ import annotations

from functools import lru_cache

# From this length on two letters may be wrong.
LONG = 8


@lru_cache(maxsize=8192)
def near(one: str, other: str) -> bool:
    """One letter wrong, missing, added, or two that changed places; two in a long word."""
    allowed = 2 if min(len(one), len(other)) >= LONG else 1
    if abs(len(one) - len(other)) > allowed:
        return False
    return distance(one, other) <= allowed


def distance(one: str, other: str) -> int:
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before = before, row
        row = [i]
        for j, against in enumerate(other, start=1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
