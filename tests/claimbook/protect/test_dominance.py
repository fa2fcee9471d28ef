"""Amounts that one operator makes up are rounded until they no longer tell what it gave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.protect.dominance import is_dominated, largest_share, rounded, rounding_base

AMOUNTS = st.lists(st.floats(0, 1e9), min_size=1, max_size=12)


def test_the_largest_share_of_a_sum():
    assert largest_share([80, 10, 10]) == 0.8
    assert largest_share([float("nan"), 5.0]) == 1.0
    assert largest_share([]) == largest_share([0, 0]) == 0.0
    with pytest.raises(ValueError, match="from 0"):
        largest_share([-1, 2])


@given(AMOUNTS)
def test_a_share_is_between_an_equal_part_and_all(amounts):
    share = largest_share(amounts)
    assert share == 0 or 1 / len(amounts) - 1e-9 <= share <= 1 + 1e-9


@given(st.floats(1, 1e12), st.floats(0.01, 1), st.sampled_from([0.5, 0.8, 0.95, 1.0]))
def test_a_base_is_one_two_or_five_and_wide_enough(amount, share, dominance):
    base = rounding_base(amount, share, dominance)
    if share <= dominance:
        assert base == 0
        return
    assert base >= amount * share * (1 / dominance - 1) * (1 - 1e-9)
    assert float(f"{base:.6e}".split("e")[0]) in (1, 2, 5)


def test_a_dominated_million_is_rounded_to_half_millions():
    assert is_dominated(0.9, 0.8) and not is_dominated(0.8, 0.8)
    assert rounding_base(1_100_000, 0.95, 0.8) == 500_000
    assert list(rounded([1_234_567, 260_000, 100], 500_000)) == [1_000_000, 500_000, 0]
    assert list(rounded([1.5], 0)) == [1.5]
