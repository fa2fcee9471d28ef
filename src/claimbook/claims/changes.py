"""A comparison in plain French sentences: text for a terminal, HTML for ``changes.html``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

from markupsafe import Markup, escape

from claimbook import french
from claimbook.claims.compare import Change, Comparison, sentences

NOTHING = "Rien n’a changé."
_WORDS = {
    "changed": ("valeur changée", "valeurs changées"),
    "within": ("valeur changée dans sa tolérance", "valeurs changées dans leur tolérance"),
    "new": ("nouvelle valeur", "nouvelles valeurs"),
    "gone": ("valeur disparue", "valeurs disparues"),
}
_SECTION = Markup(
    "<section>\n<h2>{title}</h2>\n<table><caption>{caption}</caption><thead><tr>"
    '<th scope="col">Changement</th><th scope="col">Avant</th><th scope="col">Après</th>'
    "</tr></thead><tbody>\n{rows}\n</tbody></table>\n</section>"
)
_ROW = Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>')


def _lines(comparison: Comparison) -> list[tuple]:
    """Return (notebook, what happened, before, after), each pair of sentences once, by notebook."""
    found: dict[tuple, tuple] = {}
    for what, (word, _) in _WORDS.items():
        for item in getattr(comparison, what):
            if isinstance(item, Change):
                claim, pairs = item.new, _pairs(item)
            elif what == "new":
                claim, pairs = item, [(None, sentence) for sentence in sentences(item)]
            else:
                claim, pairs = item, [(sentence, None) for sentence in sentences(item)]
            notebook = claim.get("notebook", "")
            for pair in pairs:
                found.setdefault((notebook, *pair), (notebook, word, *pair))
    return sorted(found.values(), key=itemgetter(0))


def _pairs(change: Change) -> list[tuple[str, str]]:
    """Return the pairs of sentences; where rounding hides the change, the values follow in full."""
    return [
        pair
        if pair[0] != pair[1]
        else tuple(f"{pair[0]} {value}" for value in _hidden_by_rounding(change))
        for pair in change.sentences
    ]


def _hidden_by_rounding(change: Change) -> list[str]:
    """Return both values of a change, with as few digits as tell them apart."""
    claims = (change.old, change.new)
    for digits in (4, 6, 17):
        written = [_value(claim["value"], digits) for claim in claims]
        if len(set(written)) == 2:
            break
    return [
        french.typeset(f"[{claim['expression']} : {value}]")
        for claim, value in zip(claims, written, strict=True)
    ]


def _value(value, digits: int) -> str:
    return f"{value:.{digits}g}".replace(".", ",") if isinstance(value, float) else str(value)


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
    for notebook, group in groupby(_lines(comparison), key=itemgetter(0)):
        lines += ["", notebook]
        for _, what, before, after in group:
            lines.append(f"- {what}")
            for label, sentence in (("Avant :", before), ("Après :", after)):
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


def _row(what: str, before: str | None, after: str | None) -> Markup:
    if before is None or after is None:
        return _ROW.format(what, *("—" if side is None else side for side in (before, after)))
    return _ROW.format(what, *_marked(before, after))


def changes_fragment(comparison: Comparison, titles: Mapping[str, str] | None = None) -> str:
    """Return a comparison as an HTML fragment; everything that comes from the claims is escaped.

    Parameters
    ----------
    comparison : Comparison
        What changed.
    titles : mapping of str to str, optional
        From the name of a notebook to its title.

    Returns
    -------
    str
        One section per notebook, sentences before and after side by side, or one paragraph if
        nothing changed.
    """
    parts = [Markup("<p>{}</p>").format(summary(comparison))]
    for notebook, group in groupby(_lines(comparison), key=itemgetter(0)):
        title = (titles or {}).get(notebook, notebook)
        caption = french.typeset(f"Phrases qui ont changé : {title}")
        rows = Markup("\n").join(_row(*line[1:]) for line in group)
        parts.append(_SECTION.format(title=title, caption=caption, rows=rows))
    return "\n".join(map(str, parts)) + "\n"
