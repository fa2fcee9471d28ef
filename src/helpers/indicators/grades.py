"""How strongly the evidence supports a statement: one rule, for every finding and pathway.

A statement is put as a measure and a limit that it claims to pass: "more than half of …", "grew, so
the difference is above zero". The rule looks at nothing but the interval of the measure, what it
was measured on, and whether another defensible reading of the evidence passes the limit too.
``texts/grades.yml`` says the rule in words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """What bears on one statement.

    Attributes
    ----------
    statement, measure : str
        The finding or pathway, and what was measured, in French; no measure (None) where the
        edition gives none.
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
    measure: str | None
    notebook: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    limit: float = 0.0
    below: bool = False
    direct: bool = False
    other: tuple[float, float] | None = None
    style: str = "decimal"


def evidence_from(
    statement: str, measure: str, results, value: str, interval: str, **options
) -> Evidence:
    """Return the evidence that a notebook gives on a statement; nothing measured if it has none.

    `results` is what ``study.results(name)`` returns; `value` and `interval` name the results that
    hold the estimate and its bounds; `options` are further attributes of `Evidence`.
    """
    estimate, bounds = results.get(value), results.get(interval)
    if estimate is None or bounds is None:
        return Evidence(statement, None, results.notebook)
    return Evidence(statement, measure, results.notebook, estimate, *bounds, **options)


def passes(low: float, high: float, limit: float, *, below: bool = False) -> bool:
    """Tell whether an interval (finite bounds, in order) lies wholly beyond a limit."""
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValueError(f"an interval needs two finite bounds in order, not {low!r} and {high!r}")
    return high < limit if below else low > limit


def grade(evidence: Evidence) -> str:
    """Return the grade of a statement: ``strong``, ``moderate``, ``weak`` or ``silent``."""
    if evidence.estimate is None:
        return "silent"
    if not passes(evidence.low, evidence.high, evidence.limit, below=evidence.below):
        return "weak"
    holds = evidence.other is None or passes(*evidence.other, evidence.limit, below=evidence.below)
    return "strong" if evidence.direct and holds else "moderate"
