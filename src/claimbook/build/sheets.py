"""The sheets of operators: which there are, and the tasks that make them.

One notebook runs once per operator. Each run depends on the operator's own slice, and each page on one stamp that
stands for the many files which all pages share: the build looks at a handful of files per sheet, not at seventy.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from claimbook.build import sheet_steps
from claimbook.build.layout import PER_OPERATOR, Chapter, Layout
from helpers.operators import TABLES, slugs

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
    def page(self) -> Path:
        """Its page as it is made."""
        return self.layout.pages / FOLDER / f"{self.slug}.html"

    @property
    def report(self) -> Path:
        """Its page as it is read."""
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
    from claimbook.build.tasks import CLEAN_TABLES

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
    return sorted(
        (SheetPaths(layout, *pair) for pair in slugs(names).items()), key=lambda sheet: sheet.slug
    )


def sheet_tasks(layout: Layout, pool) -> list:
    """Return the tasks that make the sheets, their list, and the same as data."""
    from claimbook.build.tasks import LAYOUT, data_read, export_files, table_files, task

    every = sheets(layout)
    if not every:
        return []
    chapter, frame, names = notebook(layout), frame_stamp(layout), layout.raw / NAMES[0]
    shared, contents = export_files(layout), [sheet.content for sheet in every]
    inputs = [chapter.path, *data_read(layout, chapter), layout.lock]
    framed = [chapter.path, *chapter.modules, *shared]
    cut = [*table_files(layout, TABLES), *layout.territory_files, layout.lock, names]
    lists = [layout.pages / FOLDER / name for name in sheet_steps.LISTS]

    def made(name: str, step: str, action, needs, makes, code=()):
        return task(name, action, needs, makes, code=[*code, f"build.sheet_steps:{step}"])

    def executed(sheet: SheetPaths):
        action = partial(sheet_steps.execute_sheet, sheet, chapter, pool)
        code = [chapter, "run.pool", "run.executor"]
        return made(f"execute {PER_OPERATOR}/{sheet.slug}", "execute_sheet", action, [sheet.content, *inputs],
                    [sheet.executed], code)  # fmt: skip

    def exported(place: int, sheet: SheetPaths):
        action = partial(sheet_steps.export_sheet, every, place, chapter)
        needs = [sheet.content, sheet.executed, frame]
        return made(
            f"export {PER_OPERATOR}/{sheet.slug}",
            "export_sheet",
            action,
            needs,
            [sheet.page],
            [LAYOUT],
        )

    write_frame = partial(sheet_steps.write_stamp, layout, frame, framed, every)
    return [
        made("sheet_slices", "write_slices", partial(sheet_steps.write_slices, layout, every), cut, contents),
        made("sheet_frame", "write_stamp", write_frame, [*framed, names], [frame]),
        *[executed(sheet) for sheet in every],
        *[exported(place, sheet) for place, sheet in enumerate(every)],
        made("sheet_lists", "write_lists", partial(sheet_steps.write_lists, layout, every), [*contents, *shared, names],
             lists, [LAYOUT]),
    ]  # fmt: skip


def frame_stamp(layout: Layout) -> Path:
    """Return the file that stands for what all pages of sheets share."""
    return layout.executed / FOLDER / ".frame.json"
