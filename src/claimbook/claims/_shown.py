"""What figures draw and tables show: kept beside the claims, so that a figure is tested by its data, not its pixels."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from claimbook.depend import read_notebook
from claimbook.errors import UserError
from claimbook.tables import replace_text

DATA_MIME = "application/vnd.opsn.data+json"
RELATIVE_TOLERANCE = 1e-6
FOLDER = "data"


def shown_data(notebook) -> dict[str, str]:
    """Return what the figures and tables of an executed notebook are made of.

    Parameters
    ----------
    notebook : str, pathlib.Path or NotebookNode
        The notebook, with its outputs.

    Returns
    -------
    dict of str to str
        CSV text by name of figure or table, in order of appearance.

    Raises
    ------
    UserError
        If two of them have the same name.
    """
    found: dict[str, str] = {}
    for cell in read_notebook(notebook).cells:
        for output in cell.get("outputs", []):
            bundle = output.get("data", {}).get(DATA_MIME)
            if bundle is None:
                continue
            if bundle["name"] in found:
                raise UserError(
                    f"cell '{cell['id']}': two figures or tables are named '{bundle['name']}'. Remedy: rename one"
                )
            found[bundle["name"]] = bundle["csv"]
    return found


def accepted_data(edition_dir: Path, notebook: str) -> dict[str, str]:
    """Return the accepted data of a notebook's figures and tables: CSV text by name."""
    folder = Path(edition_dir) / FOLDER / notebook
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.csv"))}


def accept_data(edition_dir: Path, notebook: str, shown: dict[str, str]) -> None:
    """Accept the data of a notebook's figures and tables, and forget those that it no longer shows."""
    folder = Path(edition_dir) / FOLDER / notebook
    for name, text in shown.items():
        replace_text(folder / f"{name}.csv", text)
    for path in folder.glob("*.csv"):
        if path.stem not in shown:
            path.unlink()


def data_changes(name: str, old: str, new: str, *, at_most: int = 5) -> list[str]:
    """Return what differs between the accepted and the present data of one figure or table.

    Parameters
    ----------
    name : str
        Its name.
    old, new : str
        CSV texts.
    at_most : int
        How many differences to tell one by one.

    Returns
    -------
    list of str
        One line per difference: row, column, before, after. Numbers are the same within 1e-6 of their size.
    """
    if old == new:
        return []
    before, after = _rows(old), _rows(new)
    if before[0] != after[0]:
        return [f"{name}: the columns were {', '.join(before[0])} and are {', '.join(after[0])}"]
    lines = []
    if len(before) != len(after):
        lines.append(f"{name}: {len(before) - 1} rows became {len(after) - 1}")
    for row, (left, right) in enumerate(zip(before[1:], after[1:], strict=False), 1):
        for column, was, now in zip(before[0], left, right, strict=False):
            if not _same(was, now):
                lines.append(f"{name}, row {row} ({right[0]}), {column}: {was!r} became {now!r}")
    more = len(lines) - at_most
    return [*lines[:at_most], f"{name}: {more} further differences"] if more > 0 else lines


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text))) or [[]]


def _same(was: str, now: str) -> bool:
    if was == now:
        return True
    try:
        left, right = float(was), float(now)
    except ValueError:
        return False
    return math.isclose(left, right, rel_tol=RELATIVE_TOLERANCE, abs_tol=1e-12)
