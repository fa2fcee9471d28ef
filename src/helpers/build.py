"""The steps of this study: tidy tables, chapters, sheets of operators, and the collection."""

from __future__ import annotations

import csv
from pathlib import Path

from claimbook import claims
from claimbook.build import acceptance, chapters, comparing, confidential, pages, session
from claimbook.build.layout import Layout
from claimbook.build.steps import Step, Used
from claimbook.depend import Sources
from claimbook.edition import INTERNAL, PLANTED, base_name, declaration_path
from claimbook.errors import UserError
from claimbook.protect.pseudonyms import KEY_FILE
from claimbook.protect.roles import FILE as ROLES_FILE
from claimbook.tables import replace_text, table_paths
from helpers import __version__, labels, matching, prepare, sheets
from helpers.cleaning import FAMILIES
from helpers.operators.changes import changes_fragment, changes_text, sheet_changes
from helpers.paths import project_root

SYNTHESIS = "00_synthesis"
TERRITORIES = "territories"
CLASSES = "classes.csv"
LEAD_SHEETS = (
    "**Chaque opérateur a sa fiche** : [la liste des fiches](operators/index.html), "
    "par nom et par département."
)


class StudyLayout(Layout):
    """Paths of an edition of this study."""

    def cleaned_tables(self) -> dict:
        """Return every tidy table by name, operators under their own names."""
        return prepare.cleaned_tables(self.root, self.edition, self.declaration)

    def code_labels(self) -> dict[str, str]:
        """Return what readers call the families of services."""
        return dict(FAMILIES)


def layout_of(edition: str, root: Path | None = None) -> StudyLayout:
    """Return where the files of an edition are."""
    return StudyLayout(
        root or project_root(),
        edition,
        package=("opsn-study", __version__),
        shared=TERRITORIES,
        templates=(sheets.TEMPLATE,),
    )


def build(layout: Layout, *, only_tables: bool = False, **options) -> tuple[int, list[str]]:
    """Build the reports of an edition, or its tidy tables alone (see `session.run`)."""
    layout.check()
    sources = Sources(layout.cache / "syntax.json")
    tables = tables_step(layout)
    if only_tables:
        return session.run(layout, sources, [tables], **options)
    steps = [tables, *notebook_steps(layout, sources)]
    return session.run(
        layout, sources, steps, lambda: collection_steps(layout, sources, steps), **options
    )


def declared_files(layout: Layout) -> list[Path]:
    """Return what an edition declares about itself, those files that it has."""
    names = (declaration_path(layout.raw).name, ROLES_FILE, KEY_FILE, PLANTED)
    return [path for path in (layout.raw / name for name in names) if path.is_file()]


def shared_needs(layout: Layout) -> list[Path]:
    """Return the files that every page depends on."""
    package, cff = layout.root / "data" / "datapackage.json", layout.root / "CITATION.cff"
    return [*declared_files(layout), cff, package, layout.lock]


def tables_step(layout: Layout) -> Step:
    """Return the step that turns raw tables into tidy ones."""
    survey = layout.declaration.survey
    names = (*prepare.CLEAN_TABLES, *(prepare.SURVEY_TABLES if survey else ()))
    package = layout.root / "data" / "datapackage.json"

    def write() -> None:
        prepare.write_tidy(
            layout.root, layout.edition, layout.declaration, internal=layout.internal
        )

    return Step(
        name="tables",
        action=write,
        needs=(*layout.raw_tables, *declared_files(layout), *layout.shared_files, package),
        makes=tuple(path for name in names for path in table_paths(layout.processed, name)),
        code=("helpers.prepare",),
    )


