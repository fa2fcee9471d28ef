from itertools import product

import numpy as np
import pandas as pd
import pytest

from helpers import indicators as ind
from helpers.indicators.complementarity import FAR

PERIMETERS = pd.DataFrame(
    [("A", "1"), ("B", "2"), ("C", "2"), ("C", "3")], columns=["operator", "departement"]
)
OFFERS = np.array([[1, 1], [0, 0], [0, 1]], dtype=bool)
MESH = ind.build_mesh(list("ABC"), PERIMETERS, pd.Series({"1": 50, "2": 30, "3": 20}))


def test_population_is_covered_where_some_operator_offers_the_service():
    assert ind.covered_weight(MESH, np.stack([OFFERS, ~OFFERS])).tolist() == [
        [0.5, 1.0],
        [0.5, 0.3],
    ]
    other = MESH.weighing(pd.Series({"3": 5, "2": 5, "1": 0}))
    assert ind.covered_weight(other, OFFERS)[0] == 0


def test_opening_adds_the_perimeter_of_the_partner():
    links = np.zeros((3, 3), dtype=bool)
    links[0, 1] = True
    assert ind.covered_weight(MESH, OFFERS, links) == pytest.approx([0.8, 1.0])
    assert ind.gain_of(MESH, OFFERS, links) == pytest.approx(0.15)


def test_the_nearest_are_chosen_and_ties_are_settled_by_name():
    table = [[0, 1, 1, FAR], [1, 0, 0, FAR], [1, 0, 0, 1], [FAR, FAR, 1, 0]]
    table = pd.DataFrame(table, list("ACBD"), list("ACBD"))
    assert ind.nearest_partners(table, 1, 1).argmax(axis=1).tolist() == [2, 2, 1, 2]
    assert ind.nearest_partners(table, 2, 1).sum(axis=1).tolist() == [2, 2, 2, 1]


def exhaustive(mesh, offers, allowed, k):
    """Largest gain over every choice, by trying them all."""
    pairs, best = np.argwhere(allowed), 0.0
    for taken in product((False, True), repeat=len(pairs)):
        links = np.zeros(allowed.shape, dtype=bool)
        links[tuple(pairs[list(taken)].T)] = True
        if links.sum(axis=1).max() <= k:
            best = max(best, ind.gain_of(mesh, offers, links))
    return best


@pytest.mark.parametrize(("seed", "k"), [(0, 1), (1, 1), (2, 2), (3, 2)])
def test_the_programme_finds_what_trying_every_choice_finds(seed, k):
    rng = np.random.default_rng(seed)
    rows = [(name, code) for name in "ABCD" for code in "01234" if rng.random() < 0.4]
    perimeters = pd.DataFrame(rows, columns=["operator", "departement"])
    mesh = ind.build_mesh(list("ABCD"), perimeters, pd.Series(rng.integers(1, 9, 5), list("01234")))
    offers = rng.random((4, 6)) < 0.35
    allowed = ~np.eye(4, dtype=bool) & (rng.random((4, 4)) < 0.7)
    links, bound = ind.best_partners(mesh, offers, allowed, k, gap=0.0)
    best, greedy = (
        exhaustive(mesh, offers, allowed, k),
        ind.greedy_partners(mesh, offers, allowed, k),
    )
    assert ind.gain_of(mesh, offers, links) == pytest.approx(best)
    assert bound == pytest.approx(best)
    assert best / 2 - 1e-12 <= ind.gain_of(mesh, offers, greedy) <= best + 1e-12
    for found in (links, greedy):
        assert found.sum(axis=1).max() <= k
        assert not (found & ~allowed).any()


def test_members_are_divided_by_agents_where_both_are_known():
    rows = [
        ("A", "members", "1700", 2019, 800.0, 2200.0),
        ("A", "staff_fte", "18", 2011, 18.0, 57.0),
        ("B", "members", "40", 2020, 40.0, 40.0),
        ("B", "staff_fte", "10", 2020, 10.0, 10.0),
        ("C", "members", "9", 2020, 9.0, 9.0),
        ("C", "perimeter", "intention", 2020, None, None),
    ]
    columns = ["operator", "attribute", "value", "year", "minimum", "maximum"]
    found = ind.members_per_agent(pd.DataFrame(rows, columns=columns)).set_index("operator")
    assert list(found.index) == ["B", "A"]
    wanted = [1700 / 18, 800 / 57, 2200 / 18, 2019, 2011]
    columns = ["ratio", "low", "high", "members_year", "staff_year"]
    assert found.loc["A", columns].tolist() == pytest.approx(wanted)


def test_the_interval_of_a_median_takes_the_tabled_order_statistics():
    # Conover 1999, table A3: for n = 10 the 2nd and 9th values enclose it with probability 0.9785.
    found = ind.median_interval(np.arange(1.0, 11.0))
    assert (found.median, found.low, found.high) == (5.5, 2, 9)
    assert found.level == pytest.approx(0.9785, abs=1e-4)
    few = ind.median_interval([1.0, 2.0, 3.0])
    assert (few.low, few.high, few.level) == (1, 3, 0.75)
    assert ind.agents_needed(90, found) == pytest.approx((90 / 5.5, 10, 45))
