"""The sheets of operators as pages: all made in one process from one template."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nbformat.v4 import new_notebook

from claimbook import french
from claimbook import page as report
from claimbook.build import pages
from claimbook.build.acceptance import absent
from claimbook.build.pages import common_context, stamp
from claimbook.build.steps import Used
from claimbook.claims import Rebuilt, seal
from claimbook.depend import Sources
from claimbook.errors import NotBuiltError
from claimbook.tables import read_table, replace_all, table_paths
from helpers import labels
from helpers.layout import TEMPLATE, StudyLayout
from helpers.operators import TABLES, lists
from helpers.operators.sheet import Sheet, SheetBook
from helpers.study import Study

FOLDER, NOTICE = "operators", "operators.txt"
TITLE = "Les fiches des opérateurs"


@dataclass(frozen=True)
class SheetPages:
    """The pages of all sheets of an edition.

    Attributes
    ----------
    layout : StudyLayout
    book : SheetBook
    used : Used
        What they are made from, for their stamps.
    """

    layout: StudyLayout
    book: SheetBook
    used: Used

    @cached_property
    def context(self) -> dict:
        """What the pages of sheets share: facts carry their own pages, and no list of sources."""
        shown = {"index_href": "../index.html", "sources": [], "versions": {}}
        return common_context(self.layout) | shown

    @cached_property
    def sheets(self) -> dict[str, Sheet]:
        """Sheets by slug, in its order: a reader's alphabet knows neither capitals nor accents."""
        slugs = self.book.slugs
        return {slugs[name]: self.book[name] for name in sorted(slugs, key=slugs.get)}

    def page(self, slug: str) -> str:
        """Return the sealed page of one operator."""
        layout, every = self.layout, list(self.sheets)
        operator = self.sheets[slug].facts.operator
        place, around = every.index(slug), [None, *every, None]
        links = [
            other and {"href": f"{other}.html", "title": self.sheets[other].facts.operator}
            for other in (around[place], around[place + 2])
        ]
        about = {"name": f"{FOLDER}/{slug}", "operator": operator}
        context = self.context | {
            "citation": f"{self.context['citation'].removesuffix('.')}, fiche « {operator} ».",
            "stamp": stamp(layout, layout.template, new_notebook(), self.used, **about),
        }
        page = report.render_page(
            french.apostrophes(operator),
            self.sheets[slug].html,
            context,
            kind="sheet",
            parent={"href": "index.html", "title": TITLE},
            around=("Fiches voisines", "Fiche précédente", "Fiche suivante"),
            previous=links[0],
            next=links[1],
        )
        return seal(page, context["stamp"])

    def files(self) -> dict[Path, str]:
        """Return every page, their list, the table of all sheets and its notice, by path."""
        layout, facts = self.layout, [sheet.facts for sheet in self.sheets.values()]
        folder = layout.pages / FOLDER
        index = report.render_page(TITLE, lists.list_fragment(facts), self.context)
        made = {folder / f"{slug}.html": self.page(slug) for slug in self.sheets}
        table = {layout.sheet_table: lists.sheet_table(facts)}
        told = {"Titre": TITLE, "Source": labels.source(layout.declaration)}
        told |= self.context["notice"]
        notice = "".join(french.typeset(f"{label} : {text}\n") for label, text in told.items())
        return made | {folder / "index.html": index, folder / NOTICE: notice} | table


def inputs(layout: StudyLayout) -> list[Path]:
    """Return the files that sheets are made from; the table of classes may be absent."""
    tables = (table_paths(layout.processed, name) for name in (*TABLES, "classes"))
    return [*(path for pair in tables for path in pair), *layout.shared_files]


def make_sheets(layout: StudyLayout, used: Used) -> None:
    """Make the page of every operator, their list and their table.

    Raises
    ------
    NotBuiltError
        If a table that the sheets are made from is not there yet.
    """
    made_from = {
        "read": [str(path) for path in inputs(layout)],
        "modules": [str(path) for path in used.sources.reached(__name__).values()],
    }
    used.keep(made_from)
    try:
        book = SheetBook(Study(layout.edition, root=layout.root))
    except NotBuiltError as error:
        error.absent = True
        raise
    files = SheetPages(layout, book, used).files()
    replace_all({path: text.encode("utf-8") for path, text in files.items()})
    used.keep({**made_from, "written": map(str, files)})


def rebuild(layout: StudyLayout, content: dict) -> Rebuilt:
    """Make again the sheet that a stamp describes."""
    book = SheetBook(Study(layout.edition, root=layout.root))
    operator = content["parameters"].get("operator")
    if operator not in book.slugs:
        raise absent(content)
    used = Used(layout.record(TEMPLATE), layout.root, Sources())
    return Rebuilt(SheetPages(layout, book, used).page(book.slugs[operator]), [])


def write_changes(layout: StudyLayout) -> None:
    """Write the page of changes, with the sheets that changed."""
    old, new, more = layout.baseline / layout.sheet_table.name, layout.sheet_table, ""
    if old.is_file() and new.is_file():
        texts = (path.read_text(encoding="utf-8") for path in (old, new))
        services = read_table(layout.processed, "services")
        labels = dict(services[["service_code", "label_fr"]].to_numpy())
        more = lists.changes_fragment(lists.sheet_changes(*texts, labels))
    pages.write_changes(layout, more=more)
