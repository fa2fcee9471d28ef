"""Telling a comparison in plain French sentences: as text for a terminal, as HTML for ``changes.html``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup, escape

from claimbook import french
from claimbook.claims._compare import Change, Comparison, sentences
from claimbook.claims._ledger import key

NOTHING = "Rien n’a changé."
_BEFORE, _AFTER = french.typeset("Avant :"), french.typeset("Après :")


class Move(NamedTuple):
    """One operator that is in another class than before; None stands for no class."""

    operator: str
    before: str | None
    after: str | None


class Told(NamedTuple):
    """One line of the account: what happened to a sentence."""

    notebook: str
    what: str
    before: str | None
    after: str | None


_WHAT = {
    "changed": "valeur changée",
    "within": "valeur changée dans sa tolérance",
    "reworded": "phrase changée",
    "new": "nouvelle valeur",
    "gone": "valeur disparue",
}


def moved(old: Mapping[str, str], new: Mapping[str, str]) -> list[Move]:
    """Return the operators that are in another class than before.

    Parameters
    ----------
    old, new : mapping of str to str
        From operator to class.

    Returns
    -------
    list of Move
        Sorted by operator; those that only one side knows are included.
    """
    operators = sorted({*old, *new})
    return [
        Move(name, old.get(name), new.get(name))
        for name in operators
        if old.get(name) != new.get(name)
    ]


def told(comparison: Comparison) -> list[Told]:
    """Return the account of a comparison, each pair of sentences once.

    Parameters
    ----------
    comparison : Comparison
        What changed.

    Returns
    -------
    list of Told
        Sorted by notebook, and in each: changed, within tolerance, reworded, new, gone.
    """
    lines: dict[tuple, Told] = {}

    def add(notebook: str, what: str, before: str | None, after: str | None) -> None:
        lines.setdefault((notebook, before, after), Told(notebook, _WHAT[what], before, after))

    for what in ("changed", "within", "reworded"):
        for change in getattr(comparison, what):
            for before, after in _with_values(change):
                add(change.new.get("notebook", ""), what, before, after)
    for claim in comparison.new:
        for sentence in sentences(claim):
            add(claim.get("notebook", ""), "new", None, sentence)
    for claim in comparison.gone:
        for sentence in sentences(claim):
            add(claim.get("notebook", ""), "gone", sentence, None)
    return sorted(lines.values(), key=lambda line: line.notebook)


def _with_values(change: Change) -> list[tuple[str, str]]:
    """Return the pairs of sentences; where rounding hides the change, the values follow in full."""
    return [
        pair
        if pair[0] != pair[1]
        else (_in_full(pair[0], change.old), _in_full(pair[1], change.new))
        for pair in change.sentences
    ]


def _in_full(sentence: str, claim: dict) -> str:
    value = (
        repr(claim["value"]).replace(".", ",")
        if isinstance(claim["value"], float)
        else f"{claim['value']}"
    )
    return french.typeset(f"{sentence} [{claim['expression']} : {value}]")


def failures(comparison: Comparison) -> dict[tuple[str, str], str]:
    """Say, for each claim that did not come back, why a test of it must fail.

    Parameters
    ----------
    comparison : Comparison
        The accepted claims compared with those of a run.

    Returns
    -------
    dict of (str, str) to str
        From (notebook, id) to the sentence before and after, in French; claims within tolerance are not in it.
    """
    found: dict[tuple[str, str], str] = {}
    for change in comparison.changed:
        pairs = [f"{_BEFORE} {before}\n{_AFTER} {after}" for before, after in _with_values(change)]
        found[key(change.new)] = "\n".join([_WHAT["changed"], *pairs])
    for what, marker in (("gone", _BEFORE), ("new", _AFTER)):
        for claim in getattr(comparison, what):
            found[key(claim)] = "\n".join(
                [_WHAT[what], *(f"{marker} {said}" for said in sentences(claim))]
            )
    return found


def summary(comparison: Comparison) -> str:
    """Say in one French sentence how many values changed, are new or are gone."""
    parts = [
        _counted(len(comparison.changed), "valeur changée", "valeurs changées"),
        _counted(
            len(comparison.within),
            "valeur changée dans sa tolérance",
            "valeurs changées dans leur tolérance",
        ),
        _counted(len(comparison.reworded), "phrase changée", "phrases changées"),
        _counted(len(comparison.new), "nouvelle valeur", "nouvelles valeurs"),
        _counted(len(comparison.gone), "valeur disparue", "valeurs disparues"),
    ]
    stated = [part for part in parts if part]
    return f"{french.enumeration(stated)}." if stated else NOTHING


def _counted(n: int, singular: str, plural: str) -> str:
    return f"{french.count(n)}{french.NO_BREAK}{french.plural(n, singular, plural)}" if n else ""


def render_text(comparison: Comparison, moves: Iterable[Move] = ()) -> str:
    """Tell a comparison as plain text.

    Parameters
    ----------
    comparison : Comparison
        What changed.
    moves : iterable of Move
        Operators that changed class.

    Returns
    -------
    str
        French lines; "Rien n’a changé." alone if there is nothing to tell.
    """
    moves = list(moves)
    if comparison.empty and not moves:
        return NOTHING + "\n"
    lines = [summary(comparison)] if not comparison.empty else []
    for notebook, group in groupby(told(comparison), key=lambda line: line.notebook):
        lines += ["", notebook]
        for line in group:
            lines.append(f"- {line.what}")
            lines += [f"  {_BEFORE} {line.before}"] if line.before is not None else []
            lines += [f"  {_AFTER} {line.after}"] if line.after is not None else []
    if moves:
        lines += ["", "Opérateurs qui ont changé de classe"]
        lines += [
            f"- {move.operator} ({_class(move.before)} → {_class(move.after)})" for move in moves
        ]
    return "\n".join(lines).strip("\n") + "\n"


def _class(name: str | None) -> str:
    return "hors classe" if name is None else name


def _marked(before: str, after: str) -> tuple[Markup, Markup]:
    """Mark the words that differ, with elements that screen readers can announce."""
    old, new = (re.findall(r"[^ ]+ ?", text) for text in (before, after))
    left, right = [], []
    for operation, a, b, c, d in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        gone, come = escape("".join(old[a:b])), escape("".join(new[c:d]))
        left.append(
            gone if operation == "equal" or not gone else Markup("<del>{}</del>").format(gone)
        )
        right.append(
            come if operation == "equal" or not come else Markup("<ins>{}</ins>").format(come)
        )
    return Markup("").join(left), Markup("").join(right)


def _row(line: Told) -> Markup:
    if line.before is not None and line.after is not None:
        before, after = _marked(line.before, line.after)
    else:
        before, after = (
            escape(side) if side is not None else Markup("—") for side in (line.before, line.after)
        )
    return Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>').format(
        line.what, before, after
    )


_TABLE = Markup(
    "<table><caption>{caption}</caption><thead><tr>"
    '<th scope="col">{first}</th><th scope="col">{before}</th><th scope="col">{after}</th>'
    "</tr></thead><tbody>\n{rows}\n</tbody></table>"
)


def changes_fragment(
    comparison: Comparison,
    moves: Iterable[Move] = (),
    titles: Mapping[str, str] | None = None,
    sides: tuple[str, str] = ("Avant", "Après"),
) -> str:
    """Tell a comparison as an HTML fragment, for the frame of a page.

    Parameters
    ----------
    comparison : Comparison
        What changed.
    moves : iterable of Move
        Operators that changed class.
    titles : mapping of str to str, optional
        From the name of a notebook to its title.
    sides : (str, str)
        Headings of the two sides.

    Returns
    -------
    str
        One section per notebook, sentences before and after side by side; a single paragraph if nothing changed.
        Everything that comes from the claims is escaped.
    """
    moves, titles = list(moves), titles or {}
    headings = dict(zip(("before", "after"), map(french.typeset, sides), strict=True))
    if comparison.empty and not moves:
        return f"<p>{escape(NOTHING)}</p>\n"
    parts = [Markup("<p>{}</p>").format(summary(comparison))] if not comparison.empty else []
    for notebook, group in groupby(told(comparison), key=lambda line: line.notebook):
        title = titles.get(notebook, notebook)
        rows = Markup("\n").join(_row(line) for line in group)
        caption = french.typeset(f"Phrases qui ont changé : {title}")
        table = _TABLE.format(caption=caption, first="Changement", rows=rows, **headings)
        parts.append(Markup("<section>\n<h2>{}</h2>\n{}\n</section>").format(title, table))
    if moves:
        rows = Markup("\n").join(
            Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>').format(
                move.operator, _class(move.before), _class(move.after)
            )
            for move in moves
        )
        table = _TABLE.format(
            caption="Classe de chaque opérateur déplacé", first="Opérateur", rows=rows, **headings
        )
        parts.append(
            Markup(
                "<section>\n<h2>Opérateurs qui ont changé de classe</h2>\n{}\n</section>"
            ).format(table)
        )
    return str(Markup("\n").join(parts)) + "\n"
