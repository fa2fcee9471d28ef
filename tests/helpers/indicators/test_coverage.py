import pandas as pd
import pytest

from helpers import indicators
from helpers.estimates import Estimate, share
from helpers.profiles import build_profiles
from tests.helpers.tables import tables

TABLES = tables("coverage")
STATES, PERIMETERS = TABLES["states"], TABLES["perimeters"]
FAMILIES = {"sig": "donnees", "open_data": "donnees", "formation": "accompagnement"}
PROFILES = build_profiles(TABLES["operators"], TABLES["services"], STATES).read()
POPULATION = pd.Series({"01": 10, "02": 20, "03": 30, "04": 40})


def test_coverage_is_the_share_of_operators_seen_offering():
    out = indicators.coverage(PROFILES)
    assert out["k"].to_dict() == {"sig": 2, "open_data": 1, "formation": 1}
    assert (out["n"] == 3).all()
    assert out.loc["sig", "planned"] == 1
    assert Estimate.of(out, "sig") == share(2, 3)


def test_every_row_that_shares_an_extreme_is_named():
    top, first, bottom, last = indicators.extremes(indicators.coverage(PROFILES))
    assert (top.k, first) == (2, ["sig"])
    assert (bottom.k, last) == (1, ["open_data", "formation"])


def test_what_only_weak_pages_show_is_not_shown_directly():
    direct = indicators.directly_shown(PROFILES, STATES)
    assert direct.state.loc["B", PROFILES.services].tolist() == ["planned", "unseen", "unseen"]
    assert direct.mentions.loc["B", "formation"] == 0
    assert direct.offered.to_numpy().sum() == PROFILES.offered.to_numpy().sum() - 1


def test_a_family_counts_an_operator_once():
    found = indicators.family_coverage(PROFILES, FAMILIES)
    assert found.loc["donnees", ["k", "n"]].tolist() == [2, 3]
    assert found.index[0] == "donnees"


def test_shares_within_groups_are_of_the_group():
    groups = pd.Series({"A": "x", "B": "x", "C": "y", "D": "y"})
    services = indicators.coverage_by(PROFILES, groups)
    assert services.loc[("x", "sig"), ["k", "n"]].tolist() == [1, 2]
    assert services.loc[("y", "sig"), ["k", "n"]].tolist() == [1, 1]
    here, elsewhere = indicators.contrast(PROFILES, groups, "y", "donnees", FAMILIES)
    assert (here.k, here.n, elsewhere.k, elsewhere.n) == (1, 1, 1, 2)
    families = indicators.coverage_by(PROFILES, groups, FAMILIES)
    rows = [(group, family) for group in "xy" for family in ("donnees", "accompagnement")]
    assert families.loc[rows, "k"].tolist() == [1, 1, 1, 0]


def test_services_are_shown_beside_those_that_pages_show_directly():
    out = indicators.seen_and_direct(PROFILES, STATES)
    seen, direct = (out[out["kind"] == kind] for kind in ("seen", "direct"))
    alone = indicators.coverage(PROFILES)
    pd.testing.assert_frame_equal(seen.drop(columns="kind"), alone, check_dtype=False)
    assert direct["k"].to_dict() == {"sig": 2, "open_data": 1, "formation": 0}
    assert direct["low"].isna().all()


@pytest.mark.parametrize(("low", "unsettled"), [(0.2, True), (0.45, False)])
def test_an_order_is_settled_where_two_intervals_stand_apart(low, unsettled):
    rows = pd.DataFrame({"low": [0.6, low, 0.1], "high": [0.9, 0.7, 0.4]})
    assert indicators.unsettled_order(rows) is unsettled


def test_offers_are_counted_once_by_their_latest_year():
    out = indicators.offers_by_period(STATES)
    assert out.index.tolist()[:3] == ["2000–2004", "2005–2009", "2010–2014"]
    assert out.index.tolist()[3:] == ["2015–2019", "undated"]
    assert out.tolist() == [1, 0, 1, 1, 1]


def test_a_departement_is_not_read_not_seen_or_seen():
    classes = indicators.departement_classes(PROFILES, PERIMETERS, POPULATION, ["formation"])
    assert classes.to_dict() == {"01": "seen", "02": "seen", "03": "not_seen", "04": "not_read"}
    weights = pd.DataFrame({"population": POPULATION, "communes": 1})
    shares = indicators.class_shares(classes, weights)
    assert shares.loc["population"].to_dict() == {"not_read": 0.4, "not_seen": 0.3, "seen": 0.3}
    assert shares.loc["communes", "seen"] == 0.5
    with pytest.raises(ValueError, match="'03'"):
        indicators.departement_classes(PROFILES, PERIMETERS, POPULATION.drop("03"), ["sig"])
