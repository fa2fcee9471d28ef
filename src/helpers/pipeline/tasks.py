"""The tasks of the build: clean, execute, export, and what is made of them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pytask import PathNode, TaskWithoutPath

from helpers.dependencies import files_reached
from helpers.pipeline import steps
from helpers.pipeline.layout import Chapter, Layout
from helpers.tables import table_paths

CLEAN_TABLES = (
    "operators",
    "operator_departements",
    "attributes",
    "statements",
    "states",
    "pages",
    "cooperation",
    "links",
    "services",
    "second_reading",
    "published_figures",
    "changes",
    "fates",
    "balance",
)


@dataclass(kw_only=True)
class ContentTask(TaskWithoutPath):
    """A task that runs again when the content of a file that it depends on has changed, and for no other reason."""

    attributes: dict = field(default_factory=dict)

    def state(self) -> str:
        """Return a constant: the code that a task runs is among its dependencies."""
        return "1"


def task(name: str, action: Callable[[], None], needs, makes) -> ContentTask:
    """Return a task named `name` that runs `action` when a file in `needs` has changed or one in `makes` is missing."""

    def function(needs=None, makes=None):  # the nodes only tell pytask about the files
        action()

    return ContentTask(
        name=name,
        function=function,
        depends_on={"needs": [PathNode.from_path(path) for path in unique(needs)]},
        produces={"makes": [PathNode.from_path(path) for path in unique(makes)]},
    )


def unique(paths) -> list[Path]:
    """Return paths sorted, each once."""
    return sorted(set(paths))


def table_files(layout: Layout, names) -> list[Path]:
    """Return the files of tidy tables."""
    return [path for name in names for path in table_paths(layout.processed, name)]


def module_files(*names: str) -> set[Path]:
    """Return the files of helper modules and of all that they reach through imports."""
    return {path for name in names for path in files_reached(f"helpers.{name}")}


def clean_task(layout: Layout) -> ContentTask:
    """Return the task that turns raw tables into tidy ones."""
    data = layout.root / "data"
    raw = [p for p in layout.raw.iterdir() if p.suffix == ".csv"] if layout.raw.is_dir() else []
    needs = [
        *raw,
        data / "raw" / "territories" / "departements.csv",
        data / "raw" / "territories" / "regions.csv",
        data / "datapackage.json",
        layout.lock,
        *module_files("cleaning", "sources"),
    ]
    makes = table_files(layout, CLEAN_TABLES)
    return task("tables", lambda: steps.clean_edition(layout), needs, makes)


def execute_task(layout: Layout, chapter: Chapter, pool) -> ContentTask:
    """Return the task that executes a notebook and collects its claims."""
    territories = layout.root / "data" / "raw" / "territories"
    uses_territories = any(path.name.startswith("territory") or "territory" in path.parts for path in chapter.modules)
    needs = [
        chapter.path,
        *chapter.modules,
        *table_files(layout, chapter.reads),
        *[layout.told(name) for name in chapter.cites],
        *(sorted(territories.iterdir()) if uses_territories else []),
        layout.lock,
        layout.root / "data" / "datapackage.json",
    ]
    makes = [layout.executed_notebook(chapter), layout.told(chapter.name), *table_files(layout, chapter.writes)]
    return task(f"execute {chapter.name}", lambda: steps.execute_chapter(layout, chapter, pool), needs, makes)


def export_task(layout: Layout, chapter: Chapter) -> ContentTask:
    """Return the task that turns an executed notebook into a report."""
    needs = [
        layout.executed_notebook(chapter),
        *export_files(layout),
        *[c.path for c in steps.neighbours(layout, chapter)],
    ]
    return task(
        f"export {chapter.name}", lambda: steps.export_chapter(layout, chapter), needs, [layout.report(chapter)]
    )


def collection_tasks(layout: Layout) -> list[ContentTask]:
    """Return the tasks that need every chapter: claims, changes and index."""
    from helpers.pipeline.sheets import sheets

    executed = [layout.executed_notebook(c) for c in layout.chapters]
    baseline = sorted([*layout.baseline.glob("*.json"), *layout.baseline.glob("*.csv")])
    claims, changes = layout.reports / "claims.json", layout.reports / "changes.html"
    index = layout.reports / "index.html"
    classes = [table_files(layout, ["classes"])[0]] if any("classes" in c.writes for c in layout.chapters) else []
    shared, of_sheets = export_files(layout), [layout.reports / steps.SHEETS] if sheets(layout) else []
    return [
        task("claims", lambda: steps.write_claims(layout), [*executed, *shared], [claims]),
        task(
            "changes",
            lambda: steps.write_changes(layout),
            [claims, *baseline, *classes, *of_sheets, *shared],
            [changes],
        ),
        task("index", lambda: steps.write_index(layout, with_sheets=bool(of_sheets)), [*executed, *shared], [index]),
    ]


def export_files(layout: Layout) -> list[Path]:
    """Return the files that every exported page depends on."""
    return [
        *module_files("report", "claims"),
        layout.root / "CITATION.cff",
        layout.root / "data" / "datapackage.json",
        layout.lock,
    ]


def all_tasks(layout: Layout, pool) -> list[ContentTask]:
    """Return every task of an edition's build."""
    from helpers.pipeline.sheets import sheet_tasks

    chapters = layout.chapters
    return [
        clean_task(layout),
        *[execute_task(layout, chapter, pool) for chapter in chapters],
        *[export_task(layout, chapter) for chapter in chapters],
        *sheet_tasks(layout, pool),
        *collection_tasks(layout),
    ]
