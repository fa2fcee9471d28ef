"""Accepting new values, comparing editions, verifying a report, and print forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import escape

from claimbook import claims, french
from claimbook import page as report
from claimbook.build.confidential import print_disclosure, refuse_leaks
from claimbook.build.layout import Layout
from claimbook.build.pages import chapter_page, common_context, publish_text
from claimbook.build.steps import Used, execute, read_executed
from claimbook.depend import Sources
from claimbook.edition import Declaration, base_name, is_internal
from claimbook.errors import UserError
from claimbook.page import office
from claimbook.run.kernel import Kernel

_KINDS = {
    "evidence": "des pages publiques ont été lues",
    "survey": "les opérateurs ont répondu eux-mêmes",
}


def refuse_internal(layout: Layout) -> None:
    """Refuse to accept an internal view: the baseline is public."""
    if layout.internal:
        base = base_name(layout.edition)
        raise UserError(
            f"'{layout.edition}' is the internal view of a confidential edition: its values are "
            f"never accepted, since the baseline is public. Accept '{base}'."
        )


def accept(layout: Layout) -> list[str]:
    """Show what changed in a built edition since it was accepted, and accept it.

    Returns
    -------
    list of str
        Names of the chapters that are accepted now.
    """
    ledger = layout.reports / "claims.json"
    print(claims.render_text(claims.compare_with_baseline(ledger, layout.baseline)), end="")
    found = claims.read_ledger(ledger)
    names = [chapter.name for chapter in layout.chapters]
    for chapter in layout.chapters:
        shown = claims.shown_data(read_executed(layout.executed_notebook(chapter)))
        claims.accept_data(layout.baseline, chapter.name, shown)
        own = [claim for claim in found if claim["notebook"] == chapter.name]
        claims.write_baseline(layout.baseline, chapter.name, own)
    for stale in layout.baseline.glob("*.json"):
        if stale.stem not in names:
            stale.unlink()
    where = layout.baseline.relative_to(layout.root).as_posix()
    print(f"{len(found)} claims accepted in {where}: commit that folder.")
    return names


def verify_report(path: Path, rebuild: Callable[[dict], claims.Rebuilt]) -> int:
    """Re-run the notebook of a report: 0 identical, 1 within tolerance, 2 different."""
    try:
        page = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"'{path.name}' cannot be read as a report ({error}).") from None
    verdict = claims.verify(page, rebuild)
    print(verdict)
    return verdict.code


def absent(content: dict) -> UserError:
    """Return the error for a stamp whose notebook or edition is not here."""
    return UserError(
        f"The report names '{content['name']}' of edition '{content['edition']}', which is not "
        "here. Check out the version of the collection that built it."
    )


def rebuild_chapter(layout: Layout, content: dict) -> claims.Rebuilt:
    """Execute and export again what a stamp describes, without touching the built reports."""
    chapter = next((c for c in layout.chapters if c.name == content["name"]), None)
    if chapter is None:
        raise absent(content)
    with Kernel(chapter.path.parent, layout.roots) as kernel:
        executed = execute(layout, chapter, kernel)
    used = Used(layout.cache / "verified" / f"{chapter.name}.json", layout.root, Sources())
    used.keep(kernel.used)
    page = chapter_page(layout, chapter, executed, used)
    return claims.Rebuilt(page, claims.collect(executed, name=chapter.name))


def print_forms(layout: Layout, synthesis: str) -> int:
    """Print each report and the collection of a built edition as PDF, one report as DOCX.

    Returns
    -------
    int
        0 when every form was made; 1 when one of a confidential edition leaks; 2 when a tool is
        missing, after making what the others can.
    """
    folder = layout.reports / "print"
    pages = [layout.report(chapter) for chapter in layout.chapters]
    collection = [layout.reports / layout.named("index"), *pages]
    jobs = [(office.pdf, page, folder / f"{page.stem}.pdf") for page in pages]
    jobs.append((office.collection_pdf, collection, folder / f"{layout.file_mark}collection.pdf"))
    first = layout.reports / layout.named(synthesis)
    if first.is_file():
        jobs.append((office.docx, first, folder / f"{layout.file_mark}synthese.docx"))
    missing: dict[str, None] = {}
    for make, source, target in jobs:
        try:
            print(make(source, target).relative_to(layout.root).as_posix())
        except UserError as error:
            missing[str(error)] = None
    if layout.protected and print_disclosure(layout, layout.reports):
        return 1
    for message in missing:
        print(message)
    return 2 if missing else 0


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


def read_side(opened: Callable[[str], Layout], root: Path, where: str) -> Side:
    """Return one side: a file of claims, a folder of ledgers, or a built edition.

    Raises
    ------
    UserError
        If it is none of these.
    """
    given = Path(where)
    single = (given, given / "claims.json", root / "reports" / where / "claims.json")
    paths = [path for path in single if path.is_file()][:1] or sorted(given.glob("*.json"))
    if not paths:
        raise UserError(
            f"'{where}' is neither a claims file, nor a folder that holds one, nor an edition that "
            "is built. Give reports/<edition>/claims.json, tests/baseline/<edition>, or build the "
            "edition first."
        )
    name = paths[0].resolve().parent.name
    found = [claim for path in paths for claim in claims.read_ledger(path)]
    layout = opened(name)
    return Side(name, found, layout if layout.raw.is_dir() else None)


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
    before, after = (read_side(opened, root, where) for where in (old, new))
    comparison = claims.compare(before.claims, after.claims)
    if page:
        path = write_page(before, after, comparison)
        print(f"Changes: {path.relative_to(root).as_posix()}")
        return 0
    for one in (before, after):
        if one.declaration.simulated:
            print(f"DONNÉES SIMULÉES : {one.label}")
    print(claims.render_text(comparison), end="")
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
    body = _preface(before, after) + claims.changes_fragment(comparison, titles=titles, sides=sides)
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
