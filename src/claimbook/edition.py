"""What an edition declares about itself in ``data/raw/<edition>/edition.yml``.

One that has no such file is open, real public evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from claimbook.errors import DataError, UserError

FILE = "edition.yml"
# The team's own view of a confidential edition goes by the name of the edition with this behind it.
INTERNAL = "-internal"
# The classes from which simulated answers were drawn, beside the raw files of such an edition.
PLANTED = "truth/classes.csv"
KINDS = ("evidence", "survey")
THRESHOLD = 3


@dataclass(frozen=True)
class Declaration:
    """What an edition says of itself.

    Attributes
    ----------
    kind : {"evidence", "survey"}
        Whether operators were read on public pages, where silence is no answer, or answered.
    title : str
        Name of the edition for readers, in French; empty if its folder's name does.
    simulated : bool
        Whether the data are made up: such an edition is never shown as a finding.
    confidential : bool
        Whether what an operator answered must not be told.
    threshold : int
        Fewest respondents behind a published cell of a confidential edition.
    """

    kind: str = "evidence"
    title: str = ""
    simulated: bool = False
    confidential: bool = False
    threshold: int = THRESHOLD

    @property
    def survey(self) -> bool:
        """Whether operators answered for themselves, so that a "no" is a "no"."""
        return self.kind == "survey"


class Citation(NamedTuple):
    """How to cite an edition: who, the day and the version of the release, and all in a line."""

    authors: list[str]
    date: str
    version: str
    text: str


def read_citation(root: Path, edition: str) -> Citation:
    """Return how CITATION.cff cites an edition."""
    import yaml

    cff = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    authors = [a.get("name") or f"{a['family-names']} {a['given-names']}" for a in cff["authors"]]
    date, version = str(cff["date-released"]), cff["version"]
    text = (
        f"{', '.join(authors)} ({date[:4]}). {cff['title']}, version {version}, édition {edition}."
    )
    return Citation(authors, date, version, text)


def base_name(name: str) -> str:
    """Return the edition whose raw tables a name stands for."""
    return name.removesuffix(INTERNAL)


def is_internal(name: str) -> bool:
    """Tell whether a name stands for the internal view of an edition."""
    return name.endswith(INTERNAL)


def check_view(name: str, declaration: Declaration) -> None:
    """Refuse the internal view of an edition that has nothing to hide.

    Raises
    ------
    UserError
        If the edition is open.
    """
    if is_internal(name) and not declaration.confidential:
        raise UserError(
            f"The edition '{base_name(name)}' is open: everyone may read all of it, "
            "so it has no internal view. "
            f"Build '{base_name(name)}' itself."
        )


def read_declaration(raw_dir: Path) -> Declaration:
    """Return what an edition declares.

    Parameters
    ----------
    raw_dir : Path
        Folder of the edition's raw tables.

    Returns
    -------
    Declaration
        The defaults, if the edition has no declaration.

    Raises
    ------
    DataError
        If the declaration is not YAML, or has an unknown entry or a wrong value.
    """
    import yaml

    name = f"data/raw/{raw_dir.name}/{FILE}"
    try:
        found = yaml.safe_load((raw_dir / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Declaration()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        where = getattr(getattr(error, "problem_mark", None), "line", None)
        problem = f"the declaration cannot be read ({getattr(error, 'problem', None) or error})"
        row = None if where is None else where + 1
        raise DataError(name, problem, "correct the line", row=row) from None
    usual = vars(Declaration())
    if not isinstance(found, dict):
        raise DataError(name, "the declaration has no entries", f"give some of {', '.join(usual)}")
    for entry, value in found.items():
        if entry not in usual:
            raise DataError(name, f"unknown entry '{entry}'", f"use {', '.join(usual)}")
        # By type, not by isinstance: for Python, true is a number.
        fits = type(value) is type(usual[entry])
        fits = fits and (entry != "kind" or value in KINDS)
        fits = fits and (entry != "threshold" or value >= THRESHOLD)
        if not fits:
            remedy = f"write a value such as {usual[entry]!r}"
            raise DataError(name, f"'{entry}' cannot have this value", remedy, value=value)
    return Declaration(**found)
