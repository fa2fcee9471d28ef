"""Cleaning: from raw tables to tidy ones by named rules, with a ledger of every change."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.cleaning.addresses import canonical_page
from helpers.cleaning.attributes import clean_attributes
from helpers.cleaning.consistency import check_evidence
from helpers.cleaning.cooperation import clean_cooperation, succession_links
from helpers.cleaning.operators import (
    FAMILIES,
    clean_operators,
    legal_family,
    operator_departements,
    perimeter,
    possible_predecessors,
)
from helpers.cleaning.rules import RULES, Rule, rules_of
from helpers.cleaning.statements import (
    clean_statements,
    resolve_states,
    resolve_status,
    weak_reason,
)
from survey_reader import Ledger, luhn_valid, siret_problem

__all__ = [
    "FAMILIES",
    "RULES",
    "Cleaned",
    "Ledger",
    "Rule",
    "canonical_page",
    "clean",
    "legal_family",
    "luhn_valid",
    "perimeter",
    "resolve_status",
    "rules_of",
    "siret_problem",
    "weak_reason",
]

ROLL_OUT = "amenagement_thd"


@dataclass(frozen=True)
class Cleaned:
    """Tidy tables by name, and the closed ledger."""

    tables: dict[str, pd.DataFrame]
    ledger: Ledger


def clean(raw: dict[str, pd.DataFrame], departements: pd.DataFrame) -> Cleaned:
    """Turn the raw evidence base into tidy tables.

    Parameters
    ----------
    raw : dict of DataFrame
        The raw tables as text, by name; those without an identifier carry ``row_id``.
    departements : DataFrame
        The 101 départements: code, region.

    Returns
    -------
    Cleaned
        Tables operators, operator_departements, attributes, statements, states, pages, cooperation,
        links, services, second_reading, published_figures, changes, fates, balance.

    Raises
    ------
    DataError
        If the tables contradict one another.
    ValueError
        If a raw row ends without exactly one fate.
    """
    check_evidence(raw)
    ledger = Ledger(RULES)
    identifiers = {
        "service_evidence": "evidence_id",
        "published_figures": "figure_id",
        "services": "service_code",
        "second_reading": "evidence_id",
    }
    for name, frame in raw.items():
        ledger.open_table(name, frame[identifiers.get(name, "row_id")])
    for name in ("published_figures", "services", "second_reading"):
        for row_id in raw[name][identifiers[name]]:
            ledger.keep(name, row_id)

    operators = clean_operators(raw["operator_attributes"], departements, ledger)
    attributes = clean_attributes(raw["operator_attributes"], ledger)
    statements = clean_statements(raw["service_evidence"], raw["second_reading"], ledger)
    states = resolve_states(statements, ledger)
    cooperation = clean_cooperation(raw["cooperation"], operators, ledger)
    links = succession_links(
        cooperation, possible_predecessors(statements, operators, ledger), ledger
    )
    pages = _pages(statements)
    operators = _with_depth(operators, statements, states, ledger)
    ledger.close()
    tables = {
        "operators": operators,
        "operator_departements": operator_departements(operators, departements),
        "attributes": attributes,
        "statements": statements,
        "states": states,
        "pages": pages,
        "cooperation": cooperation,
        "links": links,
        "services": raw["services"].copy(),
        "second_reading": raw["second_reading"].copy(),
        "published_figures": _figures(raw["published_figures"]),
        "changes": ledger.changes(),
        "fates": ledger.fates(),
        "balance": ledger.balance(),
    }
    return Cleaned(tables, ledger)


def _pages(statements: pd.DataFrame) -> pd.DataFrame:
    """Return one row per operator and page: operator, page, year, n_statements, any_firm."""
    grouped = statements.groupby(["operator", "page"], sort=True)
    out = grouped.agg(
        year=("year", "max"),
        n_statements=("evidence_id", "size"),
        any_firm=("weak", lambda w: not w.all()),
    )
    return out.reset_index()


def _with_depth(operators, statements, states, ledger) -> pd.DataFrame:
    depth = statements.groupby("operator")["page"].nunique()
    living = states[states["state"].isin(["offered", "planned"])]
    services = living.groupby("operator")["service_code"].agg(set)
    out = operators.copy()
    out["n_pages"] = out["operator"].map(depth).fillna(0).astype(int)
    out["only_rollout"] = [services.get(name, set()) == {ROLL_OUT} for name in out["operator"]]
    first = statements.groupby("operator")["evidence_id"].first()
    for name in out.loc[out["only_rollout"], "operator"]:
        ledger.change("service_evidence", first[name], "only_rollout", "", name, "only_rollout")
    return out


def _figures(raw: pd.DataFrame) -> pd.DataFrame:
    out = raw.copy()
    out["page"] = out["source_url"].map(canonical_page)
    for column, kind in (("value", "float64"), ("n", "Int64"), ("year", "Int64")):
        out[column] = pd.to_numeric(out[column].replace("", None)).astype(kind)
    return out
