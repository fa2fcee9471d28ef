from itertools import product

import numpy as np
import pandas as pd
import pytest

from helpers.indicators.complementarity import FAR
from helpers.indicators.pathways import (
    best_partners,
    build_mesh,
    covered_weight,
    gain_of,
    greedy_partners,
    nearest_partners,
)

NAMES = ["A", "B", "C"]
PERIMETERS = pd.DataFrame(
    [("A", "1"), ("B", "2"), ("C", "2"), ("C", "3")], columns=["operator", "departement"]
)
PEOPLE = pd.Series({"1": 50, "2": 30, "3": 20})
OFFERS = np.array([[1, 1], [0, 0], [0, 1]], dtype=bool)
MESH = build_mesh(NAMES, PERIMETERS, PEOPLE)


def test_population_is_covered_where_some_operator_offers_the_service():
    assert covered_weight(MESH, OFFERS) == pytest.approx([0.5, 1.0])


def test_opening_adds_the_perimeter_of_the_partner():
    links = np.zeros((3, 3), dtype=bool)
    links[0, 1] = True
    assert covered_weight(MESH, OFFERS, links) == pytest.approx([0.8, 1.0])
    assert gain_of(MESH, OFFERS, links) == pytest.approx(0.15)


def test_draws_are_covered_one_by_one():
    draws = np.stack([OFFERS, ~OFFERS])
    assert covered_weight(MESH, draws)[0] == pytest.approx(covered_weight(MESH, OFFERS))
    assert covered_weight(MESH, draws)[1] == pytest.approx([0.5, 0.3])


def test_communes_can_be_weighed_in_the_place_of_people():
    communes = MESH.weighing(pd.Series({"3": 1, "2": 1, "1": 2}))
    assert covered_weight(communes, OFFERS) == pytest.approx([0.5, 1.0])
    assert covered_weight(MESH.weighing(pd.Series({"1": 0, "2": 5, "3": 5})), OFFERS)[0] == 0


def test_the_nearest_are_chosen_and_ties_are_settled_by_name():
    table = pd.DataFrame(
        [[0, 1, 1, FAR], [1, 0, 0, FAR], [1, 0, 0, 1], [FAR, FAR, 1, 0]], list("ACBD"), list("ACBD")
    )
    one = nearest_partners(table, 1, 1)
    assert one.argmax(axis=1).tolist() == [2, 2, 1, 2]
    two = nearest_partners(table, 2, 1)
    assert two.sum(axis=1).tolist() == [2, 2, 2, 1]
    assert not nearest_partners(table, 0, 1).any()
    with pytest.raises(ValueError, match="k is -1"):
        nearest_partners(table, -1, 1)


def exhaustive(mesh, offers, allowed, k):
    """Largest gain over every choice, by trying them all."""
    pairs = np.argwhere(allowed)
    best = 0.0
    for taken in product((False, True), repeat=len(pairs)):
        links = np.zeros(allowed.shape, dtype=bool)
        links[tuple(pairs[list(taken)].T)] = True
        if links.sum(axis=1).max() <= k:
            best = max(best, gain_of(mesh, offers, links))
    return best


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("k", [1, 2])
def test_the_programme_finds_what_trying_every_choice_finds(seed, k):
    rng = np.random.default_rng(seed)
    names, codes = list("ABCD"), [str(i) for i in range(5)]
    rows = [(name, code) for name in names for code in codes if rng.random() < 0.4]
    mesh = build_mesh(
        names,
        pd.DataFrame(rows, columns=["operator", "departement"]),
        pd.Series(rng.integers(1, 9, 5), codes),
    )
    offers = rng.random((4, 6)) < 0.35
    allowed = ~np.eye(4, dtype=bool) & (rng.random((4, 4)) < 0.8)
    links, bound = best_partners(mesh, offers, allowed, k, gap=0.0)
    best, greedy = exhaustive(mesh, offers, allowed, k), greedy_partners(mesh, offers, allowed, k)
    assert gain_of(mesh, offers, links) == pytest.approx(best)
    assert bound == pytest.approx(best)
    assert links.sum(axis=1).max() <= k
    assert not (links & ~allowed).any()
    assert best / 2 - 1e-12 <= gain_of(mesh, offers, greedy) <= best + 1e-12
    assert greedy.sum(axis=1).max() <= k


def test_greed_can_be_beaten_when_its_first_choice_spends_what_another_needed():
    # P (10 people) and Q (9) lack the service; A reaches both, B reaches P only. Greed sends A to the larger one.
    names = ["A", "B", "p", "q"]
    where = pd.DataFrame(
        [("A", "0"), ("B", "0"), ("p", "P"), ("q", "Q")], columns=["operator", "departement"]
    )
    mesh = build_mesh(names, where, pd.Series({"0": 1, "P": 10, "Q": 9}))
    offers = np.array([[True], [True], [False], [False]])
    allowed = np.zeros((4, 4), dtype=bool)
    allowed[0, [2, 3]] = allowed[1, 2] = True
    links, _ = best_partners(mesh, offers, allowed, 1)
    assert gain_of(mesh, offers, links) == pytest.approx(19 / 20)
    assert gain_of(mesh, offers, greedy_partners(mesh, offers, allowed, 1)) == pytest.approx(
        10 / 20
    )


def test_nothing_to_gain_gives_no_partnership():
    full = np.ones((3, 2), dtype=bool)
    links, bound = best_partners(MESH, full, ~np.eye(3, dtype=bool), 2)
    assert (links.any(), bound) == (False, 0.0)
    assert not greedy_partners(MESH, full, ~np.eye(3, dtype=bool), 2).any()
