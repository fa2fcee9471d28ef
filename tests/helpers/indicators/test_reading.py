from itertools import combinations

import numpy as np
import pytest

from helpers.indicators.reading import beyond_reading, rarefied


def test_rarefaction_is_the_mean_over_all_choices_of_pages():
    pages = np.array([[1, 0, 1], [1, 0, 0], [1, 1, 0], [0, 0, 0]])
    chosen = [pages[list(pick)].any(axis=0).sum() for pick in combinations(range(4), 2)]
    assert rarefied([pages.sum(axis=0)], [4], 2)[0] == pytest.approx(np.mean(chosen))


def test_rarefied_to_all_pages_everything_seen_is_seen():
    assert rarefied([[1, 3, 0], [2, 2, 2]], [3, 3], 3).tolist() == pytest.approx([2, 3])


def test_an_operator_with_fewer_pages_is_refused():
    with pytest.raises(ValueError, match="one has 2"):
        rarefied([[1], [1]], [2, 5], 3)


def simulated(richness, rng):
    """Operators that offer each of 20 services with their own probability, read on 1 to 12 pages."""
    visits = rng.integers(1, 13, size=len(richness))
    offered = rng.random((len(richness), 20)) < richness[:, None]
    return np.where(offered, rng.binomial(visits[:, None], 0.35, size=offered.shape), 0), visits


def test_operators_that_differ_only_by_pages_read_do_not_pass_for_uneven():
    rng = np.random.default_rng(6)
    found = [
        beyond_reading(*simulated(np.full(60, 0.4), rng), n_simulations=99, rng=rng).p
        for _ in range(6)
    ]
    assert np.sum(np.array(found) <= 0.05) <= 1


def test_operators_of_unequal_breadth_are_told_from_uneven_reading():
    rng = np.random.default_rng(7)
    found = beyond_reading(*simulated(rng.beta(0.8, 1.2, size=60), rng), n_simulations=99, rng=rng)
    assert found.observed > found.high
    assert found.p == 0.01
