"""The same question asked in many defensible ways: a multiverse of evidence, distances, methods and codings.

A typology rests on choices. Each combination of them is a universe (Steegen et al. 2016); what they all say holds, and
what depends on one of them is told as such (Van Mechelen et al. 2023).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score

from helpers.typology.detection import latent_classes_with_detection
from helpers.typology.distances import jaccard_distances
from helpers.typology.latent import latent_classes
from helpers.typology.trees import partition
from helpers.typology.variants import (
    Variant,
    declared_variants,
    evidence_variants,
    leave_one_out,
    recount,
)

__all__ = [
    "DECLARED_METHODS",
    "METHODS",
    "Universe",
    "Variant",
    "declared_variants",
    "evidence_variants",
    "lead_holds",
    "leave_one_out",
    "multiverse",
    "recount",
    "recoveries",
    "together",
]


@dataclass(frozen=True)
class Universe:
    """One partition: a variant of the evidence, a method and a number of groups.

    Attributes
    ----------
    variant : Variant
    method : str
    n_clusters : int
    labels : Series of int, indexed by operator
    """

    variant: Variant
    method: str
    n_clusters: int
    labels: pd.Series


def _detection(profiles, k, starts, rng, _):
    return latent_classes_with_detection(
        profiles.mentions, profiles.visits, k, n_init=starts, rng=rng
    ).labels


def _declared(profiles, k, starts, rng, _):
    return latent_classes_with_detection(
        profiles.mentions,
        profiles.visits,
        k,
        n_init=starts,
        rng=rng,
        detection=profiles.self_declared,
    ).labels


def _absent(profiles, k, starts, rng, _):
    return latent_classes(profiles.offered.astype(int), k, n_init=starts, rng=rng).labels


def _missing(profiles, k, starts, rng, deep):
    table = profiles.offered.astype(float)
    shallow = (profiles.visits < deep).to_numpy()[:, None]
    table = table.mask((table == 0) & shallow)
    kept = table.notna().any(axis=1).to_numpy()
    out = np.full(len(table), -1)
    out[kept] = latent_classes(table[kept], k, n_init=starts, rng=rng).labels
    return out


def _tree(method, hamming=False):
    def run(profiles, k, *_):
        seen = profiles.offered.to_numpy(dtype=int)
        if hamming:
            # The root of the number of differing services is the Euclidean distance of two profiles.
            apart = np.sqrt((seen[:, None, :] != seen[None, :, :]).sum(axis=2).astype(float))
            return partition(apart, k, method)
        return partition(jaccard_distances(seen), k, method)

    return run


METHODS: Mapping[str, Callable] = {
    "mélange avec détection": _detection,
    "classes latentes, zéros absents": _absent,
    "classes latentes, zéros manquants": _missing,
    "Ward, Jaccard": _tree("ward"),
    "lien moyen, Jaccard": _tree("average"),
    "lien complet, Jaccard": _tree("complete"),
    "Ward, Hamming": _tree("ward", hamming=True),
}
# Where operators answered for themselves, a zero is a "no"; what may be read in two ways is an answer that is missing.
DECLARED_METHODS: Mapping[str, Callable] = {
    "mélange, réponses manquantes laissées ouvertes": _declared,
    "classes latentes, réponses manquantes prises pour des « non »": _absent,
    **{name: METHODS[name] for name in METHODS if "," in name and "latentes" not in name},
}


def multiverse(
    variants: Sequence[Variant],
    methods: Sequence[str],
    n_clusters: Sequence[int],
    *,
    n_starts: int,
    deep: int,
    rng: np.random.Generator,
) -> list[Universe]:
    """Partition every variant by every method into every number of groups.

    Parameters
    ----------
    variants : sequence of Variant
    methods : sequence of str
        Names in `METHODS` or `DECLARED_METHODS`.
    n_clusters : sequence of int
    n_starts : int
        Random starts of each mixture.
    deep : int
        Where zeros are taken to be missing, the number of pages from which they count as absences after all: without
        any absence there would be nothing to tell classes apart by.
    rng : numpy.random.Generator
        Every universe has a stream of its own.

    Returns
    -------
    list of Universe
        In the order of variants, then methods, then numbers.

    Raises
    ------
    ValueError
        If a method is unknown.
    """
    known = {**METHODS, **DECLARED_METHODS}
    for method in methods:
        if method not in known:
            raise ValueError(
                f"methods: {method!r} is unknown; use some of {', '.join(map(repr, known))}"
            )
    plan = [(v, m, k) for v in variants for m in methods for k in n_clusters]
    found = []
    for (variant, method, k), stream in zip(plan, rng.spawn(len(plan)), strict=True):
        labels = known[method](variant.profiles, k, n_starts, stream, deep)
        labels = pd.Series(labels, index=variant.profiles.operators, dtype=int)
        found.append(Universe(variant, method, k, labels[labels >= 0]))
    return found


def together(universes: Sequence[Universe], operators: Sequence[str]) -> pd.DataFrame:
    """Share of the universes with both operators in which they fall together; NaN if no universe has both.

    Returns
    -------
    DataFrame, shape (n, n)
    """
    n = len(operators)
    same, both = np.zeros((n, n)), np.zeros((n, n))
    for universe in universes:
        labels = universe.labels.reindex(operators).to_numpy(dtype=float)
        here = ~np.isnan(labels)
        both += np.outer(here, here)
        same += labels[:, None] == labels[None, :]
    with np.errstate(invalid="ignore"):
        share = np.where(both > 0, same / np.maximum(both, 1), np.nan)
    return pd.DataFrame(share, index=list(operators), columns=list(operators))


def _match(universe: Universe, reference: pd.Series, groups: Sequence[str]):
    """Match every group of the reference to a cluster: its number (-1 if none) and their Jaccard index."""
    common = universe.labels.index.intersection(reference.index)
    mine, theirs = reference[common].to_numpy(), universe.labels[common].to_numpy()
    jaccard = np.zeros((len(groups), int(universe.labels.max()) + 1))
    for a, group in enumerate(groups):
        for b in range(jaccard.shape[1]):
            either = ((mine == group) | (theirs == b)).sum()
            jaccard[a, b] = ((mine == group) & (theirs == b)).sum() / max(either, 1)
    rows, columns = linear_sum_assignment(-jaccard)
    cluster, index = np.full(len(groups), -1), np.zeros(len(groups))
    cluster[rows], index[rows] = columns, jaccard[rows, columns]
    cluster[index == 0] = -1
    return cluster, index, float(adjusted_rand_score(mine, theirs))


def recoveries(universes: Sequence[Universe], reference: pd.Series) -> pd.DataFrame:
    """Look for the groups of a reference in every universe.

    Parameters
    ----------
    universes : sequence of Universe
    reference : Series of str, indexed by operator
        Group of each operator.

    Returns
    -------
    DataFrame
        One row per universe: family, variant, method, n_clusters, n_operators, ari (over the operators that both have),
        then one column per group, in alphabetical order: its Jaccard index with the cluster matched to it one to one
        (Hungarian method), 0 where none is left for it.
    """
    groups, rows = sorted(reference.unique()), []
    for universe in universes:
        _, index, ari = _match(universe, reference, groups)
        row = {
            "family": universe.variant.family,
            "variant": universe.variant.name,
            "method": universe.method,
            "n_clusters": universe.n_clusters,
            "n_operators": len(universe.labels),
            "ari": ari,
        }
        rows.append(row | dict(zip(groups, index.tolist(), strict=True)))
    return pd.DataFrame(rows)


def lead_holds(
    universes: Sequence[Universe], reference: pd.Series, group: str, service: str
) -> list[bool]:
    """Tell whether the cluster matched to a group is seen to offer a service more often than the rest.

    Parameters
    ----------
    universes : sequence of Universe
    reference : Series of str, indexed by operator
    group : str
        A value of `reference`.
    service : str

    Returns
    -------
    list of bool
        One per universe in which the service was kept; false where no cluster matches the group.
    """
    groups, found = sorted(reference.unique()), []
    for universe in universes:
        if service not in universe.variant.profiles.services:
            continue
        cluster = _match(universe, reference, groups)[0][groups.index(group)]
        seen = universe.variant.profiles.offered.loc[universe.labels.index, service].to_numpy()
        inside = universe.labels.to_numpy() == cluster
        found.append(bool(cluster >= 0 and inside.any() and not inside.all()
                          and seen[inside].mean() > seen[~inside].mean()))  # fmt: skip
    return found
