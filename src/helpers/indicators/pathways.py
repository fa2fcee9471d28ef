"""The pathways of the 2023 study: opening services to neighbours, and which service comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.estimates import Estimate, percentile_interval
from helpers.indicators.complementarity import neighbours
from helpers.indicators.coverage import presence


@dataclass(frozen=True)
class Mesh:
    """Operators on their territory.

    Attributes
    ----------
    inside : ndarray of bool, shape (n, D)
        Whether the perimeter of the operator comprises the département.
    near : ndarray of bool, shape (n, n)
        Whether two different operators have perimeters that overlap or touch.
    weights : ndarray of float, shape (D,)
        Inhabitants of each département.
    """

    inside: np.ndarray
    near: np.ndarray
    weights: np.ndarray


def build_mesh(
    operators: Sequence[str],
    perimeters: pd.DataFrame,
    population: pd.Series,
    adjacency: Mapping[str, Sequence[str]],
) -> Mesh:
    """Put operators on their territory.

    Parameters
    ----------
    operators : sequence of str
        Rows wanted, in order.
    perimeters : DataFrame
        One row per operator and département: operator, departement.
    population : Series
        Inhabitants by département code.
    adjacency : mapping of str to sequence of str
        Neighbours of each département (`helpers.territory.adjacency`).
    """
    inside = presence(operators, perimeters, population)
    near = neighbours(perimeters, adjacency, operators).to_numpy()
    return Mesh(inside, near, population.to_numpy(dtype=float))


def covered_weight(mesh: Mesh, offers, links: np.ndarray | None = None) -> np.ndarray:
    """Return the share of the population that lives where some operator offers each service.

    `offers` has shape (n, m); ``links[i, j]``: operator i opens its services in the perimeter of
    operator j. Shares, shape (m,).
    """
    reach = mesh.inside.astype(float)
    if links is not None:
        reach = ((reach + links @ reach) > 0).astype(float)
    covered = np.asarray(offers, dtype=float).T @ reach > 0
    return covered @ mesh.weights / mesh.weights.sum()


def greedy_partners(mesh: Mesh, offers, k: int) -> np.ndarray:
    """Choose partnerships one by one, each time the one that adds most inhabitants.

    Each operator opens to `k` near ones at most; links, shape (n, n). The gain is monotone and
    submodular: this reaches at least half of the best choice (Fisher, Nemhauser and Wolsey 1978,
    Mathematical Programming Study 8, p. 73).
    """
    inside, seen = mesh.inside.astype(float), np.asarray(offers, dtype=float)
    missing = ~((seen.T @ inside) > 0)
    links, left, open_ = np.zeros_like(mesh.near), np.full(len(mesh.near), k), mesh.near.copy()
    while True:
        worth = seen @ (missing * mesh.weights) @ inside.T
        worth[~open_ | (left == 0)[:, None]] = 0
        i, j = np.unravel_index(worth.argmax(), worth.shape)
        if worth[i, j] <= 0:
            return links
        links[i, j], open_[i, j] = True, False
        left[i] -= 1
        missing &= ~((seen[i] > 0)[:, None] & mesh.inside[j][None, :])


def opening(mesh: Mesh, offers: Mapping[str, pd.DataFrame], most: int) -> pd.DataFrame:
    """Return the population that services would cover if operators opened to their neighbours.

    Parameters
    ----------
    mesh : Mesh
    offers : mapping of str to DataFrame of bool
        Readings of who offers what, each operators x services in the order of the mesh.
    most : int
        Largest number of partners of each operator.

    Returns
    -------
    DataFrame
        Index partners (0, 1, ..., `most`, then ``all``: every near operator), one column a reading:
        mean over services of the share of the population covered.
    """

    def mean(table, links=None):
        return float(covered_weight(mesh, table, links).mean())

    columns = {
        name: [
            mean(table),
            *(mean(table, greedy_partners(mesh, table, k)) for k in range(1, most + 1)),
            mean(table, mesh.near),
        ]
        for name, table in offers.items()
    }
    index = pd.Index([*range(most + 1), "all"], name="partners")
    return pd.DataFrame(columns, index=index)


def family_cover(
    mesh: Mesh, offered: pd.DataFrame, links: np.ndarray, families: Mapping[str, str]
) -> pd.DataFrame:
    """Return the population that the services of each family cover, today and with partners.

    Parameters
    ----------
    mesh : Mesh
    offered : DataFrame of bool, shape (n, m)
        Who offers what, operators in the order of the mesh.
    links : ndarray of bool, shape (n, n)
        From `greedy_partners`.
    families : mapping of str to str
        Family by service code.

    Returns
    -------
    DataFrame
        Index family_code, least covered first: today, scenario (means over the services).
    """
    covered = {
        "today": covered_weight(mesh, offered),
        "scenario": covered_weight(mesh, offered, links),
    }
    by_service = pd.DataFrame(covered, index=offered.columns)
    means = by_service.groupby(families).mean().rename_axis("family_code")
    return means.sort_values("today", kind="stable")


def popularity(offered: np.ndarray) -> np.ndarray:
    """Score each service by the number of operators that offer it, alike for all, shape (n, m)."""
    return np.broadcast_to(offered.sum(axis=0).astype(float), offered.shape)


def alike(offered: np.ndarray) -> np.ndarray:
    """Score each service by the operators that offer it, each for as much as it looks alike.

    Two operators look alike as their services do (Jaccard); what that does not tell apart, such as
    an operator of which nothing is known, goes by popularity. Scores, shape (n, m).
    """
    table = offered.astype(float)
    both, totals = table @ table.T, table.sum(axis=1)
    either = totals[:, None] + totals[None, :] - both
    likeness = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
    return likeness @ table + 1e-9 * popularity(offered)


def hidden_services(
    offered: pd.DataFrame, rules: Mapping[str, Callable[[np.ndarray], np.ndarray]], *, top: int
) -> pd.DataFrame:
    """Hide each service that was seen, alone, and tell whether a rule puts it back.

    Parameters
    ----------
    offered : DataFrame of bool, shape (n, m)
        What was seen.
    rules : mapping of str to callable
        Functions of such a table that return scores, shape (n, m): `popularity`, `alike`.
    top : int
        First choices among what is then unseen at the operator.

    Returns
    -------
    DataFrame, one row per hidden service
        operator, service_code, and for each rule the chance that the service is among its first
        choices: 0 or 1, or between where others have the same score.
    """
    table, rows = offered.to_numpy(), []
    for i, j in np.argwhere(table):
        kept = table.copy()
        kept[i, j] = False
        about = {"operator": offered.index[i], "service_code": offered.columns[j]}
        for name, rule in rules.items():
            scores = np.where(kept[i], -np.inf, rule(kept)[i])
            before, ties = (scores > scores[j]).sum(), (scores == scores[j]).sum()
            about[name] = float(np.clip((top - before) / ties, 0, 1))
        rows.append(about)
    return pd.DataFrame(rows)


def hit_rates(
    hidden: pd.DataFrame, *, rng: np.random.Generator | int, n_resamples: int = 4000
) -> tuple[pd.DataFrame, float]:
    """Return the share of hidden services that each of two rules puts back, and their difference.

    Services of one operator go together, so that operators are resampled, and the test swaps the
    two rules at whole operators.

    Parameters
    ----------
    hidden : DataFrame
        From `hidden_services`, with two rules.
    rng : Generator or int
        Draws operators.
    n_resamples : int
        Bootstrap samples, and random swaps.

    Returns
    -------
    DataFrame
        Index: the two rules, and ``difference`` (second minus first); columns value, low, high,
        k, n (operators).
    float
        Two-sided p-value of the difference, the observed one counted in.
    """
    rng = np.random.default_rng(rng)
    first, second = hidden.columns[2:]
    sums = hidden.groupby("operator")[[first, second]].sum()
    sums["difference"] = sums[second] - sums[first]
    sizes = hidden.groupby("operator").size().to_numpy()
    table, n = sums.to_numpy(), len(sums)
    drawn = rng.integers(n, size=(n_resamples, n))
    means = table[drawn].sum(axis=1) / sizes[drawn].sum(axis=1, keepdims=True)
    low, high = percentile_interval(means)
    value = table.sum(axis=0) / sizes.sum()
    rates = pd.DataFrame({"value": value, "low": low, "high": high, "k": n, "n": n}, sums.columns)
    gaps = sums["difference"].to_numpy()
    swapped = np.abs(rng.choice([-1, 1], size=(n_resamples, n)) @ gaps)
    as_large = (swapped >= abs(gaps.sum()) - 1e-9).sum()
    return rates.rename_axis("rule"), float((1 + as_large) / (1 + n_resamples))


@dataclass(frozen=True)
class RuleComparison:
    """How often two rules put back a service that was hidden.

    Attributes
    ----------
    popularity, alike, gain : Estimate
        Share of hidden services that each rule puts back, and the second minus the first.
    p_value : float
        Two-sided, of the gain.
    """

    popularity: Estimate
    alike: Estimate
    gain: Estimate
    p_value: float


def compare_rules(offered: pd.DataFrame, *, top: int, rng: np.random.Generator) -> RuleComparison:
    """Compare two rules for the next service: the most common, and those of operators alike.

    Parameters
    ----------
    offered : DataFrame of bool, shape (n, m)
        What was seen.
    top : int
        First choices of each rule.
    rng : Generator
        Draws operators: see `hit_rates`.
    """
    hidden = hidden_services(offered, {"popularity": popularity, "alike": alike}, top=top)
    rates, p_value = hit_rates(hidden, rng=rng)
    names = ("popularity", "alike", "difference")
    return RuleComparison(*(Estimate.of(rates, name) for name in names), p_value)


def members_and_agents(attributes: pd.DataFrame) -> pd.DataFrame:
    """Return the operators whose members and agents one page gives for one year.

    Only these numbers can be divided by each other. `attributes` has operator, attribute
    (``members``, ``staff_fte``), value, year and source_url. Columns: operator, year, members,
    agents.
    """
    keys, parts = ["operator", "year", "source_url"], {}
    for column, name in (("members", "members"), ("agents", "staff_fte")):
        rows = attributes[(attributes["attribute"] == name) & attributes["year"].notna()]
        parts[column] = rows.rename(columns={"value": column})[[*keys, column]]
    both = parts["members"].merge(parts["agents"], on=keys)
    return both.drop(columns="source_url").sort_values("operator", ignore_index=True)


def corrected_share(seen: Estimate, found: pd.Series, n: int) -> Estimate:
    """Return the share of operators with a service, with those that two readings missed.

    Parameters
    ----------
    seen : Estimate
        Share of the operators seen.
    found : Series
        Row of `helpers.readings.completeness` for this service: value, low, high.
    n : int
        Operators.

    Returns
    -------
    Estimate
        The bounds of both intervals are taken together, which is prudent. Missing where nothing is
        known of what was missed.
    """
    if pd.isna(found["value"]):
        return Estimate(np.nan, np.nan, np.nan, seen.k, n)
    value = min(seen.value / found["value"], 1.0)
    low, high = seen.low / found["high"], min(seen.high / found["low"], 1.0)
    return Estimate(value, float(low), float(high), round(value * n), n)
