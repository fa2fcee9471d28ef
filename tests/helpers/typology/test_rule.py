"""The written rule, condition by condition."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.simulation import planted_classes
from helpers.typology import choose_n_classes, gibbs_classes
from helpers.typology.rule import crossing_services
from helpers.typology.stability import NullStability
from tests.loading import cases

LONG = {"n_draws": 300, "burn_in": 500, "thin": 5}


@pytest.mark.parametrize(
    ("options", "verdict"),
    [({}, "no classes"), ({"richness_spread": 1.5}, None)],
    ids=["homogeneous, read unevenly", "gradient of richness"],
)
def test_sets_without_types_are_not_announced_as_classes(options, verdict, chains):
    truth = planted_classes(90, 24, np.random.default_rng(1), shares=(1.0,), **options)
    rng = np.random.default_rng(0).spawn(1)[0]
    posterior = gibbs_classes(truth.mentions, truth.visits, rng=rng, **(chains | LONG))
    choice = choose_n_classes(posterior)
    assert choice.verdict == (verdict or choice.verdict) != "k classes"


def test_planted_classes_are_announced_only_if_they_are_more_stable_than_nulls(fitted):
    ks, outcome = np.arange(1, 5), {}
    null = np.tile(np.linspace(0.5, 0.7, 20)[:, None], (1, 4))
    for observed in (0.9, 0.6):
        stability = NullStability(ks, np.full(4, observed), null)
        outcome[observed] = choice = choose_n_classes(fitted.posterior, stability)
        assert choice.candidate == 3
        assert choice.checks[-1][:3] == ("stability", observed, pytest.approx(0.69))
    assert (outcome[0.9].verdict, outcome[0.9].failed) == ("k classes", ())
    assert (outcome[0.6].verdict, outcome[0.6].failed) == ("undecided", ("stability",))


@pytest.mark.parametrize(("values", "verdict", "failures"), cases(__file__)["verdicts"])
def test_thresholds_are_those_of_the_written_rule(fitted, values, verdict, failures):
    full = np.pad(np.array(values, dtype=float), (0, 11 - len(values)))
    posterior = replace(fitted.posterior, substantial_posterior=full)
    choice = choose_n_classes(posterior)
    assert (choice.verdict, list(choice.failed)) == (verdict, failures)


def test_classes_without_crossing_services_are_not_announced(fitted):
    rates = np.full_like(fitted.posterior.rates, 0.5)
    one_way = replace(fitted.posterior, rates=rates, rest_rates=rates - 0.3)
    assert (crossing_services(one_way)[:, 1] == 0).all()
    choice = choose_n_classes(one_way)
    assert (choice.verdict, choice.failed) == ("undecided", ("crossing",))


def test_chains_that_disagree_leave_the_matter_undecided(fitted):
    apart = replace(fitted.posterior, r_hat={"number of classes": 1.3})
    choice = choose_n_classes(apart)
    assert (choice.verdict, choice.failed) == ("undecided", ("convergence",))
