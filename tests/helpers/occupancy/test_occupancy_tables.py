import numpy as np
import pandas as pd
import pytest

from helpers.occupancy import fit_occupancy
from helpers.occupancy.tables import corrected_shares, unseen_offers
from helpers.profiles import build_profiles

MENTIONS = np.array([[2, 1], [3, 0], [0, 0], [1, 0], [0, 0], [2, 0]])
VISITS = np.array([4, 5, 3, 2, 1, 4])


def test_a_share_that_is_not_identified_keeps_its_interval_only():
    fit = fit_occupancy(MENTIONS, VISITS)
    table = corrected_shares(["a", "b"], fit).set_index("service_code")
    assert list(table.index) == ["a", "b"]
    assert table["corrected"].isna().to_dict() == {
        "a": not fit.identified[0],
        "b": not fit.identified[1],
    }
    assert (table["low"] <= table["high"]).all()
    assert table.loc["a", "naive"] == pytest.approx(4 / 6)


def test_false_mentions_are_set_beside_the_correction():
    fit = fit_occupancy(MENTIONS, VISITS)
    doubted = fit_occupancy(MENTIONS, VISITS, false_positives=(9, 34))
    table = corrected_shares(["a", "b"], fit, doubted)
    assert (table["doubted"] <= table["doubted_high"]).all()


def test_a_wrong_number_of_services_is_refused():
    with pytest.raises(ValueError, match="3 services where the fit has 2"):
        corrected_shares(["a", "b", "c"], fit_occupancy(MENTIONS, VISITS))


def test_what_is_not_seen_is_listed_with_its_probability_and_interval():
    services = pd.DataFrame({"service_code": ["s", "t"]})
    operators = pd.DataFrame({"operator": ["a", "b", "c"], "n_pages": [4, 4, 1]})
    rows = [("a", "s", "offered", 3, 3), ("b", "s", "planned", 1, 1), ("b", "t", "offered", 2, 2)]
    states = pd.DataFrame(
        rows, columns=["operator", "service_code", "state", "n_pages", "n_firm_pages"]
    )
    profiles = build_profiles(operators, services, states)
    fit = fit_occupancy(profiles.mentions, profiles.visits)
    unseen = unseen_offers(profiles, fit)
    assert list(zip(unseen["operator"], unseen["service_code"], strict=True)) == [
        ("a", "t"),
        ("b", "s"),
        ("c", "s"),
        ("c", "t"),
    ]
    assert (unseen["low"] <= unseen["chance"]).all() and (unseen["chance"] <= unseen["high"]).all()
    by_pair = unseen.set_index(["operator", "service_code"])["chance"]
    # one page leaves more room for what it does not say than four
    assert by_pair["c", "t"] > by_pair["a", "t"]
    assert by_pair["a", "t"] == pytest.approx(fit.offered[0, 1])
    with pytest.raises(ValueError, match="operators and services"):
        unseen_offers(profiles.of(["a", "b"]), fit)
