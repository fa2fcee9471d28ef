"""What moves the classes, and what the rule could find."""

import numpy as np
import pandas as pd
import pytest

from helpers.typology import method_agreement, power, sensitivity
from helpers.typology.simulation import class_model, simulate_evidence
from helpers.variants import Variant


def test_variants_are_judged_by_the_rule_and_compared_with_the_reference(profiles, fitted, chains):
    reference = pd.Series(fitted.mixture.labels_, index=fitted.operators)
    half = profiles.of(fitted.operators[::2])
    table = sensitivity(
        [Variant("main", profiles), Variant("half", half, {"rate_prior": 0.5})],
        reference,
        n_null=9,
        n_resamples=20,
        rng=np.random.default_rng(0),
        **chains,
    )
    assert table.index.tolist() == ["main", "half"]
    assert table["n"].tolist() == [90, 45]
    assert table.loc["main", ["candidate", "verdict", "failed"]].tolist() == [3, "k classes", ""]
    assert table["ari"].between(0.5, 1).all()
    assert min(table.loc["main", "found"]) > 0.8
    assert len(table.loc["half", "found"]) == 3


def test_other_methods_are_compared_with_the_classes(profiles, fitted):
    table = method_agreement(
        profiles, fitted.mixture.labels_, n_init=5, rng=np.random.default_rng(0)
    )
    assert table.loc["mixture", "ari"] == 1
    assert table["ari"].between(0.3, 1).all()
    assert table["silhouette"].between(-1, 1).all()
    assert all(sum(map(int, sizes.split(" + "))) == 90 for sizes in table["sizes"])


@pytest.mark.collection
def test_power_is_high_for_clear_classes_and_low_for_shallow_reading(fitted, planted, chains):
    rng = np.random.default_rng
    deep = power(fitted.posterior, planted.visits, n_sets=4, rng=rng(0), **chains)
    shallow = power(fitted.posterior, np.ones(90, int), n_sets=4, rng=rng(0), **chains)
    assert deep["number"].k >= 3
    assert shallow["announced"].k == 0
    assert deep["number"].n == 4


def test_simulated_evidence_follows_the_model(fitted):
    model = class_model(fitted.posterior)
    assert model.shares.sum() == pytest.approx(1)
    drawn = simulate_evidence(model, np.full(4000, 5), np.random.default_rng(0))
    assert np.abs(np.bincount(drawn.classes) / 4000 - model.shares).max() < 0.03
    inside = drawn.offered[drawn.classes == 0].mean(axis=0)
    assert np.abs(inside - model.rates[0]).max() < 0.06
    assert (drawn.mentions[~drawn.offered] == 0).all()
