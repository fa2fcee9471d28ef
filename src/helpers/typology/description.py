"""What classes are called, how to recognise a member, what they offer and what they go with."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from helpers.typology.bayes import BayesianClasses
from helpers.typology.partitions import match_groups

with warnings.catch_warnings():
    # Its docstrings hold invalid escapes, which Python reports when it first compiles it.
    warnings.simplefilter("ignore")
    from stepmix.corrections import compute_bch_matrix

# Share of members in common from which a class takes the name of an accepted one.
_MIN_OVERLAP = 0.5
# Each tail outside the intervals of external variables.
_TAIL = (1 - 0.95) / 2


def name_classes(
    posterior: BayesianClasses,
    services: Sequence[str],
    operators: Sequence[str],
    *,
    baseline: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """Describe the classes of a point partition, with names that do not depend on their numbers.

    Parameters
    ----------
    posterior : BayesianClasses
    services : sequence of str, length m
    operators : sequence of str, length n
        Unique; names and ties depend on them, never on the order of rows.
    baseline : mapping of str to collection of str, optional
        Accepted classes: name and members. A class takes the name of the one it matches.

    Returns
    -------
    DataFrame
        One row per class, in the order of the columns of `memberships`: code (the name of the
        matching class of the baseline, else the services that clearly set it apart, "+" for more
        often than the rest and "-" for less), members (sorted operators), n, share, low, high
        (posterior mean and 95 % interval of the share of operators), paragon (the surest member;
        among equals, the one closest to the profile of the class), and the rule that recognises a
        member best: services (all must be offered), coverage (share of the class that meets it),
        precision (share of those who meet it that belong to the class).
    """
    table, partition = posterior.offered >= 0.5, posterior.partition
    inside = [partition == c for c in range(posterior.n_classes)]
    members = [sorted(operators[i] for i in np.flatnonzero(own)) for own in inside]
    names = _signatures(posterior, services)
    # Equal signatures are told apart by the first member.
    names = [
        s if names.count(s) == 1 else f"{s} ({own[0]})"
        for s, own in zip(names, members, strict=True)
    ]
    accepted = match_classes(dict(zip(names, members, strict=True)), baseline or {})
    named = pd.DataFrame({"code": [accepted.get(name, name) for name in names]})
    named["members"], named["n"] = members, [len(own) for own in members]
    named["share"] = [float(draws.mean()) for draws in posterior.shares.T]
    named[["low", "high"]] = posterior.share_intervals()
    named["paragon"] = [operators[_paragon(posterior, c, operators)] for c in named.index]
    rules = [find_rule(table, own, services) for own in inside]
    named["services"], named["coverage"], named["precision"] = zip(*rules, strict=True)
    return named


def _signatures(posterior, services) -> list[str]:
    """Up to three services that clearly set each class apart, those offered more often first."""
    found = []
    for mean, ends in zip(*posterior.risk_differences(), strict=True):
        order = sorted(range(len(services)), key=lambda j: (-abs(mean[j]), services[j]))
        over = [f"+{services[j]}" for j in order if mean[j] > 0 and ends[j, 0] > 0][:3]
        under = [f"-{services[j]}" for j in order if mean[j] < 0 and ends[j, 1] < 0]
        found.append(" ".join(over + under[: 3 - len(over)]) or "undistinguished")
    return found


def _paragon(posterior, c, operators) -> int:
    inside = np.flatnonzero(posterior.partition == c)
    offered = posterior.offered[inside]
    distance = np.abs(offered - offered.mean(axis=0)).sum(axis=1).round(9)
    certainty = posterior.memberships[inside, c].round(2)
    names = [operators[i] for i in inside]
    return int(
        inside[min(range(len(inside)), key=lambda r: (-certainty[r], distance[r], names[r]))]
    )


def match_classes(
    classes: Mapping[str, Collection[str]], baseline: Mapping[str, Collection[str]]
) -> dict[str, str]:
    """Match classes one to one to accepted ones by members (Jaccard index of at least one half).

    Operators that only one side knows are left out. Returns the accepted name of each class that
    has one.
    """
    known = set().union(*classes.values()) & set().union(*baseline.values())
    new, old = sorted(classes), sorted(baseline)
    overlap = np.zeros((len(new), len(old)))
    for a, name in enumerate(new):
        for b, accepted in enumerate(old):
            one, two = set(classes[name]) & known, set(baseline[accepted]) & known
            overlap[a, b] = len(one & two) / max(len(one | two), 1)
    matched = enumerate(match_groups(overlap))
    return {new[a]: old[b] for a, b in matched if b >= 0 and overlap[a, b] >= _MIN_OVERLAP}


def find_rule(profiles: np.ndarray, inside: np.ndarray, services: Sequence[str]) -> tuple:
    """Conjunction of at most three services with the best F1 score, its coverage and precision.

    Among equals the shortest, then the first in alphabetical order. `profiles` is bool (n, m),
    `inside` bool (n,).
    """
    order = sorted(range(len(services)), key=lambda j: services[j])
    best, chosen = (-1.0, 0.0, 0.0), ()
    for length in (1, 2, 3):
        for choice in combinations(order, length):
            meets = profiles[:, choice].all(axis=1)
            both = float((meets & inside).sum())
            score = 2 * both / max(inside.sum() + meets.sum(), 1)
            if score > best[0] + 1e-12:
                best = score, both / max(inside.sum(), 1), both / max(meets.sum(), 1)
                chosen = choice
    return [services[j] for j in chosen], float(best[1]), float(best[2])


def class_profiles(
    posterior: BayesianClasses, named: pd.DataFrame, seen: pd.DataFrame, level: float = 0.95
) -> pd.DataFrame:
    """One row per class and service: what is estimated, with intervals, and what was seen.

    Parameters
    ----------
    posterior : BayesianClasses
    named : DataFrame
        Result of `name_classes`.
    seen : DataFrame of bool, shape (n, m)
        Operators x services, in the order of the posterior.
    level : float

    Returns
    -------
    DataFrame
        Columns class_code, service_code, rate, rate_low, rate_high, rest_rate, difference, low,
        high, seen, side (1 where the class clearly offers the service more often than the rest, -1
        less often, 0 else).
    """
    tail, services = (1 - level) / 2, list(seen.columns)
    mean, ends = posterior.risk_differences(level)
    frames = []
    for k, code in named["code"].items():
        keep = posterior.present[:, k]
        draws = posterior.rates[keep, k] if keep.any() else np.full((1, len(services)), np.nan)
        rest = posterior.rest_rates[keep, k] if keep.any() else draws
        low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
        part = {
            "class_code": code,
            "service_code": services,
            "rate": draws.mean(axis=0),
            "rate_low": low,
            "rate_high": high,
            "rest_rate": rest.mean(axis=0),
            "difference": mean[k],
            "low": ends[k, :, 0],
            "high": ends[k, :, 1],
            "seen": seen.loc[posterior.partition == k].mean(axis=0).to_numpy(dtype=float),
            "side": (ends[k, :, 0] > 0).astype(int) - (ends[k, :, 1] < 0).astype(int),
        }
        frames.append(pd.DataFrame(part))
    return pd.concat(frames, ignore_index=True)


def external_table(
    memberships: np.ndarray,
    variables: Mapping[str, pd.Series],
    names: Sequence[str],
    *,
    n_resamples: int = 999,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Relate the classes to variables that took no part in making them, errors corrected.

    The third step weights operators by the inverse of StepMix's classification-error matrix (Bolck,
    Croon and Hagenaars, as modified by Vermunt), so that uncertain members do not blur the classes.
    Intervals are percentiles over resampled operators; the uncertainty of the classes themselves is
    not in them.

    Parameters
    ----------
    memberships : ndarray, shape (n, k)
        Class probabilities of each operator, from any of the models.
    variables : mapping of str to Series, length n
        Name shown -> categories or numbers; missing values (NaN, None) are left out.
    names : sequence of str, length k
        Of the classes.
    n_resamples : int
        Bootstrap samples and permutations.
    rng : numpy.random.Generator
        Each variable has a stream of its own.

    Returns
    -------
    estimates : DataFrame
        Columns variable, category ("mean" for a number), class, estimate, low, high (95 %) and
        modal, the estimate when every operator is counted in its most probable class.
    tests : DataFrame
        Columns variable, n (operators for which it is known), p_value (permutation test of no
        association, memberships held fixed), p_adjusted (Holm 1979, over the variables).

    References
    ----------
    Bolck, Croon and Hagenaars (2004), Political Analysis 12, 3-27. Vermunt (2010), Political
    Analysis 18, 450-469. Bakk, Tekle and Vermunt (2013), Sociological Methodology 43, 272-311.
    """
    parts, tests = [], []
    for (name, values), stream in zip(variables.items(), rng.spawn(len(variables)), strict=True):
        table, p_value, n = _association(memberships, values, n_resamples, stream)
        part = table.reset_index().assign(variable=name)
        part["class"] = [names[c] for c in part["class"]]
        parts.append(part[["variable", "category", "class", "estimate", "low", "high", "modal"]])
        tests.append((name, n, p_value))
    summary = pd.DataFrame(tests, columns=["variable", "n", "p_value"])
    summary["p_adjusted"] = multipletests(summary["p_value"], method="holm")[1]
    return pd.concat(parts, ignore_index=True), summary


