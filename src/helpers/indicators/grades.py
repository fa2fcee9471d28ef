"""How strongly the evidence supports a statement: one rule, for every finding and pathway.

A statement is put as a measure and a limit that it claims to pass: "more than half of …", "grew, so the difference is
above zero". The rule looks at nothing but the interval of the measure, what it was measured on, and whether another
defensible reading of the evidence passes the limit too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from claimbook import french

STRONG, MODERATE, WEAK, SILENT = "strong", "moderate", "weak", "silent"
WORDS = {STRONG: "fort", MODERATE: "moyen", WEAK: "faible", SILENT: "sans réponse ici"}
RULE = {
    STRONG: "l’intervalle est tout entier au-delà de la limite, la mesure porte sur ce dont parle l’énoncé, "
    "et l’autre lecture des données passe aussi la limite",
    MODERATE: "l’intervalle est tout entier au-delà de la limite, mais la mesure est indirecte "
    "ou l’autre lecture ne la passe pas",
    WEAK: "l’intervalle contient la limite, ou se trouve du mauvais côté",
    SILENT: "rien dans les données ne mesure ce dont parle l’énoncé",
}

# In place of a measure that this edition does not have, or holds back because too few operators stand behind it.
UNTOLD = "cette édition n’en donne pas de mesure"


@dataclass(frozen=True)
class Evidence:
    """What bears on one statement.

    Attributes
    ----------
    statement : str
        The finding or pathway, in French.
    measure : str
        What was measured, in French.
    notebook : str
        Name of the notebook that measured it.
    estimate, low, high : float or None
        Estimate and bounds of its interval; None where nothing was measured.
    limit : float
        What the measure must pass for the statement to hold.
    below : bool
        Whether the statement claims that the measure lies below the limit.
    direct : bool
        Whether it was measured on what the statement speaks of, rather than on a stand-in.
    other : tuple of (float, float) or None
        Interval of another defensible reading of the same evidence; None if there is none.
    style : {"percent", "points", "decimal"}
        How the measure is written.
    """

    statement: str
    measure: str
    notebook: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    limit: float = 0.0
    below: bool = False
    direct: bool = False
    other: tuple[float, float] | None = None
    style: str = "decimal"

    @property
    def shown(self) -> str:
        """The measure and its interval as a French reader expects them; a dash where nothing was measured."""
        if self.estimate is None:
            return "—"
        digits = 2 if self.style == "decimal" else 1
        value = french.style(self.style)(self.estimate, digits=digits)
        return f"{value} ({french.interval((self.low, self.high), self.style, digits)})"

    @property
    def limit_shown(self) -> str:
        """What the measure must pass, as a French reader expects it; a dash where nothing was measured."""
        if self.estimate is None:
            return "—"
        value = french.style(self.style)(self.limit, digits=2 if self.style == "decimal" else 1)
        return f"{'moins' if self.below else 'plus'} de {value}"


def evidence_told(
    statement: str, measure: str, told, value: str, interval: str, **options
) -> Evidence:
    """Return what a notebook told of a statement; nothing was measured where it told no value, or may not.

    Parameters
    ----------
    statement, measure : str
        As in `Evidence`.
    told : claimbook.results.NotebookResults
        What the notebook told.
    value, interval : str
        Holes of its sentences that hold the estimate and its bounds.
    **options
        Further attributes of `Evidence`.

    Returns
    -------
    Evidence
    """
    estimate, bounds = told.get(value), told.get(interval)
    if estimate is None or bounds is None:
        return Evidence(statement, UNTOLD, told.notebook)
    return Evidence(statement, measure, told.notebook, estimate, *bounds, **options)


def passes(low: float, high: float, limit: float, *, below: bool = False) -> bool:
    """Tell whether an interval lies wholly beyond a limit.

    Raises
    ------
    ValueError
        If a bound is not finite or the bounds are out of order.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValueError(f"an interval needs two finite bounds in order, not {low!r} and {high!r}")
    return high < limit if below else low > limit


def grade(evidence: Evidence) -> str:
    """Return the grade of a statement: one of `STRONG`, `MODERATE`, `WEAK`, `SILENT` (see `RULE`).

    Raises
    ------
    ValueError
        If there is an estimate without an interval.
    """
    if evidence.estimate is None:
        return SILENT
    if evidence.low is None or evidence.high is None:
        raise ValueError(f"'{evidence.statement}' has an estimate without an interval")
    if not passes(evidence.low, evidence.high, evidence.limit, below=evidence.below):
        return WEAK
    holds = evidence.other is None or passes(*evidence.other, evidence.limit, below=evidence.below)
    return STRONG if evidence.direct and holds else MODERATE


def graded(items: Iterable[Evidence]) -> pd.DataFrame:
    """Return one row per statement: statement, measure, estimate, low, high, shown, limit, grade, word, notebook."""
    rows = []
    for item in items:
        found = grade(item)
        rows.append(
            {
                "statement": item.statement,
                "measure": item.measure,
                "estimate": item.estimate,
                "low": item.low,
                "high": item.high,
                "shown": item.shown,
                "limit": item.limit_shown,
                "grade": found,
                "word": WORDS[found],
                "notebook": item.notebook,
            }
        )
    return pd.DataFrame(rows)
