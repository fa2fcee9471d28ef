"""Cleaning: from raw tables to tidy ones by named rules, with a ledger of every change."""

# ruff: noqa: F401

from __future__ import annotations

import pandas as pd

from helpers import texts
from helpers.cleaning.consistency import check_evidence
from helpers.cleaning.operators import clean_attributes, clean_operators, operator_departements
from helpers.cleaning.population import flow, left_out, strata
from helpers.cleaning.rules import (
    FAMILIES,
    HEADINGS,
    RULES,
    VALUE_LABELS,
    as_years,
    canonical_page,
    rule_effects,
    rules_of,
)
from helpers.cleaning.statements import (
    READINGS,
    across_readings,
    clean_cooperation,
    clean_protocol_statements,
    clean_statements,
    readings_made,
    resolve_states,
    succession_links,
    support_of_rows,
)
from survey_reader import Ledger

_TEXTS = texts.read("cleaning")


def clean(raw: dict[str, pd.DataFrame], departements: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tidy tables of the raw evidence base by name.

    Parameters
    ----------
    raw : dict of DataFrame
        The raw tables as text, by name; the first column of each identifies its rows.
    departements : DataFrame
        The 101 départements: code, region.

    Returns
    -------
    dict of DataFrame
        Tables operators (with the stratum of each), operator_departements, attributes, statements
        (readings A and B), third_reading, states, pages, looks, register_departements,
        register_operators, cooperation, links, services, second_reading, published_figures,
        changes, fates, balance.

    Raises
    ------
    DataError
        If the tables contradict one another.
    ValueError
        If a raw row ends without exactly one fate.
    """
    check_evidence(raw)
    ledger = Ledger(RULES)
    kept, plain = {*_TEXTS["kept"], *_TEXTS["plain"]}, _TEXTS["plain"].items()
    for name, frame in raw.items():
        ledger.open_table(name, frame.iloc[:, 0])
        for row_id in frame.iloc[:, 0] if name in kept else ():
            ledger.settle(name, row_id, "kept")
    operators = clean_operators(raw["operator_attributes"], departements, ledger)
    attributes = clean_attributes(raw["operator_attributes"], ledger)
    refuted = set(raw["refuted_rows"]["evidence_id"])
    first = clean_statements(raw["service_evidence"], raw["second_reading"], refuted, ledger)
    fixed = clean_protocol_statements(raw["protocol_evidence"], ledger)
    # Reading C tests what A and B saw, so that it adds nothing to the states.
    statements = across_readings(first, fixed[fixed["reading"] == "B"])
    states = resolve_states(statements, ledger)
    cooperation = clean_cooperation(raw["cooperation"], operators, ledger)
    links = succession_links(cooperation, statements, operators, ledger)
    pages = _pages(statements, raw["protocol_pages"])
    operators = _with_depth(operators, pages, states, links)
    _record_strata(operators, raw["operator_attributes"], ledger)
    ledger.close()
    return {
        "operators": operators,
        "operator_departements": operator_departements(operators, departements),
        "attributes": attributes,
        "statements": statements,
        "third_reading": fixed[fixed["reading"] == "C"].reset_index(drop=True),
        "states": states,
        "pages": pages,
        **{about["name"]: _typed(raw[name], about["columns"]) for name, about in plain},
        "cooperation": cooperation,
        "links": links,
        "services": raw["services"].copy(),
        "second_reading": raw["second_reading"].copy(),
        "published_figures": _figures(raw["published_figures"]),
        "changes": ledger.changes(),
        "fates": ledger.fates(),
        "balance": ledger.balance(),
    }


def _pages(statements: pd.DataFrame, protocol: pd.DataFrame) -> pd.DataFrame:
    """Return one row per operator and page that readings A and B read, whichever found it.

    Pages that name the operator and no service count: n_statements is 0.
    """
    pages = statements.groupby(["operator", "page"], as_index=False).agg(
        year=("year", "max"),
        n_statements=("evidence_id", "size"),
        any_firm=("weak", lambda weak: not weak.all()),
    )
    silent = protocol[protocol["protocol"] == "P1"].rename(columns={"opsn_name": "operator"})
    silent = silent.assign(page=silent["source_url"].map(canonical_page), n_statements=0)
    silent = silent.assign(year=as_years(silent["page_year"]), any_firm=False)[pages.columns]
    both = pd.concat([pages, silent], ignore_index=True).drop_duplicates(["operator", "page"])
    return both.sort_values(["operator", "page"], ignore_index=True)


def _typed(raw: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Return columns of a raw table that needs no rule, counts as whole numbers."""
    frame = raw[list(columns)].copy()
    counts = [column for column, kind in columns.items() if kind == "count"]
    frame[counts] = frame[counts].replace("", None).apply(pd.to_numeric).astype("Int64")
    if "protocol" in frame:
        frame["reading"] = frame.pop("protocol").map(READINGS)
    return frame.rename(columns={"opsn_name": "operator"})


def _with_depth(operators, pages, states, links) -> pd.DataFrame:
    """Add to operators n_pages and their stratum."""
    names = operators["operator"]
    depth = pages.groupby("operator")["page"].nunique()
    stratum = strata(operators, states, links)
    return operators.assign(
        n_pages=names.map(depth).fillna(0).astype(int), stratum=names.map(stratum)
    )


def _record_strata(operators: pd.DataFrame, attributes: pd.DataFrame, ledger: Ledger) -> None:
    """Record the bodies that are not in the population, in their row of identity."""
    identity = attributes[attributes["attribute"] == "identity"].drop_duplicates("opsn_name")
    row_ids = identity.set_index("opsn_name")["row_id"]
    for row in operators[operators["stratum"] != "main"].itertuples():
        place = ("operator_attributes", row_ids[row.operator], "stratum")
        ledger.change(*place, "", row.stratum, "population")


def _figures(raw: pd.DataFrame) -> pd.DataFrame:
    out = raw.assign(page=raw["source_url"].map(canonical_page))
    for column, kind in (("value", "float64"), ("n", "Int64"), ("year", "Int64")):
        out[column] = pd.to_numeric(out[column].replace("", None)).astype(kind)
    return out