def _association(memberships, external, n_resamples, rng):
    """Table of `external_table` for one variable, by class and category, its p-value and n."""
    values = pd.Series(external).reset_index(drop=True)
    known = values.notna().to_numpy()
    identity, modal = np.eye(memberships.shape[1]), memberships.argmax(axis=1)
    # Weight of each operator in each class; rows sum to 1 and may be negative.
    inverse = compute_bch_matrix(memberships, assignment="modal")[1]
    weights = (identity[modal] @ inverse)[known]
    names, coded = _code(values[known])
    bounded, n = names != ["mean"], int(known.sum())
    resampling, permuting = rng.spawn(2)
    rows = resampling.integers(0, n, (n_resamples, n))
    draws = np.stack([_means(weights[some], coded[some], bounded) for some in rows])
    low, high = np.nanquantile(draws, [_TAIL, 1 - _TAIL], axis=0)
    columns = {
        "estimate": _means(weights, coded, bounded),
        "low": low,
        "high": high,
        "modal": _means(identity[modal][known], coded, bounded),
    }
    observed = _spread(weights, coded)
    beyond = sum(
        _spread(weights, coded[permuting.permutation(n)]) >= observed - 1e-12
        for _ in range(n_resamples)
    )
    index = pd.MultiIndex.from_product([range(len(identity)), names], names=["class", "category"])
    table = pd.DataFrame({name: array.ravel() for name, array in columns.items()}, index=index)
    return table, (1 + beyond) / (1 + n_resamples), n


def _code(values: pd.Series) -> tuple[list[str], np.ndarray]:
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return ["mean"], values.to_numpy(float)[:, None]
    names = sorted({str(v) for v in values})
    return names, np.array([[str(v) == name for name in names] for v in values], dtype=float)


def _means(weights, coded, bounded) -> np.ndarray:
    total = weights.sum(axis=0)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.where(np.abs(total) > 1e-9, weights.T @ coded / total, np.nan)
    if not bounded:
        return means
    # Negative weights can push a share out of [0, 1]: shares are brought back and sum to 1.
    means = np.clip(means, 0.0, 1.0)
    return means / np.maximum(means.sum(axis=1, keepdims=True), 1e-300)


def _spread(weights, coded) -> float:
    """Between-class sum of squares, each category scaled by its variance."""
    variance = coded.var(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = (weights.T @ (coded - coded.mean(axis=0))) ** 2
        gaps = gaps / np.abs(weights.sum(axis=0))[:, None]
    return float(np.nansum(np.where(variance > 0, gaps / np.where(variance > 0, variance, 1), 0.0)))
