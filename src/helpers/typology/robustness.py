"""The typology made in many defensible ways: a multiverse of evidence, distances and methods.

Each combination of choices is a universe (Steegen et al. 2016); what they all say holds, and what
depends on one of them is reported as such (Van Mechelen et al. 2023).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from helpers.profiles import Profiles
from helpers.typology.bayes import gibbs_classes
from helpers.typology.choice import choose_n_classes
from helpers.typology.mixtures import latent_classes, latent_classes_with_detection
from helpers.typology.partitions import match_groups
from helpers.typology.stability import null_stability
from helpers.typology.trees import jaccard_distances, partition

MAX_CLUSTERS = 5


@dataclass(frozen=True)
class Variant:
    """Evidence that another reader could have kept.

    `family` is the kind of choice (rule, depth, rollout, quality, shared, planned, missing, service
    or source); `name` its code, with a number after "=" as in "depth=4".
    """

    family: str
    name: str
    profiles: Profiles


def recount(profiles: Profiles, statements: pd.DataFrame) -> Profiles:
    """Count pages and mentions again from some of the statements.

    The state of a service stays as all the evidence has it; a service that none of the statements
    (operator, service_code, status, page) shows any more becomes unseen. Operators stay, with 0
    visits where nothing is left.
    """
    names = profiles.operators
    pages = statements[statements["status"] == "offered"]
    pages = pages.drop_duplicates(["operator", "service_code", "page"])
    counts = pd.crosstab(pages["operator"], pages["service_code"])
    counts = counts.reindex(index=names, columns=profiles.services, fill_value=0).astype(int)
    mentions = counts.where(profiles.offered, 0).rename_axis(index="operator")
    visits = statements.groupby("operator")["page"].nunique()
    visits = visits.reindex(names, fill_value=0).astype(int).rename_axis("operator")
    state = profiles.state.mask(profiles.offered & (mentions == 0), "unseen")
    return replace(profiles, state=state, mentions=mentions, visits=visits)


def evidence_variants(
    profiles: Profiles,
    statements: pd.DataFrame,
    *,
    least_pages: int,
    depths: Sequence[int],
    since: int,
    rollout: str,
    rollout_only: Sequence[str],
) -> list[Variant]:
    """Return what the main analysis would have read under other rules, the study's own first.

    Parameters
    ----------
    profiles : Profiles
        All operators.
    statements : DataFrame
        All statements: operator, service_code, status, page, year, weak.
    least_pages, depths : int, sequence of int
        Depth of the study's own rule, and others.
    since : int
        First year kept in the variant of recent pages, which leaves undated pages out.
    rollout, rollout_only : str, sequence of str
        Service left out in one variant, operators left out in another.
    """
    main = profiles.read(least_pages)
    rest = [name for name in main.operators if name not in set(rollout_only)]
    firm = recount(profiles, statements[~statements["weak"]])
    dated = (statements["year"] >= since).fillna(False).astype(bool)
    recent = recount(profiles, statements[dated])
    return [
        Variant("rule", "rule", main),
        *(Variant("depth", f"depth={depth}", profiles.read(depth)) for depth in depths),
        # An operator of which nothing but the roll-out was seen has an empty profile without it.
        Variant("rollout", "rollout_service", main.without([rollout])),
        Variant("rollout", "rollout_operators", main.of(rest)),
        Variant("quality", "firm", firm.read(least_pages)),
        Variant("quality", f"since={since}", recent.read(least_pages)),
    ]


def declared_variants(profiles: Profiles, states: pd.DataFrame, *, rollout: str) -> list[Variant]:
    """Return what the main analysis would have kept of a survey under other rules.

    Parameters
    ----------
    profiles : Profiles
        Operators that answered.
    states : DataFrame
        One row per operator and service on which it answered (state, n_firm_pages).
    rollout : str
        Service left out in one variant.
    """

    def declaring(state: pd.DataFrame) -> Profiles:
        return replace(profiles, state=state, mentions=(state == "offered").astype(int))

    alone = profiles.state.copy()
    for row in states[(states["state"] == "offered") & (states["n_firm_pages"] == 0)].itertuples():
        if row.operator in alone.index:
            alone.loc[row.operator, row.service_code] = "not_offered"
    whole = [name for name in profiles.operators if "unseen" not in set(profiles.state.loc[name])]
    return [
        Variant("rule", "rule", profiles),
        Variant("rollout", "rollout_service", profiles.without([rollout])),
        Variant("shared", "without_shared", declaring(alone)),
        Variant("planned", "planned", declaring(profiles.state.replace({"planned": "offered"}))),
        Variant("missing", "complete", profiles.of(whole)),
    ]


def leave_one_out(
    profiles: Profiles, statements: pd.DataFrame, *, least_pages: int, source_operators: int
) -> list[Variant]:
    """Return the evidence without one service, or without one source, at a time.

    A source is the site that publishes a page; those that speak of at least `source_operators`
    operators, and not of all as a survey does, are left out in turn. Variants are named by what is
    left out; `profiles`, `statements` and `least_pages` are as in `evidence_variants`.
    """
    main = profiles.read(least_pages)
    site = statements["page"].str.split("/").str[0]
    spoken = statements.groupby(site)["operator"].nunique()
    left_out = (spoken >= source_operators) & (spoken < statements["operator"].nunique())
    return [Variant("service", code, main.without([code])) for code in main.services] + [
        Variant("source", name, recount(profiles, statements[site != name]).read(least_pages))
        for name in sorted(spoken.index[left_out])
    ]


@dataclass(frozen=True)
class Universe:
    """A partition: a variant of the evidence, a method, a number of groups, labels by operator."""

    variant: Variant
    method: str
    n_clusters: int
    labels: pd.Series


def _mixture(declared=False):
    def run(profiles, k, starts, rng, _):
        detection = profiles.self_declared if declared else None
        return latent_classes_with_detection(
            profiles.mentions, profiles.visits, k, n_init=starts, rng=rng, detection=detection
        ).labels

    return run


def _zeros_absent(profiles, k, starts, rng, _):
    return latent_classes(profiles.offered, k, n_init=starts, rng=rng).labels


def _zeros_missing(profiles, k, starts, rng, deep):
    table = profiles.offered.astype(float)
    table = table.mask((table == 0) & (profiles.visits < deep).to_numpy()[:, None])
    kept = table.notna().any(axis=1).to_numpy()
    out = np.full(len(table), -1)
    out[kept] = latent_classes(table[kept], k, n_init=starts, rng=rng).labels
    return out


def _tree(method, hamming=False):
    def run(profiles, k, *_):
        seen = profiles.offered.to_numpy(dtype=int)
        if not hamming:
            return partition(jaccard_distances(seen), k, method)
        # The root of the number of differing services is the Euclidean distance of two profiles.
        apart = (seen[:, None, :] != seen[None, :, :]).sum(axis=2)
        return partition(np.sqrt(apart.astype(float)), k, method)

    return run


_TREES: Mapping[str, Callable] = {
    "ward": _tree("ward"),
    "average": _tree("average"),
    "complete": _tree("complete"),
    "ward_hamming": _tree("ward", hamming=True),
}
METHODS: Mapping[str, Callable] = {
    "mixture": _mixture(),
    "zeros_absent": _zeros_absent,
    "zeros_missing": _zeros_missing,
    **_TREES,
}
# Where operators answered, a zero is a "no"; missing answers may be read in two ways.
DECLARED_METHODS: Mapping[str, Callable] = {
    "missing_open": _mixture(declared=True),
    "missing_no": _zeros_absent,
    **_TREES,
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
        Where zeros are taken to be missing, the number of pages from which they count as absences:
        without any absence nothing would tell classes apart.
    rng : numpy.random.Generator
        Every universe has a stream of its own.
    """
    known = {**METHODS, **DECLARED_METHODS}
    plan = [(v, m, k) for v in variants for m in methods for k in n_clusters]
    found = []
    for (variant, method, k), stream in zip(plan, rng.spawn(len(plan)), strict=True):
        labels = known[method](variant.profiles, k, n_starts, stream, deep)
        labels = pd.Series(labels, index=variant.profiles.operators, dtype=int)
        found.append(Universe(variant, method, k, labels[labels >= 0]))
    return found


