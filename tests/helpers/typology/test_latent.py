import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.typology import latent_classes

CASES = json.loads(
    (Path(__file__).parents[2] / "cases" / "latent_class.json").read_text(encoding="utf-8")
)


def rows(case):
    return np.array([pattern for pattern, count in CASES[case]["patterns"] for _ in range(count)])


@pytest.mark.parametrize(("case", "k", "n_init"), [
    ("carcinoma", 2, 5), ("carcinoma", 3, 10), ("carcinoma", 4, 16), ("gss82", 2, 4), ("gss82", 3, 8),
])  # fmt: skip
def test_published_log_likelihoods_are_met_at_the_global_optimum(case, k, n_init):
    fit = latent_classes(rows(case), k, n_init=n_init, rng=np.random.default_rng(1))
    run = CASES[case]["run"][f"k{k}"]
    assert fit.log_likelihood == pytest.approx(run["llik"], abs=1e-3)
    assert fit.n_parameters == run["npar"]
    assert fit.aic == pytest.approx(run["aic"], abs=2e-3)
    assert fit.bic == pytest.approx(run["bic"], abs=2e-3)
    assert fit.shares == pytest.approx(run["P"], abs=2e-4 if case == "carcinoma" else 2e-3)
    assert 1 <= fit.n_best_starts <= fit.n_starts == n_init
    if (case, k) == ("carcinoma", 4):
        # The poLCA manual prints a local optimum.
        assert fit.aic < CASES["carcinoma"]["published"]["k4_aic_manual"] - 0.5


def test_carcinoma_item_probabilities_are_those_of_the_manual():
    fit = latent_classes(rows("carcinoma"), 3, n_init=10, rng=np.random.default_rng(0))
    printed = CASES["carcinoma"]["published"]
    order = np.argsort(printed["k3_shares"])[::-1]
    expected = np.array(list(printed["k3_p_yes"].values()))[:, order].T
    assert fit.item_probabilities == pytest.approx(expected, abs=6e-4)


def test_summaries_follow_from_memberships_and_log_likelihood():
    values = rows("carcinoma")
    fit = latent_classes(values, 3, n_init=5, rng=np.random.default_rng(0))
    r = fit.memberships
    assert r.sum(axis=1) == pytest.approx(np.ones(len(values)))
    assert r.mean(axis=0) == pytest.approx(fit.shares, abs=1e-6)
    entropy = -np.sum(r[r > 0] * np.log(r[r > 0]))
    assert fit.entropy == pytest.approx(entropy)
    assert fit.icl == pytest.approx(fit.bic + 2 * entropy)
    assert (np.diff(fit.shares) <= 0).all()


def test_categorical_items_have_a_distribution_in_each_class():
    fit = latent_classes(rows("gss82"), 2, n_init=3, rng=np.random.default_rng(0))
    assert fit.item_probabilities.shape == (2, 4, 3)
    assert fit.item_probabilities.sum(axis=2) == pytest.approx(np.ones((2, 4)))
    assert (fit.item_probabilities[:, [1, 2], 2] == 0).all()


def test_row_order_changes_nothing_but_the_order():
    values = rows("carcinoma")
    order = np.random.default_rng(5).permutation(len(values))
    one = latent_classes(values, 4, n_init=4, rng=np.random.default_rng(0))
    two = latent_classes(values[order], 4, n_init=4, rng=np.random.default_rng(0))
    assert one.log_likelihood == two.log_likelihood
    assert np.array_equal(one.memberships[order], two.memberships)


def test_missing_cells_are_left_out_however_they_are_marked():
    rng = np.random.default_rng(3)
    values = (rng.random((60, 5)) < np.where(np.arange(60) < 30, 0.8, 0.2)[:, None]).astype(float)
    holes = rng.random((60, 5)) < 0.15
    holes[holes.all(axis=1)] = False
    as_nan = np.where(holes, np.nan, values)
    fits = [
        latent_classes(v, 2, n_init=5, rng=np.random.default_rng(0))
        for v in (
            as_nan,
            np.where(holes, -1, values),
            np.ma.array(values, mask=holes),
            pd.DataFrame(as_nan),
        )
    ]
    for fit in fits[1:]:
        assert fit.log_likelihood == fits[0].log_likelihood
        assert np.array_equal(fit.memberships, fits[0].memberships)
    one = latent_classes(as_nan, 1, n_init=1, rng=np.random.default_rng(0))
    assert one.item_probabilities[0] == pytest.approx(np.nanmean(as_nan, axis=0))


def test_missing_categorical_cells_are_left_out():
    values = rows("gss82")[::3].astype(float)
    values[::7, 3] = np.nan
    fit = latent_classes(values, 1, n_init=1, rng=np.random.default_rng(0))
    known = values[~np.isnan(values[:, 3]), 3]
    assert fit.item_probabilities[0, 3] == pytest.approx([(known == c).mean() for c in range(3)])


def test_no_warning_leaks():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        latent_classes(rows("carcinoma")[:40], 3, n_init=2, rng=np.random.default_rng(0))


@pytest.mark.parametrize(
    ("profiles", "k", "message"),
    [
        ([[0, 1], [1, 0.5]], 1, "row 1, column 1: 0.5 is not a category"),
        ([[0, 1], [1, -2]], 1, "row 1, column 1: -2 is not a category"),
        ([[0, 1], [1, np.inf]], 1, "row 1, column 1: inf is not a category"),
        ([[0, 1], [np.nan, -1]], 1, "row 1: every cell is missing"),
        ([[0, np.nan], [1, np.nan]], 1, "column 1: every cell is missing"),
        ([[0, 1], [0, 1], [1, 1]], 3, r"n_classes is 3: more classes than distinct rows \(2\)"),
        ([[0, 1], [1, 1]], 0, "n_classes is 0"),
        ([[0, 1], [1, 1]], 1.5, "n_classes is 1.5"),
        ([0, 1], 1, "non-empty table"),
    ],
)
def test_bad_profiles_are_refused_with_their_place(profiles, k, message):
    with pytest.raises(ValueError, match=message):
        latent_classes(profiles, k, n_init=2, rng=np.random.default_rng(0))


def test_starts_and_generator_are_checked():
    with pytest.raises(ValueError, match="n_init is 0"):
        latent_classes([[0, 1], [1, 1]], 1, n_init=0, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="rng is int"):
        latent_classes([[0, 1], [1, 1]], 1, n_init=1, rng=3)
