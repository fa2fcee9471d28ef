"""The written rule, condition by condition."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks.simulation import planted_classes
from helpers.typology import choose_n_classes, gibbs_classes
from helpers.typology.choice import crossing_services, decide
from helpers.typology.stability import NullStability

NOTHING_OUTSIDE = pd.DataFrame({"stability": np.nan, "null_high": np.nan}, index=range(1, 9))

LONG = {"n_draws": 300, "burn_in": 500, "thin": 5}


def failed(checks):
    return [check.name for check in checks if not check.passed]


@pytest.mark.parametrize(
    ("options", "verdict"),
    [({}, "no classes"), ({"richness_spread": 1.5}, None)],
    ids=["homogeneous, read unevenly", "gradient of richness"],
)
def test_sets_without_types_are_not_announced_as_classes(options, verdict, chains):
    truth = planted_classes(90, 24, np.random.default_rng(1), shares=(1.0,), **options)
    evidence, rng = (truth.mentions, truth.visits), np.random.default_rng
    posterior = gibbs_classes(*evidence, rng=rng(0).spawn(1)[0], **(chains | LONG))
    choice = choose_n_classes(*evidence, posterior, max_classes=2, n_init=3, rng=rng(0))
    assert choice.verdict == (verdict or choice.verdict) != "k classes"


def test_planted_classes_are_announced_only_if_they_are_more_stable_than_nulls(planted, fitted):
    ks, outcome = np.arange(1, 5), {}
    null = np.tile(np.linspace(0.5, 0.7, 20)[:, None], (1, 4))
    for observed in (0.9, 0.6):
        outcome[observed] = choice = choose_n_classes(
            planted.mentions,
            planted.visits,
            fitted.posterior,
            max_classes=4,
            n_init=5,
            rng=np.random.default_rng(0),
            exact_icl=SimpleNamespace(path={1: -9.0, 3: -7.0}),
            stability=NullStability(ks, np.full(4, observed), null),
        )
        table = choice.evidence
        assert table.index.tolist() == [1, 2, 3, 4]
        assert table["bic"].idxmin() == table["substantial"].idxmax() == 3
        assert table.loc[3, ["stability", "null_high"]].tolist() == pytest.approx([observed, 0.69])
        assert table.loc[3, "exact_icl"] == -7.0
        assert np.isnan(table.loc[2, "exact_icl"])
    assert (outcome[0.9].verdict, outcome[0.9].failed) == ("k classes", ())
    assert (outcome[0.6].verdict, outcome[0.6].failed) == ("undecided", ("stability",))


@pytest.mark.parametrize(
    ("values", "verdict", "failures"),
    [
        ([0, 0.5, 0, 0.5], "no classes", ["none"]),
        ([0, 0.49, 0, 0.51], "undecided", ["evidence"]),
        ([0, 0.05, 0.4, 0.55], "k classes", []),
        ([0, 0.0, 0.3, 0.45, 0.25], "undecided", ["number"]),
        ([0, 0.0, 0.6, 0.4], "undecided", ["partition"]),
        ([0, 0.2, 0.4, 0.4], "undecided", ["evidence", "number", "partition"]),
    ],
)
def test_thresholds_are_those_of_the_written_rule(fitted, values, verdict, failures):
    full = np.pad(np.array(values, dtype=float), (0, 11 - len(values)))
    posterior = replace(fitted.posterior, substantial_posterior=full)
    found, _, checks = decide(posterior, NOTHING_OUTSIDE)
    assert (found, failed(checks)) == (verdict, failures)


def test_classes_without_crossing_services_are_not_announced(fitted):
    rates = np.full_like(fitted.posterior.rates, 0.5)
    one_way = replace(fitted.posterior, rates=rates, rest_rates=rates - 0.3)
    assert (crossing_services(one_way)[:, 1] == 0).all()
    verdict, _, checks = decide(one_way, NOTHING_OUTSIDE)
    assert (verdict, failed(checks)) == ("undecided", ["crossing"])


def test_chains_that_disagree_leave_the_matter_undecided(fitted):
    apart = replace(fitted.posterior, r_hat={"number of classes": 1.3})
    verdict, _, checks = decide(apart, NOTHING_OUTSIDE)
    assert (verdict, failed(checks)) == ("undecided", ["convergence"])
