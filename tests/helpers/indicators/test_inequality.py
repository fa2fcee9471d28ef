from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers.indicators import gini, gini_estimate, inequality_by_depth, rarefied
from helpers.profiles import Profiles

AMOUNTS = arrays(np.float64, st.integers(2, 12), elements=st.integers(0, 50).map(float)).filter(
    lambda a: a.sum() > 0
)


def double_sum(amounts):
    """Gini by its definition: every pair of operators."""
    total = sum(abs(a - b) for a in amounts for b in amounts)
    return total / (2 * len(amounts) * sum(amounts))


@given(AMOUNTS)
def test_the_index_is_half_of_the_mean_difference_over_the_mean(amounts):
    assert gini(amounts) == pytest.approx(double_sum(amounts), abs=1e-12)


@pytest.mark.parametrize("amounts", [[0, 0], [1, -1], [1, np.nan]])
def test_amounts_without_meaning_are_refused(amounts):
    with pytest.raises(ValueError, match="gini"):
        gini(amounts)


def test_the_interval_resamples_operators():
    amounts = np.random.default_rng(3).poisson(5, size=80)
    found = gini_estimate(amounts, rng=np.random.default_rng(1), n_resamples=500)
    random = np.random.default_rng(2)
    drawn = [double_sum(random.choice(amounts, 80)) for _ in range(500)]
    assert (found.low, found.high) == pytest.approx(np.percentile(drawn, [2.5, 97.5]), abs=0.01)
    assert found.n == 80


def test_rarefaction_is_the_mean_over_all_choices_of_pages():
    pages = np.array([[1, 0, 1], [1, 0, 0], [1, 1, 0], [0, 0, 0]])
    chosen = [pages[list(pick)].any(axis=0).sum() for pick in combinations(range(4), 2)]
    counts = [pages.sum(axis=0)]
    assert rarefied(counts, [4], 2)[0] == pytest.approx(np.mean(chosen))
    assert rarefied(counts, [4], 4)[0] == pytest.approx(3)
    with pytest.raises(ValueError, match="n_pages is 5"):
        rarefied(counts, [4], 5)


def test_operators_that_differ_in_reading_only_are_equal_at_equal_depth():
    random, visits = np.random.default_rng(0), np.repeat([6, 60], 30)
    mentions = pd.DataFrame(random.binomial(visits[:, None], 0.05, size=(60, 20)))
    names, codes = [f"o{i}" for i in range(60)], list(mentions.columns)
    mentions.index = names
    state = mentions.map(lambda k: "offered" if k else "unseen")
    profiles = Profiles(names, codes, state, mentions, pd.Series(visits, names))
    found = inequality_by_depth(profiles, 6, rng=random, n_resamples=50)
    assert found.loc["reading", "low"] > 0
    found = found["value"]
    assert found["deep"] == found["seen"]
    assert found["equal"] < 0.75 * found["deep"]