def notebook_steps(layout: Layout, sources: Sources) -> list[Step]:
    """Return the steps that run notebooks and write a page from each."""
    steps, shared = [], shared_needs(layout)
    for chapter in layout.chapters:
        used = Used(layout.record(chapter.name), layout.root, sources)
        executed, results = layout.executed_notebook(chapter), pages.results_of(layout, chapter)
        neighbours = [c.path for c in pages.around(layout, chapter) if c]
        steps += [
            Step(
                name=f"chapter {chapter.name}",
                action=lambda chapter=chapter, used=used: chapters.run_chapter(
                    layout, chapter, used
                ),
                needs=(chapter.path,),
                makes=(executed, used.path),
                code=("claimbook.build.chapters",),
                after=("tables",),
                used=used,
            ),
            Step(
                name=f"page {chapter.name}",
                action=lambda chapter=chapter, used=used: pages.export_chapter(
                    layout, chapter, used
                ),
                needs=(
                    executed,
                    used.path,
                    chapter.path,
                    *neighbours,
                    *shared,
                    *layout.raw_tables,
                    *layout.shared_files,
                ),
                makes=(results, layout.page(chapter.name)),
                code=("claimbook.build.pages",),
            ),
        ]
    if not sheets.withheld(layout):
        used = Used(layout.record(sheets.TEMPLATE), layout.root, sources)
        steps.append(
            Step(
                name="sheets",
                action=lambda: sheets.make_sheets(layout, used),
                needs=(sheets.template(layout).path, *shared),
                makes=(used.path,),
                code=("helpers.sheets",),
                after=("tables",),
                used=used,
            )
        )
    return steps


def collection_steps(layout: Layout, sources: Sources, done: list[Step]) -> list[Step]:
    """Return the steps that need every chapter."""
    has_sheets = done[-1].name == "sheets"
    of_sheets = [layout.pages / sheets.FOLDER / "operators.csv"] if has_sheets else []
    executed = [layout.executed_notebook(c) for c in layout.chapters]
    records = [layout.record(c.name) for c in layout.chapters]
    common = [*(c.path for c in layout.chapters), *shared_needs(layout)]
    classes = layout.processed / CLASSES
    baseline = [*layout.baseline.glob("*.json"), *layout.baseline.glob("*.csv")]
    changed = [layout.ledger, *baseline, *of_sheets, *([classes] if classes.is_file() else [])]
    lead = labels.lead(layout.declaration) + (f"\n\n{LEAD_SHEETS}" if has_sheets else "")

    def step(name: str, needs, made: Path, action, *code: str) -> Step:
        code = ("claimbook.build.pages", *code)
        return Step(name=name, action=action, needs=tuple(needs), makes=(made,), code=code)

    steps = [
        step("claims", executed, layout.ledger, lambda: pages.write_claims(layout)),
        step(
            "changes",
            [*changed, *common],
            layout.page("changes"),
            lambda: write_changes(layout),
            "helpers.operators.changes",
        ),
        step(
            "index",
            [*executed, *common],
            layout.page("index"),
            lambda: pages.write_index(layout, lead),
            "helpers.labels",
        ),
        step(
            "status",
            [*records, *common],
            layout.page("status"),
            lambda: pages.write_status(layout, sources),
        ),
    ]
    made = {path for s in [*done, *steps] for path in s.writes}
    files = sorted(path for path in made if path.is_relative_to(layout.pages))
    record = layout.cache / "disclosure" / f"{layout.edition}.txt"
    if layout.protected:
        raw = [path for path in layout.raw.rglob("*") if path.is_file()]
        steps.append(
            Step(
                name="disclosure",
                action=lambda: confidential.check_pages(layout, files, record),
                needs=(*files, *raw),
                makes=(record,),
                code=("claimbook.build.confidential", "helpers.prepare"),
            )
        )
    steps.append(
        Step(
            name="publish",
            action=lambda: pages.publish(layout, files),
            needs=(*files, *([record] if layout.protected else ())),
            makes=tuple(layout.reports / path.relative_to(layout.pages) for path in files),
            code=("claimbook.tables",),
        )
    )
    return steps


