"""Scenarios: what opening services to partners would cover, and what more members would ask."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.indicators.coverage import LEVEL, presence


@dataclass(frozen=True)
class Mesh:
    """Operators on their territory.

    Attributes
    ----------
    operators, codes : list of str
        The n operators and the D départements.
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
        """Return the same mesh with other weights, such as communes instead of inhabitants."""
        return replace(self, weights=weights.loc[self.codes].to_numpy(dtype=float))


def build_mesh(operators, perimeters: pd.DataFrame, weights: pd.Series) -> Mesh:
    """Put operators on their territory.

    `perimeters` has one row per operator and département; `weights` holds inhabitants or communes
    by département code.
    """
    inside = presence(operators, perimeters, weights)
    return Mesh(list(operators), list(weights.index), inside, weights.to_numpy(dtype=float))


def covered_weight(mesh: Mesh, offers: np.ndarray, links: np.ndarray | None = None) -> np.ndarray:
    """Return what lives where some operator offers each service, as a share of the whole.

    `offers` has shape (..., n, m), leading axes being draws; ``links[i, j]``: operator i opens its
    services in the perimeter of operator j. Shares, shape (..., m).
    """
    reach = mesh.inside.astype(np.float32)
    if links is not None:
        reach = ((reach + links.astype(np.float32) @ reach) > 0).astype(np.float32)
    covered = np.swapaxes(offers, -1, -2).astype(np.float32) @ reach > 0
    return covered @ mesh.weights / mesh.weights.sum()


def gain_of(mesh: Mesh, offers: np.ndarray, links: np.ndarray) -> float:
    """Return the mean share gained over services by opening along `links`; offers (n, m)."""
    return float((covered_weight(mesh, offers, links) - covered_weight(mesh, offers)).mean())


def nearest_partners(distances: pd.DataFrame, k: int, reach: int) -> np.ndarray:
    """Choose for each operator the k nearest others within `reach` borders, whatever they lack.

    `distances` are as from :func:`helpers.indicators.border_distances`. Table of bool, shape
    (n, n), row: who opens; column: to whom. Equal distances are settled by name.
    """
    names = np.array([str(name) for name in distances.columns])
    links = np.zeros(distances.shape, dtype=bool)
    for i, row in enumerate(distances.to_numpy()):
        others = [j for j in np.lexsort((names, row)) if j != i and row[j] <= reach]
        links[i, others[:k]] = True
    return links


def greedy_partners(mesh: Mesh, offers: np.ndarray, allowed: np.ndarray, k: int) -> np.ndarray:
    """Choose partnerships one by one, each time the one that adds most.

    `offers` has shape (n, m), `allowed` and the result (n, n); each operator opens to k partners at
    most. The gain is monotone and submodular: the greedy choice reaches at least half of the best
    (Fisher, Nemhauser and Wolsey 1978, Mathematical Programming Study 8, p. 73).
    """
    inside, seen = mesh.inside.astype(float), offers.astype(float)
    missing = ~((seen.T @ inside) > 0)
    links, left, open_ = np.zeros_like(allowed), np.full(len(allowed), k), allowed.copy()
    while True:
        worth = seen @ (missing * mesh.weights) @ inside.T
        worth[~open_ | (left == 0)[:, None]] = 0
        i, j = np.unravel_index(worth.argmax(), worth.shape)
        if worth[i, j] <= 0:
            return links
        links[i, j], open_[i, j] = True, False
        left[i] -= 1
        missing &= ~(offers[i][:, None] & mesh.inside[j][None, :])


