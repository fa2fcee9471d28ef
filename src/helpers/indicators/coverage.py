"""Coverage: the share of operators seen offering a service, and what lives near one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from helpers.profiles import Profiles

LEVEL = 0.95


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion (Wilson 1927, JASA 22, p. 209).

    Bounds are shares in [0, 1]; ValueError if there are more successes than cases.
    """
    from scipy.stats import binomtest

    test = binomtest(int(successes), int(n))
    found = test.proportion_ci(confidence_level=LEVEL, method="wilson")
    return float(found.low), float(found.high)


def share(successes: int, n: int) -> dict[str, float]:
    """Return a proportion with its counts and Wilson interval: k, n, share, low, high."""
    low, high = wilson(successes, n)
    return {"k": int(successes), "n": int(n), "share": successes / n, "low": low, "high": high}


def central_interval(draws) -> np.ndarray:
    """Return the quantiles that leave out equal tails of draws (first axis): low, then high."""
    tail = (1 - LEVEL) / 2
    return np.quantile(draws, [tail, 1 - tail], axis=0)


def share_of_answers(yes: pd.DataFrame, answered: pd.DataFrame) -> pd.DataFrame:
    """Return, for each question, the share of those who answered that said yes.

    `yes` and `answered` are tables of bool, shape (n, m); a yes is an answer. One row per question
    that somebody answered: k, n (who answered), share, low, high.
    """
    known = answered | yes
    asked = [name for name in yes.columns if known[name].any()]
    rows = [share(int(yes[name].sum()), int(known[name].sum())) for name in asked]
    return pd.DataFrame(rows, index=pd.Index(asked))


def coverage(profiles: Profiles, *, declared: bool = False) -> pd.DataFrame:
    """Return, for each service, the share of the operators read that are seen offering it.

    The share is a lower bound of the real one: an operator on which few pages were read may offer
    what none of them says.

    Parameters
    ----------
    profiles : Profiles
        Operators with at least one page each, shape (n, m).
    declared : bool
        Whether operators answered for themselves: the share is then one of those that answered.

    Returns
    -------
    DataFrame, m rows
        service_code, k (seen offering), n, share, low, high, planned (seen planning only).
    """
    answered = (profiles.state != "unseen") | (not declared)
    counts = zip(profiles.offered.sum(), answered[profiles.services].sum(), strict=True)
    table = pd.DataFrame([share(int(k), int(n)) for k, n in counts])
    table.insert(0, "service_code", list(profiles.services))
    table["planned"] = (profiles.state[profiles.services] == "planned").sum().to_numpy()
    return table


def coverage_by(
    profiles: Profiles, groups: pd.Series, *, at_least: int = 1, declared: bool = False
) -> pd.DataFrame:
    """Return the coverage of each service within groups of operators.

    `groups` holds the group of each operator, which may stand in several (index repeated); groups
    with fewer than `at_least` operators are left out. Columns: group, and those of `coverage`.
    """
    groups = groups[groups.index.isin(profiles.operators)]
    parts = {}
    for group, members in groups.groupby(groups, sort=True):
        names = sorted(set(members.index))
        if len(names) >= at_least:
            parts[group] = coverage(profiles.of(names), declared=declared)
    return pd.concat(parts, names=["group"]).reset_index("group").reset_index(drop=True)


def family_coverage(
    profiles: Profiles, services: pd.DataFrame, *, declared: bool = False
) -> pd.DataFrame:
    """Return, for each family, the share of operators seen offering at least one of its services.

    `services` is the taxonomy: service_code, family_code, family_fr. Where operators answered for
    themselves (`declared`), those of whom missing answers leave the matter open do not count.
    Columns: family_code, family_fr, n_services, k, n, share, low, high; largest share first.
    """
    rows = []
    for (code, label), part in services.groupby(["family_code", "family_fr"], sort=True):
        own = list(part["service_code"])
        seen = profiles.offered[own].any(axis=1)
        known = seen | (profiles.state[own] != "unseen").all(axis=1) | (not declared)
        about = {"family_code": code, "family_fr": label, "n_services": len(part)}
        rows.append(about | share(int(seen.sum()), int(known.sum())))
    order = ["share", "family_code"]
    return pd.DataFrame(rows).sort_values(order, ascending=[False, True], ignore_index=True)


def published_rates(
    published: pd.DataFrame, profiles: Profiles, matches: Mapping[str, list[str]]
) -> pd.DataFrame:
    """Set published rates of operators beside those seen in the public record.

    `published` has figure_id, value (percent) and n; `matches` maps a figure to services, any of
    which counts. Columns: figure_id, published, published_low, published_high, published_n, seen,
    low, high, k, n.
    """
    rows = []
    for figure_id, codes in matches.items():
        row = published.set_index("figure_id").loc[figure_id]
        n, rate = int(row["n"]), row["value"] / 100
        low, high = wilson(round(rate * n), n)
        known = {"published": rate, "published_low": low, "published_high": high, "published_n": n}
        seen = share(int(profiles.offered[codes].any(axis=1).sum()), len(profiles.operators))
        rows.append({"figure_id": figure_id} | known | seen)
    return pd.DataFrame(rows).rename(columns={"share": "seen"})


