"""Scenarios: what opening services to partners would cover, chosen by nearness, greedily or at best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.indicators.covering import presence


@dataclass(frozen=True)
class Mesh:
    """Operators on their territory.

    Attributes
    ----------
    operators : list of str
        The n operators.
    codes : list of str
        The D départements.
    inside : ndarray of bool, shape (n, D)
        Whether the perimeter of the operator comprises the département.
    weights : ndarray of float, shape (D,)
        What counts as covered: inhabitants, or communes.
    """

    operators: list[str]
    codes: list[str]
    inside: np.ndarray
    weights: np.ndarray

    def weighing(self, weights: pd.Series) -> Mesh:
        """Return the same mesh with other weights, such as communes in the place of inhabitants."""
        return Mesh(
            self.operators, self.codes, self.inside, weights.loc[self.codes].to_numpy(dtype=float)
        )


def build_mesh(operators, perimeters: pd.DataFrame, weights: pd.Series) -> Mesh:
    """Put operators on their territory.

    Parameters
    ----------
    operators : sequence of str
    perimeters : DataFrame
        One row per operator and département: operator, departement.
    weights : Series
        Inhabitants or communes by département code.

    Returns
    -------
    Mesh
    """
    inside = presence(operators, perimeters, weights)
    return Mesh(list(operators), list(weights.index), inside, weights.to_numpy(dtype=float))


def covered_weight(mesh: Mesh, offers: np.ndarray, links: np.ndarray | None = None) -> np.ndarray:
    """Return what lives where some operator offers each service, as a share of the whole.

    Parameters
    ----------
    mesh : Mesh
    offers : ndarray of bool, shape (..., n, m)
        What each operator offers; leading axes are draws.
    links : ndarray of bool, shape (n, n), optional
        ``links[i, j]``: operator i opens its services in the perimeter of operator j.

    Returns
    -------
    ndarray, shape (..., m)
        Shares in [0, 1].
    """
    reach = mesh.inside.astype(np.float32)
    if links is not None:
        reach = ((reach + links.astype(np.float32) @ reach) > 0).astype(np.float32)
    covered = np.swapaxes(offers, -1, -2).astype(np.float32) @ reach > 0
    return covered @ mesh.weights / mesh.weights.sum()


def nearest_partners(distances: pd.DataFrame, k: int, reach: int) -> np.ndarray:
    """Choose for each operator the k nearest others, whatever they lack.

    Parameters
    ----------
    distances : DataFrame of int, shape (n, n)
        Borders between perimeters, as from :func:`helpers.indicators.border_distances`.
    k : int
        Partners of each operator, 0 or more; fewer where fewer are within reach.
    reach : int
        Borders that may be crossed, at most.

    Returns
    -------
    ndarray of bool, shape (n, n)
        Row: who opens; column: to whom. Equal distances are settled by name.

    Raises
    ------
    ValueError
        If `k` is negative.
    """
    if k < 0:
        raise ValueError(f"k is {k}: give a number of partners, 0 or more")
    names = np.array([str(name) for name in distances.columns])
    links = np.zeros(distances.shape, dtype=bool)
    for i, row in enumerate(distances.to_numpy()):
        others = [j for j in np.lexsort((names, row)) if j != i and row[j] <= reach]
        links[i, others[:k]] = True
    return links


def gain_of(mesh: Mesh, offers: np.ndarray, links: np.ndarray) -> float:
    """Return the mean over services of the share gained by opening along `links`, for one table of offers (n, m)."""
    return float((covered_weight(mesh, offers, links) - covered_weight(mesh, offers)).mean())


def greedy_partners(mesh: Mesh, offers: np.ndarray, allowed: np.ndarray, k: int) -> np.ndarray:
    """Choose partnerships one by one, each time the one that adds most.

    The gain is monotone and submodular (a partnership adds less when others came before it), and each operator opens to
    k partners at most: the greedy choice reaches at least half of the best possible gain
    (Fisher, Nemhauser and Wolsey 1978, Mathematical Programming Study 8, p. 73).

    Parameters
    ----------
    mesh : Mesh
    offers : ndarray of bool, shape (n, m)
    allowed : ndarray of bool, shape (n, n)
        Partnerships within reach.
    k : int
        Partners of each operator, at most.

    Returns
    -------
    ndarray of bool, shape (n, n)
    """
    inside, seen = mesh.inside.astype(float), offers.astype(float)
    missing = ~((seen.T @ inside) > 0)
    links, left, open_ = (
        np.zeros(allowed.shape, dtype=bool),
        np.full(len(allowed), k),
        allowed.copy(),
    )
    while True:
        worth = seen @ (missing * mesh.weights) @ inside.T
        worth[~open_ | (left == 0)[:, None]] = 0
        best = int(worth.argmax())
        i, j = divmod(best, worth.shape[1])
        if worth[i, j] <= 0:
            return links
        links[i, j], open_[i, j] = True, False
        left[i] -= 1
        missing &= ~(offers[i][:, None] & mesh.inside[j][None, :])


def best_partners(
    mesh: Mesh, offers: np.ndarray, allowed: np.ndarray, k: int, *, gap: float = 1e-4
) -> tuple[np.ndarray, float]:
    """Choose the partnerships whose gain is the largest possible.

    An integer programme: one binary variable per partnership within reach, one variable per service and département
    that nobody serves, which is covered if a chosen partnership brings it. Solved by HiGHS through SciPy.

    Parameters
    ----------
    mesh : Mesh
    offers : ndarray of bool, shape (n, m)
    allowed : ndarray of bool, shape (n, n)
    k : int
        Partners of each operator, at most.
    gap : float
        Relative gap at which the search may stop.

    Returns
    -------
    links : ndarray of bool, shape (n, n)
    bound : float
        No choice gains more than this (mean over services of the share gained).

    Raises
    ------
    RuntimeError
        If the solver fails.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, vstack

    missing = ~((offers.T.astype(float) @ mesh.inside.astype(float)) > 0)
    # Places that the same partnerships would cover are one variable, with the weight of all.
    pairs = [
        (i, j)
        for i, j in zip(*np.nonzero(allowed), strict=True)
        if (missing & offers[i][:, None] & mesh.inside[j][None, :]).any()
    ]
    brought: dict[tuple, float] = {}
    helps: dict[tuple, list] = {}
    for p, (i, j) in enumerate(pairs):
        for s, d in zip(
            *np.nonzero(missing & offers[i][:, None] & mesh.inside[j][None, :]), strict=True
        ):
            helps.setdefault((s, d), []).append(p)
    for (_, d), by in helps.items():
        brought[tuple(by)] = brought.get(tuple(by), 0.0) + mesh.weights[d]
    links = np.zeros(allowed.shape, dtype=bool)
    if not pairs or k < 1:
        return links, 0.0
    scale = mesh.weights.sum() * offers.shape[1]
    n_pairs, n_cells = len(pairs), len(brought)
    rows, columns, values = [], [], []
    for c, by in enumerate(brought):
        rows += [c] * (len(by) + 1)
        columns += [n_pairs + c, *by]
        values += [1.0, *[-1.0] * len(by)]
    cover = coo_array((values, (rows, columns)), shape=(n_cells, n_pairs + n_cells))
    donors = [i for i, _ in pairs]
    limit = coo_array(
        (np.ones(n_pairs), (donors, range(n_pairs))), shape=(len(allowed), n_pairs + n_cells)
    )
    result = milp(
        c=np.r_[np.zeros(n_pairs), -np.array(list(brought.values())) / scale],
        integrality=np.r_[np.ones(n_pairs), np.zeros(n_cells)],
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            vstack([cover, limit]).tocsr(),
            -np.inf,
            np.r_[np.zeros(n_cells), np.full(len(allowed), k)],
        ),
        options={"mip_rel_gap": gap},
    )
    if result.x is None:
        raise RuntimeError(f"the solver found no partnerships: {result.message}")
    for chosen, (i, j) in zip(result.x[:n_pairs] > 0.5, pairs, strict=True):
        links[i, j] = chosen
    return links, float(-result.mip_dual_bound)
