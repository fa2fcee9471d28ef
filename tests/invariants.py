"""What must hold whatever the data are: these survive next year's evidence.

Each takes the tidy tables by name and raises AssertionError. The tests apply them to the real edition, and the mutation
check to tables that were tampered with.
"""

from __future__ import annotations

from helpers.cleaning import RULES, legal_family, siret_problem
from helpers.cleaning.operators import NUMERIC
from helpers.profiles import STATES, build_profiles
from helpers.territory import departements


def rows_in_are_rows_kept_merged_and_set_aside(tables):
    balance, fates = tables["balance"].set_index("table"), tables["fates"]
    assert balance.index.is_unique
    assert (balance["raw"] == balance[["kept", "merged", "set_aside"]].sum(axis=1)).all()
    counted = fates.groupby(["table", "fate"]).size().unstack(fill_value=0)
    for fate in ("kept", "merged", "set_aside"):
        found = counted[fate] if fate in counted else counted.iloc[:, 0] * 0
        assert (found.reindex(balance.index, fill_value=0) == balance[fate]).all()
    assert not fates.duplicated(["table", "row_id"]).any()
    assert ((fates["fate"] == "merged") == (fates["into"] != "")).all()
    assert ((fates["fate"] == "kept") == (fates["rule"] == "")).all()


def every_change_names_a_rule_and_a_raw_row(tables):
    changes, fates = tables["changes"], tables["fates"]
    assert set(changes["rule"]) <= set(RULES)
    assert set(zip(changes["table"], changes["row_id"], strict=True)) <= set(
        zip(fates["table"], fates["row_id"], strict=True)
    )
    assert (changes["before"] != changes["after"]).all()
    assert not changes.duplicated(["table", "row_id", "column", "after"]).any()


def every_kept_row_stands_in_its_clean_table(tables):
    fates = tables["fates"]
    for table, clean, column in (
        ("service_evidence", "statements", "evidence_id"),
        ("published_figures", "published_figures", "figure_id"),
        ("cooperation", "cooperation", "row_id"),
        ("services", "services", "service_code"),
        ("second_reading", "second_reading", "evidence_id"),
    ):
        kept = fates.loc[(fates["table"] == table) & (fates["fate"] == "kept"), "row_id"]
        assert sorted(kept) == sorted(tables[clean][column]), clean


def every_row_belongs_to_known_operators_and_services(tables):
    operators, services = tables["operators"]["operator"], tables["services"]["service_code"]
    assert operators.is_unique
    assert services.is_unique
    for name in ("statements", "states", "pages", "attributes", "operator_departements"):
        assert set(tables[name]["operator"]) <= set(operators), name
    for name in ("statements", "states"):
        assert set(tables[name]["service_code"]) <= set(services), name
    cooperation = tables["cooperation"]
    assert (cooperation["source_is_operator"] == cooperation["source"].isin(operators)).all()
    assert (cooperation["target_is_operator"] == cooperation["target"].isin(operators)).all()


def depth_is_the_number_of_distinct_pages(tables):
    operators, pages = tables["operators"].set_index("operator"), tables["pages"]
    assert not pages.duplicated(["operator", "page"]).any()
    counted = pages.groupby("operator").size().reindex(operators.index, fill_value=0)
    assert (counted == operators["n_pages"]).all()


def pages_are_those_of_the_statements(tables):
    grouped = tables["statements"].groupby(["operator", "page"])
    wanted = grouped.agg(
        year=("year", "max"), n_statements=("evidence_id", "size"), weak=("weak", "all")
    )
    found = tables["pages"].set_index(["operator", "page"]).reindex(wanted.index)
    assert len(found) == len(tables["pages"])
    assert (found["n_statements"] == wanted["n_statements"]).all()
    assert (found["any_firm"] == ~wanted["weak"]).all()
    assert (found["year"].fillna(0) == wanted["year"].fillna(0)).all()


def states_are_those_of_the_statements(tables):
    statements, states = (
        tables["statements"],
        tables["states"].set_index(["operator", "service_code"]),
    )
    assert states.index.is_unique
    assert set(states["state"]) <= set(STATES)
    offered = statements[statements["status"] == "offered"]
    keys = ["operator", "service_code"]
    for column, part in (
        ("n_pages", offered),
        ("n_firm_pages", offered[~offered["weak"]]),
        ("n_planned_pages", statements[statements["status"] == "planned"]),
    ):
        counted = part.groupby(keys)["page"].nunique().reindex(states.index, fill_value=0)
        assert (counted == states[column]).all(), column
    years = statements.groupby(keys)["year"].agg(["min", "max"]).reindex(states.index)
    assert (years["min"].fillna(0) == states["first_year"].fillna(0)).all()
    assert (years["max"].fillna(0) == states["last_year"].fillna(0)).all()
    stated = set(map(tuple, statements[[*keys, "status"]].to_numpy()))
    assert all((*key, state) in stated for key, state in states["state"].items())


