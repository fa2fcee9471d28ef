"""The sheets of operators: which there are, and the tasks that make them.

One notebook runs once per operator. Each run depends on the operator's own slice, and on two stamps that stand for the
many files which all sheets share: pytask looks at a handful of files per sheet, not at seventy.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from helpers.pipeline import sheet_steps
from helpers.pipeline.layout import PER_OPERATOR, Chapter, Layout
from helpers.sheets import TABLES
from helpers.sheets.slugs import slugs

FOLDER = "operators"
#: Sheets whose every claim and table reviewers accept: well documented, hardly read, overseas, and not read at all.
#: All the others are held to the tables by tests/notebooks/test_sheets.py, and to ``operators.csv``.
GOLDEN = {"public-2026": ("megalis-bretagne", "ad-t-doubs", "accyb", "smico")}
#: Raw table and column that name the operators: the clean table has one row for each of these names.
NAMES = ("operator_attributes.csv", "opsn_name")


@dataclass(frozen=True)
class SheetPaths:
    """Where the files of one sheet are.

    Attributes
    ----------
    layout : Layout
    operator, slug : str
    """

    layout: Layout
    operator: str
    slug: str

    @property
    def name(self) -> str:
        """What tasks, stamps and errors call the sheet, such as ``operators/megalis-bretagne``."""
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
    def report(self) -> Path:
        """Its page."""
        return self.layout.reports / FOLDER / f"{self.slug}.html"


def notebook(layout: Layout) -> Chapter:
    """Return the notebook that runs once per operator."""
    return Chapter(layout.root / "notebooks" / f"{PER_OPERATOR}.ipynb")


def withheld(layout: Layout) -> str:
    """Say why an edition has no sheets, or return an empty text if it has.

    A confidential edition must not tell what one operator answered. In a survey operators answered for themselves:
    there are no pages to show as evidence, and a "no" is a "no", which these sheets do not know how to say.
    """
    if layout.declaration.confidential:
        return "the edition is confidential"
    if layout.declaration.survey:
        return "the edition is a survey, which has no public pages as evidence"
    if not notebook(layout).path.is_file():
        return f"notebooks/{PER_OPERATOR}.ipynb is not there"
    if not (layout.raw / NAMES[0]).is_file():
        return f"data/raw/{layout.edition}/{NAMES[0]} is not there"
    from helpers.pipeline.tasks import CLEAN_TABLES

    made = {*CLEAN_TABLES, *(table for chapter in layout.chapters for table in chapter.writes)}
    absent = [table for table in TABLES if table not in made]
    return f"no notebook writes the table '{absent[0]}'" if absent else ""


def sheets(layout: Layout) -> list[SheetPaths]:
    """Return the sheets of an edition in alphabetical order; none if they are withheld.

    The names are read from the raw table, since the tasks must be known before anything is cleaned. A table that cannot
    be read gives no sheet: the cleaning says what is wrong with it.
    """
    if withheld(layout):
        return []
    table, column = NAMES
    try:
        with (layout.raw / table).open(encoding="utf-8", newline="") as file:
            names = {row[column] for row in csv.DictReader(file)} - {"", None}
    except (OSError, ValueError, KeyError, csv.Error):
        return []
    # By slug: a reader's alphabet knows neither capitals nor accents.
    return sorted((SheetPaths(layout, *pair) for pair in slugs(names).items()), key=lambda sheet: sheet.slug)


def sheet_tasks(layout: Layout, pool) -> list:
    """Return the tasks that make the sheets, their list, and the same as data."""
    from helpers.pipeline.tasks import export_files, module_files, table_files, task

    every = sheets(layout)
    if not every:
        return []
    chapter, territories = notebook(layout), sorted((layout.root / "data" / "raw" / "territories").iterdir())
    inputs, frame = stamps(layout)
    code = [chapter.path, *chapter.modules, *territories, layout.lock]
    shared, contents = export_files(layout), [sheet.content for sheet in every]
    cut = [*table_files(layout, TABLES), *territories, layout.lock, *module_files("sheets.slices")]
    listed = [*contents, *shared, *module_files("sheets.catalogue", "sheets.directory")]
    outcome = [layout.reports / FOLDER / name for name in sheet_steps.LISTS]
    return [
        task("sheet_slices", partial(sheet_steps.write_slices, layout, every), cut, contents),
        task("sheet_inputs", partial(sheet_steps.write_stamp, layout, inputs, code), code, [inputs]),
        task(
            "sheet_frame",
            partial(sheet_steps.write_stamp, layout, frame, shared, every),
            [*shared, layout.raw / NAMES[0]],
            [frame],
        ),
        *[
            task(
                f"execute {sheet.name}",
                partial(sheet_steps.execute_sheet, sheet, chapter, pool),
                [sheet.content, inputs],
                [sheet.executed],
            )
            for sheet in every
        ],
        *[
            task(
                f"export {sheet.name}",
                partial(sheet_steps.export_sheet, every, place, chapter),
                [sheet.executed, frame],
                [sheet.report],
            )
            for place, sheet in enumerate(every)
        ],
        task("index of operators", partial(sheet_steps.write_lists, layout, every), listed, outcome),
    ]


def stamps(layout: Layout) -> tuple[Path, Path]:
    """Return the files that stand for what all sheets share: of their execution, and of their export."""
    folder = layout.executed / FOLDER
    return folder / ".inputs.json", folder / ".frame.json"
