"""Accepting the values of a build, and making a report again to verify it."""

from __future__ import annotations

from claimbook import claims
from claimbook.build import acceptance
from claimbook.errors import UserError
from claimbook.tables import replace_text
from helpers import sheets
from helpers.build import build
from helpers.layout import StudyLayout, layout_of
from helpers.operators import lists


def accept(layout: StudyLayout) -> int:
    """Build an edition, show what changed since the accepted claims, and accept the new ones."""
    acceptance.refuse_internal(layout)
    code, _ = build(layout)
    if code:
        return code
    acceptance.accept(layout)
    if layout.classes.is_file() and not layout.protected:
        text = layout.classes.read_text(encoding="utf-8")
        replace_text(layout.baseline / layout.classes.name, text)
    _accept_sheets(layout)
    return 0


def _accept_sheets(layout: StudyLayout) -> None:
    """Print what changed on the sheets, then accept their table, and the golden ones whole."""
    every = sheets.sheets(layout)
    if not every:
        return
    table = layout.sheet_table.read_text(encoding="utf-8")
    accepted = layout.baseline / layout.sheet_table.name
    if accepted.is_file():
        changes = lists.sheet_changes(accepted.read_text(encoding="utf-8"), table)
        print(lists.changes_text(changes), end="")
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
