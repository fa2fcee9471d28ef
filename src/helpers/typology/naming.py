"""Names of classes: what sets them apart, who shows it best, and how to recognise a member."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import linear_sum_assignment

from helpers.typology.bayes import BayesianClasses


@dataclass(frozen=True)
class ServiceDifference:
    """How much more often a class offers a service than the rest.

    Attributes
    ----------
    service : str
    difference : float
        Share of the class minus share of the rest, posterior mean.
    low, high : float
        Ends of its posterior interval.
    rate, rest_rate : float
        Posterior means of the two shares.
    """

    service: str
    difference: float
    low: float
    high: float
    rate: float
    rest_rate: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Rule:
    """A conjunction of services, as a way to recognise a class.

    Attributes
    ----------
    services : tuple of str
        All must be offered.
    coverage : float
        Share of the class that meets the rule.
    precision : float
        Share of those who meet it that belong to the class.
    """

    services: tuple[str, ...]
    coverage: float
    precision: float


@dataclass(frozen=True)
class NamedClass:
    """A class with a name that does not depend on its number.

    Attributes
    ----------
    name : str
        That of the matching class of the baseline, else made of the services that set the class apart.
    known : bool
        Whether the name comes from the baseline.
    position : int
        Column of the class in `memberships`.
    members : tuple of str
        Operators of the point partition.
    share, share_low, share_high : float
        Posterior mean and interval of the share of operators.
    over, under : tuple of ServiceDifference
        Services most over- and under-represented, the greatest difference first.
    paragon : str
        The surest member; among equals, the one closest to the profile of the class.
    rule : Rule
    """

    name: str
    known: bool
    position: int
    members: tuple[str, ...]
    share: float
    share_low: float
    share_high: float
    over: tuple[ServiceDifference, ...]
    under: tuple[ServiceDifference, ...]
    paragon: str
    rule: Rule


def name_classes(
    posterior: BayesianClasses,
    services: Sequence[str],
    operators: Sequence[str],
    *,
    baseline: Mapping[str, Collection[str]] | None = None,
    profiles=None,
    n_services: int = 5,
    level: float = 0.95,
    min_overlap: float = 0.5,
) -> tuple[NamedClass, ...]:
    """Describe and name the classes of a point partition.

    Parameters
    ----------
    posterior : BayesianClasses
    services : sequence of str, length m
    operators : sequence of str, length n
        Unique; names of classes and ties depend on them, never on the order of rows.
    baseline : mapping of str to collection of str, optional
        Accepted classes: name and members. A class takes the name of the one that it matches (`match_classes`).
    profiles : array-like of bool, shape (n, m), optional
        What each operator counts as offering in rules; by default where P(offered) is at least 0.5.
    n_services : int
        Services listed on each side; names are made of the first three.
    level : float
        Of intervals.
    min_overlap : float
        See `match_classes`.

    Returns
    -------
    tuple of NamedClass
        In the order of the columns of `memberships`.

    Raises
    ------
    ValueError
        If labels are of the wrong number or not unique.
    """
    n, k = posterior.memberships.shape
    m = posterior.offered.shape[1]
    services, operators = _labels(services, m, "services"), _labels(operators, n, "operators")
    table = posterior.offered >= 0.5 if profiles is None else np.asarray(profiles, dtype=bool)
    if table.shape != (n, m):
        raise ValueError(f"profiles has shape {table.shape}, not ({n}, {m})")
    mean, ends = posterior.risk_differences(level)
    intervals = posterior.share_intervals(level)
    members = [
        tuple(sorted(operators[i] for i in np.flatnonzero(posterior.partition == c)))
        for c in range(k)
    ]
    sides = [_sides(posterior, c, mean[c], ends[c], services, n_services) for c in range(k)]
    signatures = _unique([_signature(over, under) for over, under in sides], members)
    names = dict.fromkeys(signatures)
    if baseline is not None:
        names = match_classes(
            dict(zip(signatures, members, strict=True)), baseline, min_overlap=min_overlap
        )
    return tuple(
        NamedClass(
            name=names[signature] or signature,
            known=names[signature] is not None,
            position=c,
            members=members[c],
            share=float(posterior.shares[:, c].mean()),
            share_low=float(intervals[c, 0]),
            share_high=float(intervals[c, 1]),
            over=sides[c][0],
            under=sides[c][1],
            paragon=operators[_paragon(posterior, c, operators)],
            rule=find_rule(table, posterior.partition == c, services),
        )
        for c, signature in enumerate(signatures)
    )


def _labels(labels, length, name) -> list[str]:
    labels = [str(v) for v in labels]
    if len(labels) != length:
        raise ValueError(f"{name} has {len(labels)} labels where {length} are needed")
    if len(set(labels)) < length:
        twice = next(v for v in labels if labels.count(v) > 1)
        raise ValueError(f"{name}: {twice!r} stands more than once; labels must be unique")
    return labels


def _sides(posterior, c, mean, ends, services, n_services):
    if np.isnan(mean).all():
        return (), ()
    keep = posterior.present[:, c]
    rate, rest = (draws[keep, c].mean(axis=0) for draws in (posterior.rates, posterior.rest_rates))
    found = [
        ServiceDifference(
            s, *(float(v) for v in (mean[j], ends[j, 0], ends[j, 1], rate[j], rest[j]))
        )
        for j, s in enumerate(services)
    ]
    # Clear differences first: a wide interval is not made a signature by its mean.
    order = sorted(found, key=lambda d: (not d.clear, -abs(d.difference), d.service))
    over = tuple(d for d in order if d.difference > 0)[:n_services]
    return over, tuple(d for d in order if d.difference < 0)[:n_services]


def _signature(over, under) -> str:
    """Up to three services that set the class apart, '+' for more often than the rest and '-' for less."""
    clear = [f"+{d.service}" for d in over if d.clear][:3]
    clear += [f"-{d.service}" for d in under if d.clear][: 3 - len(clear)]
    return " ".join(clear) or "undistinguished"


def _unique(signatures, members) -> list[str]:
    """Tell apart equal signatures by the first member, in alphabetical order."""
    return [
        s if signatures.count(s) == 1 else f"{s} ({own[0]})"
        for s, own in zip(signatures, members, strict=True)
    ]


def _paragon(posterior, c, operators) -> int:
    inside = np.flatnonzero(posterior.partition == c)
    profile = posterior.offered[inside].mean(axis=0)
    distance = np.abs(posterior.offered[inside] - profile).sum(axis=1)
    certainty = posterior.memberships[inside, c]
    rank = sorted(
        range(len(inside)),
        key=lambda r: (-round(certainty[r], 2), round(distance[r], 9), operators[inside[r]]),
    )
    return int(inside[rank[0]])


def match_classes(
    classes: Mapping[str, Collection[str]],
    baseline: Mapping[str, Collection[str]],
    *,
    min_overlap: float = 0.5,
) -> dict[str, str | None]:
    """Match classes to those of an accepted baseline, one to one, by the Hungarian method.

    Parameters
    ----------
    classes, baseline : mapping of str to collection of str
        Name and members. Operators that only one side knows are left out.
    min_overlap : float
        Least Jaccard index of members for a match: below one half, a class has lost or gained more than it kept.

    Returns
    -------
    dict of str to str or None
        Name in the baseline of each class, None where there is none.
    """
    known = (
        set().union(*classes.values()) & set().union(*baseline.values())
        if classes and baseline
        else set()
    )
    new, old = sorted(classes), sorted(baseline)
    overlap = np.zeros((len(new), len(old)))
    for a, name in enumerate(new):
        for b, accepted in enumerate(old):
            one, two = set(classes[name]) & known, set(baseline[accepted]) & known
            overlap[a, b] = len(one & two) / max(len(one | two), 1)
    rows, columns = linear_sum_assignment(-overlap)
    found = {
        new[a]: old[b] for a, b in zip(rows, columns, strict=True) if overlap[a, b] >= min_overlap
    }
    return {name: found.get(name) for name in classes}


def find_rule(
    profiles: np.ndarray, inside: np.ndarray, services: Sequence[str], *, max_services: int = 3
) -> Rule:
    """Conjunction of at most `max_services` services that best recognises a class.

    The best has the highest harmonic mean of coverage and precision; among equals the shortest, then the first in
    alphabetical order.

    Parameters
    ----------
    profiles : ndarray of bool, shape (n, m)
    inside : ndarray of bool, shape (n,)
    services : sequence of str, length m
    max_services : int

    Returns
    -------
    Rule
    """
    order = sorted(range(len(services)), key=lambda j: services[j])
    best, chosen = (-1.0, 0.0, 0.0), ()
    for length in range(1, max_services + 1):
        for choice in combinations(order, length):
            meets = profiles[:, choice].all(axis=1)
            both = float((meets & inside).sum())
            coverage, precision = both / max(inside.sum(), 1), both / max(meets.sum(), 1)
            score = 2 * both / max(inside.sum() + meets.sum(), 1)
            if score > best[0] + 1e-12:
                best, chosen = (score, coverage, precision), choice
    return Rule(tuple(services[j] for j in chosen), float(best[1]), float(best[2]))
