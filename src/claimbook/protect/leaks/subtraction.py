"""Hidden cells worked out by subtraction, within one table or from all of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from claimbook.protect.leaks.cells import TOTALS, Grid, is_count, partition
from claimbook.protect.leaks.finding import Leak
from claimbook.protect.leaks.knowledge import Knowledge

_NOISE = 1e-6


class Subtraction:
    """Works out hidden cells from all visible ones, in each table and across all of them."""

    def __init__(self, known: Knowledge):
        self.known = known
        self.seen: dict[tuple, float] = {(): float(len(known.operators))}
        self.unseen: dict[tuple, tuple[Grid, int, int]] = {}
        self.crossed: set[tuple[str, ...]] = set()

    def read(self, grid: Grid) -> Iterator[Leak]:
        """Yield hidden cells of a table that its own totals give away, and remember its cells for other tables."""
        for matrix, values, hidden in _sums(grid):
            for position in np.flatnonzero(hidden):
                low, high = reachable(matrix, values, hidden, position)
                if self._telling(low, high):
                    row, column = np.unravel_index(position, grid.values.shape)
                    yield _leak(
                        grid,
                        row,
                        column,
                        f"the hidden cell follows from the others: {_range(low, high)}",
                    )
        self._remember(grid)

    def _telling(self, low: float, high: float) -> bool:
        """Tell whether bounds show that a cell is of too few operators, or all but show it."""
        return (
            high - low < self.known.threshold - _NOISE
            and low < self.known.threshold - _NOISE
            and high > _NOISE
        )

    def _remember(self, grid: Grid) -> None:
        rows = partition(grid.names, self.known)
        columns = partition(grid.columns, self.known) if rows else None
        if rows is None:
            return
        self.crossed.add(tuple(sorted({rows, columns} - {None})))
        for (row, column), value in np.ndenumerate(grid.values):
            key = _identity(grid, rows, columns, row, column)
            if key is None:
                continue
            if grid.hidden[row, column]:
                self.unseen.setdefault(key, (grid, row, column))
            elif np.isfinite(value):
                self.seen.setdefault(key, float(value))

    def across(self) -> Iterator[Leak]:
        """Yield hidden cells that another table shows, or that all tables together give away."""
        cells, matrix = self._system()
        values = np.array([self.seen.get(cell, 0.0) for cell in cells])
        hidden = np.array([cell not in self.seen for cell in cells])
        for key, (grid, row, column) in self.unseen.items():
            if key in self.seen:
                low = high = self.seen[key]
                why = "another table shows the hidden cell"
            elif key in cells and len(matrix):
                low, high = reachable(matrix, values, hidden, cells.index(key))
                why = "all tables together give the hidden cell"
            else:
                continue
            if self._telling(low, high):
                yield _leak(grid, row, column, f"{why}: {_range(low, high)}")

    def _system(self) -> tuple[list[tuple], np.ndarray]:
        """Return the cells that tables name, and the sums that hold between them."""
        groups = {
            v: g
            for names in self.crossed
            for v in names
            if (g := _disjoint(self.known, v)) is not None
        }
        cells: list[tuple] = [()]
        sums: list[tuple[list[tuple], tuple]] = []
        for variable, names in groups.items():
            parts = [((variable, name),) for name in names]
            cells += parts
            sums.append((parts, ()))
        for first, second in combinations(sorted(groups), 2):
            if (first, second) not in self.crossed:
                continue
            pairs = {
                (a, b): ((first, a), (second, b)) for a in groups[first] for b in groups[second]
            }
            cells += pairs.values()
            sums += [([pairs[a, b] for b in groups[second]], ((first, a),)) for a in groups[first]]
            sums += [([pairs[a, b] for a in groups[first]], ((second, b),)) for b in groups[second]]
        place = {cell: n for n, cell in enumerate(cells)}
        matrix = np.zeros((len(sums), len(cells)))
        for line, (parts, whole) in enumerate(sums):
            matrix[line, [place[part] for part in parts]] = 1
            matrix[line, place[whole]] -= 1
        return cells, matrix


def _leak(grid: Grid, row, column, why: str) -> Leak:
    what = f"{grid.table.rows[row][0]} / {grid.table.headings[column + 1]}"
    return Leak(
        grid.table.file, grid.table.lines[row], "subtraction", what, f"{why} ({grid.table.place})"
    )


def _range(low: float, high: float) -> str:
    return f"{low:.0f}" if high - low < 0.5 else f"{low:.0f} to {high:.0f}"


def _identity(grid: Grid, rows: str, columns: str | None, row: int, column: int) -> tuple | None:
    """Return which group of operators a cell counts, whatever table it stands in."""
    name, heading = grid.names[row], grid.columns[column]
    parts = [(rows, name)] if name not in TOTALS else []
    if columns is not None:
        # a cross table: a total is the group of the other variable
        return tuple(sorted([*parts, *([(columns, heading)] if heading not in TOTALS else [])]))
    return tuple(parts) if is_count(heading) else None


def _disjoint(known: Knowledge, variable: str) -> list[str] | None:
    """Return the groups of a variable if they share out all operators; one name each."""
    chosen: dict[frozenset, str] = {}
    for name, members in known.groups[variable].items():
        # a code and its label are two names of one group; the label is the longer one
        key = frozenset(members)
        if len(name) > len(chosen.get(key, "")):
            chosen[key] = name
    whole = sum(map(len, chosen)) == len(known.operators) and set().union(*chosen) == set(
        known.operators
    )
    return sorted(chosen.values()) if whole else None


def _sums(grid: Grid) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield the relations that the totals of a table state, with its values and which of them are hidden."""
    rows, columns = grid.values.shape
    place = np.arange(rows * columns).reshape(rows, columns)
    total_columns = [n for n, name in enumerate(grid.columns) if name in TOTALS]
    relations: list[np.ndarray] = []
    counts = [n for n in range(columns) if np.nanmin(np.nan_to_num(grid.values[:, n])) >= 0]
    for column in counts:
        ends = np.flatnonzero(grid.total_rows)
        if len(ends) == 1:
            line = np.zeros(rows * columns)
            line[place[~grid.total_rows, column]], line[place[ends[0], column]] = 1, -1
            relations.append(line)
    if len(total_columns) == 1:
        for row in range(rows):
            line = np.zeros(rows * columns)
            line[place[row, [c for c in counts if c not in total_columns]]] = 1
            line[place[row, total_columns[0]]] = -1
            relations.append(line)
    kept = [
        line for line in relations if _complete(line, grid) and grid.hidden.ravel()[line != 0].any()
    ]
    if kept:
        yield np.array(kept), np.nan_to_num(grid.values.ravel()), grid.hidden.ravel()


