import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from helpers.indicators.breadth import between_share, breadth, distance_to_top, rank_correlation
from helpers.profiles import Profiles


def profiles(offered, visits):
    names = [f"o{i}" for i in range(len(visits))]
    codes = [f"s{j}" for j in range(len(offered[0]))]
    state = pd.DataFrame(np.where(offered, "offered", "unseen"), index=names, columns=codes)
    mentions = pd.DataFrame(np.asarray(offered, dtype=int), index=names, columns=codes)
    return Profiles(names, codes, state, mentions, pd.Series(visits, index=names))


def test_breadth_counts_what_is_seen_and_averages_what_is_drawn():
    seen = np.array([[1, 0, 0], [1, 1, 0]], dtype=bool)
    draws = np.array([[[1, 1, 0], [1, 1, 0]], [[1, 0, 0], [1, 1, 1]]], dtype=bool)
    found = breadth(draws, profiles(seen, [1, 4])).set_index("operator")
    assert found["seen"].to_dict() == {"o1": 2, "o0": 1}
    assert found["expected"].to_dict() == {"o1": 2.5, "o0": 1.5}
    assert list(found.index) == ["o1", "o0"]


def test_draws_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="draws have shape"):
        breadth(np.ones((4, 3, 3), dtype=bool), profiles([[1, 0, 0], [1, 1, 0]], [1, 1]))


def test_the_gap_is_counted_from_the_mean_of_the_broadest():
    found = distance_to_top([[10, 8, 2], [10, 8, 4]], list("abc"), n_top=2).set_index("operator")
    assert found["gap"].to_dict() == {"a": -1, "b": 1, "c": 6}
    assert found["chance"].to_dict() == {"a": 1, "b": 1, "c": 0}


def test_operators_tied_at_the_limit_share_the_places_left():
    found = distance_to_top([[9, 5, 5, 1]], list("abcd"), n_top=2).set_index("operator")
    assert found["chance"].to_dict() == {"a": 1, "b": 0.5, "c": 0.5, "d": 0}
    assert found["chance"].sum() == 2


@pytest.mark.parametrize("n_top", [0, 5])
def test_a_mark_of_no_operator_or_of_too_many_is_refused(n_top):
    with pytest.raises(ValueError, match="n_top"):
        distance_to_top([[1, 2, 3]], list("abc"), n_top=n_top)


def test_the_rank_correlation_is_spearmans_and_leaves_the_unknown_out():
    rng = np.random.default_rng(2)
    x = rng.normal(size=40)
    y = x + rng.normal(size=40)
    x[:5] = np.nan
    found = rank_correlation(y, x, n_resamples=400, rng=np.random.default_rng(1))
    assert found.n == 35
    assert found.rho == pytest.approx(spearmanr(x[5:], y[5:]).statistic)
    assert found.low < found.rho < found.high
    assert found.told == "positive"


def test_unrelated_amounts_are_told_as_such():
    rng = np.random.default_rng(8)
    found = rank_correlation(rng.normal(size=50), rng.normal(size=50), n_resamples=400, rng=rng)
    assert found.told == "none"


def test_three_operators_are_too_few_for_a_correlation():
    with pytest.raises(ValueError, match="3 operators"):
        rank_correlation(
            [1, 2, 3, 4], [1, 2, 3, np.nan], n_resamples=9, rng=np.random.default_rng(0)
        )


def test_the_share_between_groups_by_hand():
    # Groups {1, 3} and {7, 9}: mean 5, total 40, between 2 * 9 + 2 * 9 = 36.
    found = between_share(
        [[1, 3, 7, 9]], list("aabb"), n_permutations=300, rng=np.random.default_rng(0)
    )
    assert found.share == pytest.approx(0.9)
    # Of the three ways to pair them up only this one does as well.
    assert found.p == pytest.approx(1 / 3, abs=0.1)


def test_random_groups_explain_what_their_number_explains():
    rng = np.random.default_rng(1)
    found = between_share(
        rng.normal(size=(5, 61)), rng.permutation(np.arange(61) % 4), n_permutations=300, rng=rng
    )
    assert found.null == pytest.approx(3 / 60, abs=0.015)
    assert found.p > 0.01


def test_one_group_or_no_spread_is_refused():
    with pytest.raises(ValueError, match="two groups"):
        between_share([[1, 2]], list("aa"), n_permutations=9, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="differ"):
        between_share([[2, 2]], list("ab"), n_permutations=9, rng=np.random.default_rng(0))
