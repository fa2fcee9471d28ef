"""What a confidential survey has published, so that a later build gives no late answer away.

Two tables that differ by one operator tell its answers by subtraction, whatever each of them hides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pandas as pd

from claimbook.errors import DataError
from claimbook.protect.pseudonyms import read_roles
from claimbook.tables import replace_text
from helpers.survey.matching import canonical

#: Beside the export, and as confidential as it: the answers behind everything that was accepted.
PUBLISHED = "published.csv"
_COLUMNS = ["operator", "variable", "item", "value"]


def keep_published(raw_dir: Path, answers: pd.DataFrame) -> None:
    """Add the answers on which the accepted reports of an edition rest to those kept before."""
    path = raw_dir / PUBLISHED
    kept, new = _read(path), answers[_COLUMNS].fillna("").astype(str)
    if not any(_rows(old) == _rows(new) for old in kept):
        whole = pd.concat([*kept, new.assign(publication=len(kept) + 1)])
        replace_text(path, whole[["publication", *_COLUMNS]].to_csv(index=False))


def _rows(answers: pd.DataFrame) -> set[tuple[str, ...]]:
    return set(answers[_COLUMNS].itertuples(index=False, name=None))


def _read(path: Path) -> list[pd.DataFrame]:
    """Return the answers of each publication of an edition, the oldest first."""
    if not path.is_file():
        return []
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return [part for _, part in frame.groupby(frame["publication"].astype(int))]


def n_differing(old: pd.DataFrame, new: pd.DataFrame) -> int:
    """Return the fewest operators whose answers make two surveys differ.

    Parameters
    ----------
    old, new : DataFrame
        One row per answer: operator, variable, item, value. Questions of one survey alone are left
        out, as is what only identifies an operator: one that is written otherwise, or has another
        name, does not differ.
    """
    roles, clean = read_roles(), cache(canonical)
    unseen = {*roles.operators, *roles.identifiers, *roles.tokens, "response_date"}
    both = set(old["variable"]) & set(new["variable"]) - unseen
    names = {clean(name) for name in [*old["operator"], *new["operator"]]}
    sides, ties = [], []
    for answers in (old, new):
        asked = answers.loc[answers["variable"].isin(both), _COLUMNS].fillna("").astype(str)
        own, named = defaultdict(set), Counter()
        for operator, variable, item, value in asked.itertuples(index=False):
            if clean(item) in names:
                named[variable, clean(item), value] += 1
            else:
                own[operator].add((variable, item, value))
        sides.append(Counter(map(frozenset, own.values())))
        ties.append(named)
    gone, come = sides[0] - sides[1], sides[1] - sides[0]
    return max(gone.total(), come.total(), int(ties[0] != ties[1]))


def compare(root: Path, answers: pd.DataFrame, threshold: int) -> tuple[str, DataError | None]:
    """Return what answers were compared with, in a line, and the error if they are too close to it.

    Parameters
    ----------
    root : Path
        Root of the project: what each edition published is beside its raw files.
    answers : DataFrame
        Answers of a confidential survey.
    threshold : int
        Fewest operators that must differ, unless none does.
    """
    paths = sorted((root / "data" / "raw").glob(f"*/{PUBLISHED}"))
    kept = [(path, old) for path in paths for old in _read(path)]
    for path, old in kept:
        n = n_differing(old, answers)
        if 0 < n < threshold:
            problem = (
                f"{n} operators differ from what '{path.parent.name}' published, "
                "and subtraction would tell their answers"
            )
            remedy = f"wait until {threshold} differ, or set the late responses aside"
            return "", DataError(path.relative_to(root).as_posix(), problem, remedy)
    none = (
        f"There is no record of an earlier publication (data/raw/*/{PUBLISHED}): whether this "
        "edition hardly differs from one was not checked."
    )
    return f"Compared with {len(kept)} earlier publications." if kept else none, None
