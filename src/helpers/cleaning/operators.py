"""Operators: identity, territory, legal family and attributes."""

from __future__ import annotations

import re
import statistics

import pandas as pd

from helpers.cleaning.rules import PATTERNS, as_years, canonical_page, keep_one, pages_of
from survey_reader import Ledger, siret_problem

TABLE = "operator_attributes"
NUMERIC = ("founded_year", "members", "communes_members", "staff_fte", "budget_eur")
# Territories that are no département, but stand in some perimeters.
OUTSIDE = {"975", "977", "978", "986", "987", "988"}
_FORMER = re.compile(r"\(\s*ex\s+(?P<names>[^)]+)\)", re.I)


def legal_family(form: str, full_name: str) -> str:
    """Return the legal family of a coded form, or of the full name where the form does not tell."""
    if form in PATTERNS["family_of_form"]:
        return PATTERNS["family_of_form"][form]
    for family, pattern in PATTERNS["family_of_name"].items():
        if re.search(pattern, full_name):
            return family
    return "autre" if form else "inconnue"


def perimeter(text: str, official: dict[str, str]) -> tuple[list[str], list[str], str]:
    """Read a list of départements joined by ``|``: official codes, other territories, scope.

    ``national`` and nothing have no codes; the scope is ``region`` when the codes are all those of
    one region that has several. `official` gives the region of each of the 101 départements.
    Raises `ValueError` on a code that is neither a département nor another territory.
    """
    if not text.strip():
        return [], [], "unknown"
    codes, outside = set(), set()
    for piece in text.split("|"):
        code = piece.strip().upper()
        if code == "NATIONAL":
            return [], [], "national"
        code = code.zfill(2) if code.isdigit() else code
        if code not in official and code not in OUTSIDE:
            raise ValueError(f"{piece!r} is not the code of a département")
        (codes if code in official else outside).add(code)
    regions = {official[code] for code in codes}
    whole_region = codes == {code for code, region in official.items() if region in regions}
    scope = "region" if whole_region and len(regions) == 1 else "several"
    return sorted(codes), sorted(outside), "departement" if len(codes) == 1 else scope


def identity_row(
    operator: str, full_name: str, form: str, departements: str, official: dict[str, str]
) -> dict:
    """Return what is known of an operator by its name, coded form and list of départements."""
    codes, outside, scope = perimeter(departements, official)
    regions = {official[code] for code in codes}
    return {
        "operator": operator,
        "full_name": full_name,
        "former_names": "",
        "legal_form": form,
        "legal_family": legal_family(form, full_name),
        "departements": "|".join(codes),
        "outside_departements": "|".join(outside),
        "n_departements": len(codes),
        "scope": scope,
        "region": regions.pop() if len(regions) == 1 else "",
    }


def clean_operators(raw: pd.DataFrame, departements: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return one row per operator from the identity rows, with its territory and legal family."""
    official = dict(zip(departements["code"], departements["region"], strict=True))
    rows = []
    for operator, group in raw.groupby("opsn_name", sort=True):
        identity = group[group["attribute"] == "identity"]
        first = identity.iloc[0]
        keep_one(TABLE, identity["row_id"], first.row_id, "duplicate_statement", ledger)
        website = next((w for w in group["website"] if w), "")
        row = identity_row(
            operator, first.full_name, first.legal_form, first.departements, official
        )
        former = _FORMER.search(first.full_name)
        row["former_names"] = re.sub(r",?\s+ex\s+", " | ", former["names"]) if former else ""
        for column, told, rule in (
            ("departements", "departements", "official_departement"),
            ("legal_form", "legal_family", "legal_family"),
        ):
            ledger.change(TABLE, first.row_id, column, first[column], row[told], rule)
        page = canonical_page(website) if website else ""
        rows.append(row | {"website": page, "source_url": first.source_url})
    return pd.DataFrame(rows)


def operator_departements(operators: pd.DataFrame, departements: pd.DataFrame) -> pd.DataFrame:
    """Return one row per operator and département of its perimeter, with the region."""
    pairs = operators.assign(departement=operators["departements"].str.split("|"))
    pairs = pairs[["operator", "departement"]].explode("departement", ignore_index=True)
    pairs = pairs[pairs["departement"] != ""].reset_index(drop=True)
    return pairs.assign(region=pairs["departement"].map(departements.set_index("code")["region"]))


def settle(values: pd.Series, years: pd.Series) -> float:
    """Return the lower median of the values of the latest year, or of all if none is dated.

    It is a value that some page gives: the middle of two need not be a whole number.
    """
    return float(statistics.median_low(values[(years == years.max()) | years.isna().all()]))


def clean_attributes(raw: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return one row per (operator, attribute), identity rows left out.

    `source_url` is that of the row that carries the settled value, the nearest to it.
    """
    facts = raw[raw["attribute"] != "identity"]
    pages_of(facts, TABLE, "row_id", ledger)
    facts = _without_wrong_sirets(facts.assign(year=as_years(facts["value_year"])), ledger)
    rows = [
        {"operator": operator, "attribute": attribute}
        | _settled(group, attribute in NUMERIC, ledger)
        for (operator, attribute), group in facts.groupby(["opsn_name", "attribute"], sort=True)
    ]
    return pd.DataFrame(rows).astype({"year": "Int64"})


def _without_wrong_sirets(facts: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    problems = facts.loc[facts["attribute"] == "siret", "value"].map(siret_problem).dropna()
    for row, problem in zip(facts.loc[problems.index].itertuples(), problems, strict=True):
        ledger.settle(TABLE, row.row_id, "set_aside", "siret_key")
        ledger.change(TABLE, row.row_id, "value", row.value, "", "siret_key", problem)
    return facts.drop(index=problems.index)


def _settled(group: pd.DataFrame, numeric: bool, ledger: Ledger) -> dict:
    """Return the value that stands for several; the latest row nearest to it carries it."""
    text, spread = None, (None, None)
    group = group.assign(distance=0.0, age=-group["year"].fillna(0))
    if numeric:
        numbers = group["value"].astype(float)
        value, spread = settle(numbers, group["year"]), (numbers.min(), numbers.max())
        group["distance"] = (numbers - value).abs()
        text = f"{value:g}" if value < 1e6 else f"{value:.0f}"
    carrier = group.sort_values(["distance", "age"], kind="stable").iloc[0]
    text = text or carrier["value"]
    keep_one(TABLE, group["row_id"], carrier["row_id"], "settled_value", ledger)
    for row in group.drop(index=carrier.name).itertuples():
        ledger.change(TABLE, row.row_id, "value", row.value, text, "settled_value")
    return {
        "value": text,
        "year": carrier["year"],
        "minimum": spread[0],
        "maximum": spread[1],
        "n_values": len(group),
        "source_url": carrier["source_url"],
    }
