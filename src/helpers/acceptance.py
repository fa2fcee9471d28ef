"""Accepting the values of a build, verifying a report, and matching the operators of editions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from claimbook import claims
from claimbook.build import acceptance
from claimbook.build.layout import Layout
from claimbook.build.steps import execute
from claimbook.edition import INTERNAL
from claimbook.errors import UserError
from claimbook.run.kernel import Kernel
from claimbook.tables import replace_text, sha256, table_paths, write_table
from helpers import sheets
from helpers.build import build
from helpers.layout import StudyLayout, layout_of
from helpers.survey import matching
from helpers.survey.published import keep_published

#: Beside what is accepted of an open edition: the hash of each of its tidy tables.
TABLES = "tables.csv"


def accept(layout: StudyLayout) -> int:
    """Build an edition, show what changed since the accepted claims, and accept the new ones."""
    acceptance.refuse_internal(layout)
    code, _ = build(layout)
    if code:
        return code
    acceptance.accept(layout)
    if layout.protected and not layout.declaration.simulated:
        tables = layout.cleaned_tables()
        keep_published(layout.raw, tables["answers"], int(tables["statements"]["year"].max()))
    _accept_sheets(layout)
    if not layout.declaration.confidential:
        replace_text(layout.baseline / TABLES, table_hashes(layout))
    return 0


def table_hashes(layout: StudyLayout) -> str:
    """Return the hash of every tidy table that cleaning wrote, a line each: not all is shown."""
    paths = (table_paths(layout.processed, name)[0] for name in sorted(layout.clean_tables))
    return "".join(f"{path.stem},{sha256(path.read_bytes())}\n" for path in paths)


def _accept_sheets(layout: StudyLayout) -> None:
    """Accept the table of all sheets, and the text of the notebook that shows one of them."""
    if layout.has_sheets:
        text = layout.sheet_table.read_text(encoding="utf-8")
        replace_text(layout.baseline / layout.sheet_table.name, text)
        shown = execute(layout, layout.template, Kernel(layout.notebooks, layout.roots))
        claims.accept_text(layout.baseline, layout.template.name, claims.visible_text(shown))


def rebuild(content: dict) -> claims.Rebuilt:
    """Execute and export again what a stamp describes."""
    layout = layout_of(content["edition"])
    if not layout.raw.is_dir():
        raise acceptance.absent(content)
    is_sheet = content["name"].startswith(f"{sheets.FOLDER}/")
    # What other notebooks hand over is checked too; the reports are left alone.
    code, _ = build(layout, publish=False, with_sheets=is_sheet, quiet=True)
    if code:
        raise UserError("The notebooks of this edition cannot be built: run 'make reports'.")
    if is_sheet:
        return sheets.rebuild(layout, content)
    return acceptance.rebuild_chapter(layout, content)


def print_match(old: Layout, new: Layout, *, write: bool = False) -> int:
    """Match the operators of two editions, write the longitudinal table, list the doubtful pairs.

    Parameters
    ----------
    old, new : Layout
        Editions under ``data/raw``.
    write : bool
        Whether to add the doubtful pairs to the file of decisions.

    Returns
    -------
    int
        0 when nothing is left to decide, 1 otherwise.

    Raises
    ------
    UserError
        If one edition is simulated and the other is not, or if decisions contradict themselves.
    """
    if old.declaration.simulated != new.declaration.simulated:
        raise UserError(
            "One edition is simulated and the other is real: an invented operator is nobody's past."
        )
    before, after = old.cleaned_tables(), new.cleaned_tables()
    decisions = decisions_file(old, new)
    stated = matching.read_decisions(decisions)
    links = after.get("links", pd.DataFrame(columns=["operator", "predecessor", "kind"]))
    links = links.loc[links["kind"] != "possible", ["operator", "predecessor"]]
    found = matching.match_editions(before, after, stated, list(links.itertuples(index=False)))
    # With a confidential edition on either side, the table says who answered.
    hidden = old.declaration.confidential or new.declaration.confidential
    name = f"{new.edition}{INTERNAL}" if hidden else new.edition
    folder = new.root / "data" / "processed" / name
    for table, frame in (
        (f"matches-{old.edition}", matching.matched_table(found)),
        (f"panel-{old.edition}", matching.panel(found, before, after)),
    ):
        write_table(folder, table, frame)
        print(table_paths(folder, table)[0].relative_to(new.root).as_posix())
    _print(found)
    where = decisions.relative_to(new.root).as_posix()
    if write and found.doubtful:
        text, added = matching.with_undecided(decisions, found.doubtful)
        replace_text(decisions, text)
        print(f"{added} added to {where}: decide, then run this again.")
    elif found.doubtful:
        print(f"Decide in {where} (--write adds them there).")
    return 1 if found.doubtful else 0


def decisions_file(old: Layout, new: Layout) -> Path:
    """Return where decisions on doubtful pairs stand.

    They name operators: where one edition alone is confidential, they stand in its folder, else in
    that of the newer.
    """
    if old.declaration.confidential and not new.declaration.confidential:
        return matching.decisions_path(old.raw, new.edition)
    return matching.decisions_path(new.raw, old.edition)


def _print(found) -> None:
    ways = Counter(pair.how for pair in found.pairs)
    how = ", ".join(f"{count} by {way}" for way, count in sorted(ways.items())) or "none"
    print(f"{len(found.pairs)} operators matched ({how})")
    print(
        f"{len(found.only_old)} in the older edition alone, "
        f"{len(found.only_new)} in the newer one alone"
    )
    for pair in found.successors:
        print(f"  successor: {pair.new} came from {pair.old} ({pair.how})")
    print(f"{len(found.doubtful)} doubtful pairs, which were not matched")
    for pair in found.doubtful:
        print(f"  {pair.old} = {pair.new}? {pair.how}, names alike at {pair.score:.0f} of 100")
