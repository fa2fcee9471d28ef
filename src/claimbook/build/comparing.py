"""Two editions side by side: what changed from one to the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import escape

from claimbook import french
from claimbook import page as report
from claimbook.build.confidential import refuse_leaks
from claimbook.build.layout import Layout
from claimbook.build.pages import common_context, publish_text
from claimbook.claims import changes_fragment, compare, read_ledger, render_text
from claimbook.edition import Declaration, base_name, is_internal
from claimbook.errors import UserError

_KINDS = {
    "evidence": "des pages publiques ont été lues",
    "survey": "les opérateurs ont répondu eux-mêmes",
}


@dataclass(frozen=True)
class Side:
    """One of the two editions.

    Attributes
    ----------
    name : str
        Name of the edition, or of the file where it is none that is here.
    claims : list of dict
        What its reports state.
    layout : Layout or None
        Where it is; None if its raw tables are not here.
    """

    name: str
    claims: list[dict]
    layout: Layout | None

    @property
    def declaration(self) -> Declaration:
        """What the edition says of itself; the defaults where it is not here."""
        return self.layout.declaration if self.layout else Declaration()

    @property
    def label(self) -> str:
        """How a page calls it."""
        title = self.declaration.title
        return f"{title} ({self.name})" if title and title != self.name else self.name


def read_claims(root: Path, where: str) -> tuple[str, list[dict]]:
    """Return the name and the claims of a file, of a folder of ledgers, or of a built edition.

    Raises
    ------
    UserError
        If it is none of these.
    """
    given = Path(where)
    for path in (given, given / "claims.json", root / "reports" / where / "claims.json"):
        if path.is_file():
            return path.resolve().parent.name, read_ledger(path)
    if given.is_dir() and any(given.glob("*.json")):
        return given.resolve().name, [
            claim for path in sorted(given.glob("*.json")) for claim in read_ledger(path)
        ]
    raise UserError(
        f"'{where}' is neither a claims file, nor a folder that holds one, nor an edition that is "
        "built. Give reports/<edition>/claims.json, tests/baseline/<edition>, or build the edition "
        "first."
    )


def side(opened: Callable[[str], Layout], root: Path, where: str) -> Side:
    """Return one side of a comparison (see `read_claims`)."""
    name, claims = read_claims(root, where)
    layout = opened(name)
    return Side(name, claims, layout if layout.raw.is_dir() else None)


def print_changes(
    opened: Callable[[str], Layout], root: Path, old: str, new: str, *, page: bool = False
) -> int:
    """Print what changed from one set of claims to another, or write it as a page.

    Parameters
    ----------
    opened : callable
        Gives the layout of an edition by its name.
    root : Path
        Root of the project.
    old, new : str
        Claims files, folders of ledgers, or editions that are built.
    page : bool
        Whether to write ``reports/<new>/changes-since-<old>.html`` instead.

    Returns
    -------
    int
        0 when every value came back, or the page is written; 1 when a value changed, is new or is
        gone.
    """
    before, after = (side(opened, root, where) for where in (old, new))
    comparison = compare(before.claims, after.claims)
    if page:
        path = write_page(before, after, comparison)
        print(f"Changes: {path.relative_to(root).as_posix()}")
        return 0
    for one in (before, after):
        if one.declaration.simulated:
            print(f"DONNÉES SIMULÉES : {one.label}")
    print(render_text(comparison), end="")
    return 0 if comparison.accepted else 1


def write_page(before: Side, after: Side, comparison) -> Path:
    """Write the page that sets two editions side by side, and return where.

    Raises
    ------
    UserError
        If one edition is simulated and the other is not, if names of an internal view would reach
        a page that is not internal, if the newer edition is not here, or if one would leak.
    """
    layout = after.layout
    if layout is None:
        raise UserError(
            f"'{after.name}' is no edition under data/raw, so its page has no place. "
            "Name one that is."
        )
    if before.declaration.simulated != after.declaration.simulated:
        made_up = before if before.declaration.simulated else after
        raise UserError(
            f"'{made_up.name}' is simulated and the other edition is real: their values never "
            "stand in one page. Compare editions of one kind, or read the difference in the "
            "terminal, without --html."
        )
    if is_internal(before.name) and not is_internal(after.name):
        raise UserError(
            f"'{before.name}' is an internal view, and the page of '{after.name}' is not: it would "
            f"carry names. Compare with '{base_name(before.name)}'."
        )
    titles = {chapter.name: chapter.title for chapter in layout.chapters}
    sides = (f"Avant : {before.label}", f"Après : {after.label}")
    body = _preface(before, after) + changes_fragment(comparison, titles=titles, sides=sides)
    title = f"De {before.label} à {after.label}"
    html = report.render_page(title, body, common_context(layout))
    path = layout.reports / f"changes-since-{before.name}.html"
    if before.layout is not None and before.layout.protected and not layout.internal:
        refuse_leaks(before.layout, path, html)
    publish_text(layout, path, html)
    return path


def _preface(before: Side, after: Side) -> str:
    """Return what a reader must know before comparing two editions."""
    notes = [
        f"Chaque ligne compare une phrase de l’édition « {before.label} » "
        f"à celle de l’édition « {after.label} »."
    ]
    if before.declaration.kind != after.declaration.kind:
        first, second = (_KINDS[one.declaration.kind] for one in (before, after))
        notes.append(
            "Les deux éditions ne mesurent pas la même chose : pour la première, "
            f"{first} ; pour la seconde, {second}. "
            "Une différence peut donc tenir à la manière d’observer, et non à un changement "
            "des opérateurs."
        )
    for one in (before, after):
        if one.declaration.confidential and not is_internal(one.name):
            notes.append(
                f"L’édition « {one.label} » est confidentielle : seules ses valeurs publiées sont "
                f"comparées, et une valeur masquée (« moins de {one.declaration.threshold} ») "
                "qui reste masquée a pu changer."
            )
    return "".join(f"<p>{escape(french.typeset(note))}</p>\n" for note in notes)