def classes_in(path: Path) -> dict[str, str]:
    """Return the class of each operator in a table of classes; none if there is no such table."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["operator"]: row["class_name"] for row in csv.DictReader(file)}


def write_changes(layout: Layout) -> None:
    """Write the page of changes, with operators that moved and sheets that changed."""
    # Who moved is one operator's affair: a confidential edition keeps no accepted classes.
    accepted = {} if layout.protected else classes_in(layout.baseline / CLASSES)
    present = classes_in(layout.processed / CLASSES)
    moves = claims.moved(accepted, present) if accepted and present else []
    old, new = layout.baseline / "operators.csv", layout.pages / sheets.FOLDER / "operators.csv"
    more = ""
    if old.is_file() and new.is_file():
        texts = (path.read_text(encoding="utf-8") for path in (old, new))
        more = changes_fragment(sheet_changes(*texts))
    pages.write_changes(layout, moves, more)


def accept(layout: Layout) -> int:
    """Build an edition, show what changed since the accepted claims, and accept the new ones."""
    acceptance.refuse_internal(layout)
    code, _ = build(layout)
    if code:
        return code
    acceptance.accept(layout)
    classes = layout.processed / CLASSES
    if classes.is_file() and not layout.protected:
        replace_text(layout.baseline / CLASSES, classes.read_text(encoding="utf-8"))
    accept_sheets(layout)
    return 0


def accept_sheets(layout: Layout) -> None:
    """Print what changed on the sheets, then accept their table, and the golden ones whole."""
    every = sheets.sheets(layout)
    if not every:
        return
    table = (layout.reports / sheets.FOLDER / "operators.csv").read_text(encoding="utf-8")
    accepted = layout.baseline / "operators.csv"
    if accepted.is_file():
        print(changes_text(sheet_changes(accepted.read_text(encoding="utf-8"), table)), end="")
    replace_text(accepted, table)
    kept = set()
    for sheet in every:
        if sheet.slug in sheets.GOLDEN.get(layout.edition, ()):
            executed = sheets.read_executed(sheet)
            own = claims.collect(executed, name=sheet.name)
            claims.write_baseline(layout.baseline, sheet.name, own)
            claims.accept_data(layout.baseline, sheet.name, claims.shown_data(executed))
            kept.add(layout.baseline / f"{sheet.name}.json")
    for path in set((layout.baseline / sheets.FOLDER).glob("*.json")) - kept:
        path.unlink()


def verify(path: Path) -> int:
    """Re-run the notebook of a report and compare."""
    return acceptance.verify_report(path, rebuild)


def rebuild(content: dict) -> claims.Rebuilt:
    """Execute and export again what a stamp describes."""
    layout = layout_of(content["edition"])
    if not layout.raw.is_dir():
        raise acceptance.absent(content)
    is_sheet = content["name"].startswith(f"{sheets.FOLDER}/")
    code, _ = build(layout, only_tables=not is_sheet, quiet=True)
    if code:
        raise UserError("The tables of this edition cannot be built: run 'make reports'.")
    if is_sheet:
        return sheets.rebuild(layout, content)
    return acceptance.rebuild_chapter(layout, content)


def match(old: str, new: str, *, write: bool) -> int:
    """Match the operators of two editions."""
    layouts = [layout_of(base_name(name)) for name in (old, new)]
    for layout in layouts:
        layout.check()
    return matching.print_match(*layouts, write=write)


def disclosure(folder: Path, edition: str | None) -> int:
    """Print what exported files give away."""
    name = base_name(edition or folder.resolve().name)
    return confidential.print_disclosure(layout_of(name), folder)


def print_forms(edition: str) -> int:
    """Build, then make the print and office forms."""
    layout = layout_of(edition)
    code, _ = build(layout)
    return code or acceptance.print_forms(layout, SYNTHESIS)


def changes(old: str, new: str, *, page: bool) -> int:
    """Print what changed between two sets of claims."""
    return comparing.print_changes(layout_of, project_root(), old, new, page=page)


def internal(edition: str) -> str:
    """Return the name of the internal view of an edition."""
    return f"{base_name(edition)}{INTERNAL}"
