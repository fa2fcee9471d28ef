"""The tasks of the build: clean, execute, export, and what is made of them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from claimbook.build import collection, publishing, status, steps
from claimbook.build.layout import Chapter, Layout
from claimbook.depend import data_files, definitions_reached, files_reached
from claimbook.edition import PLANTED, declaration_path
from claimbook.protect.pseudonyms import KEY_FILE, ROLES_FILE
from claimbook.tables import table_paths

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
# What a survey has beside them.
SURVEY_TABLES = ("answers", "demand", "questions", "options", "planted")
# What a notebook hands to the sheets of operators, which a survey does not have.
SHEET_TABLES = ("peers", "unseen_offers")
# What a notebook reads beside tidy tables, by the function of the helpers that reads it.
READERS_OF_RAW = {"inventory", "read_raw", "check_tables"}
READERS_OF_PACKAGE = {"descriptor", *READERS_OF_RAW}
DECLARED = ("declaration", "simulated")


@dataclass(frozen=True, kw_only=True)
class Task:
    """What the build may have to do.

    Attributes
    ----------
    name : str
        Its kind, then what it is about: ``execute 03_service_map``.
    action : callable
        What it does.
    needs, makes : tuple of Path
        Files that it reads and writes.
    parts : mapping of str to mapping of str to str
        What else it depends on, by name: the hash of each part (definitions of a helper, for one).
    """

    name: str
    action: Callable[[], None]
    needs: tuple[Path, ...]
    makes: tuple[Path, ...]
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """First word of the name."""
        return self.name.partition(" ")[0]

    @property
    def subject(self) -> str:
        """What it is about; empty for a task of the whole collection."""
        return self.name.partition(" ")[2]


def task(name: str, action: Callable[[], None], needs, makes, *, code=()) -> Task:
    """Return a task that runs `action` when what it depends on has changed, or when what it makes is not as it was.

    Parameters
    ----------
    name : str
        Its kind, then what it is about.
    action : callable
        Called without arguments.
    needs, makes : iterable of Path
        Files that it reads and writes.
    code : iterable of str or Chapter
        Whose definitions it runs: ``"build.steps:export_chapter"``, or a notebook.
    """
    parts = {}
    for source in code:
        if isinstance(source, Chapter):
            parts[f"code of {source.name}"] = source.code
        else:
            parts[f"code of {source}"] = _step_code(source)
            needs = [*needs, *_step_files(source)]
    return Task(
        name=name,
        action=action,
        needs=tuple(unique(needs)),
        makes=tuple(unique(makes)),
        parts=parts,
    )


@lru_cache(maxsize=64)
def _step(source: str):
    return definitions_reached(f"claimbook.{source}")


@lru_cache(maxsize=64)
def _step_code(source: str) -> dict[str, str]:
    return _step(source).parts()


@lru_cache(maxsize=64)
def _step_files(source: str) -> tuple[Path, ...]:
    return tuple(sorted(data_files(_step(source).modules)))


def unique(paths) -> list[Path]:
    """Return paths sorted, each once."""
    return sorted(set(paths))


def table_files(layout: Layout, names) -> list[Path]:
    """Return the files of tidy tables."""
    return [path for name in names for path in table_paths(layout.processed, name)]


def module_files(*names: str) -> set[Path]:
    """Return the files of helper modules and of all that they reach through imports."""
    return {path for name in names for path in files_reached(f"claimbook.{name}")}


def declared_files(layout: Layout) -> list[Path]:
    """Return what an edition declares about itself, those files that it has."""
    names = (declaration_path(layout.raw).name, ROLES_FILE, KEY_FILE, PLANTED)
    return [path for path in (layout.raw / name for name in names) if path.is_file()]


def clean_task(layout: Layout) -> Task:
    """Return the task that turns raw tables into tidy ones."""
    data = layout.root / "data"
    survey = SURVEY_TABLES if layout.declaration.survey else ()
    needs = [
        *layout.raw_tables,
        *declared_files(layout),
        *layout.territory_files,
        data / "datapackage.json",
        layout.lock,
    ]
    makes = table_files(layout, (*CLEAN_TABLES, *survey))
    return task(
        "tables",
        lambda: steps.clean_edition(layout),
        needs,
        makes,
        code=["build.steps:clean_edition"],
    )


def execute_task(layout: Layout, chapter: Chapter, pool) -> Task:
    """Return the task that executes a notebook and collects its claims."""
    needs = [
        chapter.path,
        *data_read(layout, chapter),
        *declared_files(layout),
        *table_files(layout, tables_of(layout, chapter)),
        *[layout.told(name) for name in chapter.cites],
        layout.lock,
    ]
    writes = [
        name for name in chapter.writes if not (layout.declaration.survey and name in SHEET_TABLES)
    ]
    makes = [
        layout.executed_notebook(chapter),
        layout.told(chapter.name),
        *table_files(layout, writes),
    ]
    return task(
        f"execute {chapter.name}",
        lambda: steps.execute_chapter(layout, chapter, pool),
        needs,
        makes,
        code=[chapter, "build.steps:execute_chapter", "run.pool", "run.executor"],
    )


def tables_of(layout: Layout, chapter: Chapter) -> list[str]:
    """Return the tidy tables that a notebook reads of this edition: those of answers are a survey's alone."""
    return [
        name for name in chapter.reads if layout.declaration.survey or name not in SURVEY_TABLES
    ]


