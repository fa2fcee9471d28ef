"""Association with outside variables, against StepMix and against known truths."""

import numpy as np
import pandas as pd
import pytest

from helpers.typology import external_table, latent_classes


def noisy_classes(seed, n=600):
    """Two classes, memberships that know them with errors, and an external mean of 0 and 1."""
    rng = np.random.default_rng(seed)
    classes = (rng.random(n) < 0.4).astype(int)
    items = rng.random((n, 6)) < np.where(classes[:, None] == 1, 0.7, 0.3)
    fit = latent_classes(items, 2, n_init=6, rng=rng)
    order = np.argsort(fit.item_probabilities.mean(axis=1))
    return classes, items, fit.memberships[:, order], classes + 0.5 * rng.standard_normal(n)


def associate(memberships, external, n_resamples=2):
    names, rng = range(memberships.shape[1]), np.random.default_rng(0)
    return external_table(memberships, {"x": external}, names, n_resamples=n_resamples, rng=rng)


def test_correction_removes_most_of_the_bias_of_modal_classes():
    gaps = []
    for seed in range(4):
        _, _, memberships, external = noisy_classes(seed)
        table, _ = associate(memberships, external)
        gaps.append(table[["modal", "estimate"]].diff().iloc[1])
    modal, corrected = np.mean(gaps, axis=0)
    assert modal < 0.8
    assert corrected == pytest.approx(1, abs=0.1)


def test_estimates_are_those_of_stepmix():
    from stepmix import StepMix

    _, items, _, external = noisy_classes(3)
    model = StepMix(
        n_components=2, n_steps=3, correction="BCH", assignment="modal",
        structural="gaussian_unit", progress_bar=0, random_state=0,
    )  # fmt: skip
    model.fit(items.astype(float), external)
    memberships = model.predict_proba(items.astype(float))
    table, _ = associate(memberships, external)
    means = model.get_parameters()["structural"]["means"][:, 0]
    assert table["estimate"].to_numpy() == pytest.approx(means, abs=1e-6)


def test_categories_have_shares_that_sum_to_one_and_missing_values_are_left_out():
    classes, _, memberships, _ = noisy_classes(1)
    family = np.where(classes == 1, "gip", "mixte").astype(object)
    family[:50] = None
    table, tests = associate(memberships, family, n_resamples=99)
    assert tests["n"].item() == 550
    assert table.groupby("class")["estimate"].sum().to_numpy() == pytest.approx([1, 1])
    assert table.set_index(["class", "category"])["estimate"][1, "gip"] > 0.85
    assert tests["p_value"].item() == pytest.approx(0.01)
    assert (table["low"] <= table["high"]).all()


def test_several_variables_carry_adjusted_p_values():
    memberships = np.repeat(np.eye(2), 30, axis=0)
    variables = {"form": pd.Series(["a"] * 30 + ["b"] * 30), "noise": pd.Series(["x", "y"] * 30)}
    table, tests = external_table(
        memberships, variables, ["A", "B"], n_resamples=99, rng=np.random.default_rng(1)
    )
    assert tests["p_adjusted"].tolist() == pytest.approx([0.02, 1.0])
    form = table[(table["variable"] == "form") & (table["category"] == "a")]
    assert form.set_index("class")["estimate"].to_dict() == pytest.approx({"A": 1.0, "B": 0.0})
