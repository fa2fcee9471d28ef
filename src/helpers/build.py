"""The steps of this study: tidy tables, chapters, sheets of operators, and the collection."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from claimbook.build import engine
from claimbook.build.steps import Step, Used
from claimbook.depend import Sources
from claimbook.results import results_path
from claimbook.tables import table_paths
from helpers import labels, texts
from helpers.layout import TEMPLATE, TYPOLOGY, StudyLayout


def build(
    layout: StudyLayout,
    *,
    only_tables: bool = False,
    publish: bool = True,
    with_sheets: bool = True,
    **options,
) -> tuple[int, list[str]]:
    """Build an edition (see `engine.run`): its tidy tables alone, or all but what readers see."""
    layout.check()
    sources = Sources(layout.cache / "syntax.json")
    steps = [tables_step(layout)]
    if only_tables:
        return engine.run(layout, sources, steps, whole=False, **options)
    made = notebook_steps(layout, sources)
    # The typology takes longest; what sums up other chapters waits for them.
    briefs = {f"chapter {c.name}" for c in layout.chapters if c.metadata("kind") == "brief"}
    made.sort(key=lambda step: (step.name != f"chapter {TYPOLOGY}", step.name in briefs))
    steps += [step for step in made if with_sheets or step.name != "sheets"]
    if not publish:
        return engine.run(layout, sources, steps, whole=False, **options)
    return engine.run(layout, sources, steps, lambda: collection_steps(layout, steps), **options)


def raw_files(layout: StudyLayout) -> list[Path]:
    """Return the raw files of an edition, what it declares about itself, and what all share."""
    own = (path for path in layout.raw.rglob("*") if path.is_file() and path.suffix != ".md")
    return [*sorted(own), *layout.shared_files, layout.root / "data" / "datapackage.json"]


def tables_step(layout: StudyLayout) -> Step:
    """Return the step that turns raw tables into tidy ones."""
    made = (table_paths(layout.processed, name) for name in layout.clean_tables)
    return Step(
        name="tables",
        run="helpers.layout:write_tidy",
        given=(layout,),
        needs=tuple(raw_files(layout)),
        makes=tuple(chain.from_iterable(made)),
    )


def notebook_steps(layout: StudyLayout, sources: Sources) -> list[Step]:
    """Return the steps that run notebooks and write a page from each."""
    steps = []
    shared = (*raw_files(layout), layout.root / "CITATION.cff")
    shared += (layout.references,) if layout.references else ()
    for chapter in layout.chapters:
        used = Used(layout.record(chapter.name), layout.root, sources)
        executed = layout.executed_notebook(chapter)
        around = [c.path for c in (*layout.around(chapter), chapter) if c]
        steps += [
            Step(
                name=f"chapter {chapter.name}",
                run="claimbook.build.steps:run_chapter",
                given=(layout, chapter, used),
                needs=(chapter.path,),
                makes=(executed, used.path),
                after=("tables",),
                used=used,
            ),
            Step(
                name=f"page {chapter.name}",
                run="claimbook.build.pages:export_chapter",
                given=(layout, chapter, used),
                needs=(executed, used.path, *around, *shared),
                makes=(results_path(layout.processed, chapter.name), layout.page(chapter.name)),
            ),
        ]
    if layout.has_sheets:
        used = Used(layout.record(TEMPLATE), layout.root, sources)
        sheets = Step(
            name="sheets",
            run="helpers.sheets:make_sheets",
            given=(layout, used),
            needs=(layout.template.path, *shared),
            makes=(used.path,),
            # The typology may say where an operator clearly belongs.
            after=("tables", f"chapter {TYPOLOGY}"),
            used=used,
        )
        steps.append(sheets)
    return steps


def collection_steps(layout: StudyLayout, done: list[Step]) -> list[Step]:
    """Return the steps that need every chapter."""
    executed = [layout.executed_notebook(c) for c in layout.chapters]
    common = [c.path for c in layout.chapters] + raw_files(layout)
    common.append(layout.root / "CITATION.cff")
    compared = [layout.ledger, *layout.baseline.glob("*.json"), *layout.baseline.glob("*.csv")]
    if layout.sheet_table.is_file():
        compared.append(layout.sheet_table)
    # What a notebook attaches stands beside its tables.
    attached = sorted(p for s in done for p in s.writes if p.suffix == ".xlsx")
    english = [layout.named(c.name) for c in layout.chapters if c.language != "fr"]
    about = texts.read("editions")
    leads = [labels.lead(layout.declaration), about["sheets"] if layout.has_sheets else ""]
    leads += [about["english"].format(file) for file in english]
    leads.append(about["workbook"] if attached else "")
    lead = "\n\n".join(filter(None, leads))

    def step(name: str, run: str, needs: list[Path], made: Path, *given) -> Step:
        return Step(name=name, run=run, given=(layout, *given), needs=tuple(needs), makes=(made,))

    pages, page = "claimbook.build.pages", layout.page
    steps = [
        step("claims", f"{pages}:write_claims", executed, layout.ledger),
        step("changes", "helpers.sheets:write_changes", [*compared, *common], page("changes")),
        step("index", f"{pages}:write_index", [*executed, *common], page("index"), lead),
    ]
    steps += [
        Step(
            name=f"attachment {path.name}",
            run="claimbook.tables:copy_all",
            given=(layout.processed, layout.pages, (path,)),
            needs=(path,),
            makes=(layout.pages / path.name,),
        )
        for path in attached
    ]
    made = {path for s in [*done, *steps] for path in s.writes}
    files = sorted(path for path in made if path.is_relative_to(layout.pages))
    checked = []
    if layout.protected:
        checked = [layout.disclosure_record]
        check = "claimbook.build.confidential:check_pages"
        needs = [*files, *raw_files(layout)]
        steps.append(step("disclosure", check, needs, checked[0], files, checked[0]))
    publish = Step(
        name="publish",
        run="claimbook.tables:copy_all",
        given=(layout.pages, layout.reports, files),
        needs=(*files, *checked),
        makes=tuple(layout.reports / path.relative_to(layout.pages) for path in files),
    )
    return [*steps, publish]
