"""Which columns tell who an operator is: known by name, or declared in ``data/raw/<edition>/disclosure.yml``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from claimbook.errors import DataError

FILE = "disclosure.yml"


@dataclass(frozen=True)
class Roles:
    """Columns of tidy tables by what they give away.

    Attributes
    ----------
    operators : tuple of str
        Names of operators and of other bodies: replaced by pseudonyms.
    identifiers : tuple of str
        What leads to one operator: left empty. The same words as values of a column ``attribute`` empty its ``value``.
    tokens : tuple of str
        What tells rows apart and must go on doing so, such as lines of the raw file: replaced by keyed tokens.
    quasi_identifiers : tuple of str
        What leads to one operator when it is combined: territory, form, age.
    """

    operators: tuple[str, ...] = (
        "operator",
        "opsn_name",
        "source",
        "target",
        "source_name",
        "target_name",
        "predecessor",
        "successor",
        "first",
        "second",
        "partner",
    )
    identifiers: tuple[str, ...] = (
        "siret",
        "siren",
        "full_name",
        "former_names",
        "acronym",
        "website",
        "email",
        "mail",
        "phone",
        "telephone",
        "address",
        "contact",
        "respondent",
        "response",
    )
    tokens: tuple[str, ...] = ("row_id", "evidence_id", "into", "page", "source_url", "response_id")
    quasi_identifiers: tuple[str, ...] = (
        "legal_form",
        "legal_family",
        "departement",
        "departements",
        "outside_departements",
        "region",
        "founded_year",
        "size",
    )


def read_roles(raw_dir: Path) -> Roles:
    """Return the roles of an edition's columns.

    Parameters
    ----------
    raw_dir : Path
        Folder of the edition's raw tables.

    Returns
    -------
    Roles
        The usual ones; an entry of ``disclosure.yml`` replaces its list.

    Raises
    ------
    DataError
        If that file cannot be read, or an entry is unknown or no list of names.
    """
    path = raw_dir / FILE
    if not path.is_file():
        return Roles()
    import yaml

    name, known = f"data/raw/{raw_dir.name}/{FILE}", [field.name for field in fields(Roles)]
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(
            name, f"the file cannot be read ({error})", "write it as YAML, in UTF-8"
        ) from None
    if not isinstance(found, dict):
        raise DataError(name, "the file has no entries", f"give some of {', '.join(known)}")
    for entry, value in found.items():
        if entry not in known:
            raise DataError(name, f"unknown entry '{entry}'", f"use {', '.join(known)}")
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise DataError(
                name, f"'{entry}' is no list of columns", f"write {entry}: [operator]", value=value
            )
    return Roles(**{entry: tuple(value) for entry, value in found.items()})