def best_partners(
    mesh: Mesh, offers: np.ndarray, allowed: np.ndarray, k: int, *, gap: float = 1e-4
) -> tuple[np.ndarray, float]:
    """Choose the partnerships whose gain is the largest possible, within a relative `gap`.

    An integer programme: one binary variable per partnership within reach, one variable per service
    and département that nobody serves, which is covered if a chosen partnership brings it. Returns
    the links as :func:`greedy_partners` does, and the gain that no choice exceeds.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, vstack

    missing = ~((offers.T.astype(float) @ mesh.inside.astype(float)) > 0)
    pairs, helps = [], defaultdict(list)
    for i, j in np.argwhere(allowed):
        cells = np.argwhere(missing & offers[i][:, None] & mesh.inside[j][None, :])
        for cell in map(tuple, cells):
            helps[cell].append(len(pairs))
        if len(cells):
            pairs.append((i, j))
    # Places that the same partnerships would cover are one variable, with the weight of all.
    brought: dict[tuple, float] = defaultdict(float)
    for (_, d), by in helps.items():
        brought[tuple(by)] += mesh.weights[d]
    links = np.zeros(allowed.shape, dtype=bool)
    if not pairs or k < 1:
        return links, 0.0
    n_pairs, n_cells = len(pairs), len(brought)
    rows, columns, values = [], [], []
    for c, by in enumerate(brought):
        rows += [c] * (len(by) + 1)
        columns += [n_pairs + c, *by]
        values += [1.0, *[-1.0] * len(by)]
    width = n_pairs + n_cells
    cover = coo_array((values, (rows, columns)), shape=(n_cells, width))
    donors = [i for i, _ in pairs]
    limit = coo_array((np.ones(n_pairs), (donors, range(n_pairs))), shape=(len(allowed), width))
    most = np.r_[np.zeros(n_cells), np.full(len(allowed), k)]
    scale = mesh.weights.sum() * offers.shape[1]
    result = milp(
        c=np.r_[np.zeros(n_pairs), -np.array(list(brought.values())) / scale],
        integrality=np.r_[np.ones(n_pairs), np.zeros(n_cells)],
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(vstack([cover, limit]).tocsr(), -np.inf, most),
        options={"mip_rel_gap": gap},
    )
    if result.x is None:
        raise RuntimeError(f"the solver found no partnerships: {result.message}")
    for chosen, (i, j) in zip(result.x[:n_pairs] > 0.5, pairs, strict=True):
        links[i, j] = chosen
    return links, float(-result.mip_dual_bound)


def members_per_agent(attributes: pd.DataFrame) -> pd.DataFrame:
    """Divide members by agents where both were published.

    `attributes` has operator, attribute (``members``, ``staff_fte``), value, year, minimum and
    maximum (of the values published). Columns: operator, members, staff, ratio, low, high (the
    least and the greatest that the published values allow), members_year, staff_year; smallest
    ratio first.
    """
    table = attributes.set_index("operator")
    members, staff = (
        table[table["attribute"] == name].astype({"value": float})
        for name in ("members", "staff_fte")
    )
    both = members.add_suffix("_m").join(staff.add_suffix("_s"), how="inner")
    out = pd.DataFrame(
        {
            "members": both["value_m"],
            "staff": both["value_s"],
            "ratio": both["value_m"] / both["value_s"],
            "low": both["minimum_m"] / both["maximum_s"],
            "high": both["maximum_m"] / both["minimum_s"],
            "members_year": both["year_m"],
            "staff_year": both["year_s"],
        }
    )
    out = out.rename_axis("operator").reset_index()
    return out.sort_values(["ratio", "operator"], ignore_index=True)


@dataclass(frozen=True)
class MedianInterval:
    """A median between two order statistics, and the coverage that these really have."""

    n: int
    median: float
    low: float
    high: float
    level: float


def median_interval(values, level: float = LEVEL) -> MedianInterval:
    """Return the median and its interval by order statistics.

    The number of values below the median of the population is Binomial(n, 1/2): the narrowest
    symmetric pair that reaches `level` is taken, the extremes where none does (Conover 1999,
    *Practical Nonparametric Statistics*, p. 143).
    """
    from scipy.stats import binom

    ordered = np.sort(np.asarray(values, dtype=float))
    n = len(ordered)
    cut = 0
    while cut + 1 < n - cut - 1 and 1 - 2 * binom.cdf(cut + 1, n, 0.5) >= level:
        cut += 1
    coverage = float(1 - 2 * binom.cdf(cut, n, 0.5))
    ends = float(ordered[cut]), float(ordered[-1 - cut])
    return MedianInterval(n, float(np.median(ordered)), *ends, coverage)


def agents_needed(members: float, per_agent: MedianInterval) -> tuple[float, float, float]:
    """Return the agents that more members would ask: at the median ratio, then at its bounds."""
    return members / per_agent.median, members / per_agent.high, members / per_agent.low
