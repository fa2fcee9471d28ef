import numpy as np
import pandas as pd
import pytest

from helpers import indicators as ind
from helpers.indicators.complementarity import FAR, met_share

# Départements in a row, 1 - 2 - 3 - 4, and an island.
ADJACENCY = {"1": ("2",), "2": ("1", "3"), "3": ("2", "4"), "4": ("3",), "island": ()}
PERIMETERS = pd.DataFrame(
    [("A", "1"), ("B", "1"), ("B", "2"), ("C", "3"), ("D", "4"), ("E", "island")],
    columns=["operator", "departement"],
)
NAMES = list("ABCDEF")
OFFERED = pd.DataFrame(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0]],
    index=NAMES,
    columns=["x", "y", "z"],
    dtype=bool,
)
DISTANCES = ind.border_distances(PERIMETERS, ADJACENCY, NAMES)
NEAR = ind.neighbours(DISTANCES)


def test_borders_are_counted_between_the_nearest_parts_of_two_perimeters():
    wanted = {"B": 0, "C": 2, "D": 3, "E": FAR, "F": FAR, "A": 0}
    assert DISTANCES.loc["A", list(wanted)].to_dict() == wanted
    assert DISTANCES.loc["B", "C"] == 1 and DISTANCES.loc["F", "F"] == 0
    assert (DISTANCES.to_numpy() == DISTANCES.to_numpy().T).all()


def test_neighbours_are_within_reach_and_never_oneself():
    assert list(NEAR.columns[NEAR.loc["B"]]) == ["A", "C"]
    assert not NEAR.loc[["E", "F"]].to_numpy().any()
    assert list(NEAR.columns[ind.neighbours(DISTANCES, reach=0).loc["B"]]) == ["A"]


def lacks(probability, near=NEAR):
    found = ind.complements(OFFERED, near, probability=probability, probable=0.5)
    return found, found.set_index(["operator", "service_code"])


def test_what_is_lacking_names_who_is_seen_with_it_and_who_probably_has_it():
    probability = OFFERED.astype(float)
    probability.loc["A", "z"] = 0.6
    probability.loc["C", ["x", "y"]] = 0.5, 0.2
    found, by_pair = lacks(probability)
    columns = ["seen_at", "probable_at", "n_seen", "n_probable", "chance"]
    assert by_pair.loc[("B", "x"), columns].tolist() == ["A", "C", 1, 1, 1]
    assert by_pair.loc[("B", "z"), columns].tolist() == ["C", "A", 1, 1, 1]
    assert by_pair.loc[("A", "z"), ["own", "n_seen"]].tolist() == [0.6, 0]
    assert ("D", "x") not in by_pair.index
    summed = ind.main_partners(found).set_index("operator")
    counts = ["lacking", "seen", "probable", "nobody"]
    assert summed.loc["A", counts].tolist() == [2, 1, 0, 1]
    assert summed.loc["E", [*counts, "partners"]].tolist() == [3, 0, 0, 3, ""]


def test_partners_are_named_by_what_they_could_bring_and_a_probable_one_counts_alone():
    probability, near = OFFERED.astype(float), NEAR.copy()
    probability.loc["B", "z"], near.loc["B", "D"] = 0.7, True
    found = ind.main_partners(lacks(probability, near)[0]).set_index("operator")
    # B lacks x, which A and D are seen offering, and z, which C and D are.
    assert found.loc["B", "partners"] == "D (2), A (1), C (1)"
    # A lacks y, which B is seen offering, and z, which B probably offers.
    assert found.loc["A", ["seen", "probable", "nobody"]].tolist() == [1, 1, 0]


def test_chances_of_neighbours_are_joined_as_independent():
    probability = pd.DataFrame(0.5, index=NAMES, columns=OFFERED.columns)
    found = ind.complements(OFFERED & False, NEAR, probability=probability, probable=0.5)
    chance = found.set_index(["operator", "service_code"])["chance"]
    assert (chance["B", "x"], chance["E", "x"]) == (0.75, 0)


def test_the_share_met_is_counted_by_hand():
    # A lacks y, z: B brings y. B lacks x, z: A and C bring both. C lacks x, y: D brings both.
    assert met_share(OFFERED.to_numpy(), NEAR.to_numpy()) == pytest.approx(5 / 6)


def test_neighbours_that_were_made_to_complete_each_other_are_told_from_chance():
    # Twenty pairs: one half has the first service, the other half the second.
    offered = pd.DataFrame(np.tile([[True, False], [False, True]], (20, 1)))
    pairs = pd.DataFrame(np.kron(np.eye(20), [[0, 1], [1, 0]]).astype(bool))
    found = ind.complementarity_test(offered, pairs, 199, np.random.default_rng(0))
    assert found.observed == 1
    assert found.p_value == pytest.approx(0.01)
    alone = pd.Series(range(40))
    fixed = ind.complementarity_test(offered, pairs, 20, np.random.default_rng(0), strata=alone)
    assert set(fixed.null) == {fixed.observed}
