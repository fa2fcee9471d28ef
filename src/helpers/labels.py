"""French texts for results: what an edition rests on, and how strongly a statement is supported."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from claimbook import french
from claimbook.edition import Declaration
from helpers import texts

if TYPE_CHECKING:
    from helpers.indicators.grades import Evidence


def basis(declaration: Declaration) -> str:
    """Return what an edition rests on: evidence, survey or simulated."""
    if declaration.simulated:
        return "simulated"
    return "survey" if declaration.survey else "evidence"


def lead(declaration: Declaration) -> str:
    """Return what the index of an edition says the collection is made of, as Markdown."""
    about = texts.read("editions")
    return f"{about['collection']}\n\n{about['lead'][basis(declaration)]}"


def source(declaration: Declaration) -> str:
    """Return the source of figures and tables that are computed from an edition's own data."""
    return texts.read("editions")["source"][basis(declaration)]


def support_rule() -> pd.DataFrame:
    """Return the label and the condition of each grade of support, strongest first."""
    return pd.DataFrame(texts.read("grades")["support"].values())


def findings_table(items: Iterable[Evidence]) -> pd.DataFrame:
    """Return statements with their measure, limit and grade as a French reader expects them.

    Columns: statement, measure, shown (estimate and interval), limit, grade (code), word (label),
    notebook; a dash where nothing was measured.
    """
    from helpers.indicators.grades import grade

    words, rows = texts.read("grades"), []
    for item in items:
        code, (shown, limit) = grade(item), _shown_and_limit(item)
        measure = item.measure or words["not_measured"]
        label = words["support"][code]["label"]
        rows.append((item.statement, measure, shown, limit, code, label, item.notebook))
    columns = ["statement", "measure", "shown", "limit", "grade", "word", "notebook"]
    return pd.DataFrame(rows, columns=columns)


def _shown_and_limit(item: Evidence) -> tuple[str, str]:
    if item.estimate is None:
        return "—", "—"
    digits, write = 2 if item.style == "decimal" else 1, french.style(item.style)
    bounds = french.interval((item.low, item.high), item.style, digits)
    side = "moins" if item.below else "plus"
    shown = f"{write(item.estimate, digits=digits)} ({bounds})"
    return shown, f"{side} de {write(item.limit, digits=digits)}"
