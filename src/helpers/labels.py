"""French texts for results: what an edition rests on, and what is said of changes."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from claimbook import french
from claimbook.edition import Declaration
from claimbook.figures import Links
from helpers import texts

_FIGURE_ID = re.compile(r"F\d+")


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


def change_rule(grades: pd.Series) -> pd.DataFrame:
    """Return what is said of changes (label, rule), and of how many: n, largest first."""
    rule = pd.DataFrame(texts.read("trends")["change"]).T
    counted = rule.join(grades.value_counts().rename("n"), how="inner")
    counted = counted.rename(columns={"label": "said"})
    return counted.sort_values("n", ascending=False).reset_index(drop=True)


def changes_table(changes: pd.DataFrame) -> pd.DataFrame:
    """Return comparable changes as a French reader expects them.

    Parameters
    ----------
    changes : DataFrame
        From `helpers.indicators.trends`.

    Returns
    -------
    DataFrame
        title, measures, period, first, last, said, obligation; a dash where there is none.
    """
    rule = texts.read("trends")["change"]
    out = changes[changes["grade"] != "not_comparable"].fillna({"obligation": "—"})
    out["said"] = [rule[code]["label"] for code in out["grade"]]
    out["period"] = [f"{a} à {b}" for a, b in zip(out["from_year"], out["to_year"], strict=True)]
    out = out.sort_values(["measures", "said", "title"]).reset_index(drop=True)
    return out[["title", "measures", "period", "first", "last", "said", "obligation"]]


def month(day) -> str:
    """Return the month of a date: ``"juillet 2026"``."""
    return f"{texts.read('trends')['months'][day.month - 1]} {day.year}"


def intervals(frame: pd.DataFrame, style: str) -> list[str]:
    """Return the interval of each row (columns low, high) as text, a dash where there is none."""
    bounds = zip(frame["low"], frame["high"], strict=True)
    return ["—" if any(map(pd.isna, pair)) else french.interval(pair, style) for pair in bounds]


def figure_links(texts_with_ids: Iterable[str], published: pd.DataFrame) -> list[Links]:
    """Return each text as a link to the page of the published figure that it names first.

    `published` has figure_id and source_url; a text is an id such as ``F032``, or holds one.
    """
    pages = dict(zip(published["figure_id"], published["source_url"], strict=True))
    return [Links([(text, pages[_FIGURE_ID.search(text)[0]])]) for text in texts_with_ids]


def page_links(addresses: Iterable[str]) -> list:
    """Return a link called "page" for each address, "aucune" where there is none."""
    return [
        Links([("page", url)]) if isinstance(url, str) and url else "aucune" for url in addresses
    ]
