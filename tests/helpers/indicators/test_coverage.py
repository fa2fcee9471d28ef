import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from helpers import indicators
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
    [
        ("A", "sig", "offered", 1, 1),
        ("B", "sig", "planned", 0, 0),
        ("B", "formation", "offered", 1, 1),
        ("C", "open_data", "offered", 2, 2),
    ],
    columns=["operator", "service_code", "state", "n_pages", "n_firm_pages"],
)
PROFILES = build_profiles(OPERATORS, SERVICES, STATES).read()
PERIMETERS = pd.DataFrame(
    {"operator": ["A", "B", "B", "C"], "departement": ["01", "01", "02", "03"]}
)
POPULATION = pd.Series({"01": 10, "02": 20, "03": 30, "04": 40})


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(deadline=None)
def test_a_share_has_wilsons_interval(pair):
    found = indicators.share(*pair)
    wanted = proportion_confint(*pair, method="wilson")
    assert (found["low"], found["high"]) == pytest.approx(wanted, abs=1e-9)
    assert found["low"] - 1e-12 <= found["share"] <= found["high"] + 1e-12


def test_shares_are_of_those_who_answered():
    yes = pd.DataFrame([[True, False, False], [False, True, False]], columns=list("xyz"))
    answered = pd.DataFrame([[True, True, False], [True, False, False]], columns=list("xyz"))
    found = indicators.share_of_answers(yes, answered)
    assert found[["k", "n"]].T.to_dict("list") == {"x": [1, 2], "y": [1, 2]}


def test_coverage_counts_operators_seen_offering():
    out = indicators.coverage(PROFILES).set_index("service_code")
    assert out["k"].to_dict() == {"sig": 1, "open_data": 1, "formation": 1}
    assert (out["n"] == 3).all()
    assert out["planned"].tolist() == [1, 0, 0]


def test_a_declared_share_is_one_of_those_that_answered():
    refusal = pd.DataFrame([("C", "sig", "not_offered", 0, 0)], columns=STATES.columns)
    profiles = build_profiles(OPERATORS, SERVICES, pd.concat([STATES, refusal])).read()
    rates = indicators.coverage(profiles, declared=True).set_index("service_code")
    assert rates.loc["sig", ["k", "n"]].tolist() == [1, 3]
    assert rates.loc["formation", ["k", "n"]].tolist() == [1, 1]


@pytest.mark.parametrize(("declared", "n"), [(False, 3), (True, 2)])
def test_a_family_counts_an_operator_once_and_not_where_the_matter_is_open(declared, n):
    found = indicators.family_coverage(PROFILES, SERVICES, declared=declared)
    row = found.set_index("family_code").loc["donnees"]
    assert row[["k", "n", "n_services"]].tolist() == [2, n, 2]


def test_an_operator_counts_in_each_of_its_groups():
    groups = pd.Series(["x", "x", "y", "y"], index=["A", "B", "B", "C"])
    out = indicators.coverage_by(PROFILES, groups).set_index(["group", "service_code"])
    assert out.loc[("x", "formation"), ["k", "n"]].tolist() == [1, 2]
    assert out.loc[("y", "formation"), ["k", "n"]].tolist() == [1, 2]
    assert len(indicators.coverage_by(PROFILES, groups.iloc[:3], at_least=2)) == 3


def test_published_rates_stand_beside_what_was_seen():
    published = pd.DataFrame({"figure_id": ["F1"], "value": [90.0], "n": [39]})
    row = indicators.published_rates(published, PROFILES, {"F1": ["sig", "open_data"]}).iloc[0]
    assert (row["published"], row["k"], row["n"]) == (0.9, 2, 3)
    assert row["published_low"] < 35 / 39 < row["published_high"]


def test_population_is_served_where_an_operator_is_seen_offering():
    anyone = indicators.served_population(PROFILES, PERIMETERS, POPULATION)
    assert anyone["n_operators"].tolist() == [2, 1, 1, 0]
    some = indicators.served_population(PROFILES, PERIMETERS, POPULATION, ["formation"])
    assert some["covered"].tolist() == [True, True, False, False]


def test_territories_are_covered_in_each_draw():
    draws = np.array([[True, False, False], [False, True, True]])
    covered = indicators.territory_cover(draws, list("ABC"), PERIMETERS, POPULATION)
    assert covered.tolist() == [[True, False, False, False], [True, True, True, False]]
    assert indicators.share_covered(covered, POPULATION).tolist() == pytest.approx([0.1, 0.6])
    with pytest.raises(ValueError, match="'03'"):
        indicators.territory_cover(draws, list("ABC"), PERIMETERS, POPULATION.drop("03"))


def small(covered, thresholds=(500, 4000)):
    sizes = [100, 600, 5000, 100, 200, 3000, 10]
    table = pd.DataFrame({"departement": ["01", "01", "01", "02", "02", "03", ""]})
    table["population"] = pd.array(sizes, dtype="Int64")
    options = {"n_resamples": 200, "rng": np.random.default_rng(0)}
    return indicators.small_communes_by_cover(table, covered, thresholds, **options)


def test_small_communes_on_both_sides_by_hand():
    found = small(["01", "03"]).set_index("threshold")
    sides = found.loc[500, ["with_operator", "without_operator", "total"]].tolist()
    assert sides == pytest.approx([1 / 4, 1, 1 / 2])
    assert found.loc[4000, "difference"] == pytest.approx(3 / 4 - 1)
    assert (found["low"] <= found["difference"]).all()
    assert (found["difference"] <= found["high"]).all()


@pytest.mark.parametrize("covered", [[], ["01", "02", "03"], ["99"]])
def test_both_sides_are_needed_and_known(covered):
    with pytest.raises(ValueError, match="covered"):
        small(covered)
