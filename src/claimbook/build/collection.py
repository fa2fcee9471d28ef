"""What is made of all chapters together: the ledger of claims, what changed, and the map of the collection."""

from __future__ import annotations

import csv
from pathlib import Path

from claimbook.build.layout import Layout
from claimbook.build.steps import common_context, publish, read_executed
from helpers.labels import lead

CLASSES = "classes.csv"
# The sheets of operators as a table: what of them is accepted as a baseline, beside a few whole ones.
SHEETS = Path("operators") / "operators.csv"
LEAD_SHEETS = "**Chaque opérateur a sa fiche** : [la liste des fiches](operators/index.html), par nom et par département."


def built_claims(layout: Layout) -> list[dict]:
    """Return the claims of every executed chapter."""
    from claimbook.claims import collect

    return [
        claim for c in layout.chapters for claim in collect(read_executed(layout, c), name=c.name)
    ]


def write_claims(layout: Layout) -> None:
    """Write the claims of all chapters in one file."""
    from claimbook.claims import ledger_text

    publish(layout, layout.ledger, ledger_text(built_claims(layout)))


def classes_in(path: Path) -> dict[str, str]:
    """Return the class of each operator in a table of classes; none if there is no such table."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["operator"]: row["class_name"] for row in csv.DictReader(file)}


def write_changes(layout: Layout) -> None:
    """Write the page that tells what changed since the accepted baseline."""
    from claimbook import page as report
    from claimbook.claims import changes_fragment, compare_with_baseline, moved

    comparison = compare_with_baseline(layout.ledger, layout.baseline)
    # who moved is one operator's affair: a confidential edition keeps no accepted classes
    accepted = {} if layout.protected else classes_in(layout.baseline / CLASSES)
    # A table that no notebook writes any more is about to be removed.
    written = any(Path(CLASSES).stem in c.writes for c in layout.chapters)
    moves = moved(accepted, classes_in(layout.processed / CLASSES)) if accepted and written else []
    titles = {c.name: c.title for c in layout.chapters}
    told, of_sheets = changes_fragment(comparison, moves, titles=titles), changes_of_sheets(layout)
    told = of_sheets if of_sheets and comparison.empty and not moves else told + of_sheets
    page = report.render_page("Ce qui a changé", told, common_context(layout))
    publish(layout, layout.pages / layout.named("changes"), page)


def changes_of_sheets(layout: Layout) -> str:
    """Return what changed on the sheets since they were accepted, as HTML; empty if nothing did or none was."""
    accepted, present = layout.baseline / SHEETS.name, layout.pages / SHEETS
    if not (accepted.is_file() and present.is_file()):
        return ""
    from helpers.operators.changes import changes_fragment, sheet_changes

    return changes_fragment(
        sheet_changes(*(path.read_text(encoding="utf-8") for path in (accepted, present)))
    )


def write_index(layout: Layout) -> None:
    """Write the map of the collection: each report with its question and its answer, and the way to the sheets."""
    from claimbook import page as report
    from claimbook.build.sheets import sheets

    entries = [
        report.index_entry(read_executed(layout, c), layout.named(c.name), group=c.group)
        for c in layout.chapters
    ]
    links = [
        {
            "href": layout.named("changes"),
            "title": "Ce qui a changé depuis la dernière version acceptée",
        },
        {
            "href": layout.named("status"),
            "title": "L’état de la collection : cahiers, durées, versions",
        },
    ]
    first = lead(layout.declaration)
    if sheets(layout):
        first = f"{first}\n\n{LEAD_SHEETS}"
    page = report.render_index(entries, {**common_context(layout), "links": links, "lead": first})
    publish(layout, layout.pages / layout.named("index"), page)