def data_read(layout: Layout, chapter: Chapter) -> list[Path]:
    """Return what a notebook reads beside tidy tables, as far as the helpers that it reaches read it."""
    reached = chapter.reached
    sources = {name for module, name in reached.definitions if module == "helpers.sources"}
    named = {
        text for module, texts in reached.strings.items() if "territory" in module for text in texts
    }
    found = [path for path in layout.territory_files if path.name in named]
    found += [*data_files(reached.modules)]
    if sources & READERS_OF_PACKAGE:
        found.append(layout.root / "data" / "datapackage.json")
    if sources & READERS_OF_RAW:
        found += layout.raw_tables
    asking = {d for name in DECLARED for d in reached.attributes.get(name, ())} - {
        ("helpers.sources", "Edition")
    }
    if asking:
        found += declared_files(layout)
    return found


def export_task(layout: Layout, chapter: Chapter) -> Task:
    """Return the task that turns an executed notebook into a report."""
    # The stamp of a report names the hash of all that it was made from.
    stamped = [chapter.path, *chapter.modules, *layout.raw_tables, *layout.territory_files]
    needs = [
        layout.executed_notebook(chapter),
        *stamped,
        *export_files(layout),
        *[c.path for c in steps.neighbours(layout, chapter)],
    ]
    return task(
        f"export {chapter.name}",
        lambda: steps.export_chapter(layout, chapter),
        needs,
        [layout.page(chapter)],
        code=["build.steps:export_chapter", LAYOUT],
    )


# What every page asks of the layout.
LAYOUT = "build.layout:Layout,Chapter"


def collection_tasks(layout: Layout) -> list[Task]:
    """Return the tasks that need every chapter: claims, changes, index and status."""
    from claimbook.build.sheets import sheets

    executed = [layout.executed_notebook(c) for c in layout.chapters]
    notebooks = [c.path for c in layout.chapters]
    baseline = sorted([*layout.baseline.glob("*.json"), *layout.baseline.glob("*.csv")])
    claims, changes, index = (
        layout.ledger,
        layout.pages / layout.named("changes"),
        layout.pages / layout.named("index"),
    )
    classes = (
        [table_files(layout, ["classes"])[0]]
        if any("classes" in c.writes for c in layout.chapters)
        else []
    )
    shared = export_files(layout)
    of_sheets = [layout.pages / collection.SHEETS] if sheets(layout) else []

    def made(name: str, needs, makes: Path, step: str) -> Task:
        action = getattr(collection, step, None) or getattr(status, step)
        room = "collection" if hasattr(collection, step) else "status"
        return task(
            name, lambda: action(layout), needs, [makes], code=[f"build.{room}:{step}", LAYOUT]
        )

    return [
        made("claims", executed, claims, "write_claims"),
        made(
            "changes",
            [claims, *baseline, *classes, *of_sheets, *notebooks, *shared],
            changes,
            "write_changes",
        ),
        made("index", [*executed, *of_sheets, *notebooks, *shared], index, "write_index"),
        made(
            "status", [*notebooks, *shared], layout.pages / layout.named("status"), "write_status"
        ),
    ]


def disclosure_tasks(layout: Layout, tasks: list[Task]) -> list[Task]:
    """Return the task that checks all exported files of a confidential edition together."""
    if not layout.protected:
        return []
    from claimbook.build.confidential import check_pages

    pages = [path for t in tasks for path in t.makes if path.is_relative_to(layout.pages)]
    record = layout.root / ".cache" / "disclosure" / f"{layout.edition}.txt"
    raw = [path for path in layout.raw.rglob("*") if path.is_file()]
    code = ["build.confidential:check_pages"]
    return [
        task(
            "disclosure",
            lambda: check_pages(layout, pages, record),
            [*pages, *raw],
            [record],
            code=code,
        )
    ]


def export_files(layout: Layout) -> list[Path]:
    """Return the files that every exported page depends on."""
    return [
        *declared_files(layout),
        layout.root / "CITATION.cff",
        layout.root / "data" / "datapackage.json",
        layout.lock,
    ]


def publish_task(layout: Layout, tasks: list[Task]) -> Task:
    """Return the task that hands all pages to reviewers at once, once nothing in them leaks."""
    checked = [path for t in tasks if t.name == "disclosure" for path in t.makes]
    pages = [path for t in tasks for path in t.makes if path.is_relative_to(layout.pages)]
    makes = [layout.reports / path.relative_to(layout.pages) for path in pages]
    return task(
        "publish",
        lambda: publishing.publish(layout.pages, layout.reports, pages),
        [*pages, *checked],
        makes,
        code=["build.publishing:publish"],
    )


def all_tasks(layout: Layout, pool) -> list[Task]:
    """Return every task of an edition's build."""
    from claimbook.build.sheets import sheet_tasks

    chapters = layout.chapters
    tasks = [
        clean_task(layout),
        *[execute_task(layout, chapter, pool) for chapter in chapters],
        *[export_task(layout, chapter) for chapter in chapters],
        *sheet_tasks(layout, pool),
        *collection_tasks(layout),
    ]
    tasks += disclosure_tasks(layout, tasks)
    return [*tasks, publish_task(layout, tasks)]
