from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from helpers.typology import gibbs_classes, planted_classes
from helpers.typology.coclustering import (
    average_over_equal_pairs,
    by_size,
    coclustering_matrix,
    point_partition,
    relabel,
    split_r_hat,
)

SHORT = {"n_chains": 2, "n_draws": 150, "burn_in": 300, "thin": 3}


@pytest.fixture(scope="module")
def planted():
    return planted_classes(
        90, 24, np.random.default_rng(2), visits=np.full(90, 8), detection=(0.2, 0.5)
    )


@pytest.fixture(scope="module")
def posterior(planted):
    return gibbs_classes(planted.mentions, planted.visits, rng=np.random.default_rng(0), **SHORT)


def test_planted_classes_are_found_with_their_number(planted, posterior):
    assert posterior.substantial_posterior.argmax() == 3
    assert posterior.n_classes == 3
    assert adjusted_rand_score(planted.classes, posterior.partition) > 0.85
    assert posterior.converged


def test_rates_and_risk_differences_cover_the_truth(planted, posterior):
    mean, ends = posterior.risk_differences()
    inside = []
    for c in range(3):
        members = posterior.partition == c
        truth = planted.offered[members].mean(axis=0) - planted.offered[~members].mean(axis=0)
        inside.append((ends[c, :, 0] <= truth) & (truth <= ends[c, :, 1]))
        assert np.abs(mean[c] - truth).mean() < 0.08
    assert np.mean(inside) > 0.9


def test_homogeneous_set_read_unevenly_gives_one_class():
    truth = planted_classes(90, 24, np.random.default_rng(1), shares=(1.0,))
    found = gibbs_classes(truth.mentions, truth.visits, rng=np.random.default_rng(0), **SHORT)
    assert found.substantial_posterior[:2].sum() > 0.8
    assert found.n_classes == 1
    assert np.isnan(found.risk_differences()[0]).all()
    assert found.ambiguous_share < 0.2


def test_operators_that_differ_in_wordiness_are_no_classes_with_an_operator_effect():
    truth = planted_classes(90, 24, np.random.default_rng(3), shares=(1.0,), operator_spread=1.5)
    runs = {
        effect: gibbs_classes(
            truth.mentions,
            truth.visits,
            rng=np.random.default_rng(0),
            operator_effect=effect,
            **SHORT,
        )
        for effect in (True, False)
    }
    assert runs[True].substantial_posterior[:2].sum() > 0.5
    assert runs[False].substantial_posterior[:2].sum() < 0.5
    assert 0.8 < np.median(runs[True].operator_spread) < 2.2
    assert (runs[False].operator_spread == 0).all()


def test_unseen_offers_are_close_to_the_truth(planted, posterior):
    unseen = planted.mentions == 0
    assert (posterior.offered[~unseen] == 1).all()
    assert abs(posterior.offered[unseen].mean() - planted.offered[unseen].mean()) < 0.03
    assert np.abs(posterior.detection.mean(axis=0) - planted.detection).mean() < 0.05


def test_same_seed_same_result_and_row_order_changes_nothing_but_the_order(planted, posterior):
    order = np.random.default_rng(7).permutation(90)
    again = gibbs_classes(
        planted.mentions[order], planted.visits[order], rng=np.random.default_rng(0), **SHORT
    )
    for name in ("memberships", "offered"):
        assert np.array_equal(getattr(again, name), getattr(posterior, name)[order])
    assert np.array_equal(again.coclustering, posterior.coclustering[np.ix_(order, order)])
    assert np.array_equal(again.partition, posterior.partition[order])
    assert np.array_equal(again.rates, posterior.rates)


def test_probabilities_are_probabilities(posterior):
    assert posterior.n_classes_posterior.sum() == pytest.approx(1)
    assert posterior.memberships.sum(axis=1) == pytest.approx(np.ones(90))
    assert np.array_equal(posterior.coclustering, posterior.coclustering.T)
    assert (np.diag(posterior.coclustering) == 1).all()
    assert 0 <= posterior.ambiguous_share <= 1
    low, high = posterior.share_intervals().T
    assert (low <= posterior.shares.mean(axis=0)).all()
    assert (posterior.shares.mean(axis=0) <= high).all()