def together(universes: Sequence[Universe], operators: Sequence[str]) -> pd.DataFrame:
    """Share of the universes with both operators in which they fall together, shape (n, n).

    NaN if no universe has both.
    """
    n = len(operators)
    same, both = np.zeros((n, n)), np.zeros((n, n))
    for universe in universes:
        labels = universe.labels.reindex(operators).to_numpy(dtype=float)
        here = ~np.isnan(labels)
        both += np.outer(here, here)
        same += labels[:, None] == labels[None, :]
    share = np.where(both > 0, same / np.maximum(both, 1), np.nan)
    return pd.DataFrame(share, index=list(operators), columns=list(operators))


def _match(universe: Universe, reference: pd.Series, groups: Sequence[str]):
    """Cluster matched to every group (-1 if none), their Jaccard index, the adjusted Rand index."""
    common = universe.labels.index.intersection(reference.index)
    mine, theirs = reference[common].to_numpy(), universe.labels[common].to_numpy()
    inside = mine == np.array(groups, dtype=object)[:, None]
    found = theirs == np.arange(int(universe.labels.max()) + 1)[:, None]
    both = inside.astype(int) @ found.T.astype(int)
    jaccard = both / np.maximum(inside.sum(axis=1)[:, None] + found.sum(axis=1) - both, 1)
    cluster = match_groups(jaccard)
    index = np.where(cluster >= 0, jaccard[np.arange(len(groups)), cluster], 0.0)
    return cluster, index, float(adjusted_rand_score(mine, theirs))


