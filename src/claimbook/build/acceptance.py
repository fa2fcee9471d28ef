"""Accepting new values, comparing editions, verifying a report, and print forms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from claimbook import claims
from claimbook.build.confidential import print_disclosure
from claimbook.build.layout import Layout
from claimbook.build.pages import chapter_page
from claimbook.build.steps import Used, execute, read_executed
from claimbook.depend import Sources
from claimbook.edition import base_name
from claimbook.errors import UserError
from claimbook.page import office
from claimbook.run.kernel import Kernel


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
    for name, chapter in zip(names, layout.chapters, strict=True):
        executed = read_executed(layout.executed_notebook(chapter))
        shown, text = claims.shown_data(executed), claims.visible_text(executed)
        before = claims.accepted_text(layout.baseline, name)
        for line in claims.text_changes(before.splitlines(), text.splitlines()):
            print(f"{name}: {line}")
        claims.accept_data(layout.baseline, name, shown)
        claims.accept_text(layout.baseline, name, text)
        own = [claim for claim in found if claim["notebook"] == name]
        claims.write_baseline(layout.baseline, name, own)
    for stale in (*layout.baseline.glob("*.json"), *layout.baseline.glob("text/*.txt")):
        if stale.stem not in names:
            stale.unlink()
            claims.accept_data(layout.baseline, stale.stem, {})
    where = layout.baseline.relative_to(layout.root).as_posix()
    print(
        f"{len(found)} claims accepted in {where}: commit that folder, "
        f"or refuse with 'git checkout {where}; git clean -fd {where}'."
    )
    return names


def verify_report(path: Path, rebuild: Callable[[dict], claims.Rebuilt]) -> int:
    """Re-run the notebook of a report: 0 identical, 1 within tolerance, 2 different."""
    try:
        page = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"'{path.name}' cannot be read as a report ({error}).") from None
    verdict = claims.check_page(page, rebuild(claims.read_stamp(page)))
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
    kernel = Kernel(chapter.path.parent, layout.roots)
    executed = execute(layout, chapter, kernel)
    used = Used(layout.cache / "verified" / f"{chapter.name}.json", layout.root, Sources())
    used.keep(kernel.used)
    page = chapter_page(layout, chapter, executed, used)
    return claims.Rebuilt(page, claims.collect(executed, name=chapter.name))


def print_forms(layout: Layout, synthesis: str) -> int:
    """Print each report of a built edition as PDF, and one report as DOCX.

    Returns
    -------
    int
        0 when every form was made; 1 when one of a confidential edition leaks; 2 when a tool is
        missing, after making what the others can.
    """
    folder = layout.reports / "print"
    pages = [layout.reports / layout.named(chapter.name) for chapter in layout.chapters]
    jobs = [(office.pdf, page, folder / f"{page.stem}.pdf") for page in pages]
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


def read_side(root: Path, where: str) -> tuple[str, list[dict]]:
    """Return the name and the claims of a claims file, a folder of ledgers, or a built edition.

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
    found = [claim for path in paths for claim in claims.read_ledger(path)]
    return paths[0].resolve().parent.name, found


def print_changes(opened: Callable[[str], Layout], root: Path, old: str, new: str) -> int:
    """Print what changed from one set of claims to another.

    Parameters
    ----------
    opened : callable
        Gives the layout of an edition by its name.
    root : Path
        Root of the project.
    old, new : str
        Claims files, folders of ledgers, or editions that are built.

    Returns
    -------
    int
        0 when every value came back; 1 when a value changed, is new or is gone.
    """
    sides = [read_side(root, where) for where in (old, new)]
    for name, _ in sides:
        if opened(name).declaration.simulated:
            print(f"DONNÉES SIMULÉES : {name}")
    comparison = claims.compare(*(found for _, found in sides))
    print(claims.render_text(comparison), end="")
    return 0 if comparison.accepted else 1
