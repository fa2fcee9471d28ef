"""How strongly the evidence supports a statement: one rule, for every finding and pathway.

A statement is put as a measure and a limit that it claims to pass, and could fail to pass: "more
than half of …", "grew, so the difference is above zero". Another defensible reading of the evidence
is put to its own limit, and binds: where it fails, the grade falls. A scenario cannot fail, and has
no grade. ``texts/grades.yml`` says the rule in words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Kind of a statement that no measure could contradict.
SCENARIO = "scenario"


@dataclass(frozen=True)
class Measure:
    """What was measured for a statement, and what it must pass.

    Attributes
    ----------
    value, low, high : float
        Estimate and bounds of its interval.
    limit : float
        What the whole interval must lie beyond.
    below : bool
        Whether the statement claims that the measure lies below the limit.
    style : {"percent", "points", "decimal"}
        How the measure is written.
    """

    value: float
    low: float
    high: float
    limit: float = 0.0
    below: bool = False
    style: str = "percent"

    @property
    def passes(self) -> bool:
        """Whether the whole interval lies beyond the limit; ValueError if it is no interval."""
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            bounds = f"{self.low!r} and {self.high!r}"
            raise ValueError(f"an interval needs two finite bounds in order, not {bounds}")
        return self.high < self.limit if self.below else self.low > self.limit

    @property
    def contradicts(self) -> bool:
        """Whether the whole interval lies on the other side of the limit."""
        return self.low > self.limit if self.below else self.high < self.limit


@dataclass(frozen=True)
class Evidence:
    """What bears on one statement.

    Attributes
    ----------
    statement : str
        The finding or pathway, in French.
    notebook : str
        Name of the notebook that measured it.
    said : str
        What the evidence says, in French, with ``{own}`` and ``{other}`` for the two measures.
    measure, other : Measure or None
        The measure that fits it, and another reading of the same evidence; None where there is
        none.
    direct : bool
        Whether it was measured on what the statement speaks of, rather than on a stand-in.
    kind : {"tested", "scenario"}
        Whether a measure could contradict the statement: only then it is graded.
    """

    statement: str
    notebook: str
    said: str = ""
    measure: Measure | None = None
    other: Measure | None = None
    direct: bool = False
    kind: str = "tested"


def measure_from(results, name: str, **options) -> Measure | None:
    """Return the measure that a notebook states as ``{{ name | with_interval }}``.

    `results` is what ``study.results(notebook)`` returns; `options` are further attributes of
    `Measure`. None if the edition has no such value, or withholds it.
    """
    found = results.get(name)
    return None if found is None else Measure(*found, **options)


def grade(evidence: Evidence) -> str:
    """Return the code of a grade: see ``texts/grades.yml``.

    What pages do not show is no evidence against a statement: only a direct measure contradicts.
    """
    if evidence.kind == SCENARIO:
        return SCENARIO
    if evidence.measure is None:
        return "silent"
    passes = evidence.measure.passes
    other_holds = evidence.other is None or evidence.other.passes
    if not passes:
        return "contradicted" if evidence.direct and evidence.measure.contradicts else "weak"
    return ("strong", "moderate", "weak")[(not evidence.direct) + (not other_holds)]
