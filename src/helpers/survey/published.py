"""What a confidential survey has published, so that a later build gives no late answer away.

Two tables that differ by one operator tell its answers by subtraction, whatever each of them hides.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path

import pandas as pd

from claimbook.errors import DataError
from claimbook.protect.pseudonyms import read_roles
from claimbook.tables import replace_text
from helpers.survey.matching import canonical

#: Beside the export, and as confidential as it: the answers behind everything that was accepted.
PUBLISHED = "published.csv"
_COLUMNS = ["operator", "variable", "item", "value"]


def keep_published(raw_dir: Path, answers: pd.DataFrame, year: int) -> None:
    """Add the answers of a year behind the accepted reports of an edition to those kept before."""
    kept, new = _read(raw_dir), answers[_COLUMNS].fillna("").astype(str).assign(year=str(year))
    if not any(_rows(old) == _rows(new) for old in kept):
        whole = pd.concat([*kept, new.assign(publication=len(kept) + 1)])
        text = whole[["publication", "year", *_COLUMNS]].to_csv(index=False)
        replace_text(raw_dir / PUBLISHED, text)


def _rows(answers: pd.DataFrame) -> set[tuple[str, ...]]:
    return set(answers[_COLUMNS].itertuples(index=False, name=None))


def _read(raw_dir: Path) -> list[pd.DataFrame]:
    """Return the answers of each publication of an edition, the oldest first."""
    path = raw_dir / PUBLISHED
    if not path.is_file():
        return []
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        if frame.empty or not set(_COLUMNS) <= set(frame):
            raise ValueError("it holds no answers, or lacks a column")
        frame = frame.assign(year=frame.get("year", ""))
        return [part for _, part in frame.groupby(frame["publication"].astype(int))]
    except (KeyError, ValueError) as error:
        problem = f"the record of what was published cannot be read ({error})"
        remedy = "put it back as 'make baseline' wrote it"
        raise DataError(f"data/raw/{raw_dir.name}/{PUBLISHED}", problem, remedy) from None


def differing(old: pd.DataFrame, new: pd.DataFrame) -> tuple[int, dict[str, int]]:
    """Return how many operators make two surveys differ: in all, and in each answer.

    Parameters
    ----------
    old, new : DataFrame
        One row per answer: operator, variable, item, value. What is asked in one survey alone is
        left out, as is what only identifies an operator: one that is written otherwise, or has
        another name, does not differ. One that came or went differs in every answer; of those that
        came and those that went, the more numerous count.
    """
    bodies = {canonical(name) for name in {*old["operator"], *new["operator"]}}
    before, after = (_by_operator(answers, bodies) for answers in (old, new))
    asked = set(chain(*before.values())) & set(chain(*after.values()))
    moved = [
        Counter(
            frozenset((a, v) for a, v in side[operator].items() if a in asked and type(v) is str)
            for operator in side.keys() - other.keys()
        )
        for side, other in ((before, after), (after, before))
    ]
    n_moved = max((moved[0] - moved[1]).total(), (moved[1] - moved[0]).total())
    both = before.keys() & after.keys()
    changed = {a: {o for o in both if before[o].get(a) != after[o].get(a)} for a in asked}
    n_changed = len(set().union(*changed.values()))
    return n_moved + n_changed, {a: n_moved + len(who) for a, who in changed.items()}


def _by_operator(answers: pd.DataFrame, bodies: set[str]) -> dict[str, dict]:
    """Return the answers of each operator by name; the partners that it names are one answer."""
    roles, names = read_roles(), Counter(map(canonical, answers["operator"].unique()))
    left_out = {*roles.operators, *roles.identifiers, *roles.tokens, "response_date"}
    rows = answers.loc[~answers["variable"].isin(left_out), _COLUMNS].fillna("").astype(str)
    said: dict[str, dict] = {}
    for operator, variable, item, value in rows.itertuples(index=False):
        name = canonical(operator)
        # Two operators of one survey may differ in their legal form alone.
        own, partner = said.setdefault(name if names[name] == 1 else operator, {}), canonical(item)
        if partner in bodies:
            own[variable] = own.get(variable, frozenset()) | {(partner, value)}
        else:
            own[f"{variable}[{item}]" if item else variable] = value
    return said


def compare(
    root: Path, answers: pd.DataFrame, threshold: int, year: int
) -> tuple[str, DataError | None]:
    """Return what answers were compared with, in a line, and the error if they are too close to it.

    Parameters
    ----------
    root : Path
        Root of the project: what each edition published is beside its raw files.
    answers : DataFrame
        Answers of a confidential survey.
    threshold : int
        Fewest operators that must differ, unless none does: in each answer, or, from what was
        published of another year, in all. Answers are given anew then, and readers cannot tell
        who changed.
    year : int
        Year of the survey.
    """
    folders = sorted(path.parent for path in (root / "data" / "raw").glob(f"*/{PUBLISHED}"))
    kept = [(folder.name, old) for folder in folders for old in _read(folder)]
    for edition, old in kept:
        in_all, by_answer = differing(old, answers)
        # A record that tells no year may be of this one.
        same_year = set(old["year"]) <= {"", str(year)}
        few = {a: n for a, n in by_answer.items() if 0 < n < threshold} if same_year else {}
        if few or 0 < in_all < threshold:
            answer = min(few, key=lambda a: (few[a], a), default="")
            where = f", {few[answer]} in '{answer}'" if few else ""
            problem = (
                f"fewer than {threshold} operators differ from what '{edition}' published "
                f"({in_all} in all{where}), and subtraction would tell their answers"
            )
            remedy = f"wait until {threshold} differ, or set the others aside by 'rule: late_row'"
            return "", DataError(f"data/raw/{edition}/{PUBLISHED}", problem, remedy)
    none = (
        f"There is no record of an earlier publication (data/raw/*/{PUBLISHED}): whether this "
        "edition hardly differs from one was not checked."
    )
    return f"Earlier publications compared: {len(kept)}." if kept else none, None
