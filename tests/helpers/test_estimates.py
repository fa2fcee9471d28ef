"""A share has Wilson's interval, whatever the counts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from helpers.estimates import share


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_has_wilsons_interval(pair):
    found = share(*pair)
    wanted = binomtest(*pair).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)


def test_the_share_of_nobody_is_unknown():
    found = share(0, 0)
    assert all(math.isnan(v) for v in (found.value, found.low, found.high))
    assert (found.k, found.n) == (0, 0)


@pytest.mark.parametrize(("k", "n"), [(1, 0), (-1, 4), (5, 4)])
def test_counts_that_are_no_share_are_refused(k, n):
    with pytest.raises(ValueError, match="no share"):
        share(k, n)
