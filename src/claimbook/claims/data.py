"""What figures draw and tables show, as CSV: a figure is compared by its data, not its pixels."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from claimbook import DATA_MIME
from claimbook.depend import read_notebook
from claimbook.errors import UserError
from claimbook.tables import replace_text

RELATIVE_TOLERANCE = 1e-6
AT_MOST = 5


def shown_data(notebook) -> dict[str, str]:
    """Return the CSV text of every figure and table of an executed notebook, by name."""
    found: dict[str, str] = {}
    for cell in read_notebook(notebook).cells:
        for output in cell.get("outputs", []):
            shown = output.get("data", {}).get(DATA_MIME)
            if shown is None:
                continue
            name = shown["name"]
            if name in found:
                problem = f"cell '{cell['id']}': two figures or tables are named '{name}'"
                raise UserError(f"{problem}. Remedy: rename one")
            found[name] = shown["csv"]
    return found


def _folder(edition_dir: Path, notebook: str) -> Path:
    return Path(edition_dir) / "data" / notebook


def accepted_data(edition_dir: Path, notebook: str) -> dict[str, str]:
    """Return the accepted data of a notebook's figures and tables: CSV text by name."""
    paths = sorted(_folder(edition_dir, notebook).glob("*.csv"))
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


def accept_data(edition_dir: Path, notebook: str, shown: dict[str, str]) -> None:
    """Accept the data of a notebook's figures and tables; remove those that it no longer shows."""
    folder = _folder(edition_dir, notebook)
    for name, text in shown.items():
        replace_text(folder / f"{name}.csv", text)
    for path in folder.glob("*.csv"):
        if path.stem not in shown:
            path.unlink()


def data_changes(name: str, old: str, new: str) -> list[str]:
    """Return how the CSV of a figure or table differs from the accepted one, a line each.

    Numbers are the same within 1e-6 of their size; after five lines, the rest is counted.
    """
    before, after = (list(csv.reader(io.StringIO(text))) or [[]] for text in (old, new))
    if before[0] != after[0]:
        return [f"{name}: the columns were {', '.join(before[0])} and are {', '.join(after[0])}"]
    lines = []
    if len(before) != len(after):
        lines.append(f"{name}: {len(before) - 1} rows became {len(after) - 1}")
    for row, (left, right) in enumerate(zip(before[1:], after[1:], strict=False), 1):
        for column, was, now in zip(before[0], left, right, strict=False):
            if not _same(was, now):
                lines.append(f"{name}, row {row} ({right[0]}), {column}: {was!r} became {now!r}")
    more = len(lines) - AT_MOST
    return [*lines[:AT_MOST], f"{name}: {more} further differences"] if more > 0 else lines


def _same(was: str, now: str) -> bool:
    near = {"rel_tol": RELATIVE_TOLERANCE, "abs_tol": 1e-12}
    try:
        return was == now or math.isclose(float(was), float(now), **near)
    except ValueError:
        return False
