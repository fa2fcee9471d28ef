"""Scenarios: opening services to partners, more members, and which service comes next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.indicators.coverage import LEVEL, central_interval, presence
from helpers.profiles import SILENT


@dataclass(frozen=True)
class Mesh:
    """Operators on their territory.

    Attributes
    ----------
    inside : ndarray of bool, shape (n, D)
        Whether the perimeter of the operator comprises the département.
    weights : ndarray of float, shape (D,)
        What counts as covered: inhabitants, or communes.
    """

    inside: np.ndarray
    weights: np.ndarray


def build_mesh(operators, perimeters: pd.DataFrame, weights: pd.Series) -> Mesh:
    """Put operators on their territory.

    `perimeters` has one row per operator and département; `weights` holds inhabitants or communes
    by département code.
    """
    return Mesh(presence(operators, perimeters, weights), weights.to_numpy(dtype=float))


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
    mesh: Mesh, offers: np.ndarray, allowed: np.ndarray, k: int
) -> tuple[np.ndarray, float]:
    """Choose the partnerships whose gain is the largest possible, within a ten-thousandth.

    An integer programme: one binary variable per partnership within reach, one variable per service
    and département that nobody serves, which is covered if a chosen partnership brings it. Returns
    the links as :func:`greedy_partners` does, and the gain that no choice exceeds.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    missing = ~((offers.T.astype(float) @ mesh.inside.astype(float)) > 0)
    pairs = np.argwhere(allowed)
    brings = np.array(
        [(missing & offers[i][:, None] & mesh.inside[j][None, :]).ravel() for i, j in pairs]
    ).reshape(len(pairs), missing.size)
    pairs, brings = pairs[brings.any(axis=1)], brings[brings.any(axis=1)]
    links = np.zeros(allowed.shape, dtype=bool)
    if not len(pairs):
        return links, 0.0
    # Places that the same partnerships would cover are one variable, with the weight of all.
    reached = np.flatnonzero(brings.any(axis=0))
    reached = reached[np.argsort(brings[:, reached].argmax(axis=0), kind="stable")]
    _, first, cell = np.unique(brings[:, reached].T, axis=0, return_index=True, return_inverse=True)
    worth = np.bincount(cell.ravel(), weights=np.tile(mesh.weights, len(missing))[reached])
    order = np.argsort(first)
    n_pairs, n_cells, n = len(pairs), len(order), len(allowed)
    donors = (pairs[:, 0] == np.arange(n)[:, None]).astype(float)
    rows = [
        np.hstack([-brings[:, reached[first[order]]].T.astype(float), np.eye(n_cells)]),
        np.hstack([donors, np.zeros((n, n_cells))]),
    ]
    scale = mesh.weights.sum() * offers.shape[1]
    result = milp(
        c=np.r_[np.zeros(n_pairs), -worth[order] / scale],
        integrality=np.r_[np.ones(n_pairs), np.zeros(n_cells)],
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.vstack(rows), -np.inf, np.repeat([0, k], [n_cells, n])),
        options={"mip_rel_gap": 1e-4},
    )
    if result.x is None:
        raise RuntimeError(f"the solver found no partnerships: {result.message}")
    links[tuple(pairs[result.x[:n_pairs] > 0.5].T)] = True
    return links, float(-result.mip_dual_bound)


def members_per_agent(attributes: pd.DataFrame) -> pd.DataFrame:
    """Divide members by agents where both were published.

    `attributes` has operator, attribute (``members``, ``staff_fte``), value, year, minimum and
    maximum (of the values published). Columns: operator, members, staff, ratio, low, high (the
    least and the greatest that the published values allow), members_year, staff_year; smallest
    ratio first.
    """
    members, staff = (
        attributes[attributes["attribute"] == name].astype({"value": float})
        for name in ("members", "staff_fte")
    )
    both = members.merge(staff, on="operator", suffixes=("_m", "_s"))
    out = pd.DataFrame(
        {
            "operator": both["operator"],
            "members": both["value_m"],
            "staff": both["value_s"],
            "ratio": both["value_m"] / both["value_s"],
            "low": both["minimum_m"] / both["maximum_s"],
            "high": both["maximum_m"] / both["minimum_s"],
            "members_year": both["year_m"],
            "staff_year": both["year_s"],
        }
    )
    return out.sort_values(["ratio", "operator"], ignore_index=True)


@dataclass(frozen=True)
class MedianInterval:
    """A median between two order statistics, and the coverage that these really have."""

    n: int
    median: float
    low: float
    high: float
    level: float


def median_interval(values) -> MedianInterval:
    """Return the median and its interval by order statistics.

    The number of values below the median of the population is Binomial(n, 1/2): the narrowest
    symmetric pair that reaches 95 % is taken, the extremes where none does (Conover 1999,
    *Practical Nonparametric Statistics*, p. 143).
    """
    from scipy.stats import binom

    ordered = np.sort(np.asarray(values, dtype=float))
    n = len(ordered)
    cut = 0
    while cut + 1 < n - cut - 1 and 1 - 2 * binom.cdf(cut + 1, n, 0.5) >= LEVEL:
        cut += 1
    coverage = float(1 - 2 * binom.cdf(cut, n, 0.5))
    ends = float(ordered[cut]), float(ordered[-1 - cut])
    return MedianInterval(n, float(np.median(ordered)), *ends, coverage)


def agents_needed(members: float, per_agent: MedianInterval) -> tuple[float, float, float]:
    """Return the agents that more members would ask: at the median ratio, then at its bounds."""
    return members / per_agent.median, members / per_agent.high, members / per_agent.low


