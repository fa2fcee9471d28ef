import numpy as np
import pandas as pd
import pytest

from helpers.indicators.complementarity import (
    FAR,
    border_distances,
    complementarity_test,
    complements,
    main_partners,
    met_share,
    neighbours,
)
from helpers.indicators.covering import presence, share_covered, territory_cover
from helpers.indicators.draws import family_mentions, offer_draws
from helpers.occupancy import fit_occupancy

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
POPULATION = pd.Series({"1": 10, "2": 20, "3": 30, "4": 40, "island": 100})


def distances():
    return border_distances(PERIMETERS, ADJACENCY, NAMES)


def test_borders_are_counted_between_the_nearest_parts_of_two_perimeters():
    found = distances()
    assert found.loc["A", "B"] == 0
    assert found.loc["A", "C"] == 2
    assert found.loc["B", "C"] == 1
    assert found.loc["A", "D"] == 3
    assert (found.to_numpy() == found.to_numpy().T).all()


def test_an_island_and_an_unknown_perimeter_are_out_of_reach():
    found = distances()
    assert found.loc["A", "E"] == FAR
    assert found.loc["F", "A"] == FAR
    assert found.loc["F", "F"] == 0


def test_neighbours_are_within_reach_and_never_oneself():
    near = neighbours(distances(), reach=1)
    assert list(near.columns[near.loc["B"]]) == ["A", "C"]
    assert list(near.columns[near.loc["A"]]) == ["B"]
    assert not near.loc[["E", "F"]].to_numpy().any()
    assert list(near.columns[neighbours(distances(), reach=0).loc["B"]]) == ["A"]


def test_what_is_lacking_names_who_is_seen_with_it_and_who_probably_has_it():
    probability = OFFERED.astype(float)
    probability.loc["A", "z"] = 0.6
    probability.loc["C", ["x", "y"]] = 0.5, 0.2
    near = neighbours(distances())
    found = complements(OFFERED, near, probability=probability, probable=0.5).set_index(
        ["operator", "service_code"]
    )
    x, z = found.loc[("B", "x")], found.loc[("B", "z")]
    assert (x["seen_at"], x["probable_at"], x["n_seen"]) == ("A", "C", 1)
    assert (z["seen_at"], z["probable_at"]) == ("C", "A")
    assert x["chance"] == pytest.approx(1)
    assert found.loc[("A", "z"), "own"] == 0.6
    assert found.loc[("A", "z"), "n_seen"] == 0
    assert ("D", "x") not in found.index


def test_partners_are_named_by_what_they_could_bring():
    probability = OFFERED.astype(float)
    probability.loc["C", "x"] = 0.9
    near = neighbours(distances())
    near.loc["B", "D"] = True
    found = main_partners(complements(OFFERED, near, probability=probability), top=2).set_index(
        "operator"
    )
    # B lacks x, which A and D are seen offering, and z, which C and D are.
    assert found.loc["B", "partners"] == "D (2), A (1)"
    assert found.loc["B", ["lacking", "seen", "probable", "nobody"]].tolist() == [2, 2, 0, 0]
    # A lacks y, which B is seen offering, and z, which nobody near offers.
    assert found.loc["A", ["lacking", "seen", "probable", "nobody"]].tolist() == [2, 1, 0, 1]
    assert found.loc["E", "partners"] == ""


def test_a_probable_neighbour_counts_where_none_is_seen():
    probability = OFFERED.astype(float)
    probability.loc["B", "z"] = 0.7
    found = main_partners(
        complements(OFFERED, neighbours(distances()), probability=probability)
    ).set_index("operator")
    assert found.loc["A", ["seen", "probable", "nobody"]].tolist() == [1, 1, 0]


def test_chances_of_neighbours_are_joined_as_independent():
    probability = pd.DataFrame(0.5, index=NAMES, columns=OFFERED.columns)
    nothing = OFFERED & False
    found = complements(nothing, neighbours(distances()), probability=probability).set_index(
        ["operator", "service_code"]
    )
    assert found.loc[("B", "x"), "chance"] == pytest.approx(0.75)
    assert found.loc[("E", "x"), "chance"] == 0


def test_tables_in_another_order_are_refused():
    near = neighbours(distances())
    with pytest.raises(ValueError, match="near does not have"):
        complements(OFFERED, near.iloc[::-1])
    with pytest.raises(ValueError, match="probability does not have"):
        complements(OFFERED, near, probability=OFFERED.iloc[::-1].astype(float))


def test_the_share_met_is_counted_by_hand():
    near = neighbours(distances()).to_numpy()
    # A lacks y, z: B brings y. B lacks x, z: A and C bring both. C lacks x, y: D brings both. D lacks nothing.
    assert met_share(OFFERED.to_numpy(), near) == pytest.approx(5 / 6)
    with pytest.raises(ValueError, match="lacks a service"):
        met_share(np.ones((2, 2), dtype=bool), np.array([[False, True], [True, False]]))


