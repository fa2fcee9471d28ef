"""Two editions side by side: the page that tells what changed, and the operators that both know."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from claimbook.build.layout import Layout
from claimbook.edition import Declaration, base_name, is_internal
from claimbook.errors import UserError
from claimbook.tables import replace_text, table_paths, write_table

_KINDS = {
    "evidence": "des pages publiques ont été lues",
    "survey": "les opérateurs ont répondu eux-mêmes",
}


@dataclass(frozen=True)
class Side:
    """One of the two editions.

    Attributes
    ----------
    name : str
        Name of the edition, or of the file where it is none that is here.
    claims : list of dict
        What its reports state.
    layout : Layout or None
        Where it is; None if its raw tables are not here.
    """

    name: str
    claims: list[dict]
    layout: Layout | None

    @property
    def declaration(self) -> Declaration:
        """What the edition says of itself; the defaults where it is not here."""
        return self.layout.declaration if self.layout else Declaration()

    @property
    def label(self) -> str:
        """How a page calls it."""
        title = self.declaration.title
        return f"{title} ({self.name})" if title and title != self.name else self.name


def read_claims(root: Path, where: str) -> tuple[str, list[dict]]:
    """Return the name and the claims of a file, of a folder of ledgers, or of a built edition.

    Raises
    ------
    UserError
        If it is none of these.
    """
    from claimbook.claims import read_ledger

    given = Path(where)
    for path in (given, given / "claims.json", root / "reports" / where / "claims.json"):
        if path.is_file():
            return path.resolve().parent.name, read_ledger(path)
    if given.is_dir() and any(given.glob("*.json")):
        return given.resolve().name, [
            claim for path in sorted(given.glob("*.json")) for claim in read_ledger(path)
        ]
    raise UserError(
        f"'{where}' is neither a claims file, nor a folder that holds one, nor an edition that is built. "
        "Give reports/<edition>/claims.json, tests/baseline/<edition>, or build the edition first."
    )


def side(root: Path, where: str) -> Side:
    """Return one side of a comparison (see `read_claims`)."""
    name, claims = read_claims(root, where)
    layout = Layout(root, name)
    return Side(name, claims, layout if layout.raw.is_dir() else None)


def print_changes(root: Path, old: str, new: str, *, page: bool = False) -> int:
    """Tell what changed from one set of claims to another, in the terminal or as a page beside the newer reports.

    Parameters
    ----------
    root : Path
        Root of the project.
    old, new : str
        Claims files, folders of ledgers, or editions that are built.
    page : bool
        Whether to write ``reports/<new>/changes-since-<old>.html`` instead.

    Returns
    -------
    int
        0 when every value came back, or the page is written; 1 when a value changed, is new or is gone.

    Raises
    ------
    UserError
        If a side cannot be found; for a page, if the two must not stand in one.
    """
    from claimbook.claims import compare, render_text

    before, after = side(root, old), side(root, new)
    comparison = compare(before.claims, after.claims)
    if page:
        path = write_page(root, before, after, comparison)
        print(f"Changes: {path.relative_to(root).as_posix()}")
        return 0
    for one in (before, after):
        if one.declaration.simulated:
            print(f"DONNÉES SIMULÉES : {one.label}")
    print(render_text(comparison), end="")
    return 0 if comparison.accepted else 1


def write_page(root: Path, before: Side, after: Side, comparison) -> Path:
    """Write the page that sets two editions side by side, and return where.

    Raises
    ------
    UserError
        If one edition is simulated and the other is not, if names of an internal view would reach a page that is not
        internal, if the newer edition is not here, or if a confidential edition would leak.
    """
    from claimbook import page as report
    from claimbook.build import steps
    from claimbook.build.confidential import refuse_leaks
    from claimbook.claims import changes_fragment

    if after.layout is None:
        raise UserError(
            f"'{after.name}' is no edition under data/raw, so its page has no place. Name one that is."
        )
    if before.declaration.simulated != after.declaration.simulated:
        made_up = before if before.declaration.simulated else after
        raise UserError(
            f"'{made_up.name}' is simulated and the other edition is real: their values never stand in one page. "
            "Compare editions of one kind, or read the difference in the terminal, without --html."
        )
    if is_internal(before.name) and not is_internal(after.name):
        raise UserError(
            f"'{before.name}' is an internal view, and the page of '{after.name}' is not: it would carry names. "
            f"Compare with '{base_name(before.name)}'."
        )
    layout = after.layout
    titles = {chapter.name: chapter.title for chapter in layout.chapters}
    body = _preface(before, after) + changes_fragment(
        comparison, titles=titles, sides=(f"Avant : {before.label}", f"Après : {after.label}")
    )
    html = report.render_page(
        f"De {before.label} à {after.label}", body, steps.common_context(layout)
    )
    path = layout.reports / f"changes-since-{before.name}.html"
    if before.layout is not None and before.layout.protected and not layout.internal:
        refuse_leaks(before.layout, path, html)
    steps.publish(layout, path, html)
    return path


def _preface(before: Side, after: Side) -> str:
    """Return what a reader must know before comparing two editions."""
    from markupsafe import escape

    from claimbook import french

    notes = [
        f"Chaque ligne compare une phrase de l’édition « {before.label} » à celle de l’édition « {after.label} »."
    ]
    if before.declaration.kind != after.declaration.kind:
        first, second = (_KINDS[one.declaration.kind] for one in (before, after))
        notes.append(
            f"Les deux éditions ne mesurent pas la même chose : pour la première, {first} ; pour la seconde, {second}. "
            "Une différence peut donc tenir à la manière d’observer, et non à un changement des opérateurs."
        )
    for one in (before, after):
        if one.declaration.confidential and not is_internal(one.name):
            notes.append(
                f"L’édition « {one.label} » est confidentielle : seules ses valeurs publiées sont comparées, et une "
                f"valeur masquée (« moins de {one.declaration.threshold} ») qui reste masquée a pu changer."
            )
    return "".join(f"<p>{escape(french.typeset(note))}</p>\n" for note in notes)


def print_match(root: Path, old: str, new: str, *, write: bool = False) -> int:
    """Match the operators of two editions, write the longitudinal table, and list the doubtful pairs.

    Parameters
    ----------
    root : Path
        Root of the project.
    old, new : str
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
        If an edition is not there, if one is simulated and the other is not, or if decisions contradict themselves.
    """
    from claimbook.build.steps import cleaned_tables
    from helpers.survey import matching

    layouts = [_layout(root, name) for name in (old, new)]
    if layouts[0].declaration.simulated != layouts[1].declaration.simulated:
        raise UserError(
            "One edition is simulated and the other is real: an invented operator is nobody's past."
        )
    before, after = (cleaned_tables(layout) for layout in layouts)
    decisions = decisions_file(*layouts)
    links = _links(after)
    found = matching.match_editions(before, after, matching.read_decisions(decisions), links)
    # with a confidential edition on either side, the table says who answered: it stays with the team
    hidden = any(layout.declaration.confidential for layout in layouts)
    target = Layout(root, f"{layouts[1].edition}-internal") if hidden else layouts[1]
    for name, frame in (
        (f"matches-{layouts[0].edition}", matching.matched_table(found)),
        (f"panel-{layouts[0].edition}", matching.panel(found, before, after)),
    ):
        write_table(target.processed, name, frame)
        print(table_paths(target.processed, name)[0].relative_to(root).as_posix())
    _tell(found)
    if write and found.doubtful:
        text, added = matching.with_undecided(decisions, found.doubtful)
        replace_text(decisions, text)
        print(
            f"{added} added to {decisions.relative_to(root).as_posix()}: decide, then run this again."
        )
    elif found.doubtful:
        print(f"Decide in {decisions.relative_to(root).as_posix()} (--write adds them there).")
    return 1 if found.doubtful else 0


def decisions_file(old: Layout, new: Layout) -> Path:
    """Return where decisions on doubtful pairs stand.

    They name operators: where one edition alone is confidential, they stand in its folder, else in that of the newer.
    """
    from helpers.survey import matching

    if old.declaration.confidential and not new.declaration.confidential:
        return matching.decisions_path(old.raw, new.edition)
    return matching.decisions_path(new.raw, old.edition)


def _layout(root: Path, name: str) -> Layout:
    layout = Layout(root, base_name(name))
    if not layout.raw.is_dir():
        raise UserError(
            f"There is no edition '{name}' under data/raw, so its operators are not known."
        )
    return layout


def _links(tables) -> list[tuple[str, str]]:
    links = tables.get("links")
    if links is None or not {"operator", "predecessor"} <= set(links.columns):
        return []
    stated = links[links["kind"] != "possible"] if "kind" in links.columns else links
    return list(zip(stated["operator"], stated["predecessor"], strict=True))


def _tell(found) -> None:
    ways: dict[str, int] = {}
    for pair in found.pairs:
        ways[pair.how] = ways.get(pair.how, 0) + 1
    how = ", ".join(f"{count} by {way}" for way, count in sorted(ways.items())) or "none"
    print(f"{len(found.pairs)} operators matched ({how})")
    print(
        f"{len(found.only_old)} in the older edition alone, {len(found.only_new)} in the newer one alone"
    )
    for pair in found.successors:
        print(f"  successor: {pair.new} came from {pair.old} ({pair.how})")
    print(f"{len(found.doubtful)} doubtful pairs, which were not matched")
    for pair in found.doubtful:
        print(f"  {pair.old} = {pair.new}? {pair.how}, names alike at {pair.score:.0f} of 100")
