"""Cleaning: from raw tables to tidy ones by named rules, with a ledger of every change."""

from __future__ import annotations

import pandas as pd

from helpers.cleaning.consistency import check_evidence
from helpers.cleaning.operators import (
    clean_attributes,
    clean_operators,
    legal_family,
    operator_departements,
    perimeter,
)
from helpers.cleaning.rules import FAMILIES, RULES, canonical_page, rules_of
from helpers.cleaning.statements import (
    clean_cooperation,
    clean_statements,
    resolve_states,
    succession_links,
)
from survey_reader import Ledger

__all__ = [
    "FAMILIES",
    "RULES",
    "Ledger",
    "clean",
    "legal_family",
    "perimeter",
    "rules_of",
]

ROLL_OUT = "amenagement_thd"
# Raw tables that are kept as they are, with their identifiers; the others are cleaned.
_KEPT = {
    "published_figures": "figure_id",
    "services": "service_code",
    "second_reading": "evidence_id",
}


def clean(raw: dict[str, pd.DataFrame], departements: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tidy tables of the raw evidence base by name.

    Parameters
    ----------
    raw : dict of DataFrame
        The raw tables as text, by name; those without an identifier carry ``row_id``.
    departements : DataFrame
        The 101 départements: code, region.

    Returns
    -------
    dict of DataFrame
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
    identifiers = _KEPT | {"service_evidence": "evidence_id"}
    for name, frame in raw.items():
        ledger.open_table(name, frame[identifiers.get(name, "row_id")])
    for name, identifier in _KEPT.items():
        for row_id in raw[name][identifier]:
            ledger.keep(name, row_id)
    operators = clean_operators(raw["operator_attributes"], departements, ledger)
    attributes = clean_attributes(raw["operator_attributes"], ledger)
    statements = clean_statements(raw["service_evidence"], raw["second_reading"], ledger)
    states = resolve_states(statements, ledger)
    cooperation = clean_cooperation(raw["cooperation"], operators, ledger)
    links = succession_links(cooperation, statements, operators, ledger)
    operators = _with_depth(operators, statements, states, ledger)
    ledger.close()
    return {
        "operators": operators,
        "operator_departements": operator_departements(operators, departements),
        "attributes": attributes,
        "statements": statements,
        "states": states,
        "pages": _pages(statements),
        "cooperation": cooperation,
        "links": links,
        "services": raw["services"].copy(),
        "second_reading": raw["second_reading"].copy(),
        "published_figures": _figures(raw["published_figures"]),
        "changes": ledger.changes(),
        "fates": ledger.fates(),
        "balance": ledger.balance(),
    }


def _pages(statements: pd.DataFrame) -> pd.DataFrame:
    """Return one row per operator and page: operator, page, year, n_statements, any_firm."""
    return statements.groupby(["operator", "page"], as_index=False).agg(
        year=("year", "max"),
        n_statements=("evidence_id", "size"),
        any_firm=("weak", lambda weak: not weak.all()),
    )


def _with_depth(operators, statements, states, ledger) -> pd.DataFrame:
    """Add to operators n_pages, and only_rollout: whether the roll-out is their only service."""
    depth = statements.groupby("operator")["page"].nunique()
    living = states[states["state"].isin(["offered", "planned"])]
    services = living.groupby("operator")["service_code"].agg(set)
    names = operators["operator"]
    out = operators.assign(
        n_pages=names.map(depth).fillna(0).astype(int),
        only_rollout=[services.get(name) == {ROLL_OUT} for name in names],
    )
    first = statements.groupby("operator")["evidence_id"].first()
    for name in names[out["only_rollout"]]:
        ledger.change("service_evidence", first[name], "only_rollout", "", name, "only_rollout")
    return out


def _figures(raw: pd.DataFrame) -> pd.DataFrame:
    out = raw.assign(page=raw["source_url"].map(canonical_page))
    for column, kind in (("value", "float64"), ("n", "Int64"), ("year", "Int64")):
        out[column] = pd.to_numeric(out[column].replace("", None)).astype(kind)
    return out
