"""Cells of too few operators that a table shows, as counts or as shares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from claimbook.protect.leaks.finding import Leak, Table
from claimbook.protect.leaks.knowledge import Knowledge
from claimbook.protect.leaks.words import numbers, plain

HIDDEN = frozenset({"s", "secret", "n. p.", "non publié"})
TOTALS = frozenset({"total", "ensemble", "tous", "toutes", "tous les operateurs", "france"})
_COUNTS = re.compile(
    r"^(?:nombre d.?)?(?:operateurs?|repondants?|effectifs?|vus|reponses|enquetes|oui|non|n|k)(?: lus| interroges|)?$"
)


@dataclass
class Grid:
    """A table of numbers with names for its rows and columns: hidden cells are missing, and known to be hidden."""

    table: Table
    names: list[str]
    columns: list[str]
    values: np.ndarray
    hidden: np.ndarray
    total_rows: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))


def grid_of(table: Table) -> Grid | None:
    """Return the numbers of a table, or None if it has none."""
    width = len(table.headings)
    if width < 2 or not table.rows or any(len(row) != width for row in table.rows):
        return None
    names = [plain(row[0]).strip() for row in table.rows]
    values = np.array([[_value(cell) for cell in row[1:]] for row in table.rows], dtype=float)
    hidden = np.array([[plain(cell).strip() in HIDDEN for cell in row[1:]] for row in table.rows])
    columns = [plain(heading).strip() for heading in table.headings[1:]]
    return Grid(table, names, columns, values, hidden, np.array([name in TOTALS for name in names]))


def _value(cell: str) -> float:
    if "%" in cell or re.search(r"[^\W\d_]{2,}", cell):
        return float("nan")
    read = [value for _, value in numbers(cell)]
    return read[0] if len(read) == 1 else float("nan")


def is_count(heading: str) -> bool:
    """Tell whether a heading says that its column counts operators."""
    return bool(_COUNTS.match(plain(heading).replace("’", "'").strip()))


def find_small(grid: Grid, known: Knowledge) -> Iterator[Leak]:
    """Yield the counts of operators that are under the threshold, and shares that stand for such counts."""
    table = grid.table
    crosstab = _partition_columns(grid, known)
    for column, heading in enumerate(grid.columns):
        if is_count(heading) or column in crosstab:
            for row, value in enumerate(grid.values[:, column]):
                if 0 < value < known.threshold and value == int(value):
                    what = f"{table.rows[row][0]} / {table.headings[column + 1]}: {table.rows[row][column + 1]}"
                    why = f"fewer than {known.threshold} operators stand behind this cell ({table.place})"
                    yield Leak(table.file, table.lines[row], "small cell", what, why)
    yield from _complements(grid, known)
    yield from _shares(grid, known)


def _complements(grid: Grid, known: Knowledge) -> Iterator[Leak]:
    """Yield rows where the number asked less the number counted is under the threshold."""
    table = grid.table
    counts = [n for n, heading in enumerate(grid.columns) if is_count(heading)]
    for part in counts:
        for whole in counts:
            asked = grid.values[:, whole]
            if part == whole or not grid.columns[whole].startswith(
                ("operateurs", "repondants", "effectif", "n")
            ):
                continue
            if not (np.nan_to_num(grid.values[:, part]) <= np.nan_to_num(asked)).all():
                continue
            others = asked - grid.values[:, part]
            for row in np.flatnonzero((others > 0) & (others < known.threshold)):
                what = f"{table.rows[row][0]}: {table.rows[row][part + 1]} of {table.rows[row][whole + 1]}"
                why = f"all but fewer than {known.threshold} operators stand behind this cell ({table.place})"
                yield Leak(table.file, table.lines[row], "small cell", what, why)


def _shares(grid: Grid, known: Knowledge) -> Iterator[Leak]:
    """Yield percentages that are those of a variable which too few operators answered with yes, or with no."""
    everyone = len(known.operators)
    named = [(row, v) for row, name in enumerate(grid.names) for v in known.by_label.get(name, ())]
    for row, variable in named:
        k, n = len(known.yes(variable)), len(known.answers[variable])
        if k == 0 or not any(0 < x < known.threshold for x in (k, n - k, everyone - k)):
            continue
        for base in {n, everyone}:
            exact = f"{100 * k / base:.1f}".replace(".", ",")
            for cell in grid.table.rows[row][1:]:
                if re.fullmatch(rf"{re.escape(exact)}[\s\u00a0\u202f]?%", cell.strip()):
                    why = f"this is {k} of {base} operators ({grid.table.place})"
                    yield Leak(
                        grid.table.file,
                        grid.table.lines[row],
                        "small cell",
                        f"{grid.names[row]}: {cell}",
                        why,
                    )


def partition(names: Iterable[str], known: Knowledge) -> str | None:
    """Return the variable whose groups the names are, or None."""
    names = [name for name in names if name not in TOTALS]
    for variable, groups in known.groups.items():
        if names and all(name in groups for name in names):
            return variable
    return None


def _partition_columns(grid: Grid, known: Knowledge) -> set[int]:
    """Return the columns of a cross table: rows and columns are both groups of operators."""
    rows = partition([n for n in grid.names if n], known)
    columns = partition([c for c in grid.columns if c], known)
    if rows is None or columns is None:
        return set()
    return {n for n, name in enumerate(grid.columns) if name not in TOTALS}
