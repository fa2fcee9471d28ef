"""What each task does. A step imports the heavy libraries that it needs: a build with nothing to do stays quick."""

from __future__ import annotations

import csv
import json
import platform
from pathlib import Path

from helpers import __version__
from helpers.pipeline.layout import Chapter, Layout
from helpers.tables import replace_text

TIMEOUT = 900
CLASSES = "classes.csv"
# The sheets of operators as a table: what of them is accepted as a baseline, beside a few whole ones.
SHEETS = Path("operators") / "operators.csv"
# What the collection is, at the top of its index; the rest of the index comes from the notebooks.
LEAD = (
    "Les opérateurs publics de services numériques (OPSN) mutualisent des services pour les communes. "
    "Chaque rapport répond à une question, dit avec quelle certitude, et mène de chaque valeur au calcul "
    "qui l’a produite.\n\n"
    "Les données sont des traces publiques : un service *non vu* n’est pas un service absent."
)
LEAD_SHEETS = (
    "**Chaque opérateur a sa fiche** : [la liste des fiches](operators/index.html), par nom et par département."
)


def clean_edition(layout: Layout) -> None:
    """Check and clean the raw tables, then write every tidy table: all or none.

    Raises
    ------
    DataError
        If a raw table is not as its schema says; nothing is written then.
    """
    import pandas as pd

    from helpers.cleaning import clean
    from helpers.sources import Edition, check_tables, read_raw

    edition = Edition(layout.edition, layout.root)
    raw = read_raw(edition)
    check_tables(layout.root, "territories")
    departements = pd.read_csv(
        layout.root / "data" / "raw" / "territories" / "departements.csv", dtype=str, keep_default_na=False
    )
    cleaned = clean(raw, departements)
    for name, frame in cleaned.tables.items():
        edition.save(name, frame)


def execute_chapter(layout: Layout, chapter: Chapter, pool) -> None:
    """Execute a notebook in a warm kernel and keep what it showed.

    Raises
    ------
    NotebookFailure
        If a cell fails, writes to stderr, or its kernel dies twice.
    """
    import nbformat

    from helpers.claims import collect

    notebook = nbformat.reads(chapter.path.read_text(encoding="utf-8"), as_version=4)
    executed = pool.execute(
        notebook,
        name=chapter.name,
        parameters={"edition": layout.edition},
        cwd=chapter.path.parent,
        timeout=TIMEOUT,
    )
    # Collecting refuses a claim that means two things, before anything is kept.
    replace_text(layout.told(chapter.name), told_text(chapter, executed, collect(executed, name=chapter.name)))
    replace_text(layout.executed_notebook(chapter), nbformat.writes(executed) + "\n")


