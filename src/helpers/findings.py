"""The findings and pathways of the 2023 study, each with its measure and its grade."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from claimbook import french
from claimbook.figures import Links
from helpers import texts
from helpers.indicators.grades import UNGRADED, Evidence, Measure, grade, measure_from

_DIGITS = {"decimal": 2, "points": 1}


def graded(study, part: str) -> pd.DataFrame:
    """Return the statements of a part of ``texts/findings.yml`` with their grades.

    Parameters
    ----------
    study : helpers.study.Study
        Whose notebooks state the measures.
    part : {"findings", "pathways"}

    Returns
    -------
    DataFrame
        One row per statement: statement, measure (what was measured), shown (value and interval),
        other (the other reading, and whether it passes), word (grade), notebook (link).

    Raises
    ------
    NotBuiltError
        If a notebook that states a measure has not been built.
    """
    table = as_table(_evidence(study, **item) for item in texts.read("findings")[part])
    links = [Links([(study.results(n).title, f"{n}.html")]) for n in table["notebook"]]
    columns = ["statement", "measure", "shown", "other", "word", "notebook"]
    return table.assign(notebook=links)[columns]


def rule() -> pd.DataFrame:
    """Return the label and the condition of each grade, strongest first."""
    return pd.DataFrame(texts.read("grades")["support"].values())


def as_table(items: Iterable[Evidence]) -> pd.DataFrame:
    """Return statements with their measure, limit and grade as a French reader expects them.

    Columns: statement, measure, shown (estimate and interval), limit, other (the other reading and
    whether it passes its limit), grade (code), word (label), notebook; a dash where there is none.
    """
    words, rows = texts.read("grades"), []
    for item in items:
        code, own, other = grade(item), item.measure, "—"
        text, shown, limit = words["not_measured"], "—", "—"
        if own is not None:
            text, (shown, limit) = own.text, _shown_and_limit(own)
        if code in UNGRADED:
            text, limit = text if own else "—", "—"
        if item.other is not None:
            held = words["holds" if item.other.passes else "fails"]
            other = f"{item.other.text} : {_shown_and_limit(item.other)[0]}, {held}"
        label = words["support"][code]["label"]
        rows.append((item.statement, text, shown, limit, other, code, label, item.notebook))
    columns = ["statement", "measure", "shown", "limit", "other", "grade", "word", "notebook"]
    return pd.DataFrame(rows, columns=columns)


def _shown_and_limit(measure: Measure) -> tuple[str, str]:
    # A digit more than usual: a difference must not be rounded onto its limit of zero.
    digits, write = _DIGITS.get(measure.style, 0), french.style(measure.style)
    bounds = french.interval((measure.low, measure.high), measure.style, digits)
    limit = write(measure.limit, digits=2 if measure.style == "decimal" else 0)
    shown = f"{write(measure.value, digits=digits)} ({bounds})"
    return shown, f"{'moins' if measure.below else 'plus'} de {limit}"


def _evidence(study, statement: str, notebook: str, measure=None, other=None, **about) -> Evidence:
    results = study.results(notebook)
    measures = [measure_from(results, **one) if one else None for one in (measure, other)]
    return Evidence(statement, notebook, *measures, **about)
