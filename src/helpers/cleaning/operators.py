"""Operators: identity, territory, legal family, attributes, and what links one to another."""

from __future__ import annotations

import re

import pandas as pd

from helpers.cleaning.addresses import canonical_page
from helpers.cleaning.rules import keep_one, pages_of
from survey_reader import Ledger, siret_problem

TABLE = "operator_attributes"
NUMERIC = ("founded_year", "members", "communes_members", "staff_fte", "budget_eur")
# Territories that are no département, but stand in some perimeters.
OUTSIDE = {"975", "977", "978", "986", "987", "988"}
_FAMILY_BY_FORM = {
    "syndicat_mixte": "syndicat",
    "cdg": "centre_de_gestion",
    "atd": "agence",
    "gip": "gip",
    "association": "association",
    "spl": "spl",
}
# First match wins; read in the full name only where the coded form is rare ("autre") or missing.
_FAMILY_BY_NAME = {
    "syndicat": r"(?i)\bsyndicats?\b|\bSIVU\b|\bSIVOM\b",
    "centre_de_gestion": r"(?i)\bcentre (départemental |interdépartemental )?de gestion\b",
    "gip": r"\bgroupement d.intérêt public\b|\bGIP\b",
    "association": r"(?i)\bassociation\b",
    "spl": r"(?i)\bsociété publique locale\b",
    "agence": r"(?i)\bagence\b|\brégie\b",
}
_FORMER = re.compile(r"\(\s*ex\s+(?P<names>[^)]+)\)", re.I)


def legal_family(form: str, full_name: str) -> str:
    """Return the legal family of a coded form, or of the full name where the form does not tell."""
    if form in _FAMILY_BY_FORM:
        return _FAMILY_BY_FORM[form]
    for family, pattern in _FAMILY_BY_NAME.items():
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
    scope = "several"
    if len(codes) == 1:
        scope = "departement"
    elif len(regions) == 1 and codes == {c for c, region in official.items() if region in regions}:
        scope = "region"
    return sorted(codes), sorted(outside), scope


def clean_operators(raw: pd.DataFrame, departements: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return one row per operator from the identity rows, with its territory and legal family."""
    official = dict(zip(departements["code"], departements["region"], strict=True))
    rows = []
    for operator, group in raw.groupby("opsn_name", sort=True):
        identity = group[group["attribute"] == "identity"]
        first = identity.iloc[0]
        keep_one(TABLE, identity["row_id"], first.row_id, "duplicate_statement", ledger)
        website = next((w for w in group["website"] if w), "")
        codes, outside, scope = perimeter(first.departements, official)
        joined = "|".join(codes)
        family = legal_family(first.legal_form, first.full_name)
        regions = {official[code] for code in codes}
        former = _FORMER.search(first.full_name)
        for column, value, rule in (
            ("departements", joined, "official_departement"),
            ("legal_form", family, "legal_family"),
        ):
            ledger.change(TABLE, first.row_id, column, first[column], value, rule)
        rows.append(
            {
                "operator": operator,
                "full_name": first.full_name,
                "former_names": re.sub(r",?\s+ex\s+", " | ", former["names"]) if former else "",
                "legal_form": first.legal_form,
                "legal_family": family,
                "departements": joined,
                "outside_departements": "|".join(outside),
                "n_departements": len(codes),
                "scope": scope,
                "region": regions.pop() if len(regions) == 1 else "",
                "website": canonical_page(website) if website else "",
            }
        )
    return pd.DataFrame(rows)


def operator_departements(operators: pd.DataFrame, departements: pd.DataFrame) -> pd.DataFrame:
    """Return one row per operator and département of its perimeter, with the region."""
    pairs = operators.assign(departement=operators["departements"].str.split("|"))
    pairs = pairs[["operator", "departement"]].explode("departement", ignore_index=True)
    pairs = pairs[pairs["departement"] != ""].reset_index(drop=True)
    return pairs.assign(region=pairs["departement"].map(departements.set_index("code")["region"]))


def possible_predecessors(
    statements: pd.DataFrame, operators: pd.DataFrame, ledger: Ledger
) -> pd.DataFrame:
    """Return pairs where one operator's notes call it by the name of another that stands beside it.

    Nothing is merged: no page says so.
    """
    rows = []
    for row in statements[statements["weak_reason"] == "predecessor"].itertuples():
        for name in operators["operator"]:
            if len(name) <= 3 or name == row.operator:
                continue
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", row.note):
                rows.append((row.operator, name, row.evidence_id))
                change = ("possible_predecessor", "", name, "former_name")
                ledger.change("service_evidence", row.evidence_id, *change)
    return pd.DataFrame(rows, columns=["operator", "predecessor", "evidence_id"])


def settle(values: list[float], years: list[int | None]) -> float:
    """Return the median of the values of the latest year, or of all if none is dated."""
    latest = max((year for year in years if year is not None), default=None)
    dated = [value for value, year in zip(values, years, strict=True) if year == latest]
    return float(pd.Series(dated, dtype=float).median())


def clean_attributes(raw: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return one row per (operator, attribute), identity rows left out.

    `source_url` is that of the row that carries the settled value, the nearest to it.
    """
    facts = raw[raw["attribute"] != "identity"]
    pages_of(facts, TABLE, "row_id", ledger)
    rows = []
    for (operator, attribute), group in facts.groupby(["opsn_name", "attribute"], sort=True):
        if attribute == "siret":
            group = _right_sirets(group, ledger)
        if len(group):
            found = {"operator": operator, "attribute": attribute}
            rows.append(found | _settled(group, attribute in NUMERIC, ledger))
    return pd.DataFrame(rows).astype({"year": "Int64"})


def _right_sirets(group: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    problems = group["value"].map(siret_problem)
    for row, problem in zip(group.itertuples(), problems, strict=True):
        if problem:
            ledger.set_aside(TABLE, row.row_id, "siret_key")
            ledger.change(TABLE, row.row_id, "value", row.value, "", "siret_key", problem)
    return group[problems.isna()]


def _settled(group: pd.DataFrame, numeric: bool, ledger: Ledger) -> dict:
    """Return the value that stands for several; the latest row nearest to it carries it."""
    years = [int(year) if year else None for year in group["value_year"]]
    texts, distance, spread = list(group["value"]), [0.0] * len(group), (None, None)
    if numeric:
        numbers = [float(text) for text in texts]
        value, spread = settle(numbers, years), (min(numbers), max(numbers))
        distance = [abs(number - value) for number in numbers]
    carrier = min(range(len(group)), key=lambda i: (distance[i], -(years[i] or 0), i))
    text = texts[carrier]
    if numeric:
        text = f"{value:g}" if value < 1e6 else f"{value:.0f}"
    carried = group.iloc[carrier]
    keep_one(TABLE, group["row_id"], carried["row_id"], "settled_value", ledger)
    for row in group.drop(index=carried.name).itertuples():
        ledger.change(TABLE, row.row_id, "value", row.value, text, "settled_value")
    return {
        "value": text,
        "year": years[carrier],
        "minimum": spread[0],
        "maximum": spread[1],
        "n_values": len(group),
        "source_url": carried["source_url"],
    }