def told_text(chapter: Chapter, executed, claims: list[dict]) -> str:
    """Return what a chapter hands to others beside its tables: title, answer and values, as JSON."""
    answers = [
        output["data"]["text/plain"]
        for cell in executed.cells
        if "answer" in cell.metadata.get("tags", [])
        for output in cell.outputs
        if "text/plain" in output.get("data", {})
    ]
    content = {
        "title": chapter.title,
        "answer": " ".join(" ".join("".join(a).splitlines()) for a in answers).strip(),
        "values": {c["expression"]: c["value"] for c in claims if c["kind"] not in ("grade", "plural")},
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def export_chapter(layout: Layout, chapter: Chapter) -> None:
    """Write the report of an executed notebook."""
    from helpers import report
    from helpers.claims import seal

    notebook = read_executed(layout, chapter)
    shown = context(layout, chapter, notebook)
    replace_text(layout.report(chapter), seal(report.export(notebook, shown), shown["stamp"]))


def read_executed(layout: Layout, chapter: Chapter):
    """Return a chapter's executed notebook."""
    import nbformat

    return nbformat.reads(layout.executed_notebook(chapter).read_text(encoding="utf-8"), as_version=4)


def neighbours(layout: Layout, chapter: Chapter) -> list[Chapter]:
    """Return the chapters before and after, those that exist."""
    chapters = layout.chapters
    place = [c.name for c in chapters].index(chapter.name)
    return chapters[max(0, place - 1) : place] + chapters[place + 1 : place + 2]


def context(layout: Layout, chapter: Chapter, notebook) -> dict:
    """Return what the template shows beside the notebook: neighbours, provenance, claims and stamp."""
    from helpers.claims import collect

    chapters = layout.chapters
    place = [c.name for c in chapters].index(chapter.name)
    before = chapters[place - 1] if place else None
    after = chapters[place + 1] if place + 1 < len(chapters) else None
    claims = collect(notebook, name=chapter.name)
    return {
        **common_context(layout),
        "name": chapter.name,
        "question": chapter.question,
        "previous": _link(before),
        "next": _link(after),
        "claims": claims,
        "stamp": report_stamp(layout, chapter, notebook),
    }


def common_context(layout: Layout) -> dict:
    """Return the parts of the context that every page of an edition shares."""
    return {
        "edition": layout.edition,
        "simulated": layout.declaration.simulated,
        "index_href": "index.html",
        "sources": _sources(layout),
        "versions": _versions(),
        "citation": citation(layout),
    }


def _link(chapter: Chapter | None) -> dict | None:
    return None if chapter is None else {"href": f"{chapter.name}.html", "title": chapter.title}


def _sources(layout: Layout) -> list[dict]:
    package = json.loads((layout.root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    shown = []
    for resource in package["resources"]:
        if not resource["path"].startswith((f"raw/{layout.edition}/", "raw/territories/")):
            continue
        origins = resource.get("sources") or [{}]
        source = origins[0]
        licences = resource.get("licenses") or package.get("licenses") or [{}]
        shown.append(
            {
                "title": resource.get("title", resource["name"]),
                "publisher": " ; ".join(o["title"] for o in origins if "title" in o),
                "licence": " ; ".join(x.get("title", x.get("name", "")) for x in licences),
                "url": source.get("path", ""),
                "accessed": source.get("accessed", resource.get("accessed", "")),
                "path": "data/" + resource["path"],
                "sha256": resource.get("hash", "").removeprefix("sha256:"),
            }
        )
    return shown


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    names = ("jupyterlab", "matplotlib", "nbconvert", "numpy", "pandas", "scikit-learn", "scipy", "seaborn")
    python = ".".join(platform.python_version_tuple()[:2])
    return {"opsn-study": __version__, "Python": python, **{name: version(name) for name in names}}


def citation(layout: Layout) -> str:
    """Return how to cite an edition of the collection, from CITATION.cff."""
    import yaml

    cff = yaml.safe_load((layout.root / "CITATION.cff").read_text(encoding="utf-8"))
    year = str(cff["date-released"])[:4]
    authors = ", ".join(a.get("name") or f"{a['family-names']} {a['given-names']}" for a in cff["authors"])
    return f"{authors} ({year}). {cff['title']}, version {cff['version']}, édition {layout.edition}."


def report_stamp(layout: Layout, chapter: Chapter, notebook) -> dict:
    """Return the machine-readable stamp of a report: hashes of all that it was made from, no clock time."""
    from helpers.claims import build_stamp

    territories = layout.root / "data" / "raw" / "territories"
    return build_stamp(
        edition=layout.edition,
        name=chapter.name,
        root=layout.root,
        notebook=chapter.path,
        executed=notebook,
        lock=layout.lock,
        raw=[*layout.raw.glob("*.csv"), *[p for p in territories.iterdir() if p.is_file()]],
        modules=chapter.modules,
        parameters={"edition": layout.edition},
    )


def built_claims(layout: Layout) -> list[dict]:
    """Return the claims of every executed chapter."""
    from helpers.claims import collect

    return [claim for c in layout.chapters for claim in collect(read_executed(layout, c), name=c.name)]


def write_claims(layout: Layout) -> None:
    """Write the claims of all chapters in one file."""
    from helpers.claims import write_ledger

    write_ledger(layout.reports / "claims.json", built_claims(layout))


def classes_in(path: Path) -> dict[str, str]:
    """Return the class of each operator in a table of classes; none if there is no such table."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["operator"]: row["class_name"] for row in csv.DictReader(file)}


def write_changes(layout: Layout) -> None:
    """Write the page that tells what changed since the accepted baseline."""
    from helpers import report
    from helpers.claims import changes_fragment, compare_with_baseline, moved

    comparison = compare_with_baseline(layout.reports / "claims.json", layout.baseline)
    accepted = classes_in(layout.baseline / CLASSES)
    moves = moved(accepted, classes_in(layout.processed / CLASSES)) if accepted else []
    titles = {c.name: c.title for c in layout.chapters}
    told, of_sheets = changes_fragment(comparison, moves, titles=titles), changes_of_sheets(layout)
    told = of_sheets if of_sheets and comparison.empty and not moves else told + of_sheets
    page = report.render_page("Ce qui a changé", told, common_context(layout))
    replace_text(layout.reports / "changes.html", page)


def changes_of_sheets(layout: Layout) -> str:
    """Return what changed on the sheets since they were accepted, as HTML; empty if nothing did or none was."""
    accepted, present = layout.baseline / SHEETS.name, layout.reports / SHEETS
    if not (accepted.is_file() and present.is_file()):
        return ""
    from helpers.sheets.changes import changes_fragment, sheet_changes

    return changes_fragment(sheet_changes(*(path.read_text(encoding="utf-8") for path in (accepted, present))))


def write_index(layout: Layout, *, with_sheets: bool = False) -> None:
    """Write the map of the collection: each report with its question and its answer, and the way to the sheets."""
    from helpers import report

    entries = [report.index_entry(read_executed(layout, c), f"{c.name}.html", group=c.group) for c in layout.chapters]
    links = [{"href": "changes.html", "title": "Ce qui a changé depuis la dernière version acceptée"}]
    lead = f"{LEAD}\n\n{LEAD_SHEETS}" if with_sheets else LEAD
    replace_text(
        layout.reports / "index.html",
        report.render_index(entries, {**common_context(layout), "links": links, "lead": lead}),
    )