def test_neighbours_that_were_made_to_complete_each_other_are_told_from_chance():
    # Twenty pairs: one half has the first service, the other half the second.
    n = 40
    offered = pd.DataFrame(np.tile([[True, False], [False, True]], (n // 2, 1)))
    pairs = np.kron(np.eye(n // 2), [[0, 1], [1, 0]]).astype(bool)
    found = complementarity_test(offered, pd.DataFrame(pairs), 199, np.random.default_rng(0))
    assert found.observed == 1
    assert found.p_value == pytest.approx(0.01)


def test_profiles_change_places_within_their_stratum_only():
    offered = pd.DataFrame([[True, False], [False, True], [False, True]], index=list("ABC"))
    near = pd.DataFrame(
        [[0, 1, 0], [1, 0, 1], [0, 1, 0]], index=list("ABC"), columns=list("ABC")
    ).astype(bool)
    alone = pd.Series(["a", "b", "c"], index=list("ABC"))
    found = complementarity_test(offered, near, 50, np.random.default_rng(0), strata=alone)
    assert set(found.null) == {found.observed}


def test_territories_are_covered_where_an_operator_that_offers_works():
    covered = territory_cover(OFFERED["x"].to_numpy(), NAMES, PERIMETERS, POPULATION)
    assert covered.tolist() == [True, False, False, True, False]
    assert share_covered(covered, POPULATION) == pytest.approx(50 / 200)
    draws = np.stack([OFFERED["x"].to_numpy(), OFFERED["z"].to_numpy()])
    assert share_covered(
        territory_cover(draws, NAMES, PERIMETERS, POPULATION), POPULATION
    ) == pytest.approx([0.25, 0.35])


def test_presence_refuses_a_departement_without_population():
    with pytest.raises(ValueError, match="'island'"):
        presence(NAMES, PERIMETERS, POPULATION.drop("island"))
    with pytest.raises(ValueError, match="and 2 are named"):
        territory_cover(np.array([True]), ["A", "B"], PERIMETERS, POPULATION)


MENTIONS = np.array([[2, 0], [1, 0], [0, 1], [0, 0], [3, 0], [0, 0], [1, 1], [0, 0]])
VISITS = np.array([4, 2, 3, 1, 6, 8, 2, 3])


def test_draws_keep_what_was_seen_and_agree_with_the_occupancy_model():
    drawn = offer_draws(MENTIONS, VISITS, 2000, np.random.default_rng(0))
    assert drawn.shape == (2000, 8, 2)
    assert drawn[:, MENTIONS > 0].all()
    told = fit_occupancy(MENTIONS, VISITS).offered
    assert np.abs(drawn.mean(axis=0) - told).max() < 0.04


def test_draws_share_their_rates_between_operators():
    # Were each operator drawn with rates of its own, the total would vary as independent draws do.
    visits, mentions = np.ones(40, dtype=int), np.r_[np.ones(4), np.zeros(36)].astype(int)[:, None]
    drawn = offer_draws(mentions, visits, 1000, np.random.default_rng(0))[:, 4:, 0]
    share = drawn.mean()
    assert drawn.sum(axis=1).var() > 4 * 36 * share * (1 - share)


def test_impossible_numbers_of_draws_are_refused():
    with pytest.raises(ValueError, match="n_draws is 0"):
        offer_draws(MENTIONS, VISITS, 0, np.random.default_rng(0))


def test_a_page_about_two_services_of_a_family_counts_once():
    services = pd.DataFrame(
        {
            "service_code": ["sig", "open_data", "dpo"],
            "family_code": ["donnees", "donnees", "securite"],
        }
    )
    statements = pd.DataFrame(
        [
            ("A", "sig", "offered", "p1"),
            ("A", "open_data", "offered", "p1"),
            ("A", "sig", "offered", "p2"),
            ("A", "dpo", "planned", "p3"),
            ("B", "dpo", "offered", "p4"),
        ],
        columns=["operator", "service_code", "status", "page"],
    )
    states = pd.DataFrame(
        [
            ("A", "sig", "offered"),
            ("A", "open_data", "offered"),
            ("A", "dpo", "planned"),
            ("B", "dpo", "discontinued"),
        ],
        columns=["operator", "service_code", "state"],
    )
    found = family_mentions(statements, states, services, ["B", "A"])
    assert list(found.columns) == ["donnees", "securite"]
    assert found.loc["A"].tolist() == [2, 0]
    assert found.loc["B"].tolist() == [0, 0]
    with pytest.raises(ValueError, match="'sig'"):
        family_mentions(statements, states, services.iloc[1:], ["A"])
