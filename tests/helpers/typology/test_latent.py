"""Latent classes: the published fits, missing cells and refusals."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.typology import latent_class_criteria, latent_classes

CASES = json.loads(
    (Path(__file__).parents[2] / "cases" / "latent_class.json").read_text(encoding="utf-8")
)


def rows(case):
    return np.array([pattern for pattern, count in CASES[case]["patterns"] for _ in range(count)])


@pytest.mark.parametrize(
    ("k", "n_init"), [(2, 5), (3, 10), pytest.param(4, 16, marks=pytest.mark.collection)]
)
def test_published_log_likelihoods_are_met_at_the_global_optimum(k, n_init):
    fit = latent_classes(rows("carcinoma"), k, n_init=n_init, rng=np.random.default_rng(1))
    run = CASES["carcinoma"]["run"][f"k{k}"]
    assert fit.log_likelihood == pytest.approx(run["llik"], abs=1e-3)
    assert fit.n_parameters == run["npar"]
    assert fit.aic == pytest.approx(run["aic"], abs=2e-3)
    assert fit.bic == pytest.approx(run["bic"], abs=2e-3)
    # Four classes of carcinoma: the optimum is flat, and the fit stops a little beside it.
    assert fit.shares == pytest.approx(run["P"], abs=6e-4 if k == 4 else 2e-4)
    assert 1 <= fit.n_best_starts <= fit.n_starts == n_init
    assert fit.memberships.mean(axis=0) == pytest.approx(fit.shares, abs=1e-4)
    if k == 4:
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


def test_row_order_changes_nothing_but_the_order():
    values, rng = rows("carcinoma"), np.random.default_rng
    order = rng(5).permutation(len(values))
    one, two = (latent_classes(v, 3, n_init=4, rng=rng(0)) for v in (values, values[order]))
    assert np.array_equal(one.memberships[order], two.memberships)


def test_criteria_are_those_of_the_fits_at_the_maximum_of_the_likelihood():
    table = latent_class_criteria(
        rows("carcinoma"), (1, 2, 3), n_init=6, rng=np.random.default_rng(1)
    )
    assert table.index.tolist() == [1, 2, 3]
    assert table["bic"].idxmin() == 3
    assert table.loc[3, "log_likelihood"] == pytest.approx(-293.7050, abs=1e-3)
    gap = table["aic"] + 2 * table["log_likelihood"] - 2 * table["n_parameters"]
    assert gap.abs().max() < 1e-6


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
