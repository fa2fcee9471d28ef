"""Raw tables of an edition to tidy ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from claimbook.edition import Declaration, base_name
from claimbook.protect.pseudonyms import hide_operators, pseudonym_key, read_roles
from claimbook.tables import write_tables
from helpers.cleaning import clean
from helpers.layout import StudyLayout
from helpers.sources import Edition, check_tables, read_raw
from helpers.survey import clean_survey, planted_classes


def cleaned_tables(root: Path, edition: str, declaration: Declaration) -> dict:
    """Return every tidy table of an edition by name, operators under their own names.

    Raises
    ------
    DataError
        If a raw table is not as its schema says, or an export not as its mapping says.
    """
    name = base_name(edition)
    if declaration.survey:
        tables = clean_survey(root, name)
        planted = planted_classes(root / "data" / "raw" / name, tables["operators"]["operator"])
        return tables | {"planted": planted}
    raw = read_raw(Edition(name, root))
    check_tables(root, "territories")
    path = root / "data" / "raw" / "territories" / "departements.csv"
    return clean(raw, pd.read_csv(path, dtype=str, keep_default_na=False))


def write_tidy(layout: StudyLayout) -> None:
    """Check and clean the raw tables, then write every tidy table: all or none."""
    tables = layout.cleaned_tables()
    if layout.declaration.confidential:
        roles, key = read_roles(layout.raw), pseudonym_key(layout.raw)
        tables = hide_operators(tables, roles, key, internal=layout.internal)
    write_tables(layout.processed, tables)
