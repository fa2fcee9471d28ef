"""Mixtures by EM: the published latent class fits, and classes behind imperfect detection."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from benchmarks.simulation import planted_classes
from helpers.typology import latent_classes, latent_classes_with_detection

CASES = json.loads(
    (Path(__file__).parents[2] / "cases" / "latent_class.json").read_text(encoding="utf-8")
)


def rows(case):
    return np.array([pattern for pattern, count in CASES[case]["patterns"] for _ in range(count)])


@pytest.mark.parametrize(
    ("case", "k", "n_init"),
    [
        ("carcinoma", 2, 5),
        ("carcinoma", 3, 10),
        ("carcinoma", 4, 16),
    ],
)
def test_published_log_likelihoods_are_met_at_the_global_optimum(case, k, n_init):
    fit = latent_classes(rows(case), k, n_init=n_init, rng=np.random.default_rng(1))
    run = CASES[case]["run"][f"k{k}"]
    assert fit.log_likelihood == pytest.approx(run["llik"], abs=1e-3)
    assert fit.n_parameters == run["npar"]
    assert fit.aic == pytest.approx(run["aic"], abs=2e-3)
    assert fit.bic == pytest.approx(run["bic"], abs=2e-3)
    assert fit.shares == pytest.approx(run["P"], abs=2e-4)
    assert 1 <= fit.n_best_starts <= fit.n_starts == n_init
    assert fit.memberships.mean(axis=0) == pytest.approx(fit.shares, abs=1e-4)
    assert fit.icl == pytest.approx(fit.bic + 2 * fit.entropy)
    if (case, k) == ("carcinoma", 4):
        # The poLCA manual prints a local optimum.
        assert fit.aic < CASES["carcinoma"]["published"]["k4_aic_manual"] - 0.5


def test_carcinoma_item_probabilities_are_those_of_the_manual():
    fit = latent_classes(rows("carcinoma"), 3, n_init=10, rng=np.random.default_rng(0))
    printed = CASES["carcinoma"]["published"]
    order = np.argsort(printed["k3_shares"])[::-1]
    expected = np.array(list(printed["k3_p_yes"].values()))[:, order].T
    assert fit.item_probabilities == pytest.approx(expected, abs=6e-4)


def test_missing_cells_are_left_out():
    values = rows("carcinoma")[::3].astype(float)
    values[::7, 3] = np.nan
    one = latent_classes(pd.DataFrame(values), 1, n_init=1, rng=np.random.default_rng(0))
    known = values[~np.isnan(values[:, 3]), 3]
    assert one.item_probabilities[0, 3] == pytest.approx(known.mean())


def test_row_order_changes_nothing_but_the_order(planted):
    values, rng = rows("carcinoma"), np.random.default_rng
    order = rng(5).permutation(len(values))
    one, two = (latent_classes(v, 4, n_init=4, rng=rng(0)) for v in (values, values[order]))
    assert np.array_equal(one.memberships[order], two.memberships)
    order = rng(1).permutation(90)
    one, two = (
        latent_classes_with_detection(
            planted.mentions[rows], planted.visits[rows], 3, n_init=8, rng=rng(2)
        )
        for rows in (np.arange(90), order)
    )
    assert one.log_likelihood == two.log_likelihood
    assert np.array_equal(one.memberships[order], two.memberships)


@pytest.mark.parametrize("k", [1, 3])
def test_certain_detection_gives_plain_latent_classes(planted, k):
    seen, rng = planted.mentions > 0, np.random.default_rng
    plain = latent_classes(seen, k, n_init=40, rng=rng(0))
    for mentions, visits in ((seen, np.ones(90)), (planted.mentions, planted.visits)):
        fit = latent_classes_with_detection(mentions, visits, k, n_init=40, rng=rng(0), detection=1)
        assert fit.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-3)
        assert fit.n_parameters == plain.n_parameters
        assert fit.shares == pytest.approx(plain.shares, abs=1e-2)


def test_planted_classes_rates_and_detection_are_recovered():
    truth = planted_classes(
        400, 20, np.random.default_rng(1), visits=np.full(400, 8), detection=(0.2, 0.5)
    )
    fit = latent_classes_with_detection(
        truth.mentions, truth.visits, 3, n_init=10, rng=np.random.default_rng(0)
    )
    assert adjusted_rand_score(truth.classes, fit.labels) > 0.9
    order = [np.bincount(truth.classes[fit.labels == c]).argmax() for c in range(3)]
    assert np.abs(fit.item_probabilities - truth.rates[order]).mean() < 0.06
    assert np.abs(fit.detection - truth.detection).mean() < 0.03


@pytest.mark.parametrize(
    ("profiles", "k", "message"),
    [
        ([[0, 1], [1, 0.5]], 1, "row 1, column 1: 0.5 is not a whole number"),
        ([[0, 1], [1, -2]], 1, "row 1, column 1: -2 is not"),
        ([[0, 1], [0, 1], [1, 1]], 3, r"n_classes is 3: more classes than distinct rows \(2\)"),
    ],
)
def test_bad_profiles_are_refused_with_their_place(profiles, k, message):
    with pytest.raises(ValueError, match=message):
        latent_classes(profiles, k, n_init=2, rng=np.random.default_rng(0))


@pytest.mark.parametrize(
    ("mentions", "visits", "k", "options", "message"),
    [
        ([[1, 0], [0, 1]], [1, 0], 1, {}, "visits, row 1, column 0: 0 is not"),
        ([[1, 0], [1, 0]], [1, 1], 2, {}, r"more classes than distinct rows \(1\)"),
        ([[1, 0], [2, 0]], [2, 2], 2, {"detection": 1}, r"more classes than distinct rows \(1\)"),
        ([[1, 0], [0, 1]], [1, 1], 1, {"detection": -0.1}, "detection: a rate lies in"),
    ],
)
def test_bad_evidence_is_refused(mentions, visits, k, options, message):
    with pytest.raises(ValueError, match=message):
        latent_classes_with_detection(
            mentions, visits, k, **({"n_init": 2, "rng": np.random.default_rng(0)} | options)
        )
