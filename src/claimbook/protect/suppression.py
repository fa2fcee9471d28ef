"""Cells to hide so that no hidden cell can be worked out from what stays: exact secondary suppression.

A table of counts with its margins is a set of linear relations. A reader who knows every visible cell, and that no
count is negative, can bound each hidden one. The cheapest set of hidden cells that leaves every unsafe cell wide
enough bounds is found by integer programming, one constraint for each way in which a reader could get too close.

Source: Fischetti & Salazar-González (2001), "Solving the cell suppression problem on tabular data with linear
constraints", Management Science 47, 1008-1027; Hundepool et al. (2012), Statistical Disclosure Control, ch. 4.
"""

from __future__ import annotations

import numpy as np

# A table of this many cells is solved in seconds; no table that a reader can take in is larger.
MOST_CELLS = 1500
_NOISE = 1e-6


def with_margins(counts: np.ndarray) -> np.ndarray:
    """Return a table of shape (r, c) with its totals in an added last row and last column."""
    wide = np.column_stack([counts, counts.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def relations(shape: tuple[int, int]) -> np.ndarray:
    """Return the relations between the cells of a table with margins.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns, margins included.

    Returns
    -------
    ndarray, shape (rows + columns, rows * columns)
        ``matrix @ cells.ravel() == 0`` for every table of this shape: each row and each column adds up.
    """
    rows, columns = shape
    place = np.arange(rows * columns).reshape(shape)
    matrix = np.zeros((rows + columns, rows * columns))
    for row in range(rows):
        matrix[row, place[row, :-1]], matrix[row, place[row, -1]] = 1, -1
    for column in range(columns):
        matrix[rows + column, place[:-1, column]], matrix[rows + column, place[-1, column]] = 1, -1
    return matrix


def feasible_interval(
    table: np.ndarray, hidden: np.ndarray, cell: tuple[int, int]
) -> tuple[float, float]:
    """Return what a reader can work out about a hidden cell.

    Parameters
    ----------
    table : ndarray, shape (r, c)
        Counts with their margins in the last row and column.
    hidden : ndarray of bool, shape (r, c)
        Which of them the reader does not see.
    cell : (int, int)
        One of the hidden cells.

    Returns
    -------
    low, high : float
        Smallest and largest value that fits all visible cells; a table is bounded by its largest total.
    """
    matrix, values = relations(table.shape), table.ravel().astype(float)
    target = int(np.ravel_multi_index(cell, table.shape))
    return tuple(
        _reach(matrix, values, hidden.ravel(), target, _ceiling(values), up)[0]
        for up in (False, True)
    )


def suppress(
    table: np.ndarray, forced: np.ndarray, reach: np.ndarray, *, visible: np.ndarray | None = None
):
    """Return the cells to hide, at the least cost.

    Parameters
    ----------
    table : ndarray, shape (r, c)
        Counts with their margins in the last row and column.
    forced : ndarray of bool, shape (r, c)
        Cells that are hidden in any case.
    reach : ndarray, shape (r, c)
        Where it is a number, a reader must find possible that the hidden cell is 0 and that it is this high.
    visible : ndarray of bool, shape (r, c), optional
        Cells that cannot be hidden, since they are known from elsewhere.

    Returns
    -------
    ndarray of bool, shape (r, c)
        Fewest cells first, then those that tell least; totals last.

    Raises
    ------
    ValueError
        If the table is too large, or no choice of cells protects it.
    """
    if table.size > MOST_CELLS:
        raise ValueError(
            f"a table of {table.size} cells is too large to be protected; show {MOST_CELLS} at the most"
        )
    matrix, values = relations(table.shape), table.ravel().astype(float)
    ceiling = _ceiling(values)
    needing = np.flatnonzero(np.isfinite(reach.ravel()))
    low = forced.ravel().astype(float)
    high = np.ones(table.size) if visible is None else 1.0 - visible.ravel() * (1 - low)
    cuts: list[tuple[np.ndarray, float]] = []
    while True:
        hidden = _cheapest(_weights(table), low, high, cuts)
        found = [
            cut
            for cell in needing
            for cut in _too_close(matrix, values, hidden, cell, ceiling, reach.ravel()[cell])
        ]
        if not found:
            return hidden.reshape(table.shape)
        cuts += found


def _ceiling(values: np.ndarray) -> float:
    return float(values.max()) if values.max() > 0 else 1.0


def _weights(table: np.ndarray) -> np.ndarray:
    # The rank breaks ties, so that the answer does not depend on the order in which a solver looks.
    told = np.log1p(table) / (1 + np.log1p(table.max()))
    rank = np.arange(table.size).reshape(table.shape) / table.size
    cost = 1 + 0.5 * told + 0.01 * rank
    cost[-1, :] += table.size
    cost[:, -1] += table.size
    return cost.ravel()


def _cheapest(weights, low, high, cuts) -> np.ndarray:
    from scipy.optimize import Bounds, LinearConstraint, milp

    constraints = (
        [LinearConstraint(np.array([c for c, _ in cuts]), lb=[b for _, b in cuts])] if cuts else []
    )
    found = milp(
        weights,
        integrality=np.ones(len(weights)),
        bounds=Bounds(low, high),
        constraints=constraints,
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise ValueError("no choice of cells protects this table: its totals tell too much")
    return found.x > 0.5


def _reach(matrix, values, hidden, cell, ceiling, up):
    """Return the extreme value of a cell that a reader finds possible, and the price of each relation."""
    from scipy.optimize import linprog

    target = np.zeros(len(values))
    target[cell] = -1.0 if up else 1.0
    bounds = np.column_stack([np.where(hidden, 0.0, values), np.where(hidden, ceiling, values)])
    found = linprog(target, A_eq=matrix, b_eq=np.zeros(len(matrix)), bounds=bounds, method="highs")
    return (-found.fun if up else found.fun), target - matrix.T @ found.eqlin.marginals


def _too_close(matrix, values, hidden, cell, ceiling, reach):
    """Yield the constraint that each attack on a cell breaks: hide more of what the attack leans on."""
    for up, wanted in ((True, reach), (False, 0.0)):
        extreme, price = _reach(matrix, values, hidden, cell, ceiling, up)
        missing = extreme - wanted if not up else wanted - extreme
        if missing <= _NOISE:
            continue
        needed = abs(wanted - values[cell])
        slack = np.maximum(-price, 0) * (ceiling - values) + np.maximum(price, 0) * values
        slack[slack < 1e-9] = 0.0
        yield np.minimum(slack, needed), needed
