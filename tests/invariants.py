"""What must hold whatever the data are: these survive next year's evidence.

Each of `INVARIANTS` takes the tidy tables by name and raises AssertionError; `check_possible` takes
a claim.
"""

import re

from helpers.cleaning import RULES
from helpers.profiles import STATES, build_profiles

_GROWTH = re.compile(r"\b(augmente|progresse|recule|baisse|diminue)(nt)?\b")
# Raw tables whose kept rows each have a row in a clean table, with the column that identifies it.
KEPT = {
    "published_figures": ("published_figures", "figure_id"),
    "cooperation": ("cooperation", "row_id"),
    "services": ("services", "service_code"),
    "second_reading": ("second_reading", "evidence_id"),
}


def every_raw_row_has_one_fate_and_every_kept_row_a_clean_one(tables):
    balance, fates = tables["balance"].set_index("table"), tables["fates"]
    kinds = ["kept", "merged", "set_aside"]
    assert not fates.duplicated(["table", "row_id"]).any()
    assert (balance["raw"] == balance[kinds].sum(axis=1)).all()
    counted = fates.groupby(["table", "fate"]).size().unstack(fill_value=0)
    assert (counted.reindex(balance.index, columns=kinds, fill_value=0) == balance[kinds]).all(
        axis=None
    )
    assert ((fates["fate"] == "merged") == (fates["into"] != "")).all()
    assert ((fates["fate"] == "kept") == (fates["rule"] == "")).all()
    for table, (clean, column) in KEPT.items():
        kept = fates.loc[(fates["table"] == table) & (fates["fate"] == "kept"), "row_id"]
        assert sorted(kept) == sorted(tables[clean][column]), clean
    # Readings A and B of one page are one statement, which counts its rows.
    stated = [tables["statements"], tables["third_reading"]]
    read = fates[fates["table"].isin(["service_evidence", "protocol_evidence"])]
    identifiers = set().union(*(frame["evidence_id"] for frame in stated))
    assert identifiers <= set(read.loc[read["fate"] == "kept", "row_id"])
    assert sum(frame["n_raw"].sum() for frame in stated) == (read["fate"] != "set_aside").sum()


def every_change_names_a_rule_and_a_raw_row(tables):
    changes, fates = tables["changes"], tables["fates"]
    assert set(changes["rule"]) <= set(RULES)
    changed, declared = (
        set(frame[["table", "row_id"]].itertuples(index=False, name=None))
        for frame in (changes, fates)
    )
    assert changed <= declared
    assert (changes["before"] != changes["after"]).all()
    assert not changes.duplicated(["table", "row_id", "column", "after"]).any()


def every_row_belongs_to_known_operators_and_services(tables):
    operators, services = tables["operators"]["operator"], tables["services"]["service_code"]
    assert operators.is_unique and services.is_unique
    for name in ("statements", "states", "pages", "attributes", "operator_departements"):
        assert tables[name]["operator"].isin(operators).all(), name
    for name in ("statements", "states"):
        assert tables[name]["service_code"].isin(services).all(), name
    cooperation = tables["cooperation"]
    for end in ("source", "target"):
        assert (cooperation[f"{end}_is_operator"] == cooperation[end].isin(operators)).all()


def pages_hold_those_of_the_statements_and_give_the_depth(tables):
    operators, pages = tables["operators"].set_index("operator"), tables["pages"]
    grouped = tables["statements"].groupby(["operator", "page"])
    wanted = grouped.agg(
        year=("year", "max"), n_statements=("evidence_id", "size"), weak=("weak", "all")
    )
    found = pages.set_index(["operator", "page"])
    # Pages that were read and tell of no service have no statement.
    told = found["n_statements"] > 0
    assert found.index.is_unique and set(found.index[told]) == set(wanted.index)
    assert not found.loc[~told, "any_firm"].any()
    found = found.reindex(wanted.index)
    assert (found["n_statements"] == wanted["n_statements"]).all()
    assert (found["any_firm"] == ~wanted["weak"]).all()
    assert (found["year"].fillna(0) == wanted["year"].fillna(0)).all()
    depth = pages.groupby("operator").size().reindex(operators.index, fill_value=0)
    assert (depth == operators["n_pages"]).all()


def states_are_those_of_the_statements(tables):
    keys, statements = ["operator", "service_code"], tables["statements"]
    states = tables["states"].set_index(keys)
    assert states.index.is_unique and states["state"].isin(STATES).all()
    offered = statements[statements["status"] == "offered"]
    for column, part in (
        ("n_pages", offered),
        ("n_firm_pages", offered[~offered["weak"]]),
        ("n_planned_pages", statements[statements["status"] == "planned"]),
    ):
        counted = part.groupby(keys)["page"].nunique().reindex(states.index, fill_value=0)
        assert (counted == states[column]).all(), column
    years = statements.groupby(keys)["year"].agg(["min", "max"]).reindex(states.index).fillna(0)
    assert (years["min"] == states["first_year"].fillna(0)).all()
    assert (years["max"] == states["last_year"].fillna(0)).all()
    stated = set(statements[[*keys, "status"]].itertuples(index=False, name=None))
    assert all((*key, state) in stated for key, state in states["state"].items())


def no_service_is_mentioned_on_more_pages_than_were_read(tables):
    profiles = build_profiles(tables["operators"], tables["services"], tables["states"])
    assert (profiles.mentions.max(axis=1) <= profiles.visits).all()
    assert ((profiles.mentions > 0) == profiles.offered).all(axis=None)


INVARIANTS = (
    every_raw_row_has_one_fate_and_every_kept_row_a_clean_one,
    every_change_names_a_rule_and_a_raw_row,
    every_row_belongs_to_known_operators_and_services,
    pages_hold_those_of_the_statements_and_give_the_depth,
    states_are_those_of_the_statements,
    no_service_is_mentioned_on_more_pages_than_were_read,
)


def numbers_of(claim: dict) -> list[float]:
    """Return the numbers that a claim states."""
    values = claim["value"] if isinstance(claim["value"], list) else [claim["value"]]
    return [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]


def check_possible(claim: dict) -> None:
    """Check what no data can make false of a claim."""
    numbers = numbers_of(claim)
    if claim["kind"] == "share" and claim["unit"] == "proportion":
        assert all(0 <= number <= 1 for number in numbers), claim
    if claim["kind"] == "interval":
        low, high = numbers[-2:]
        assert low <= high, claim
        if claim["filter"] == "with_interval":
            assert low - 1e-9 <= numbers[0] <= high + 1e-9, claim
    if claim["kind"] == "count":
        assert all(number >= 0 for number in numbers), claim
    # A difference that is said to grow or fall has an interval without zero.
    if claim["unit"] == "difference of proportions":
        for statement in claim["statements"]:
            if _GROWTH.search(statement["sentence"]):
                assert min(numbers) > 0 or max(numbers) < 0, statement["sentence"]
