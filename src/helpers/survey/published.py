"""What a confidential survey has published, so that a later build gives no late answer away.

Two tables that differ by one operator tell its answers by subtraction, whatever each of them hides.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from claimbook.errors import DataError
from claimbook.tables import replace_text

#: Beside the export, and as confidential as it: the answers behind what was accepted last.
PUBLISHED = "published.csv"
_COLUMNS = ["operator", "variable", "item", "value"]


def keep_published(raw_dir: Path, answers: pd.DataFrame) -> None:
    """Keep the answers on which the accepted reports of an edition rest."""
    replace_text(raw_dir / PUBLISHED, answers[_COLUMNS].to_csv(index=False))


def n_differing(old: pd.DataFrame, new: pd.DataFrame) -> int:
    """Return how many operators answered one of two surveys alone, or answer them differently.

    Parameters
    ----------
    old, new : DataFrame
        One row per answer: operator, variable, item, value. Questions of one survey alone are left
        out, as is when and under which number an operator answered.
    """
    both = set(old["variable"]) & set(new["variable"]) - {"response", "response_date"}
    sides = []
    for answers in (old, new):
        asked = answers.loc[answers["variable"].isin(both), _COLUMNS].fillna("").astype(str)
        rows = zip(*(asked[column] for column in _COLUMNS), strict=True)
        sides.append(set(rows))
    return len({row[0] for row in sides[0] ^ sides[1]})


def too_close(root: Path, answers: pd.DataFrame, threshold: int) -> DataError | None:
    """Return the error of answers that hardly differ from published ones; None if none do.

    Parameters
    ----------
    root : Path
        Root of the project: what each edition published is beside its raw files.
    answers : DataFrame
        Answers of a confidential survey.
    threshold : int
        Fewest operators that must differ, unless none does.
    """
    for path in sorted((root / "data" / "raw").glob(f"*/{PUBLISHED}")):
        old = pd.read_csv(path, dtype=str, keep_default_na=False)
        n = n_differing(old, answers)
        if 0 < n < threshold:
            problem = (
                f"{n} operators differ from what '{path.parent.name}' published, "
                "and subtraction would tell their answers"
            )
            remedy = f"wait until {threshold} differ, or set the late responses aside"
            return DataError(path.relative_to(root).as_posix(), problem, remedy)
    return None
