"""Names of classes: what sets them apart, who shows it best, and how to recognise a member."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from helpers.typology.bayes import BayesianClasses
from helpers.typology.partitions import match_groups


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
        That of the matching class of the baseline, else its signature: the services that clearly
        set it apart, '+' for more often than the rest and '-' for less.
    position : int
        Column of the class in `memberships`.
    members : tuple of str
        Operators of the point partition.
    share, share_low, share_high : float
        Posterior mean and interval of the share of operators.
    paragon : str
        The surest member; among equals, the one closest to the profile of the class.
    rule : Rule
    """

    name: str
    position: int
    members: tuple[str, ...]
    share: float
    share_low: float
    share_high: float
    paragon: str
    rule: Rule


def name_classes(
    posterior: BayesianClasses,
    services: Sequence[str],
    operators: Sequence[str],
    *,
    baseline: Mapping[str, Collection[str]] | None = None,
    level: float = 0.95,
) -> tuple[NamedClass, ...]:
    """Describe and name the classes of a point partition.

    Parameters
    ----------
    posterior : BayesianClasses
    services : sequence of str, length m
    operators : sequence of str, length n
        Unique; names and ties depend on them, never on the order of rows.
    baseline : mapping of str to collection of str, optional
        Accepted classes: name and members. A class takes the name of the one it matches.
    level : float
        Of intervals.

    Returns
    -------
    tuple of NamedClass
        In the order of the columns of `memberships`.

    Raises
    ------
    ValueError
        If labels are of the wrong number or not unique.
    """
    (n, k), m = posterior.memberships.shape, posterior.offered.shape[1]
    services = _check_labels(services, m, "services")
    operators = _check_labels(operators, n, "operators")
    table, partition = posterior.offered >= 0.5, posterior.partition
    intervals = posterior.share_intervals(level)
    members = [
        tuple(sorted(operators[i] for i in np.flatnonzero(partition == c))) for c in range(k)
    ]
    names = _signatures(posterior, services, level)
    # Equal signatures are told apart by the first member.
    names = [
        s if names.count(s) == 1 else f"{s} ({own[0]})"
        for s, own in zip(names, members, strict=True)
    ]
    accepted = match_classes(dict(zip(names, members, strict=True)), baseline or {})
    return tuple(
        NamedClass(
            name=accepted[name] or name,
            position=c,
            members=members[c],
            share=float(posterior.shares[:, c].mean()),
            share_low=float(intervals[c, 0]),
            share_high=float(intervals[c, 1]),
            paragon=operators[_paragon(posterior, c, operators)],
            rule=find_rule(table, partition == c, services),
        )
        for c, name in enumerate(names)
    )


def _check_labels(labels, length, name) -> list[str]:
    labels = [str(v) for v in labels]
    if len(labels) != length:
        raise ValueError(f"{name} has {len(labels)} labels where {length} are needed")
    if len(set(labels)) < length:
        twice = next(v for v in labels if labels.count(v) > 1)
        raise ValueError(f"{name}: {twice!r} stands more than once; labels must be unique")
    return labels


def _signatures(posterior, services, level) -> list[str]:
    """Up to three services that clearly set each class apart, those offered more often first."""
    found = []
    for mean, ends in zip(*posterior.risk_differences(level), strict=True):
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
    classes: Mapping[str, Collection[str]],
    baseline: Mapping[str, Collection[str]],
    *,
    min_overlap: float = 0.5,
) -> dict[str, str | None]:
    """Match classes one to one to accepted ones by members (Jaccard index of at least one half).

    Operators that only one side knows are left out. Returns the accepted name of each class, None
    where there is none.
    """
    if not baseline:
        return dict.fromkeys(classes)
    known = set().union(*classes.values()) & set().union(*baseline.values())
    new, old = sorted(classes), sorted(baseline)
    overlap = np.zeros((len(new), len(old)))
    for a, name in enumerate(new):
        for b, accepted in enumerate(old):
            one, two = set(classes[name]) & known, set(baseline[accepted]) & known
            overlap[a, b] = len(one & two) / max(len(one | two), 1)
    return {
        name: old[b] if b >= 0 and overlap[a, b] >= min_overlap else None
        for a, (name, b) in enumerate(zip(new, match_groups(overlap), strict=True))
    }


def find_rule(
    profiles: np.ndarray, inside: np.ndarray, services: Sequence[str], *, max_services: int = 3
) -> Rule:
    """Conjunction of at most `max_services` services with the best F1 score for a class.

    Among equals the shortest, then the first in alphabetical order. `profiles` is bool (n, m),
    `inside` bool (n,).
    """
    order = sorted(range(len(services)), key=lambda j: services[j])
    best, chosen = (-1.0, 0.0, 0.0), ()
    for length in range(1, max_services + 1):
        for choice in combinations(order, length):
            meets = profiles[:, choice].all(axis=1)
            both = float((meets & inside).sum())
            score = 2 * both / max(inside.sum() + meets.sum(), 1)
            if score > best[0] + 1e-12:
                best = score, both / max(inside.sum(), 1), both / max(meets.sum(), 1)
                chosen = choice
    return Rule(tuple(services[j] for j in chosen), float(best[1]), float(best[2]))
