"""Operators: identity, territory, legal family, and what links one to another."""

from __future__ import annotations

import re

import pandas as pd

from helpers.cleaning.addresses import canonical_page
from helpers.cleaning.attributes import TABLE
from survey_reader import Ledger

# First match wins; read in the full name only where the coded form is rare ("autre") or missing.
_FAMILY_BY_FORM = {
    "syndicat_mixte": "syndicat",
    "cdg": "centre_de_gestion",
    "atd": "agence",
    "gip": "gip",
    "association": "association",
    "spl": "spl",
}
_FAMILY_BY_NAME = (
    ("syndicat", re.compile(r"\bsyndicats?\b|\bSIVU\b|\bSIVOM\b", re.I)),
    (
        "centre_de_gestion",
        re.compile(r"\bcentre (départemental |interdépartemental )?de gestion\b", re.I),
    ),
    ("gip", re.compile(r"\bgroupement d.intérêt public\b|\bGIP\b")),
    ("association", re.compile(r"\bassociation\b", re.I)),
    ("spl", re.compile(r"\bsociété publique locale\b", re.I)),
    ("agence", re.compile(r"\bagence\b|\brégie\b", re.I)),
)
FAMILIES = {
    "syndicat": "Syndicats",
    "centre_de_gestion": "Centres de gestion",
    "agence": "Agences et régies",
    "gip": "Groupements d’intérêt public",
    "association": "Associations",
    "spl": "Sociétés publiques locales",
    "autre": "Autres formes",
    "inconnue": "Forme non documentée",
}
_FORMER = re.compile(r"\(\s*ex\s+(?P<names>[^)]+)\)", re.I)


def legal_family(form: str, full_name: str) -> str:
    """Return the legal family of a coded form, read in the full name where the form does not tell."""
    if form in _FAMILY_BY_FORM:
        return _FAMILY_BY_FORM[form]
    for family, pattern in _FAMILY_BY_NAME:
        if pattern.search(full_name):
            return family
    return "autre" if form else "inconnue"


def perimeter(text: str, official: dict[str, str]) -> tuple[list[str], list[str], str]:
    """Read a list of départements joined by ``|``.

    Parameters
    ----------
    text : str
        Codes as coded: ``"1"`` or ``"01"``, ``"2A"``, ``"971"``, ``"national"``, or nothing.
    official : dict
        Official code -> region code, for the 101 départements.

    Returns
    -------
    codes : list of str
        Official codes, sorted.
    outside : list of str
        Codes that are territories but no département (975, 977, 978, 986 to 988).
    scope : {"departement", "several", "region", "national", "unknown"}
        ``region`` when the codes are all those of one region that has several.

    Raises
    ------
    ValueError
        On a code that is neither.
    """
    if not text.strip():
        return [], [], "unknown"
    codes, outside = set(), set()
    for piece in text.split("|"):
        code = piece.strip().upper()
        if code == "NATIONAL":
            return [], [], "national"
        code = code.zfill(2) if code.isdigit() and len(code) == 1 else code
        if code in official:
            codes.add(code)
        elif code in {"975", "977", "978", "986", "987", "988"}:
            outside.add(code)
        else:
            raise ValueError(f"{piece!r} is not the code of a département")
    if len(codes) == 1:
        return sorted(codes), sorted(outside), "departement"
    regions = {official[code] for code in codes}
    whole = len(regions) == 1 and codes == {c for c, r in official.items() if r in regions}
    return sorted(codes), sorted(outside), "region" if whole else "several"


def clean_operators(raw: pd.DataFrame, departements: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return one row per operator from the identity rows.

    Parameters
    ----------
    raw : DataFrame
        `operator_attributes` as text, with a column ``row_id``; each operator has one identity row.
    departements : DataFrame
        The 101 départements: code, region.
    ledger : Ledger
        Receives the identity rows' fates and each derived territory and family.

    Returns
    -------
    DataFrame
        Columns operator, full_name, former_names, legal_form, legal_family, departements (joined by ``|``),
        outside_departements, n_departements, scope, region (code, empty when there are several), website.
    """
    official = dict(zip(departements["code"], departements["region"], strict=True))
    rows = []
    for operator, group in raw.groupby("opsn_name", sort=True):
        identity = group[group["attribute"] == "identity"]
        first, *others = identity.itertuples()
        ledger.keep(TABLE, first.row_id)
        for other in others:
            ledger.merge(TABLE, other.row_id, first.row_id, "duplicate_statement")
        website = next((w for w in group["website"] if w), "")
        codes, outside, scope = perimeter(first.departements, official)
        joined = "|".join(codes)
        family = legal_family(first.legal_form, first.full_name)
        regions = {official[code] for code in codes}
        former = _FORMER.search(first.full_name)
        ledger.change(
            TABLE, first.row_id, "departements", first.departements, joined, "official_departement"
        )
        ledger.change(TABLE, first.row_id, "legal_form", first.legal_form, family, "legal_family")
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
    """Return one row per operator and département of its perimeter: operator, departement, region."""
    official = dict(zip(departements["code"], departements["region"], strict=True))
    rows = [
        (row.operator, code, official[code])
        for row in operators.itertuples()
        for code in row.departements.split("|")
        if code
    ]
    return pd.DataFrame(rows, columns=["operator", "departement", "region"])


def possible_predecessors(
    statements: pd.DataFrame, operators: pd.DataFrame, ledger: Ledger
) -> pd.DataFrame:
    """Return pairs where one operator's notes call it by the name of another that stands beside it.

    Nothing is merged: no page says so. Returns columns operator, predecessor, evidence_id.
    """
    names = [n for n in operators["operator"] if len(n) > 3]
    rows = []
    for row in statements[statements["weak_reason"] == "predecessor"].itertuples():
        for name in names:
            if name != row.operator and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", row.note):
                rows.append((row.operator, name, row.evidence_id))
                ledger.change(
                    "service_evidence",
                    row.evidence_id,
                    "possible_predecessor",
                    "",
                    name,
                    "former_name",
                )
    return pd.DataFrame(rows, columns=["operator", "predecessor", "evidence_id"])
