from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from helpers.typology import choose_n_classes, gibbs_classes, planted_classes
from helpers.typology.choice import crossing_services, decide

SHORT = {"n_chains": 2, "n_draws": 300, "burn_in": 500, "thin": 5}


@pytest.fixture(scope="module")
def planted():
    return planted_classes(
        90, 24, np.random.default_rng(2), visits=np.full(90, 8), detection=(0.2, 0.5)
    )


@pytest.fixture(scope="module")
def posterior(planted):
    return gibbs_classes(planted.mentions, planted.visits, rng=np.random.default_rng(0), **SHORT)


@pytest.fixture(scope="module")
def nothing_outside():
    return pd.DataFrame({"stability": np.nan, "null_high": np.nan}, index=range(1, 9))


def failed(checks):
    return [check.name for check in checks if not check.passed]


def with_posterior(posterior, values):
    full = np.zeros(11)
    full[: len(values)] = values
    return replace(posterior, substantial_posterior=full)


def test_planted_classes_give_their_number(planted):
    choice = choose_n_classes(
        planted.mentions,
        planted.visits,
        max_classes=4,
        n_init=10,
        rng=np.random.default_rng(0),
        **SHORT,
    )
    assert (choice.verdict, choice.n_classes) == ("k classes", 3)
    assert choice.failed == ()
    table = choice.evidence
    assert table.index.tolist() == [1, 2, 3, 4]
    assert table["bic"].idxmin() == 3
    assert table["substantial"].idxmax() == 3
    assert table[["exact_icl", "stability"]].isna().all(axis=None)


def test_homogeneous_set_read_unevenly_gives_no_classes():
    truth = planted_classes(90, 24, np.random.default_rng(1), shares=(1.0,))
    choice = choose_n_classes(
        truth.mentions, truth.visits, max_classes=2, n_init=3, rng=np.random.default_rng(0), **SHORT
    )
    assert (choice.verdict, choice.n_classes, choice.candidate) == ("no classes", 1, 1)


def test_gradient_of_richness_is_not_announced_as_classes():
    truth = planted_classes(90, 24, np.random.default_rng(0), shares=(1.0,), richness_spread=1.5)
    choice = choose_n_classes(
        truth.mentions, truth.visits, max_classes=2, n_init=3, rng=np.random.default_rng(0), **SHORT
    )
    assert choice.verdict != "k classes"
    assert choice.n_classes != 2


def test_stability_below_its_null_leaves_the_matter_undecided(planted, posterior):
    ks = np.arange(1, 5)
    null = np.tile(np.linspace(0.5, 0.7, 20)[:, None], (1, 4))
    outcome = {}
    for name, observed in (("above", 0.9), ("below", 0.6)):
        choice = choose_n_classes(
            planted.mentions,
            planted.visits,
            max_classes=4,
            n_init=2,
            rng=np.random.default_rng(0),
            posterior=posterior,
            exact_icl=SimpleNamespace(path={1: -9.0, 3: -7.0}),
            stability=SimpleNamespace(n_clusters=ks, observed=np.full(4, observed), null=null),
        )
        outcome[name] = choice
        assert choice.evidence.loc[3, "excess"] == pytest.approx(observed - 0.6)
        assert choice.evidence.loc[3, "exact_icl"] == -7.0
        assert np.isnan(choice.evidence.loc[2, "exact_icl"])
    assert outcome["above"].verdict == "k classes"
    assert outcome["below"].verdict == "undecided"
    assert outcome["below"].n_classes is None
    assert outcome["below"].failed == ("stability",)


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
def test_thresholds_are_those_of_the_written_rule(
    posterior, nothing_outside, values, verdict, failures
):
    found, _, checks = decide(with_posterior(posterior, values), nothing_outside)
    assert (found, failed(checks)) == (verdict, failures)


def test_classes_without_crossing_services_are_not_announced(posterior, nothing_outside):
    rates = np.full_like(posterior.rates, 0.5)
    one_way = replace(posterior, rates=rates, rest_rates=rates - 0.3)
    assert (crossing_services(one_way)[:, 1] == 0).all()
    verdict, _, checks = decide(one_way, nothing_outside)
    assert (verdict, failed(checks)) == ("undecided", ["crossing"])


def test_chains_that_disagree_leave_the_matter_undecided(posterior, nothing_outside):
    apart = replace(posterior, r_hat={"number of classes": 1.3})
    verdict, _, checks = decide(apart, nothing_outside)
    assert (verdict, failed(checks)) == ("undecided", ["convergence"])


def test_misshapen_stability_is_refused(planted, posterior):
    with pytest.raises(ValueError, match="stability: 2 numbers of clusters"):
        choose_n_classes(
            planted.mentions,
            planted.visits,
            max_classes=1,
            n_init=1,
            rng=np.random.default_rng(0),
            posterior=posterior,
            stability=SimpleNamespace(n_clusters=[1, 2], observed=[1.0, 0.8], null=np.ones((5, 3))),
        )


def test_visits_of_zero_are_refused():
    with pytest.raises(ValueError, match="visits, row 0: 0 pages"):
        choose_n_classes([[0, 0], [1, 0]], [0, 1], rng=np.random.default_rng(0), **SHORT)
