"""The classes from which the answers of a simulated survey were drawn: what a method is judged by."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from claimbook.edition import PLANTED

COLUMNS = ("operator", "class")


def planted_classes(raw_dir: Path, operators) -> pd.DataFrame:
    """Return the planted class of each operator.

    Parameters
    ----------
    raw_dir : Path
        Folder of the edition's raw files.
    operators : iterable of str
        Operators that answered.

    Returns
    -------
    DataFrame
        operator, class; no row where nothing was planted, as in a survey that real operators answered.
    """
    path = raw_dir / PLANTED
    if not path.is_file():
        return pd.DataFrame([], columns=list(COLUMNS), dtype=object)
    found = pd.read_csv(path, dtype=str, keep_default_na=False)
    return found.loc[found["operator"].isin(set(operators)), list(COLUMNS)].reset_index(drop=True)
