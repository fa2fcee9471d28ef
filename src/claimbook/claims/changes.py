"""A comparison in plain French sentences: text for a terminal, HTML for ``changes.html``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup, escape

from claimbook import french
from claimbook.claims.compare import Change, Comparison, sentences

NOTHING = "Rien n’a changé."
_WORDS = {
    "changed": ("valeur changée", "valeurs changées"),
    "within": (
        "valeur changée dans sa tolérance",
        "valeurs changées dans leur tolérance",
    ),
    "reworded": ("phrase changée", "phrases changées"),
    "new": ("nouvelle valeur", "nouvelles valeurs"),
    "gone": ("valeur disparue", "valeurs disparues"),
}
_SECTION = Markup(
    "<section>\n<h2>{title}</h2>\n<table><caption>{caption}</caption><thead><tr>"
    '<th scope="col">{first}</th><th scope="col">{before}</th><th scope="col">{after}</th>'
    "</tr></thead><tbody>\n{rows}\n</tbody></table>\n</section>"
)
_ROW = Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>')


class Move(NamedTuple):
    """One operator that is in another class than before; None stands for no class."""

    operator: str
    before: str | None
    after: str | None


def moved(old: Mapping[str, str], new: Mapping[str, str]) -> list[Move]:
    """Return the operators, sorted, whose class differs between two mappings."""
    moves = [Move(name, old.get(name), new.get(name)) for name in sorted({*old, *new})]
    return [move for move in moves if move.before != move.after]


class Line(NamedTuple):
    """What happened to one sentence."""

    notebook: str
    what: str
    before: str | None
    after: str | None


def _lines(comparison: Comparison) -> list[Line]:
    """Return each pair of sentences once, by notebook, and in each in the order of `_WORDS`."""
    found: dict[tuple, Line] = {}
    for what, (word, _) in _WORDS.items():
        for item in getattr(comparison, what):
            claim = item.new if isinstance(item, Change) else item
            if isinstance(item, Change):
                pairs = _pairs(item)
            elif what == "new":
                pairs = [(None, sentence) for sentence in sentences(claim)]
            else:
                pairs = [(sentence, None) for sentence in sentences(claim)]
            for pair in pairs:
                line = Line(claim.get("notebook", ""), word, *pair)
                found.setdefault((line.notebook, *pair), line)
    return sorted(found.values(), key=lambda line: line.notebook)


def _pairs(change: Change) -> list[tuple[str, str]]:
    """Return the pairs of sentences; where rounding hides the change, the values follow in full."""
    return [
        pair
        if pair[0] != pair[1]
        else tuple(_in_full(pair[0], c) for c in (change.old, change.new))
        for pair in change.sentences
    ]


def _in_full(sentence: str, claim: dict) -> str:
    value = claim["value"]
    written = repr(value).replace(".", ",") if isinstance(value, float) else str(value)
    return french.typeset(f"{sentence} [{claim['expression']} : {written}]")


def summary(comparison: Comparison) -> str:
    """Say in one French sentence how many values changed, are new or are gone."""
    counted = [(len(getattr(comparison, what)), words) for what, words in _WORDS.items()]
    parts = [
        f"{french.count(n)}{french.NO_BREAK}{french.plural(n, *words)}" for n, words in counted if n
    ]
    return f"{french.enumeration(parts)}." if parts else NOTHING


def render_text(comparison: Comparison) -> str:
    """Return a comparison as French lines, or "Rien n’a changé." alone."""
    lines = [summary(comparison)]
    for notebook, group in groupby(_lines(comparison), key=lambda line: line.notebook):
        lines += ["", notebook]
        for line in group:
            lines.append(f"- {line.what}")
            for label, sentence in (("Avant :", line.before), ("Après :", line.after)):
                if sentence is not None:
                    lines.append(f"  {french.typeset(label)} {sentence}")
    return "\n".join(lines) + "\n"


def _marked(before: str, after: str) -> tuple[Markup, Markup]:
    """Mark the words that differ, with elements that screen readers can announce."""
    old, new = (re.findall(r"[^ ]+ ?", text) for text in (before, after))
    left, right = [], []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for operation, a, b, c, d in matcher.get_opcodes():
        for side, tag, words in ((left, "del", old[a:b]), (right, "ins", new[c:d])):
            text = escape("".join(words))
            marked = operation != "equal" and text
            side.append(Markup("<{0}>{1}</{0}>").format(tag, text) if marked else text)
    return Markup().join(left), Markup().join(right)


def _row(line: Line) -> Markup:
    if line.before is None or line.after is None:
        cells = ["—" if side is None else side for side in (line.before, line.after)]
    else:
        cells = _marked(line.before, line.after)
    return _ROW.format(line.what, *cells)


def changes_fragment(
    comparison: Comparison,
    moves: Iterable[Move] = (),
    titles: Mapping[str, str] | None = None,
    sides: tuple[str, str] = ("Avant", "Après"),
) -> str:
    """Return a comparison as an HTML fragment; everything that comes from the claims is escaped.

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
        One section per notebook, sentences before and after side by side, or one paragraph if
        nothing changed.
    """
    moves = list(moves)
    before, after = map(french.typeset, sides)
    parts = []
    if not comparison.empty or not moves:
        parts.append(Markup("<p>{}</p>").format(summary(comparison)))

    def section(title: str, caption: str, first: str, rows: Iterable[Markup]) -> None:
        columns = {"first": first, "before": before, "after": after}
        body = Markup("\n").join(rows)
        parts.append(_SECTION.format(title=title, caption=caption, rows=body, **columns))

    for notebook, group in groupby(_lines(comparison), key=lambda line: line.notebook):
        title = (titles or {}).get(notebook, notebook)
        caption = french.typeset(f"Phrases qui ont changé : {title}")
        section(title, caption, "Changement", map(_row, group))
    if moves:
        title, caption = "Opérateurs qui ont changé de classe", "Classe de chaque opérateur déplacé"
        rows = [_ROW.format(m.operator, *(c or "hors classe" for c in m[1:])) for m in moves]
        section(title, caption, "Opérateur", rows)
    return "\n".join(map(str, parts)) + "\n"
