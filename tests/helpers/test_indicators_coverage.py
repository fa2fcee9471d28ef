import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.indicators import (
    coverage,
    coverage_by,
    family_coverage,
    published_rates,
    served_population,
    share,
    wilson,
)
from helpers.profiles import build_profiles

SERVICES = pd.DataFrame(
    {
        "service_code": ["sig", "open_data", "formation"],
        "family_code": ["donnees", "donnees", "accompagnement"],
        "family_fr": ["Données", "Données", "Accompagnement"],
    }
)
OPERATORS = pd.DataFrame({"operator": list("ABCD"), "n_pages": [1, 2, 3, 0]})
STATES = pd.DataFrame(
    {
        "operator": ["A", "B", "B", "C"],
        "service_code": ["sig", "sig", "formation", "open_data"],
        "state": ["offered", "planned", "offered", "offered"],
        "n_pages": [1, 0, 1, 2],
        "n_firm_pages": [1, 0, 1, 2],
    }
)
PROFILES = build_profiles(OPERATORS, SERVICES, STATES).read()


def test_wilson_gives_the_textbook_interval():
    # Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263, Wilson score without correction.
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    # The same table: 0 of 20 and 15 of 148.
    assert round(wilson(0, 20)[1], 4) == 0.1611
    assert tuple(round(b, 4) for b in wilson(15, 148)) == (0.0624, 0.1605)


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share(pair):
    result = share(*pair)
    assert 0 <= result["low"] <= result["share"] + 1e-12
    assert result["share"] - 1e-12 <= result["high"] <= 1


@pytest.mark.parametrize("counts", [(1, 0), (3, 2), (-1, 5)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="wilson needs"):
        wilson(*counts)


def test_coverage_counts_operators_seen_offering():
    out = coverage(PROFILES).set_index("service_code")
    assert out["k"].to_dict() == {"sig": 1, "open_data": 1, "formation": 1}
    assert (out["n"] == 3).all()
    assert out.loc["sig", "planned"] == 1


def test_an_operator_never_read_cannot_be_part_of_a_share():
    with pytest.raises(ValueError, match="'D'"):
        coverage(build_profiles(OPERATORS, SERVICES, STATES))


def test_a_family_counts_an_operator_once():
    out = family_coverage(PROFILES, SERVICES).set_index("family_code")
    assert out.loc["donnees", ["k", "n", "n_services"]].tolist() == [2, 3, 2]


def test_an_operator_counts_in_each_of_its_groups():
    groups = pd.Series(["x", "x", "y", "y"], index=["A", "B", "B", "C"])
    out = coverage_by(PROFILES, groups).set_index(["group", "service_code"])
    assert out.loc[("x", "formation"), ["k", "n"]].tolist() == [1, 2]
    assert out.loc[("y", "formation"), ["k", "n"]].tolist() == [1, 2]
    assert len(coverage_by(PROFILES, groups.iloc[:3], at_least=2)) == 3


def test_published_rates_stand_beside_what_was_seen():
    published = pd.DataFrame({"figure_id": ["F1"], "value": [90.0], "n": [39]})
    row = published_rates(published, PROFILES, {"F1": ["sig", "open_data"]}).iloc[0]
    assert (row["published"], row["k"], row["n"]) == (0.9, 2, 3)
    assert row["published_low"] < 35 / 39 < row["published_high"]


def test_population_is_served_where_an_operator_is_seen_offering():
    perimeters = pd.DataFrame(
        {"operator": ["A", "B", "B", "C"], "departement": ["01", "01", "02", "03"]}
    )
    population = pd.Series({"01": 10, "02": 20, "03": 30, "04": 40})
    anyone = served_population(PROFILES, perimeters, population)
    assert anyone["n_operators"].tolist() == [2, 1, 1, 0]
    assert anyone.loc[anyone["covered"], "population"].sum() == 60
    assert served_population(PROFILES, perimeters, population, ["formation"])[
        "covered"
    ].tolist() == [
        True,
        True,
        False,
        False,
    ]


def test_a_declared_share_is_one_of_those_that_answered():
    more = pd.DataFrame([("C", "sig", "not_offered", 0, 0)], columns=STATES.columns)
    states = pd.concat([STATES, more])
    profiles = build_profiles(OPERATORS, SERVICES, states).read()
    rates = coverage(profiles, declared=True).set_index("service_code")
    # A offers it, B plans it, C does not offer it: nobody is silent
    assert rates.loc["sig", ["k", "n"]].tolist() == [1, 3]
    # of formation only B says anything
    assert rates.loc["formation", ["k", "n"]].tolist() == [1, 1]
    assert coverage(profiles).set_index("service_code").loc["formation", "n"] == 3


def test_a_family_counts_those_of_whom_missing_answers_leave_nothing_open():
    families = family_coverage(PROFILES, SERVICES, declared=True).set_index("family_code")
    # A offers sig and C open data; B plans sig and says nothing of open data, so that its case is open
    assert families.loc["donnees", ["k", "n"]].tolist() == [2, 2]
    assert family_coverage(PROFILES, SERVICES).set_index("family_code").loc[
        "donnees", ["k", "n"]
    ].tolist() == [2, 3]