def recoveries(universes: Sequence[Universe], reference: pd.Series) -> pd.DataFrame:
    """Look for the groups of a reference (group of each operator) in every universe.

    Returns
    -------
    DataFrame
        One row per universe: family, variant, method, n_clusters, n_operators, ari (over the
        operators that both have), then one column per group, in alphabetical order: its Jaccard
        index with the cluster matched to it one to one, 0 where none is left for it.
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


def more_frequent_inside(
    universes: Sequence[Universe], reference: pd.Series, group: str, service: str
) -> list[bool]:
    """Tell whether the cluster matched to a group is seen to offer a service more than the rest.

    One answer per universe in which the service was kept; false where no cluster matches the group
    of the reference.
    """
    groups, found = sorted(reference.unique()), []
    for universe in universes:
        if service not in universe.variant.profiles.services:
            continue
        cluster = _match(universe, reference, groups)[0][groups.index(group)]
        seen = universe.variant.profiles.offered.loc[universe.labels.index, service].to_numpy()
        inside = universe.labels.to_numpy() == cluster
        some = inside.any() and not inside.all()
        found.append(bool(some and seen[inside].mean() > seen[~inside].mean()))
    return found


def verdicts(
    variants: Sequence[Variant],
    *,
    n_null: int,
    n_resamples: int,
    rng: np.random.Generator,
    declared: bool = False,
    **settings,
) -> pd.DataFrame:
    """Apply the rule of ``docs/typology-rule.md`` to each variant of the evidence.

    Parameters
    ----------
    variants : sequence of Variant
    n_null, n_resamples : int
        For the stability against curveball nulls, up to five clusters.
    rng : numpy.random.Generator
        Every variant has a stream of its own.
    declared : bool
        Whether operators answered for themselves: see `Profiles.self_declared`.
    **settings
        Passed to `gibbs_classes`.

    Returns
    -------
    DataFrame
        One row per variant: family, variant, n_operators, none (probability of fewer than two
        classes), candidate, candidate_probability, ambiguous (share of pairs), verdict, failed
        (checks, with +).
    """
    rows = []
    for variant, stream in zip(variants, rng.spawn(len(variants)), strict=True):
        profiles, streams = variant.profiles, stream.spawn(3)
        evidence = profiles.mentions, profiles.visits
        detection = profiles.self_declared if declared else None
        posterior = gibbs_classes(*evidence, rng=streams[0], detection=detection, **settings)
        most = min(MAX_CLUSTERS, len(profiles.offered.drop_duplicates()))
        draws = {"n_null": n_null, "n_resamples": n_resamples, "rng": streams[1]}
        stability = null_stability(profiles.offered, range(1, most + 1), method="ward", **draws)
        choice = choose_n_classes(
            *evidence, posterior, max_classes=most, n_init=1, rng=streams[2],
            stability=stability, detection=detection,
        )  # fmt: skip
        substantial = posterior.substantial_posterior
        rows.append(
            {
                "family": variant.family,
                "variant": variant.name,
                "n_operators": len(profiles.operators),
                "none": float(substantial[:2].sum()),
                "candidate": choice.candidate,
                "candidate_probability": float(substantial[choice.candidate]),
                "ambiguous": posterior.ambiguous_share,
                "verdict": choice.verdict,
                "failed": "+".join(choice.failed),
            }
        )
    return pd.DataFrame(rows)