def _complete(line: np.ndarray, grid: Grid) -> bool:
    """Tell whether every cell of a sum is a number or hidden, and the visible part fits under its total."""
    used = line != 0
    values, hidden = grid.values.ravel(), grid.hidden.ravel()
    if not (np.isfinite(values[used]) | hidden[used]).all():
        return False
    seen = np.nan_to_num(values) * ~hidden
    rest = float(line @ seen)
    return (
        abs(rest) < 1e-6
        or (rest < 0 and bool(hidden[line > 0].any()))
        or bool(hidden[line < 0].any())
    )


def reachable(
    matrix: np.ndarray, values: np.ndarray, hidden: np.ndarray, position: int
) -> tuple[float, float]:
    """Return the smallest and largest value that the relations leave to a hidden cell; cells are from 0."""
    from scipy.optimize import linprog

    seen = np.where(hidden, 0.0, values)
    involved = matrix[:, hidden]
    target = np.zeros(int(hidden.sum()))
    target[int(hidden[:position].sum())] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(
            sign * target, A_eq=involved, b_eq=-(matrix @ seen), bounds=(0, None), method="highs"
        )
        if found.status == 2:
            return 0.0, float("inf")  # the numbers do not add up: no sum is meant
        ends.append(sign * found.fun if found.status == 0 else float("inf"))
    return ends[0], ends[1]
