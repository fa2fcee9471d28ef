"""The slice of one operator, as its sheet reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from claimbook.errors import UserError
from helpers.operators.slugs import possible_slugs
from helpers.paths import project_root

#: Facts that a sheet expects, with the words of what is missing where no page gives them.
_EXPECTED = {
    "founded_year": "son année de création",
    "members": "le nombre de ses adhérents",
    "staff_fte": "le nombre de ses agents",
    "budget_eur": "son budget",
}


@dataclass(frozen=True)
class Sheet:
    """What is known of one operator: the content of its slice (see ``docs/sheets.md``).

    Attributes
    ----------
    content : dict
        The slice.
    """

    content: dict

    def __getitem__(self, entry: str):
        """Return an entry of the slice."""
        return self.content[entry]

    def labels(self, codes) -> list[str]:
        """Return the labels of services, in the order given."""
        return [self["labels"][code] for code in codes]

    def short_labels(self, codes) -> list[str]:
        """Return the labels of services up to their first "et", for lists that would be too long otherwise."""
        return [label.split(" et ")[0] for label in self.labels(codes)]

    def address(self, operator: str) -> str:
        """Return the page of an operator's sheet, relative to this one; an empty text for who has none."""
        return f"{self['addresses'][operator]}.html" if operator in self["addresses"] else ""

    def offered(self) -> list[dict]:
        """Return the services that some page shows offered."""
        return [service for service in self["services"] if service["state"] == "offered"]

    def likely(self, above: float) -> list[dict]:
        """Return the unseen services that are more probable than `above`, the most probable first.

        Those whose own rate the pages do not identify are left out: only an interval can be given for them.
        """
        known = [
            s
            for s in self["unseen"]
            if s["identified"] and s["chance"] is not None and s["chance"] > above
        ]
        return sorted(known, key=lambda service: (-service["chance"], service["service"]))

    def undecidable(self) -> list[str]:
        """Return the labels of the unseen services whose rate the pages do not identify."""
        return [
            s["service"] for s in self["unseen"] if s["chance"] is not None and not s["identified"]
        ]

    def lacked(self, at_least: int) -> list[dict]:
        """Return the unseen services that at least so many of the peers show, those of most peers first."""
        found = [service for service in self["unseen"] if len(service["peers"]) >= at_least]
        return sorted(found, key=lambda service: (-len(service["peers"]), service["service"]))

    def missing(self) -> list[str]:
        """Return what no page read tells of the operator, in words that follow "ne disent pas"."""
        known = {fact["code"] for fact in self["facts"]}
        found = [words for code, words in _EXPECTED.items() if code not in known]
        if self["family"] == "inconnue":
            found.append("sa forme juridique")
        if self["perimeter"]["scope"] == "unknown":
            found.append("son périmètre")
        if not self["website"]:
            found.append("l’adresse de son site")
        if not self["cooperation"]:
            found.append("avec qui il coopère")
        return found


def open_sheet(edition: str, operator: str, root: Path | None = None) -> Sheet:
    """Return the sheet of an operator.

    Parameters
    ----------
    edition : str
        Folder under ``data/processed``.
    operator : str
        Name, as the clean operators have it.
    root : Path, optional
        Root of the study; found if not given.

    Raises
    ------
    UserError
        If the build has not cut the slices yet, or has none for this operator.
    """
    folder = (
        (project_root() if root is None else Path(root)) / "data" / "processed" / edition / "sheets"
    )
    for slug in possible_slugs(operator):
        path = folder / f"{slug}.json"
        if path.is_file():
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["operator"] == operator:
                return Sheet(content)
    if not folder.is_dir():
        raise UserError(
            f"The sheets of '{edition}' have not been prepared yet. Run 'make reports' first."
        )
    known = sorted(path.stem for path in folder.glob("*.json"))
    raise UserError(
        f"There is no operator '{operator}' in '{edition}'. Use the name in the table 'operators' of that edition "
        f"({len(known)} sheets are prepared, such as {', '.join(known[:3])})."
    )
