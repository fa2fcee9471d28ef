"""Which cells of a table of counts to hide, so that no hidden cell follows from what stays.

A count is unsafe if it is of too few operators. A table of counts with its margins is a set of
linear relations, from which a reader can bound each hidden cell. Integer programming finds the
cheapest set of cells to hide that leaves every unsafe cell wide enough bounds, with one constraint
for each way in which a reader could come too close.

Source: Fischetti & Salazar-González (2001), "Solving the cell suppression problem on tabular data
with linear constraints", Management Science 47, 1008-1027; Hundepool et al. (2012), Statistical
Disclosure Control, ch. 4.
"""

from __future__ import annotations

import numpy as np

# A table of this many cells is solved in seconds; no table that a reader can take in is larger.
MOST_CELLS = 1500
_NOISE = 1e-6


def unsafe(counts, threshold: int):
    """Tell which counts are of too few operators: from 1 up to, not including, the threshold."""
    counts = np.asarray(counts, dtype=float)
    return (counts > 0) & (counts < threshold)


def protect_pairs(k, n, threshold: int) -> tuple[np.ndarray, np.ndarray]:
    """Tell which ``k`` of ``n``, and which ``n``, must be hidden where no other row adds up.

    A count that is missing was hidden before, and stays so.
    """
    base = unsafe(n, threshold) | np.isnan(n)
    return base | np.isnan(k) | unsafe(k, threshold) | unsafe(n - k, threshold), base


def protect_table(counts: np.ndarray, threshold: int) -> np.ndarray:
    """Return the cells of a two-way table of counts that must be hidden, at the least cost.

    Parameters
    ----------
    counts : ndarray of int, shape (r, c)
        Each operator is counted in one cell; the number of all operators is known to readers.
    threshold : int
        Fewest operators behind a published cell.

    Returns
    -------
    ndarray of bool, shape (r + 1, c + 1)
        The last row and column are the margins. A row or column with an unsafe total is hidden
        whole. A reader must find possible that an unsafe cell is empty, and that it holds one
        operator more than the threshold, or all of its row or column if these hold fewer: one
        more, because an operator of the cell can take itself out.

    Raises
    ------
    ValueError
        If a count is negative or no whole number, or if the table is too large.
    """
    if not np.array_equal(counts, np.floor(counts)) or (np.asarray(counts) < 0).any():
        raise ValueError("counts of operators are whole numbers from 0")
    table = with_margins(counts)
    everyone, bad = table[-1, -1], unsafe(table, threshold)
    if everyone < threshold:
        return np.full(table.shape, everyone > 0)
    if not bad.any():
        return bad
    if table.size > MOST_CELLS:
        raise ValueError(f"a table of more than {MOST_CELLS} cells is too large to be protected")
    forced = bad | bad[:, -1:] | bad[-1:, :]
    forced[-1, -1] = False
    # A total that is hidden itself bounds nothing.
    row_total = np.where(bad[:, -1:], np.inf, table[:, -1:])
    column_total = np.where(bad[-1:, :], np.inf, table[-1:, :])
    most = np.minimum(np.minimum(row_total, column_total), everyone)
    reach = np.minimum(threshold + 1, most).ravel()
    matrix, values = _relations(table.shape), table.ravel()
    cuts: list[tuple[np.ndarray, float]] = []
    while True:
        hidden = _cheapest(table, forced, cuts)
        found = [
            cut
            for cell in np.flatnonzero(bad)
            for cut in _too_close(matrix, values, hidden, cell, reach[cell])
        ]
        if not found:
            return hidden.reshape(table.shape)
        cuts += found


def with_margins(counts: np.ndarray) -> np.ndarray:
    """Return a table of shape (r, c) with its totals in an added last row and last column."""
    wide = np.column_stack([counts, counts.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def feasible_interval(
    table: np.ndarray, hidden: np.ndarray, cell: tuple[int, int]
) -> tuple[float, float]:
    """Return what a reader can work out about a hidden cell."""
    target = int(np.ravel_multi_index(cell, table.shape))
    ends = []
    for up in (False, True):
        found = _extreme(_relations(table.shape), table.ravel(), hidden.ravel(), target, np.inf, up)
        if found.status == 2:
            return 0.0, np.inf
        ends.append(abs(found.fun) if found.status == 0 else np.inf)
    return ends[0], ends[1]


def _relations(shape: tuple[int, int]) -> np.ndarray:
    """Return the matrix with ``matrix @ cells.ravel() == 0``: each row and column adds up."""
    rows, columns = shape
    sum_of = [np.append(np.ones(n - 1), -1.0)[None, :] for n in shape]
    return np.vstack([np.kron(np.eye(rows), sum_of[1]), np.kron(sum_of[0], np.eye(columns))])


def _cheapest(table, forced, cuts) -> np.ndarray:
    from scipy.optimize import Bounds, LinearConstraint, milp

    telling = np.log1p(table) / (1 + np.log1p(table.max()))
    # The rank breaks ties, so that the answer does not depend on the order of a solver's search.
    rank = np.arange(table.size).reshape(table.shape) / table.size
    cost = 1 + 0.5 * telling + 0.01 * rank
    cost[-1, :] += table.size
    cost[:, -1] += table.size
    high = np.ones(table.size)
    high[-1] = 0.0
    rows, needed = [slack for slack, _ in cuts], [least for _, least in cuts]
    found = milp(
        cost.ravel(),
        integrality=np.ones(table.size),
        bounds=Bounds(forced.ravel().astype(float), high),
        constraints=LinearConstraint(np.array(rows), lb=needed) if cuts else (),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise ValueError("no choice of cells protects this table: its totals tell too much")
    return found.x > 0.5


def _extreme(matrix, values, hidden, cell, ceiling, up):
    """Return the solution of the linear program for an end of what a reader finds possible."""
    from scipy.optimize import linprog

    target = np.zeros(len(values))
    target[cell] = -1.0 if up else 1.0
    bounds = np.column_stack([np.where(hidden, 0.0, values), np.where(hidden, ceiling, values)])
    return linprog(target, A_eq=matrix, b_eq=np.zeros(len(matrix)), bounds=bounds, method="highs")


def _too_close(matrix, values, hidden, cell, reach):
    """Yield the constraint that each attack on a cell breaks: hide more of what it leans on."""
    ceiling = values.max()
    for up, wanted in ((True, reach), (False, 0.0)):
        found = _extreme(matrix, values, hidden, cell, ceiling, up)
        missing = wanted + found.fun if up else found.fun - wanted
        if missing <= _NOISE:
            continue
        price = -(matrix.T @ found.eqlin.marginals)
        price[cell] += -1.0 if up else 1.0
        needed = abs(wanted - values[cell])
        slack = np.maximum(-price, 0) * (ceiling - values) + np.maximum(price, 0) * values
        slack[slack < 1e-9] = 0.0
        yield np.minimum(slack, needed), needed
