from __future__ import annotations

from collections import Counter
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from crm.bench.zipf import Zipf

sizes = st.integers(min_value=1, max_value=400)
exponents = st.floats(min_value=0.5, max_value=2.0)


@given(size=sizes, exponent=exponents, seed=st.integers())
def test_draws_stay_within_the_ranks_and_repeat_with_the_seed(size, exponent, seed):
    zipf = Zipf(size, exponent=exponent)
    drawn = zipf.draw(Random(seed), 50)
    assert set(drawn) <= set(range(size))
    assert drawn == zipf.draw(Random(seed), 50)


@given(size=sizes, exponent=exponents)
def test_shares_add_up_to_one_and_never_grow(size, exponent):
    zipf = Zipf(size, exponent=exponent)
    shares = [zipf.share(rank) for rank in range(size)]
    assert abs(sum(shares) - 1) < 1e-9
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(shares))


@given(size=st.integers(min_value=4, max_value=400), exponent=exponents)
def test_shares_follow_the_law_of_the_rank(size, exponent):
    zipf = Zipf(size, exponent=exponent)
    assert abs(zipf.share(0) / zipf.share(3) - 4**exponent) < 1e-6


def test_draws_follow_the_shares():
    zipf = Zipf(50, exponent=1.07)
    counted = Counter(zipf.draw(Random(7), 100_000))
    assert [abs(counted[rank] / 100_000 - zipf.share(rank)) < 0.006 for rank in range(50)] == [
        True
    ] * 50
