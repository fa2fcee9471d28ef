"""The sheets of operators: one notebook, run once per operator in one kernel."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import nbformat

from claimbook import page as report
from claimbook.build import pages
from claimbook.build.acceptance import absent
from claimbook.build.layout import Chapter
from claimbook.build.pages import citation, common_context, stamp
from claimbook.build.steps import Used, execute
from claimbook.claims import Rebuilt, collect, moved, seal
from claimbook.depend import Sources
from claimbook.errors import NotBuiltError
from claimbook.run.kernel import Kernel
from claimbook.tables import read_table, replace_all, table_paths
from helpers.layout import TEMPLATE, StudyLayout
from helpers.operators import TABLES, slugs
from helpers.operators.lists import (
    changes_fragment,
    data_files,
    list_fragment,
    sheet_changes,
)
from helpers.operators.slices import build_slices, slice_text

FOLDER = "operators"
TITLE = "Les fiches des opérateurs"
#: Files beside the sheets: their list as a page, and as data with the description of its columns.
LISTS = ("index.html", "operators.json", "operators.csv", "operators.schema.json")
#: Sheets whose every claim and table reviewers accept: well documented, hardly read, overseas, and
#: not read at all. All others are held to the tables by tests/notebooks/test_sheets.py.
GOLDEN = {"public-2026": ("megalis-bretagne", "ad-t-doubs", "accyb", "smico")}


@dataclass(frozen=True)
class Sheet:
    """One sheet and its files.

    Attributes
    ----------
    layout : StudyLayout
    operator, slug : str
    """

    layout: StudyLayout
    operator: str
    slug: str

    @property
    def name(self) -> str:
        """What stamps and errors call the sheet, such as ``operators/megalis-bretagne``."""
        return f"{FOLDER}/{self.slug}"

    @property
    def content(self) -> Path:
        """Its slice of the tables."""
        return self.layout.processed / "sheets" / f"{self.slug}.json"

    @property
    def executed(self) -> Path:
        """Its executed notebook."""
        return self.layout.executed / FOLDER / f"{self.slug}.ipynb"

    @property
    def page(self) -> Path:
        """Its page as it is made."""
        return self.layout.pages / FOLDER / f"{self.slug}.html"


def sheets(layout: StudyLayout) -> list[Sheet]:
    """Return the sheets of an edition by slug; none if they are withheld or not cleaned yet."""
    path = table_paths(layout.processed, "operators")[0]
    if not layout.has_sheets or not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        names = {row["operator"] for row in csv.DictReader(file)}
    # By slug: a reader's alphabet knows neither capitals nor accents.
    found = [Sheet(layout, *pair) for pair in slugs(names).items()]
    return sorted(found, key=lambda sheet: sheet.slug)


def make_sheets(layout: StudyLayout, used: Used) -> None:
    """Cut the tables into slices, run the notebook for each operator, and export the pages.

    Raises
    ------
    NotBuiltError
        If a table that the sheets are made from is not there yet.
    NotebookFailure
        If a cell fails for some operator.
    """
    needs = [path for name in TABLES for path in table_paths(layout.processed, name)]
    needs += layout.shared_files
    try:
        tables = {name: read_table(layout.processed, name) for name in TABLES}
    except NotBuiltError as error:
        used.keep({"read": map(str, needs)})
        error.absent = True
        raise
    every, chapter = sheets(layout), layout.template
    slices = build_slices(tables, layout.root)
    replace_all({s.content: slice_text(slices[s.slug]).encode("utf-8") for s in every})
    kernel, executed = Kernel(chapter.path.parent, layout.roots), []
    with kernel:
        for sheet in every:
            executed.append(execute_sheet(sheet, chapter, kernel))
            kernel.renew()
    seen = kernel.used
    slices_read = {str(sheet.content) for sheet in every}
    seen["read"] = sorted({*seen["read"], *map(str, needs)} - slices_read)
    used.keep(seen, kernel.began)
    files = {sheet.content: slice_text(slices[sheet.slug]) for sheet in every}
    for place, (sheet, notebook) in enumerate(zip(every, executed, strict=True)):
        files[sheet.executed] = nbformat.writes(notebook) + "\n"
        files[sheet.page] = page_of(every, place, chapter, notebook, used)
    files |= _lists(layout, [slices[sheet.slug] for sheet in every])
    replace_all({path: text.encode("utf-8") for path, text in files.items()})
    used.keep({**seen, "written": map(str, files)})


def execute_sheet(sheet: Sheet, chapter: Chapter, kernel: Kernel):
    """Return the notebook executed for one operator."""
    return execute(sheet.layout, chapter, kernel, name=sheet.name, operator=sheet.operator)


def page_of(every: list[Sheet], place: int, chapter: Chapter, executed, used: Used) -> str:
    """Return the sealed page of an executed sheet."""
    sheet, around = every[place], [None, *every, None]
    layout, operator = sheet.layout, sheet.operator
    shown = {
        "edition": layout.edition,
        "home_title": layout.title,
        "simulated": layout.declaration.simulated,
        "name": sheet.name,
        "title": operator,
        "kind": "sheet",
        "code_last": True,
        "index_href": "../index.html",
        "parent": {"href": "index.html", "title": TITLE},
        "around": ("Fiches voisines", "Fiche précédente", "Fiche suivante"),
        "previous": _link(around[place]),
        "next": _link(around[place + 2]),
        "citation": f"{citation(layout).removesuffix('.')}, fiche « {operator} ».",
        "claims": collect(executed, name=sheet.name),
        # The slice stands for the raw tables, most of whose rows this sheet does not depend on.
        "stamp": stamp(
            layout,
            chapter,
            executed,
            used,
            name=sheet.name,
            raw=[sheet.content],
            operator=operator,
        ),
    }
    return seal(report.export(executed, shown), shown["stamp"])


def _link(sheet: Sheet | None) -> dict | None:
    return sheet and {"href": f"{sheet.slug}.html", "title": sheet.operator}


def _lists(layout: StudyLayout, slices: list[dict]) -> dict[Path, str]:
    """Return the list of the sheets as a page and as data."""
    context = {**common_context(layout), "index_href": "../index.html", "sources": []}
    page = report.render_page(TITLE, list_fragment(slices), {**context, "versions": {}})
    texts = (page, *data_files(slices, layout.edition))
    folder = layout.pages / FOLDER
    return {folder / name: text for name, text in zip(LISTS, texts, strict=True)}


def rebuild(layout: StudyLayout, content: dict) -> Rebuilt:
    """Execute and export again the sheet that a stamp describes."""
    every, chapter = sheets(layout), layout.template
    place = next((i for i, sheet in enumerate(every) if sheet.name == content["name"]), None)
    if place is None:
        raise absent(content)
    with Kernel(chapter.path.parent, layout.roots) as kernel:
        executed = execute_sheet(every[place], chapter, kernel)
    used = Used(layout.record(TEMPLATE), layout.root, Sources())
    page = page_of(every, place, chapter, executed, used)
    return Rebuilt(page, collect(executed, name=content["name"]))


def classes_in(path: Path) -> dict[str, str]:
    """Return the class of each operator in a table of classes; none if there is no such table."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["operator"]: row["class_name"] for row in csv.DictReader(file)}


def write_changes(layout: StudyLayout) -> None:
    """Write the page of changes, with operators that moved and sheets that changed."""
    # Who moved is one operator's affair: a confidential edition keeps no accepted classes.
    accepted = {} if layout.protected else classes_in(layout.baseline / layout.classes.name)
    present = classes_in(layout.classes)
    moves = moved(accepted, present) if accepted and present else []
    old, new = layout.baseline / layout.sheet_table.name, layout.sheet_table
    more = ""
    if old.is_file() and new.is_file():
        texts = (path.read_text(encoding="utf-8") for path in (old, new))
        more = changes_fragment(sheet_changes(*texts))
    pages.write_changes(layout, moves, more)
