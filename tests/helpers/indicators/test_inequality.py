import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers.indicators import curve_at, inequality, inequality_by
from helpers.indicators.inequality import gini, lorenz

AMOUNTS = arrays(np.float64, st.integers(2, 12), elements=st.integers(0, 50).map(float)).filter(
    lambda a: a.sum() > 0
)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_the_index_is_half_of_the_mean_difference_over_the_mean():
    # Four households: differences 10, 20, 30, 10, 20, 10 over 6 pairs, mean 25.
    assert gini([40, 10, 30, 20]) == pytest.approx(100 / 6 / 25 / 2)
    assert gini([7, 7, 7]) == 0
    assert gini([0, 0, 0, 9]) == pytest.approx(1)
    assert lorenz([40, 10, 30, 20]).tolist() == pytest.approx([0, 0.1, 0.3, 0.6, 1])


@given(AMOUNTS)
@settings(deadline=None)
def test_the_index_is_twice_the_area_between_equality_and_the_lorenz_curve(amounts):
    curve, n = lorenz(amounts), len(amounts)
    area = np.trapezoid(np.linspace(0, 1, n + 1) - curve, dx=1 / n)
    assert gini(amounts) == pytest.approx(2 * area * n / (n - 1), abs=1e-9)


@pytest.mark.parametrize("amounts", [[1], [0, 0], [1, -1], [1, np.nan]])
def test_amounts_without_meaning_are_refused(amounts):
    with pytest.raises(ValueError, match="inequality"):
        inequality(amounts, n_resamples=9, rng=rng())


def test_a_curve_at_equal_steps_is_read_off_the_curve():
    found = inequality([1, 2, 3, 4], n_resamples=20, rng=rng())
    read = curve_at(found.curve, 2)
    assert read["members"].tolist() == [0, 0.5, 1]
    assert read["held"].tolist() == pytest.approx([0, 0.3, 1])


def test_groups_too_small_are_left_out_and_an_operator_may_stand_in_two():
    draws = np.tile([1.0, 2, 3, 10, 10], (20, 1))
    groups = pd.Series(list("xxxyyy"), index=list("abccde"))
    options = {"at_least": 3, "n_resamples": 200, "rng": rng()}
    found = inequality_by(draws, draws[0], groups, list("abcde"), **options)
    assert found["group"].tolist() == ["y", "x"]
    assert found["mean"].tolist() == pytest.approx([23 / 3, 2])
    assert (found["low"] <= found["mean"]).all()


def simulated(richness, random):
    """Operators that offer each of 20 services with their probability, read on 1 to 12 pages."""
    visits = random.integers(1, 13, size=len(richness))
    offered = random.random((len(richness), 20)) < richness[:, None]
    return np.where(offered, random.binomial(visits[:, None], 0.35, offered.shape), 0), visits