def weak_statements_say_why(tables):
    statements = tables["statements"]
    assert (statements["weak"] == (statements["weak_reason"] != "")).all()
    assert statements["year"].dropna().between(1980, 2100).all()


def no_service_is_mentioned_on_more_pages_than_were_read(tables):
    profiles = build_profiles(tables["operators"], tables["services"], tables["states"])
    assert (profiles.mentions.max(axis=1) <= profiles.visits).all()
    assert ((profiles.mentions > 0) == profiles.offered).all().all()


def every_perimeter_is_made_of_official_departements(tables):
    official = departements().set_index("code")["region"]
    pairs, operators = tables["operator_departements"], tables["operators"].set_index("operator")
    assert (pairs["region"].to_numpy() == official.loc[pairs["departement"]].to_numpy()).all()
    joined = pairs.groupby("operator")["departement"].agg(lambda codes: "|".join(sorted(codes)))
    assert (joined.reindex(operators.index, fill_value="") == operators["departements"]).all()
    assert (
        pairs.groupby("operator").size().reindex(operators.index, fill_value=0)
        == operators["n_departements"]
    ).all()
    regions = pairs.groupby("operator")["region"].agg(
        lambda r: r.iloc[0] if len(set(r)) == 1 else ""
    )
    assert (regions.reindex(operators.index, fill_value="") == operators["region"]).all()


def settled_values_lie_within_what_was_published(tables):
    attributes = tables["attributes"]
    assert not attributes.duplicated(["operator", "attribute"]).any()
    numeric = attributes[attributes["minimum"].notna()]
    values = numeric["value"].astype(float)
    assert ((numeric["minimum"] <= values) & (values <= numeric["maximum"])).all()
    single = numeric["n_values"] == 1
    assert (numeric.loc[single, "minimum"] == numeric.loc[single, "maximum"]).all()
    founded = numeric.loc[numeric["attribute"] == "founded_year", "minimum"]
    assert founded.between(1800, 2100).all()


def every_attribute_row_was_kept_or_merged(tables):
    attributes, balance = (
        tables["attributes"],
        tables["balance"].set_index("table").loc["operator_attributes"],
    )
    assert len(attributes) + len(tables["operators"]) == balance["kept"]
    assert (attributes["n_values"] - 1).sum() == balance["merged"]


def a_page_that_was_not_found_was_not_judged(tables):
    reading = tables["second_reading"]
    assert ((reading["found"] == "yes") == (reading["supports"] != "na")).all()


def the_second_reading_is_of_statements(tables):
    reading = tables["second_reading"].merge(
        tables["statements"], on="evidence_id", suffixes=("", "_stated")
    )
    assert len(reading) == len(tables["second_reading"])
    assert (reading["opsn_name"] == reading["operator"]).all()
    assert (reading["service_code"] == reading["service_code_stated"]).all()


def legal_families_follow_from_form_and_name(tables):
    operators = tables["operators"]
    derived = [
        legal_family(form, name)
        for form, name in zip(operators["legal_form"], operators["full_name"], strict=True)
    ]
    assert list(operators["legal_family"]) == derived


def attributes_are_of_their_kind(tables):
    attributes = tables["attributes"]
    numeric = attributes["attribute"].isin(NUMERIC)
    assert (attributes["minimum"].notna() == numeric).all()
    sirets = attributes.loc[attributes["attribute"] == "siret", "value"]
    assert all(siret_problem(siret) is None for siret in sirets)


def published_percentages_are_percentages(tables):
    figures = tables["published_figures"]
    percent = figures.loc[figures["unit"] == "percent", "value"]
    assert percent.between(0, 100).all()
    assert figures["year"].dropna().between(1990, 2100).all()
    assert (figures["n"].dropna() > 0).all()


INVARIANTS = (
    rows_in_are_rows_kept_merged_and_set_aside,
    every_change_names_a_rule_and_a_raw_row,
    every_kept_row_stands_in_its_clean_table,
    every_row_belongs_to_known_operators_and_services,
    depth_is_the_number_of_distinct_pages,
    pages_are_those_of_the_statements,
    states_are_those_of_the_statements,
    weak_statements_say_why,
    no_service_is_mentioned_on_more_pages_than_were_read,
    every_perimeter_is_made_of_official_departements,
    settled_values_lie_within_what_was_published,
    every_attribute_row_was_kept_or_merged,
    a_page_that_was_not_found_was_not_judged,
    the_second_reading_is_of_statements,
    legal_families_follow_from_form_and_name,
    attributes_are_of_their_kind,
    published_percentages_are_percentages,
)
