"""What each task of the sheets does."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from claimbook.build import steps
from claimbook.build.layout import Chapter, Layout
from claimbook.errors import UserError
from claimbook.tables import replace_text

if TYPE_CHECKING:
    from claimbook.build.sheets import SheetPaths

#: Files beside the sheets: their list as a page, and as data with the description of its columns.
LISTS = ("index.html", "operators.json", "operators.csv", "operators.schema.json")
LIST_TITLE = "Les fiches des opérateurs"


def write_slices(layout: Layout, sheets: list[SheetPaths]) -> None:
    """Cut the tables into one slice per operator.

    Raises
    ------
    UserError
        If the clean table has other operators than the raw one, from which the tasks were named.
    """
    from claimbook.tables import read_table
    from helpers.operators import TABLES
    from helpers.operators.slices import build_slices, slice_text

    slices = build_slices(
        {name: read_table(layout.processed, name) for name in TABLES}, layout.root
    )
    wanted = {sheet.slug: sheet for sheet in sheets}
    strange = sorted(slices.keys() ^ wanted.keys())
    if strange:
        raise UserError(
            f"The sheet '{strange[0]}' is named by only one of the raw and the clean table of operators. "
            "Keep one row per operator in the cleaning, or name the operators of the sheets in another way."
        )
    for slug, sheet in wanted.items():
        replace_text(sheet.content, slice_text(slices[slug]))


def forget(folder: Path, pattern: str, kept: set[Path]) -> None:
    """Remove the files of a folder that no sheet owns any more."""
    for path in folder.glob(pattern):
        if path not in kept:
            path.unlink()


def write_stamp(
    layout: Layout, path: Path, files: list[Path], sheets: list[SheetPaths] = ()
) -> None:
    """Write the hashes of files that many sheets share, and the sheets that there are, in one file."""
    content = {
        "files": {
            file.relative_to(layout.root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(set(files))
        },
        "sheets": [[sheet.operator, sheet.slug] for sheet in sheets],
    }
    replace_text(path, json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def execute_sheet(sheet: SheetPaths, chapter: Chapter, pool) -> None:
    """Execute the notebook for one operator.

    Raises
    ------
    NotebookFailure
        If a cell fails, writes to stderr, or its kernel dies twice.
    """
    import nbformat

    from claimbook.claims import collect

    executed = run(sheet, chapter, pool)
    # Collecting refuses a claim that means two things, before anything is kept.
    collect(executed, name=sheet.name)
    replace_text(sheet.executed, nbformat.writes(executed) + "\n")


def run(sheet: SheetPaths, chapter: Chapter, pool):
    """Return the notebook executed for one operator."""
    import nbformat

    return pool.execute(
        nbformat.reads(chapter.path.read_text(encoding="utf-8"), as_version=4),
        name=sheet.name,
        parameters={"edition": sheet.layout.edition, "operator": sheet.operator},
        cwd=chapter.path.parent,
        timeout=steps.TIMEOUT,
    )


def export_sheet(sheets: list[SheetPaths], place: int, chapter: Chapter) -> None:
    """Write the page of an executed sheet."""
    sheet = sheets[place]
    replace_text(sheet.page, page_of(sheets, place, chapter, read_executed(sheet)))


def read_executed(sheet: SheetPaths):
    """Return the executed notebook of a sheet."""
    import nbformat

    return nbformat.reads(sheet.executed.read_text(encoding="utf-8"), as_version=4)


def page_of(sheets: list[SheetPaths], place: int, chapter: Chapter, executed) -> str:
    """Return the sealed page of an executed sheet."""
    from claimbook import page as report
    from claimbook.claims import seal

    shown = context(sheets, place, chapter, executed)
    return seal(report.export(executed, shown), shown["stamp"])


def context(sheets: list[SheetPaths], place: int, chapter: Chapter, executed) -> dict:
    """Return what the template shows beside the notebook."""
    from claimbook.claims import build_stamp, collect
    from helpers import __version__

    sheet = sheets[place]
    layout = sheet.layout
    return {
        "edition": layout.edition,
        "simulated": layout.declaration.simulated,
        "name": sheet.name,
        "title": sheet.operator,
        "kind": "sheet",
        "code_last": True,
        "index_href": "../index.html",
        "parent": {"href": "index.html", "title": LIST_TITLE},
        "around": ("Fiches voisines", "Fiche précédente", "Fiche suivante"),
        "previous": _link(sheets[place - 1]) if place else None,
        "next": _link(sheets[place + 1]) if place + 1 < len(sheets) else None,
        "citation": f"{steps.citation(layout).removesuffix('.')}, fiche « {sheet.operator} ».",
        "claims": collect(executed, name=sheet.name),
        # The slice stands for the raw tables, most of whose rows this sheet does not depend on.
        "stamp": build_stamp(
            edition=layout.edition,
            name=sheet.name,
            package=__version__,
            root=layout.root,
            notebook=chapter.path,
            executed=executed,
            lock=layout.lock,
            raw=[sheet.content],
            modules=chapter.modules,
            parameters={"edition": layout.edition, "operator": sheet.operator},
        ),
    }


def _link(sheet: SheetPaths) -> dict:
    return {"href": f"{sheet.slug}.html", "title": sheet.operator}


def write_lists(layout: Layout, sheets: list[SheetPaths]) -> None:
    """Write the list of the sheets as a page and as data."""
    from claimbook import page as report
    from helpers.operators import catalogue, directory

    slices = [json.loads(sheet.content.read_text(encoding="utf-8")) for sheet in sheets]
    folder = sheets[0].page.parent
    page = report.render_page(
        LIST_TITLE,
        directory.fragment(slices),
        {
            **steps.common_context(layout),
            "index_href": "../index.html",
            "sources": [],
            "versions": {},
        },
    )
    texts = dict(zip(LISTS, (page, *catalogue.data_files(slices, layout.edition)), strict=True))
    for name, text in texts.items():
        replace_text(folder / name, text)
