"""Times fall into buckets a fifth apart, so that a month's percentiles need no single times."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, log2

SMALLEST_MS = 0.25
STEPS_A_DOUBLING = 4
LAST = 80


def bucket_of(milliseconds: float) -> int:
    if milliseconds <= SMALLEST_MS:
        return 0
    return min(LAST, ceil(STEPS_A_DOUBLING * log2(milliseconds / SMALLEST_MS)))


def upper_ms(bucket: int) -> float:
    return float(SMALLEST_MS * 2 ** (bucket / STEPS_A_DOUBLING))


def percentile(counts: Mapping[int, int], share: float) -> float:
    """The time that this share of answers kept to: at most a fifth above the true one."""
    wanted = share * sum(counts.values())
    seen = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= wanted:
            return upper_ms(bucket)
    return 0.0
