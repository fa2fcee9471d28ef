from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from helpers import indicators
from helpers.profiles import Profiles


def rng(seed=0):
    return np.random.default_rng(seed)


def profiles(offered, visits):
    names, codes = ["o0", "o1"], ["s0", "s1", "s2"]
    state = pd.DataFrame(np.where(offered, "offered", "unseen"), index=names, columns=codes)
    mentions = pd.DataFrame(np.asarray(offered, dtype=int), index=names, columns=codes)
    return Profiles(names, codes, state, mentions, pd.Series(visits, index=names))


def test_breadth_counts_what_is_seen_and_averages_what_is_drawn():
    seen = profiles(np.array([[1, 0, 0], [1, 1, 0]], dtype=bool), [1, 4])
    draws = np.array([[[1, 1, 0], [1, 1, 0]], [[1, 0, 0], [1, 1, 1]]], dtype=bool)
    found = indicators.breadth(draws, seen).set_index("operator")
    assert found[["seen", "expected"]].T.to_dict("list") == {"o1": [2, 2.5], "o0": [1, 1.5]}
    assert list(found.index) == ["o1", "o0"]


def test_bands_count_every_number_once():
    found = indicators.banded([0, 1, 4, 5, 9, 9], 5)
    assert found.to_numpy().tolist() == [[0, 4, 3], [5, 9, 3]]


def test_the_gap_is_counted_from_the_mean_of_the_broadest():
    found = indicators.distance_to_top([[10, 8, 2], [10, 8, 4]], list("abc"), n_top=2)
    assert found[["operator", "gap", "chance"]].to_numpy().tolist() == [
        ["a", -1, 1],
        ["b", 1, 1],
        ["c", 6, 0],
    ]
    tied = indicators.distance_to_top([[9, 5, 5, 1]], list("abcd"), n_top=2)
    assert tied["chance"].tolist() == [1, 0.5, 0.5, 0]


def test_rarefaction_is_the_mean_over_all_choices_of_pages():
    pages = np.array([[1, 0, 1], [1, 0, 0], [1, 1, 0], [0, 0, 0]])
    chosen = [pages[list(pick)].any(axis=0).sum() for pick in combinations(range(4), 2)]
    counts = [pages.sum(axis=0)]
    assert indicators.rarefied(counts, [4], 2)[0] == pytest.approx(np.mean(chosen))
    assert indicators.rarefied(counts, [4], 4)[0] == pytest.approx(3)
    with pytest.raises(ValueError, match="n_pages is 5"):
        indicators.rarefied(counts, [4], 5)


def test_the_rank_correlation_is_spearmans_and_leaves_the_unknown_out():
    x = rng(2).normal(size=40)
    y = x + rng(3).normal(size=40)
    x[:5] = np.nan
    found = indicators.rank_correlation(y, x, n_resamples=400, rng=rng(1))
    assert found.n == 35
    assert found.rho == pytest.approx(spearmanr(x[5:], y[5:]).statistic)
    assert found.low < found.rho < found.high
    assert found.sign == "positive"
    noise = rng(8).normal(size=(2, 50))
    assert indicators.rank_correlation(*noise, n_resamples=400, rng=rng(8)).sign == "none"
    with pytest.raises(ValueError, match="3 operators"):
        indicators.rank_correlation([1, 2, 3, 4], [1, 2, 3, np.nan], n_resamples=9, rng=rng())


def test_the_share_between_groups_by_hand():
    # Groups {1, 3} and {7, 9}: mean 5, total 40, between 2 * 9 + 2 * 9 = 36.
    found = indicators.between_share([[1, 3, 7, 9]], list("aabb"), n_permutations=300, rng=rng())
    assert found.observed == pytest.approx(0.9)
    # Of the three ways to pair them up only this one does as well.
    assert found.p_greater == pytest.approx(1 / 3, abs=0.1)


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ({"a": 6, "b": 5}, {"a", "b"}),
        ({"a": 9, "b": 3, "c": 2}, {"a", "other"}),
        ({"a": 9, "b": 5, "c": 1}, {"a", "other"}),
    ],
)
def test_small_groups_are_merged_until_none_is_small(sizes, kept):
    groups = pd.Series([name for name, n in sizes.items() for _ in range(n)])
    found = indicators.merge_small_groups(groups, 5, "other")
    assert set(found) == kept
    assert found.value_counts().min() >= 5
