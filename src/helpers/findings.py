"""The findings and pathways of the 2023 study, each with its measure and its grade."""

from __future__ import annotations

import pandas as pd

from claimbook.figures import Links
from helpers import labels, texts
from helpers.indicators.grades import Evidence, measure_from


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
    table = labels.findings_table(_evidence(study, **item) for item in texts.read("findings")[part])
    links = [Links([(study.results(n).title, f"{n}.html")]) for n in table["notebook"]]
    table = table.assign(notebook=links)[["statement", "said", "word", "notebook"]]
    return table.rename(columns={"statement": part.removesuffix("s"), "said": "evidence"})


def rule() -> pd.DataFrame:
    """Return the word and the condition (rule) of each grade, strongest first."""
    return labels.support_rule().rename(columns={"label": "word"})


def _evidence(study, statement: str, notebook: str, measure=None, other=None, **about) -> Evidence:
    results = study.results(notebook)
    own, second = (measure_from(results, **one) if one else None for one in (measure, other))
    return Evidence(statement, notebook, measure=own, other=second, **about)
