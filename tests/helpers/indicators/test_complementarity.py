import numpy as np
import pandas as pd
import pytest

from helpers import indicators as ind
from helpers.indicators.complementarity import FAR, met_share
from tests.helpers.tables import tables

# Départements in a row, 1 - 2 - 3 - 4, and an island.
ADJACENCY = {"1": ("2",), "2": ("1", "3"), "3": ("2", "4"), "4": ("3",), "island": ()}
PERIMETERS = tables("complementarity")["perimeters"]
NAMES = list("ABCDEF")
OFFERED = pd.DataFrame(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0]],
    index=NAMES,
    columns=["x", "y", "z"],
    dtype=bool,
)
DISTANCES = ind.border_distances(PERIMETERS, ADJACENCY, NAMES)
NEAR = ind.neighbours(PERIMETERS, ADJACENCY, NAMES)


def test_borders_are_counted_between_the_nearest_parts_of_two_perimeters():
    wanted = {"B": 0, "C": 2, "D": 3, "E": FAR, "F": FAR, "A": 0}
    assert DISTANCES.loc["A", list(wanted)].to_dict() == wanted
    assert DISTANCES.loc["B", "C"] == 1 and DISTANCES.loc["F", "F"] == 0
    assert (DISTANCES.to_numpy() == DISTANCES.to_numpy().T).all()


def test_neighbours_overlap_or_touch_and_are_never_oneself():
    assert list(NEAR.columns[NEAR.loc["B"]]) == ["A", "C"]
    assert not NEAR.loc[["E", "F"]].to_numpy().any()


def test_what_is_not_seen_names_the_neighbours_that_show_it_and_nobody_else():
    assert ind.shown_nearby(OFFERED["x"], NEAR).to_numpy().tolist() == [["B", "A"], ["C", "D"]]
    found = ind.shown_nearby(OFFERED["y"], NEAR)
    assert found.to_numpy().tolist() == [["A", "B"], ["C", "B, D"]]
    assert ind.shown_nearby(OFFERED["x"], NEAR & False).empty


def test_the_share_met_is_counted_by_hand():
    # A lacks y, z: B brings y. B lacks x, z: A and C bring both. C lacks x, y: D brings both.
    assert met_share(OFFERED.to_numpy(), NEAR.to_numpy()) == pytest.approx(5 / 6)


def test_neighbours_that_were_made_to_complete_each_other_are_told_from_chance():
    # Twenty pairs: one half has the first service, the other half the second.
    offered = pd.DataFrame(np.tile([[True, False], [False, True]], (20, 1)))
    pairs = pd.DataFrame(np.kron(np.eye(20), [[0, 1], [1, 0]]).astype(bool))
    options = {"n_permutations": 199, "rng": np.random.default_rng(0)}
    found = ind.complementarity_test(offered, pairs, **options)
    assert found.observed == 1
    assert found.p_value == pytest.approx(0.01)
    fixed = ind.complementarity_test(offered, pairs, **options, strata=pd.Series(range(40)))
    assert set(fixed.null) == {fixed.observed}


def test_profiles_change_places_within_their_stratum_only():
    offered = pd.DataFrame({"x": [True, False, False, False]})
    near = pd.DataFrame(np.eye(4, k=1) + np.eye(4, k=-1)).astype(bool)
    options = {"n_permutations": 500, "rng": np.random.default_rng(0)}
    strata = pd.Series([0, 0, 1, 1])
    null = ind.complementarity_test(offered, near, **options, strata=strata).null
    # By hand: the one offer stands at the first place (one neighbour) or the second (two).
    assert set(np.round(null * 3)) == {1, 2}
    assert np.mean(null * 3 == 1) == pytest.approx(0.5, abs=0.08)
    everywhere = ind.complementarity_test(offered, near, **options).null
    assert np.mean(np.round(everywhere * 3) == 1) == pytest.approx(0.5, abs=0.08)
