"""What must hold whatever the data are: these survive next year's evidence."""

from __future__ import annotations

import pytest

from helpers.cleaning import RULES
from helpers.profiles import STATES, build_profiles
from helpers.sources import read_raw


def test_rows_in_are_rows_kept_merged_and_set_aside(load, built):
    from helpers.sources import open_edition

    raw = read_raw(open_edition(built.layout.edition, built.root))
    balance = load("balance").set_index("table")
    assert balance["raw"].to_dict() == {name: len(frame) for name, frame in raw.items()}
    assert (balance["raw"] == balance[["kept", "merged", "set_aside"]].sum(axis=1)).all()
    assert len(load("fates")) == balance["raw"].sum()


def test_every_change_names_a_rule_and_a_raw_row(load):
    changes, fates = load("changes"), load("fates")
    assert set(changes["rule"]) <= set(RULES)
    assert set(zip(changes["table"], changes["row_id"], strict=True)) <= set(
        zip(fates["table"], fates["row_id"], strict=True)
    )
    assert (changes["before"] != changes["after"]).all()


def test_every_operator_stands_once_and_every_statement_belongs_to_one(load):
    operators, statements = load("operators"), load("statements")
    assert operators["operator"].is_unique
    assert set(statements["operator"]) <= set(operators["operator"])


def test_depth_is_the_number_of_distinct_pages(load):
    operators, pages = load("operators").set_index("operator"), load("pages")
    assert not pages.duplicated(["operator", "page"]).any()
    counted = pages.groupby("operator").size().reindex(operators.index, fill_value=0)
    assert (counted == operators["n_pages"]).all()


def test_no_service_is_mentioned_on_more_pages_than_were_read(load):
    profiles = build_profiles(load("operators"), load("services"), load("states"))
    assert (profiles.mentions.max(axis=1) <= profiles.visits).all()
    assert ((profiles.mentions > 0) == profiles.offered).all().all()
    assert set(profiles.state.to_numpy().ravel()) <= set(STATES)


def test_every_perimeter_is_made_of_official_departements(load):
    from helpers.territory import departements

    official = departements().set_index("code")["region"]
    pairs = load("operator_departements")
    assert (pairs["region"].to_numpy() == official.loc[pairs["departement"]].to_numpy()).all()


@pytest.mark.parametrize("name", ["01_sources", "02_cleaning", "03_service_map"])
def test_shares_are_shares_and_intervals_are_in_order(claims, name):
    for claim in claims[name].values():
        if claim["kind"] == "share":
            assert -1 <= claim["value"] <= 1, claim["id"]
        if claim["kind"] == "interval":
            low, high = claim["value"]
            assert low <= high, claim["id"]
