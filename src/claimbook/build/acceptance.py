"""Accepting new values, and verifying a report that someone holds."""

from __future__ import annotations

from pathlib import Path

from claimbook.build.build import build
from claimbook.build.layout import Layout
from claimbook.edition import base_name, is_internal
from claimbook.errors import UserError


def accept(root: Path, edition: str) -> int:
    """Build an edition, show what changed since the accepted claims, and accept the new ones.

    Returns
    -------
    int
        0 when the baseline holds the claims of the build; the build's own exit code when it failed.
    """
    from claimbook.build.collection import CLASSES
    from claimbook.build.steps import read_executed
    from claimbook.claims import (
        accept_data,
        compare_with_baseline,
        read_ledger,
        render_text,
        shown_data,
        write_baseline,
    )
    from claimbook.tables import replace_text

    if is_internal(edition):
        raise UserError(
            f"'{edition}' is the internal view of a confidential edition: its values are never accepted, since the "
            f"baseline is public. Accept '{base_name(edition)}'."
        )
    code, _ = build(root, edition)
    if code:
        return code
    layout = Layout(root, edition)
    ledger = layout.reports / "claims.json"
    comparison = compare_with_baseline(ledger, layout.baseline)
    print(render_text(comparison), end="")
    claims = read_ledger(ledger)
    classes = layout.processed / CLASSES
    if classes.is_file() and not layout.protected:
        replace_text(layout.baseline / CLASSES, classes.read_text(encoding="utf-8"))
    names = {chapter.name for chapter in layout.chapters}
    for chapter in layout.chapters:
        accept_data(layout.baseline, chapter.name, shown_data(read_executed(layout, chapter)))
    for name in sorted(names):
        write_baseline(layout.baseline, name, [c for c in claims if c["notebook"] == name])
    accept_sheets(layout)
    for stale in layout.baseline.glob("*.json"):
        if stale.stem not in names:
            stale.unlink()
    print(
        f"{len(claims)} claims accepted in {layout.baseline.relative_to(root).as_posix()}: commit that folder."
    )
    return 0


def accept_sheets(layout: Layout) -> None:
    """Tell what changed on the sheets of operators, then accept their table, and the golden ones whole."""
    from claimbook.build.collection import SHEETS
    from claimbook.build.sheet_steps import forget, read_executed
    from claimbook.build.sheets import FOLDER, GOLDEN, sheets
    from claimbook.claims import accept_data, collect, shown_data, write_baseline
    from claimbook.tables import replace_text
    from helpers.operators.changes import changes_text, sheet_changes

    every = sheets(layout)
    if not every:
        return
    table, accepted = (
        (layout.reports / SHEETS).read_text(encoding="utf-8"),
        layout.baseline / SHEETS.name,
    )
    if accepted.is_file():
        print(changes_text(sheet_changes(accepted.read_text(encoding="utf-8"), table)), end="")
    replace_text(accepted, table)
    golden = [sheet for sheet in every if sheet.slug in GOLDEN.get(layout.edition, ())]
    for sheet in golden:
        executed = read_executed(sheet)
        write_baseline(layout.baseline, sheet.name, collect(executed, name=sheet.name))
        accept_data(layout.baseline, sheet.name, shown_data(executed))
    forget(
        layout.baseline / FOLDER,
        "*.json",
        {layout.baseline / f"{sheet.name}.json" for sheet in golden},
    )


def verify_report(root: Path, report: Path) -> int:
    """Re-run the notebook of a report in a kernel of its own, and compare.

    Returns
    -------
    int
        0 identical, 1 within tolerance, 2 different.
    """
    from claimbook.claims import verify

    try:
        page = report.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"'{report.name}' cannot be read as a report ({error}).") from None
    verdict = verify(page, lambda content: rebuild(root, content))
    print(verdict)
    return verdict.code


def rebuild(root: Path, content: dict):
    """Execute and export again what a stamp describes, without touching the built reports.

    Raises
    ------
    UserError
        If the stamp names a notebook or an edition that is not there.
    """
    import nbformat

    from claimbook import page as report
    from claimbook.build import sheets, steps
    from claimbook.claims import Rebuilt, collect, seal
    from claimbook.run import WarmKernels

    layout = Layout(root, content["edition"])
    if content["name"].startswith(f"{sheets.FOLDER}/") and layout.raw.is_dir():
        return rebuild_sheet(layout, content["name"])
    chapter = next((c for c in layout.chapters if c.name == content["name"]), None)
    if chapter is None or not layout.raw.is_dir():
        raise UserError(
            f"The report names the notebook '{content['name']}' of edition '{content['edition']}', which is not here. "
            "Check out the version of the collection that built it."
        )
    code, _ = build(root, layout.edition, select="tables", quiet=True)
    if code:
        raise UserError(
            "The raw tables of this edition cannot be cleaned: run 'make reports' to see why."
        )
    notebook = nbformat.reads(chapter.path.read_text(encoding="utf-8"), as_version=4)
    with WarmKernels() as pool:
        executed = pool.execute(
            notebook,
            name=chapter.name,
            parameters={"edition": layout.edition},
            cwd=chapter.path.parent,
            timeout=steps.TIMEOUT,
        )
    executed = nbformat.reads(nbformat.writes(executed), as_version=4)
    context = steps.context(layout, chapter, executed)
    page = seal(report.export(executed, context), context["stamp"])
    return Rebuilt(page, collect(executed, name=chapter.name))


def rebuild_sheet(layout: Layout, name: str):
    """Execute and export again the sheet of an operator, from slices that are cut again if need be.

    Raises
    ------
    UserError
        If there is no such sheet, or its tables cannot be built.
    """
    import nbformat

    from claimbook.build import sheet_steps, sheets
    from claimbook.claims import Rebuilt, collect
    from claimbook.run import WarmKernels

    every = sheets.sheets(layout)
    place = next((place for place, sheet in enumerate(every) if sheet.name == name), None)
    if place is None:
        raise UserError(
            f"The report is the sheet '{name}' of edition '{layout.edition}', which is not here. "
            "Check out the version of the collection that built it."
        )
    code, _ = build(layout.root, layout.edition, select="sheet_slices", quiet=True)
    if code:
        raise UserError("The tables of the sheets cannot be built: run 'make reports' to see why.")
    chapter = sheets.notebook(layout)
    with WarmKernels() as pool:
        executed = sheet_steps.run(every[place], chapter, pool)
    executed = nbformat.reads(nbformat.writes(executed), as_version=4)
    return Rebuilt(
        sheet_steps.page_of(every, place, chapter, executed), collect(executed, name=name)
    )
