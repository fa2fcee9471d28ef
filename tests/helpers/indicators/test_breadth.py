import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from helpers import indicators


def rng(seed=0):
    return np.random.default_rng(seed)


def test_bands_count_every_number_once():
    found = indicators.banded([0, 1, 4, 5, 9, 9], 5)
    assert found.to_numpy().tolist() == [[0, 4, 3], [5, 9, 3]]


def test_the_rank_correlation_is_spearmans_and_leaves_the_unknown_out():
    x = rng(2).normal(size=40)
    y = x + rng(3).normal(size=40)
    x[:5] = np.nan
    found = indicators.rank_correlation(y, x, n_resamples=400, rng=rng(1))
    assert (found.k, found.n) == (35, 35)
    assert found.value == pytest.approx(spearmanr(x[5:], y[5:]).statistic)
    assert 0 < found.low < found.value < found.high
    noise = indicators.rank_correlation(*rng(8).normal(size=(2, 50)), rng=rng(8))
    assert noise.low < 0 < noise.high
    few = indicators.rank_correlation([1, 2, 3, 4], [1, 2, 3, np.nan], n_resamples=9, rng=rng())
    assert np.isnan([few.value, few.low, few.high]).all() and few.n == 3


def test_families_are_counted_once_each():
    offered = pd.DataFrame([[1, 1, 0], [1, 0, 1], [0, 0, 0]], list("abc"), list("xyz"), dtype=bool)
    found = indicators.several_families(offered, {"x": "f", "y": "f", "z": "g"})
    assert (found.k, found.n) == (1, 3)
    either = indicators.any_of(offered, ["y", "z"])
    assert (either.k, either.n) == (2, 3)
