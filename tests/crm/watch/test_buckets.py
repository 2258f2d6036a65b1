from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.watch.buckets import LAST, bucket_of, percentile, upper_ms

times = st.floats(min_value=0, max_value=100_000)


@given(times)
def test_a_time_lies_in_its_bucket(milliseconds):
    bucket = bucket_of(milliseconds)
    assert milliseconds <= upper_ms(bucket) * 1.0001
    assert bucket == 0 or upper_ms(bucket - 1) < milliseconds * 1.0001


@given(times, times)
def test_longer_times_never_fall_lower(one, other):
    assert (one <= other) <= (bucket_of(one) <= bucket_of(other))


@given(st.lists(st.floats(min_value=0.3, max_value=60_000), min_size=20))
def test_percentiles_are_at_most_a_fifth_above_the_true_ones(milliseconds):
    counts = Counter(map(bucket_of, milliseconds))
    highest = max(milliseconds)
    assert percentile(counts, 1.0) == pytest.approx(highest, rel=0.19)
    assert percentile(counts, 0.95) <= upper_ms(bucket_of(highest))
    true = sorted(milliseconds)[-(-len(milliseconds) * 95 // 100) - 1]
    assert true * 0.999 <= percentile(counts, 0.95) <= true * 1.19


def test_endless_times_fall_into_the_last_bucket():
    assert bucket_of(1e12) == LAST


def test_nothing_has_no_percentile():
    assert percentile({}, 0.95) == 0.0
