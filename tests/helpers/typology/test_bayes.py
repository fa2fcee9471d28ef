"""The Gibbs sampler, and the partition that sums it up."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from benchmarks.simulation import planted_classes
from helpers.typology import gibbs_classes, name_classes
from helpers.typology.bayes import split_r_hat
from helpers.typology.partitions import (
    coclustering_matrix,
    match_groups,
    number_by_size,
    point_partition,
    relabel,
)


def test_planted_classes_are_found_with_their_number(planted, fitted):
    posterior = fitted.posterior
    assert posterior.substantial_posterior.argmax() == 3
    assert posterior.n_classes == 3
    assert adjusted_rand_score(planted.classes, posterior.partition) > 0.85
    assert max(posterior.r_hat.values()) < 1.05


def test_rates_and_risk_differences_cover_the_truth(planted, fitted):
    posterior = fitted.posterior
    mean, ends = posterior.risk_differences()
    inside = []
    for c in range(3):
        members = posterior.partition == c
        truth = planted.offered[members].mean(axis=0) - planted.offered[~members].mean(axis=0)
        inside.append((ends[c, :, 0] <= truth) & (truth <= ends[c, :, 1]))
        assert np.abs(mean[c] - truth).mean() < 0.08
    assert np.mean(inside) > 0.9


def test_a_homogeneous_set_read_unevenly_gives_one_class(chains):
    truth = planted_classes(90, 24, np.random.default_rng(1), shares=(1.0,))
    found = gibbs_classes(truth.mentions, truth.visits, rng=np.random.default_rng(0), **chains)
    assert found.substantial_posterior[:2].sum() > 0.8
    assert found.n_classes == 1
    assert np.isnan(found.risk_differences()[0]).all()


def test_operators_that_differ_in_what_their_pages_name_are_no_classes(chains):
    truth = planted_classes(90, 24, np.random.default_rng(3), shares=(1.0,), operator_spread=1.5)
    found = gibbs_classes(truth.mentions, truth.visits, rng=np.random.default_rng(0), **chains)
    assert found.substantial_posterior[:2].sum() > 0.5
    assert 0.8 < np.median(found.operator_spread) < 2.2


def test_row_order_changes_nothing_but_the_order(planted, fitted, chains):
    order = np.random.default_rng(7).permutation(90)
    again = gibbs_classes(
        planted.mentions[order], planted.visits[order], rng=np.random.default_rng(0), **chains
    )
    for name in ("memberships", "offered", "partition"):
        assert np.array_equal(getattr(again, name), getattr(fitted.posterior, name)[order])
    assert np.array_equal(again.rates, fitted.posterior.rates)
    moved = [fitted.operators[i] for i in order]
    pd.testing.assert_frame_equal(name_classes(again, fitted.services, moved), fitted.named)


def test_equal_evidence_gets_equal_results(chains):
    truth = planted_classes(60, 8, np.random.default_rng(5), visits=np.ones(60, int))
    found = gibbs_classes(truth.mentions, truth.visits, rng=np.random.default_rng(0), **chains)
    rows = np.unique(truth.mentions, axis=0, return_inverse=True)[1].ravel()
    for row in np.unique(rows):
        same = np.flatnonzero(rows == row)
        assert np.ptp(found.memberships[same], axis=0).max() < 1e-12
        assert np.ptp(found.offered[same], axis=0).max() < 1e-12


def test_point_partition_and_relabelling_undo_label_switching():
    reference = np.repeat([0, 1, 2], [5, 4, 3])
    draws = np.array([np.array(p)[reference] for p in ([0, 1, 2], [2, 0, 1], [1, 2, 0])])
    assert np.array_equal(point_partition(draws, coclustering_matrix(draws), 6), reference)
    assert (relabel(draws, reference) == reference).all()
    split = np.array([[0, 0, 0, 0, 2, 2, 0, 1, 1, 1, 1, 1]])
    assert set(relabel(split, np.repeat([0, 1], [7, 5]))[0]) == {0, 1}


def test_groups_are_numbered_by_size_and_matched_one_to_one():
    assert number_by_size(np.array([5, 3, 3, 9, 5, 3])).tolist() == [1, 0, 0, 2, 1, 0]
    assert number_by_size(np.array([4, 4, 1, 1])).tolist() == [0, 0, 1, 1]
    assert match_groups([[1, 3], [2, 3], [0, 0]]).tolist() == [1, 0, -1]


def test_r_hat_is_one_for_equal_chains_and_large_for_chains_apart():
    chains = np.random.default_rng(0).standard_normal((4, 400))
    assert split_r_hat(chains) == pytest.approx(1, abs=0.02)
    assert split_r_hat(chains + np.array([[0], [0], [3], [3]])) > 1.5
    assert split_r_hat(np.ones((2, 100))) == 1
    assert split_r_hat(np.repeat([[1.0], [2.0]], 100, axis=1)) > 1.5