def test_equal_evidence_gets_equal_results():
    truth = planted_classes(60, 8, np.random.default_rng(5), visits=np.ones(60, int))
    found = gibbs_classes(truth.mentions, truth.visits, rng=np.random.default_rng(0), **SHORT)
    rows = np.unique(truth.mentions, axis=0, return_inverse=True)[1].ravel()
    for row in np.unique(rows):
        same = np.flatnonzero(rows == row)
        assert np.ptp(found.memberships[same], axis=0).max() < 1e-12
        assert np.ptp(found.offered[same], axis=0).max() < 1e-12


def test_certain_detection_leaves_no_unseen_offer(planted):
    found = gibbs_classes(
        planted.mentions, planted.visits, detection=1, rng=np.random.default_rng(0), **SHORT
    )
    assert np.array_equal(found.offered, planted.mentions > 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"concentration": 0}, "concentration is 0"),
        ({"rate_prior": -1}, "rate_prior is -1"),
        ({"detection_prior": (1, 0)}, "detection_prior is"),
        ({"n_draws": 2}, "n_draws is 2"),
        ({"thin": 0}, "thin is 0"),
        ({"max_classes": 0}, "n_classes is 0"),
        ({"rng": 4}, "rng is int"),
    ],
)
def test_wrong_settings_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        gibbs_classes([[1, 0], [0, 1]], [1, 1], **({"rng": np.random.default_rng(0)} | options))


def test_visits_of_zero_are_refused():
    with pytest.raises(ValueError, match="visits, row 1: 0 pages"):
        gibbs_classes([[1, 0], [0, 0]], [1, 0], rng=np.random.default_rng(0))


def test_point_partition_and_relabelling_undo_label_switching():
    reference = np.repeat([0, 1, 2], [5, 4, 3])
    draws = np.array([np.array(p)[reference] for p in ([0, 1, 2], [2, 0, 1], [1, 2, 0])])
    together = coclustering_matrix(draws)
    assert np.array_equal(point_partition(draws, together, 6), reference)
    assert (relabel(draws, reference) == reference).all()


def test_class_that_is_left_over_takes_the_name_of_its_nearest():
    reference = np.repeat([0, 1], [6, 4])
    split = np.array([[0, 0, 0, 0, 2, 2, 1, 1, 1, 1]])
    assert np.array_equal(relabel(split, reference)[0], reference)


def test_classes_are_numbered_by_size_then_by_first_member():
    assert by_size(np.array([5, 3, 3, 9, 5, 3])).tolist() == [1, 0, 0, 2, 1, 0]
    assert by_size(np.array([4, 4, 1, 1])).tolist() == [0, 0, 1, 1]


def test_averages_over_equal_pairs_keep_the_diagonal():
    matrix = np.array([[1.0, 0.2, 0.6], [0.2, 1.0, 0.4], [0.6, 0.4, 1.0]])
    out = average_over_equal_pairs(matrix, np.array([0, 0, 1]))
    assert out == pytest.approx(np.array([[1.0, 0.2, 0.5], [0.2, 1.0, 0.5], [0.5, 0.5, 1.0]]))


def test_r_hat_is_one_for_equal_chains_and_large_for_chains_apart():
    rng = np.random.default_rng(0)
    chains = rng.standard_normal((4, 400))
    assert split_r_hat(chains) == pytest.approx(1, abs=0.02)
    assert split_r_hat(chains + np.array([[0], [0], [3], [3]])) > 1.5
    assert split_r_hat(np.ones((2, 100))) == 1
    assert split_r_hat(np.repeat([[1.0], [2.0]], 100, axis=1)) > 1.5


def test_class_that_no_draw_shows_has_no_risk_difference(posterior):
    absent = posterior.present.copy()
    absent[:, 2] = False
    mean, ends = replace(posterior, present=absent).risk_differences()
    assert np.isnan(mean[2]).all()
    assert np.isnan(ends[2]).all()
    assert np.isfinite(mean[:2]).all()
