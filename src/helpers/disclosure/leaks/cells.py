"""Cells of too few operators: shown, or to be had by subtraction within a table or from one table to another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from helpers.disclosure.leaks.finding import Leak, Table
from helpers.disclosure.leaks.knowledge import Knowledge
from helpers.disclosure.leaks.words import numbers, plain

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
            if part == whole or not grid.columns[whole].startswith(("operateurs", "repondants", "effectif", "n")):
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
    by_label = {label: v for v, labels in known.labels.items() for label in labels if known.yes(v)}
    for row, name in enumerate(grid.names):
        variable = by_label.get(name)
        if variable is None:
            continue
        k, n = len(known.yes(variable)), len(known.answers[variable])
        if not any(0 < x < known.threshold for x in (k, n - k, everyone - k)):
            continue
        for base in {n, everyone}:
            exact = f"{100 * k / base:.1f}".replace(".", ",")
            for cell in grid.table.rows[row][1:]:
                if re.fullmatch(rf"{re.escape(exact)}[\s\u00a0\u202f]?%", cell.strip()):
                    why = f"this is {k} of {base} operators ({grid.table.place})"
                    yield Leak(grid.table.file, grid.table.lines[row], "small cell", f"{name}: {cell}", why)


def _partition(names: Iterable[str], known: Knowledge) -> str | None:
    """Return the variable whose groups the names are, or None."""
    names = [name for name in names if name not in TOTALS]
    for variable, groups in known.groups.items():
        if len(names) > 1 and all(name in groups for name in names):
            return variable
    return None


def _partition_columns(grid: Grid, known: Knowledge) -> set[int]:
    """Return the columns of a cross table: rows and columns are both groups of operators."""
    rows = _partition([n for n in grid.names if n], known)
    columns = _partition([c for c in grid.columns if c], known)
    if rows is None or columns is None:
        return set()
    return {n for n, name in enumerate(grid.columns) if name not in TOTALS}


class Subtraction:
    """Works out hidden cells from all visible ones, in each table and across all of them."""

    def __init__(self, known: Knowledge):
        self.known = known
        self.seen: dict[tuple, float] = {}
        self.unseen: dict[tuple, tuple[Grid, int, int]] = {}

    def read(self, grid: Grid) -> Iterator[Leak]:
        """Yield hidden cells of a table that its own totals give away, and remember its cells for other tables."""
        yield from self._within(grid)
        variable = _partition(grid.names, self.known)
        other = _partition(grid.columns, self.known) if variable else None
        for (row, column), value in np.ndenumerate(grid.values):
            key = self._identity(grid, variable, other, row, column)
            if key is None:
                continue
            if grid.hidden[row, column]:
                self.unseen.setdefault(key, (grid, row, column))
            elif np.isfinite(value):
                self.seen.setdefault(key, value)

    def _identity(self, grid: Grid, variable, other, row, column):
        if variable is None:
            return None
        name, heading = grid.names[row], grid.columns[column]
        if other is not None:
            # a cross table: a total is the group of the other variable
            parts = [(variable, name)] if name not in TOTALS else []
            parts += [(other, heading)] if heading not in TOTALS else []
            return tuple(sorted(parts)) if parts else None
        return ((variable, name),) if is_count(heading) and name not in TOTALS else None

    def _within(self, grid: Grid) -> Iterator[Leak]:
        for matrix, cells in _sums(grid):
            yield from self._solve(matrix, cells, grid)

    def _solve(self, matrix, cells, grid) -> Iterator[Leak]:
        """Yield the hidden cells that linear relations between the cells of a table bound too closely."""
        values, hidden = cells
        if not hidden.any():
            return
        for position in np.flatnonzero(hidden):
            low, high = reachable(matrix, values, hidden, position)
            if high - low < self.known.threshold - 1e-6:
                row, column = np.unravel_index(position, grid.values.shape)
                shown = f"{low:.0f}" if high - low < 0.5 else f"{low:.0f} to {high:.0f}"
                what = f"{grid.table.rows[row][0]} / {grid.table.headings[column + 1]}"
                why = f"the hidden cell follows from the others: {shown} ({grid.table.place})"
                yield Leak(grid.table.file, grid.table.lines[row], "subtraction", what, why)

    def across(self) -> Iterator[Leak]:
        """Yield hidden cells that another table shows, or that all tables together give away."""
        for key, (grid, row, column) in self.unseen.items():
            place = f"{grid.table.rows[row][0]} / {grid.table.headings[column + 1]}"
            file, line = grid.table.file, grid.table.lines[row]
            if key in self.seen:
                yield Leak(
                    file, line, "subtraction", place, f"another table shows the hidden cell: {self.seen[key]:.0f}"
                )
            elif (value := self._by_total(key)) is not None:
                why = f"the total and the cells that other tables show give the hidden cell: {value:.0f}"
                yield Leak(file, line, "subtraction", place, why)

    def _by_total(self, key) -> float | None:
        """Return what is left of a known total when every other cell of its partition is known."""
        for position, (variable, _) in enumerate(key):
            rest = tuple(part for n, part in enumerate(key) if n != position)
            total = float(len(self.known.operators)) if not rest else self.seen.get(rest)
            groups = _disjoint(self.known, variable)
            if total is None or groups is None:
                continue
            others = [tuple(sorted((*rest, (variable, g)))) for g in groups if (variable, g) != key[position]]
            truly = [o for o in others if o not in self.unseen]
            if len(truly) == len(others) and all(o in self.seen for o in others):
                return total - sum(self.seen[o] for o in others)
        return None


def _disjoint(known: Knowledge, variable: str) -> list[str] | None:
    """Return the groups of a variable if they share out all operators; one name each."""
    chosen: dict[frozenset, str] = {}
    for name, members in known.groups[variable].items():
        # a code and its label are two names of one group; the label is the longer one
        key = frozenset(members)
        if len(name) > len(chosen.get(key, "")):
            chosen[key] = name
    whole = sum(map(len, chosen)) == len(known.operators) and set().union(*chosen) == set(known.operators)
    return sorted(chosen.values()) if whole else None


def _sums(grid: Grid):
    """Yield (relations, (values, hidden)) that the totals of a table state about its cells."""
    rows, columns = grid.values.shape
    place = np.arange(rows * columns).reshape(rows, columns)
    total_columns = [n for n, name in enumerate(grid.columns) if name in TOTALS]
    relations = []
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
    kept = [line for line in relations if _complete(line, grid) and grid.hidden.ravel()[line != 0].any()]
    if kept:
        yield np.array(kept), (np.nan_to_num(grid.values.ravel()), grid.hidden.ravel())


def _complete(line: np.ndarray, grid: Grid) -> bool:
    """Tell whether every cell of a sum is a number or hidden, and the visible part fits under its total."""
    used = line != 0
    values, hidden = grid.values.ravel(), grid.hidden.ravel()
    if not (np.isfinite(values[used]) | hidden[used]).all():
        return False
    seen = np.nan_to_num(values) * ~hidden
    rest = float(line @ seen)
    return abs(rest) < 1e-6 or (rest < 0 and bool(hidden[line > 0].any())) or bool(hidden[line < 0].any())


def reachable(matrix: np.ndarray, values: np.ndarray, hidden: np.ndarray, position: int) -> tuple[float, float]:
    """Return the smallest and largest value that the relations leave to a hidden cell; cells are from 0."""
    from scipy.optimize import linprog

    seen = np.where(hidden, 0.0, values)
    involved = matrix[:, hidden]
    target = np.zeros(int(hidden.sum()))
    target[int(hidden[:position].sum())] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(sign * target, A_eq=involved, b_eq=-(matrix @ seen), bounds=(0, None), method="highs")
        if found.status == 2:
            return 0.0, float("inf")  # the numbers do not add up: no sum is meant
        ends.append(sign * found.fun if found.status == 0 else float("inf"))
    return ends[0], ends[1]
