"""The operators that two editions both know, and the table that follows them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from claimbook.build.layout import Layout
from claimbook.edition import INTERNAL
from claimbook.errors import UserError
from claimbook.tables import replace_text, table_paths, write_table
from helpers.survey import matching


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
    found = matching.match_editions(before, after, stated, _links(after))
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


def _links(tables) -> list[tuple[str, str]]:
    links = tables.get("links")
    if links is None or not {"operator", "predecessor"} <= set(links.columns):
        return []
    stated = links[links["kind"] != "possible"] if "kind" in links.columns else links
    return list(zip(stated["operator"], stated["predecessor"], strict=True))


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
