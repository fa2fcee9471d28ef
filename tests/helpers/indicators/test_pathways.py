from itertools import product

import numpy as np
import pandas as pd
import pytest

from helpers import indicators as ind
from helpers.estimates import Estimate
from helpers.indicators.pathways import alike, hidden_services, hit_rates, popularity
from tests.helpers.tables import tables

ADJACENCY = {"1": ("2",), "2": ("1",), "3": (), "4": ()}
PERIMETERS = pd.DataFrame(
    [("A", "1"), ("B", "2"), ("C", "2"), ("C", "3")], columns=["operator", "departement"]
)
OFFERS = np.array([[1, 1], [0, 0], [0, 1]], dtype=bool)
PEOPLE = pd.Series({"1": 50, "2": 30, "3": 20})
MESH = ind.build_mesh(list("ABC"), PERIMETERS, PEOPLE, ADJACENCY)


def test_operators_are_near_if_their_perimeters_touch_or_overlap():
    assert MESH.near.tolist() == (~np.eye(3, dtype=bool)).tolist()
    far = ind.build_mesh(["A", "D"], PERIMETERS, PEOPLE, ADJACENCY)
    assert not far.near.any()
    assert far.inside.sum(axis=1).tolist() == [1, 0]


def test_population_is_covered_by_those_that_offer_and_by_their_partners():
    assert ind.covered_weight(MESH, OFFERS).tolist() == [0.5, 1.0]
    assert ind.covered_weight(MESH, ~OFFERS).tolist() == [0.5, 0.3]
    links = np.zeros((3, 3), dtype=bool)
    links[0, 1] = True
    assert ind.covered_weight(MESH, OFFERS, links) == pytest.approx([0.8, 1.0])
    found = ind.family_cover(MESH, pd.DataFrame(OFFERS), links, {0: "f", 1: "g"})
    assert found.to_numpy().ravel().tolist() == pytest.approx([0.5, 0.8, 1.0, 1.0])


def exhaustive(mesh, offers, k):
    """Largest cover over every choice, by trying them all."""
    pairs, best = np.argwhere(mesh.near), 0.0
    for taken in product((False, True), repeat=len(pairs)):
        links = np.zeros_like(mesh.near)
        links[tuple(pairs[list(taken)].T)] = True
        if links.sum(axis=1).max() <= k:
            best = max(best, ind.covered_weight(mesh, offers, links).mean())
    return best


@pytest.mark.parametrize(("seed", "k"), [(0, 1), (1, 1), (2, 2), (3, 2)])
def test_step_by_step_reaches_half_of_the_best_gain(seed, k):
    rng = np.random.default_rng(seed)
    rows = [(name, code) for name in "ABCD" for code in "1234" if rng.random() < 0.4]
    perimeters = pd.DataFrame(rows, columns=["operator", "departement"])
    people = pd.Series(rng.integers(1, 9, 4), list("1234"))
    mesh = ind.build_mesh(list("ABCD"), perimeters, people, ADJACENCY)
    offers = rng.random((4, 6)) < 0.35
    links = ind.greedy_partners(mesh, offers, k)
    before = ind.covered_weight(mesh, offers).mean()
    gain = ind.covered_weight(mesh, offers, links).mean() - before
    best = exhaustive(mesh, offers, k) - before
    assert best / 2 - 1e-12 <= gain <= best + 1e-12
    assert links.sum(axis=1).max() <= k
    assert not (links & ~mesh.near).any()


def test_the_scenario_goes_from_today_to_every_neighbour():
    found = ind.opening(MESH, {"both": pd.DataFrame(OFFERS)}, 1)["both"]
    assert found.tolist() == pytest.approx([0.75, 1.0, 1.0])
    assert list(found.index) == [0, 1, "all"]


def test_a_service_is_scored_by_who_looks_alike():
    table = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], dtype=bool)
    scores = alike(table)
    # The first two share two of three services.
    assert scores[0] == pytest.approx([5 / 3, 5 / 3, 2 / 3, 0], abs=1e-6)
    assert popularity(table)[3].tolist() == [2, 2, 1, 1]
    assert scores[3].argmax() == 0


def test_hidden_services_are_found_by_who_knows_them_and_ties_share_the_places():
    truth = np.eye(6, dtype=bool)
    rules = {"knows": lambda _: truth * 1.0, "errs": lambda _: truth * -1.0, "none": np.zeros_like}
    found = hidden_services(pd.DataFrame(truth), rules, top=3)
    assert found[["knows", "errs", "none"]].mean().tolist() == [1, 0, 0.5]


def hits(first, second, operators):
    names = {"operator": operators, "service_code": range(len(first))}
    return pd.DataFrame(names | {"first": first, "second": second})


def test_the_test_of_two_rules_resamples_operators_and_not_services():
    # Ten services at one operator are one piece of evidence.
    one = hits([0.0] * 10 + [1, 1], [1.0] * 10 + [1, 1], ["a"] * 10 + ["b", "c"])
    rates, p = hit_rates(one, rng=np.random.default_rng(0))
    assert rates["value"].tolist() == pytest.approx([2 / 12, 1, 10 / 12])
    assert p == 1
    many = hits([0.0] * 12, [1.0] * 12, list("abcdefghijkl"))
    rates, p = hit_rates(many, rng=np.random.default_rng(0))
    assert p < 0.01
    assert rates.loc["difference", "low"] == 1


def test_two_rules_are_compared_on_the_same_hidden_services():
    # Two kinds of operators: who looks alike tells the next service, what is common does not.
    offered = pd.DataFrame(np.kron(np.eye(2), np.ones((6, 4))) > 0)
    found = ind.compare_rules(offered, top=1, rng=np.random.default_rng(0))
    assert found.alike.value == 1 > found.popularity.value
    assert found.gain.value == pytest.approx(1 - found.popularity.value)
    assert found.gain.low > 0 and found.p_value < 0.01


def test_members_and_agents_come_from_one_page_and_one_year():
    found = ind.members_and_agents(tables("pathways")["attributes"])
    assert found.to_numpy().tolist() == [["A", 2017, 546, 40]]


def test_what_two_readings_missed_widens_a_share():
    found = pd.Series({"value": 0.8, "low": 0.5, "high": 1.0})
    out = ind.corrected_share(Estimate(0.2, 0.1, 0.3, 20, 100), found, 100)
    assert (out.value, out.low, out.high, out.k) == pytest.approx((0.25, 0.1, 0.6, 25))
    unknown = ind.corrected_share(Estimate(0.2, 0.1, 0.3, 20, 100), found * np.nan, 100)
    assert np.isnan([unknown.value, unknown.low, unknown.high]).all() and unknown.k == 20