def presence(
    operators: Sequence[str], perimeters: pd.DataFrame, population: pd.Series
) -> np.ndarray:
    """Return whether each operator works in each département of an indexed table, shape (n, D)."""
    rows, columns = pd.Index(operators), population.index
    strangers = sorted(set(perimeters["departement"]) - set(columns))
    if strangers:
        raise ValueError(f"perimeters name {strangers[0]!r}, no département of the table")
    own = perimeters[perimeters["operator"].isin(rows)]
    inside = np.zeros((len(rows), len(columns)), dtype=bool)
    inside[rows.get_indexer(own["operator"]), columns.get_indexer(own["departement"])] = True
    return inside


def territory_cover(
    offers: np.ndarray, operators: Sequence[str], perimeters: pd.DataFrame, population: pd.Series
) -> np.ndarray:
    """Tell which départements have an operator that offers what is asked for.

    Parameters
    ----------
    offers : ndarray of bool, shape (..., n)
        Whether each of the n operators offers it; leading axes are draws.
    perimeters : DataFrame
        One row per operator and département: operator, departement.
    population : Series
        Inhabitants by département code: gives the D départements and their order.

    Returns
    -------
    ndarray of bool, shape (..., D)
    """
    inside = presence(operators, perimeters, population)
    return (offers.astype(np.float32) @ inside.astype(np.float32)) > 0


def share_covered(covered: np.ndarray, weights: pd.Series) -> np.ndarray:
    """Return the share of `weights` (inhabitants or communes, by département) that is covered.

    `covered` has shape (..., D), in the order of the weights; the result has shape (...).
    """
    values = weights.to_numpy(dtype=float)
    return covered @ values / values.sum()


def served_population(
    profiles: Profiles,
    perimeters: pd.DataFrame,
    population: pd.Series,
    codes: list[str] | None = None,
) -> pd.DataFrame:
    """Return, for each département, how many operators seen offering a service work in it.

    `perimeters` has operator and departement, `population` inhabitants by département code; any of
    the services `codes` counts, and all operators do without. Columns: departement, population,
    n_operators, covered (bool).
    """
    names = profiles.operators
    if codes is not None:
        names = list(profiles.offered.index[profiles.offered[codes].any(axis=1)])
    inside = perimeters[perimeters["operator"].isin(names)]
    counts = inside.groupby("departement")["operator"].nunique()
    out = pd.DataFrame({"departement": population.index, "population": population.to_numpy()})
    out["n_operators"] = out["departement"].map(counts).fillna(0).astype(int)
    out["covered"] = out["n_operators"] > 0
    return out


def small_communes_by_cover(
    communes: pd.DataFrame,
    covered: Iterable[str],
    thresholds: Sequence[int],
    *,
    n_resamples: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Compare the share of small communes between départements with and without an operator.

    Parameters
    ----------
    communes : DataFrame
        One row per commune: departement (code, empty outside the départements), population.
    covered : iterable of str
        Codes of the départements in which an operator is documented.
    thresholds : sequence of int
        Sizes in inhabitants; a commune is small when it has fewer.

    Returns
    -------
    DataFrame, one row per threshold
        threshold, total (share of all communes), with_operator, without_operator, difference (with
        minus without), low, high: every commune is counted, so that the interval says how far the
        difference could move if other départements stood on each side (cluster bootstrap).
    """
    table = communes[communes["departement"] != ""]
    below = {t: (table["population"] < t).fillna(value=False).astype(int) for t in thresholds}
    counts = pd.DataFrame({"all": 1} | below).groupby(table["departement"]).sum()
    inside = counts.index.isin(list(covered))
    sides = [counts[inside], counts[~inside]]
    if any(side.empty for side in sides):
        raise ValueError("covered needs départements with and without an operator")
    drawn = [
        side.to_numpy()[rng.integers(len(side), size=(n_resamples, len(side)))].sum(axis=1)
        for side in sides
    ]
    rows = []
    for column, threshold in enumerate(thresholds, start=1):
        there, elsewhere = (side[threshold].sum() / side["all"].sum() for side in sides)
        moved = drawn[0][:, column] / drawn[0][:, 0] - drawn[1][:, column] / drawn[1][:, 0]
        total = counts[threshold].sum() / counts["all"].sum()
        ends = central_interval(moved)
        rows.append((threshold, total, there, elsewhere, there - elsewhere, *ends))
    columns = ["threshold", "total", "with_operator", "without_operator", "difference"]
    return pd.DataFrame(rows, columns=[*columns, "low", "high"])
