"""Attributes of operators: one settled value each, with the spread of what was published."""

from __future__ import annotations

import pandas as pd

from helpers.cleaning.addresses import canonical_page
from survey_reader import Ledger, siret_problem

NUMERIC = ("founded_year", "members", "communes_members", "staff_fte", "budget_eur")
TABLE = "operator_attributes"


def settle(values: list[float], years: list[int | None]) -> float:
    """Return the latest dated value, else the median.

    Several values of the latest year are settled by their median.
    """
    dated = [(y, v) for v, y in zip(values, years, strict=True) if y is not None]
    if dated:
        latest = max(y for y, _ in dated)
        values = [v for y, v in dated if y == latest]
    return float(pd.Series(values, dtype=float).median())


def clean_attributes(raw: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return one row per (operator, attribute), identity rows left out.

    Parameters
    ----------
    raw : DataFrame
        `operator_attributes` as text, with a column ``row_id``.
    ledger : Ledger
        Receives a fate for every row but the identity rows, which `clean_operators` settles.

    Returns
    -------
    DataFrame
        Columns operator, attribute, value (text), year (Int64), minimum, maximum (float), n_values,
        source_url of the row that carries the settled value (the nearest to it).
    """
    rows = []
    facts = raw[raw["attribute"] != "identity"]
    for row in facts.itertuples():
        ledger.change(
            TABLE,
            row.row_id,
            "source_url",
            row.source_url,
            canonical_page(row.source_url),
            "canonical_page",
        )
    for (operator, attribute), group in facts.groupby(["opsn_name", "attribute"], sort=True):
        if attribute == "siret":
            group = _right_sirets(group, ledger)
        if group.empty:
            continue
        rows.append(
            {"operator": operator, "attribute": attribute, **_settled(group, attribute, ledger)}
        )
    out = pd.DataFrame(rows)
    return out.astype({"year": "Int64"})


def _right_sirets(group: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    problems = [siret_problem(value) for value in group["value"]]
    for row, problem in zip(group.itertuples(), problems, strict=True):
        if problem:
            ledger.set_aside(TABLE, row.row_id, "siret_key")
            ledger.change(TABLE, row.row_id, "value", row.value, "", "siret_key", problem)
    return group[[problem is None for problem in problems]]


def _settled(group: pd.DataFrame, attribute: str, ledger: Ledger) -> dict:
    years = [int(y) if y else None for y in group["value_year"]]
    if attribute in NUMERIC:
        numbers = [float(v) for v in group["value"]]
        value = settle(numbers, years)
        # The row nearest to the settled value carries it; the first of the latest breaks a tie.
        carrier = min(
            range(len(group)), key=lambda i: (abs(numbers[i] - value), -(years[i] or 0), i)
        )
        spread = {"minimum": min(numbers), "maximum": max(numbers)}
        text = f"{value:g}" if value < 1e6 else f"{value:.0f}"
    else:
        carrier = max(range(len(group)), key=lambda i: (years[i] or 0, -i))
        text, spread = group["value"].iloc[carrier], {"minimum": None, "maximum": None}
    carried = group.iloc[carrier]
    for i, row in enumerate(group.itertuples()):
        if i == carrier:
            ledger.keep(TABLE, row.row_id)
        else:
            ledger.merge(TABLE, row.row_id, carried["row_id"], "settled_value")
            ledger.change(TABLE, row.row_id, "value", row.value, text, "settled_value")
    return {
        "value": text,
        "year": years[carrier],
        **spread,
        "n_values": len(group),
        "source_url": carried["source_url"],
    }