def next_services(
    offered: pd.DataFrame,
    memberships: np.ndarray,
    rates: np.ndarray,
    own: np.ndarray,
    *,
    eligible: np.ndarray,
    top: int,
) -> pd.DataFrame:
    """Rank the services not seen at each operator by how many operators of its profile offer them.

    Parameters
    ----------
    offered : DataFrame of bool, shape (n, m)
        What was seen.
    memberships : ndarray, shape (n, k)
        Probability of each class given all the evidence on the operator.
    rates : ndarray, shape (S, k, m)
        Draws of the share of each class that offers each service; NaN where a draw lacks the class.
    own : ndarray, shape (n, m)
        Probability that the operator offers the service already, unseen.
    eligible : ndarray of bool, shape (m,)
        Services that may be suggested: not those whose rate the evidence does not identify.
    top : int
        Services kept for each operator.

    Returns
    -------
    DataFrame
        operator, rank, service_code, chance (share of operators of its profile that offer the
        service), low, high, own; operators in order, best first, ties in the order of the columns.

    Notes
    -----
    The memberships are held at their mean while the rates vary over the draws: intervals are those
    of the rates.
    """
    weight = np.where(np.isnan(rates[:, :, :1]), 0.0, memberships.T[None, :, :])  # (S, k, n)
    total = np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    chance = np.einsum("skn,skm->snm", weight / total, np.nan_to_num(rates))
    mean, (low, high) = chance.mean(axis=0), central_interval(chance)
    open_, rows = ~offered.to_numpy() & np.asarray(eligible), []
    for i, name in enumerate(offered.index):
        order = [j for j in np.argsort(-mean[i], kind="stable") if open_[i, j]][:top]
        for rank, j in enumerate(order, start=1):
            found = (float(table[i, j]) for table in (mean, low, high, own))
            rows.append((name, rank, offered.columns[j], *found))
    columns = ["operator", "rank", "service_code", "chance", "low", "high", "own"]
    return pd.DataFrame(rows, columns=columns)


def hidden_services(
    mentions: pd.DataFrame, visits, predict, *, n_folds: int, top: int, rng, detection=None
) -> pd.DataFrame:
    """Hide services that were seen, and tell which a prediction puts back among the first.

    Parameters
    ----------
    mentions : DataFrame of int, shape (n, m)
        Distinct pages of each operator that mention each service.
    predict : dict of str to callable
        Name -> function of (mentions, visits, rng) that returns scores, shape (n, m).
    n_folds : int
        Parts into which the seen services are cut at random; each part is hidden once.
    top : int
        A hidden service is found when it is among this many best scores of what is then unseen at
        the operator.
    detection : array_like, shape (n, m), optional
        Known detection, where operators answered for themselves: a hidden service counts as not
        answered, and each function is called with the detection left as a fourth argument.

    Returns
    -------
    DataFrame, one row per hidden service
        operator, service_code, and one column of bool per prediction.
    """
    counts, depth = mentions.to_numpy(), np.asarray(visits)
    cells = np.argwhere(counts > 0)
    fold = rng.permutation(np.arange(len(cells)) % n_folds)
    rows = []
    for f in range(n_folds):
        hidden = cells[fold == f]
        kept, known = counts.copy(), ()
        kept[tuple(hidden.T)] = 0
        if detection is not None:
            known = (np.array(detection, dtype=float),)
            known[0][tuple(hidden.T)] = SILENT
        scores = {
            name: np.where(kept > 0, -np.inf, rule(kept, depth, rng, *known))
            for name, rule in predict.items()
        }
        for i, j in hidden:
            found = {name: bool((s[i] > s[i, j]).sum() < top) for name, s in scores.items()}
            about = {"operator": mentions.index[i], "service_code": mentions.columns[j]}
            rows.append(about | found)
    return pd.DataFrame(rows)


def popularity(mentions: np.ndarray, visits, rng, detection=None) -> np.ndarray:
    """Score each service by the number of operators seen offering it, alike for all, (n, m)."""
    return np.broadcast_to((mentions > 0).sum(axis=0).astype(float), mentions.shape)


def class_prediction(n_classes: int, *, as_seen: bool = True):
    """Return a prediction for :func:`hidden_services`: what operators of the same class offer.

    A mixture of `n_classes` (:class:`helpers.typology.DetectionMixture`). With `as_seen`, scores
    are multiplied by the chance that the pages read of the operator say so, as a hidden service is
    one that was seen; with known detection nothing is left to be seen.
    """
    from helpers.typology import DetectionMixture

    short = {"n_chains": 1, "n_draws": 200, "burn_in": 300, "thin": 2}

    def scores(mentions, visits, rng, detection=None):
        mixture = DetectionMixture(n_classes, 1.0, random_state=rng, **short)
        data = (mentions, visits) if detection is None else (mentions, visits, detection)
        offers = mixture.fit(data).expected_rates_
        if as_seen and detection is None:
            rates = mixture.posterior_.detection.mean(axis=0)
            return offers * (1 - (1 - rates)[None, :] ** np.asarray(visits)[:, None])
        return offers

    return scores


def sign_test(only_first: int, only_second: int) -> float:
    """Return the exact p-value of two rules tried on the same cases (McNemar 1947).

    The arguments count the cases that one rule finds and the other does not; 1 if there are none.
    """
    from scipy.stats import binomtest

    differ = only_first + only_second
    return float(binomtest(only_first, differ, 0.5).pvalue) if differ else 1.0
