"""The findings and pathways of the 2023 study, each with its measure and its grade."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from claimbook import french
from claimbook.figures import Links
from helpers import texts
from helpers.indicators.grades import Evidence, Measure, grade, measure_from

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
        One row per statement: finding or pathway (the statement), evidence (what is known of it),
        word (grade), notebook (link).

    Raises
    ------
    NotBuiltError
        If a notebook that states a measure has not been built.
    """
    table = findings_table(_evidence(study, **item) for item in texts.read("findings")[part])
    links = [Links([(study.results(n).title, f"{n}.html")]) for n in table["notebook"]]
    table = table.assign(notebook=links)[["statement", "said", "word", "notebook"]]
    return table.rename(columns={"statement": part.removesuffix("s"), "said": "evidence"})


def rule() -> pd.DataFrame:
    """Return the word and the condition (rule) of each grade, strongest first."""
    table = pd.DataFrame(texts.read("grades")["support"].values(), columns=["label", "rule"])
    return table.rename(columns={"label": "word"})


def _evidence(study, statement: str, notebook: str, measure=None, other=None, **about) -> Evidence:
    results = study.results(notebook)
    own, second = (measure_from(results, **one) if one else None for one in (measure, other))
    return Evidence(statement, notebook, measure=own, other=second, **about)


def findings_table(items: Iterable[Evidence]) -> pd.DataFrame:
    """Return statements, what the evidence says of each, and its grade, for a French reader.

    Columns: statement, said (with estimates and intervals), grade (code), word (label), notebook.
    """
    words, rows = texts.read("grades"), []
    for item in items:
        code, said = grade(item), item.said
        if item.measure is not None:
            other = "—" if item.other is None else _shown(item.other)
            said = said.format(own=_shown(item.measure), other=other)
        elif "{own}" in said or not said:
            said = words["not_measured"]
        label = words["support"][code]["label"]
        rows.append((item.statement, french.typeset(said), code, label, item.notebook))
    return pd.DataFrame(rows, columns=["statement", "said", "grade", "word", "notebook"])


def _shown(measure: Measure) -> str:
    # A digit more than usual: a difference must not be rounded onto its limit of zero.
    digits, write = _DIGITS.get(measure.style, 0), french.style(measure.style)
    bounds = french.interval((measure.low, measure.high), measure.style, digits)
    return f"{write(measure.value, digits=digits)} ({bounds})"
