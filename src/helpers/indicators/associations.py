"""What goes with what, against chance: services of groups of operators."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from claimbook.memory import remember

_CHUNK = 2_000


def two_sided(above, below, n_draws: int):
    """Return two-sided p-values from how many draws are at least, and at most, as large.

    The observed statistic is counted in, so that they are at least 2 / (B + 1) (Phipson and Smyth
    2010, Statistical Applications in Genetics and Molecular Biology 9, 39).
    """
    return np.minimum(1.0, 2 * (1 + np.minimum(above, below)) / (1 + n_draws))


def discoveries(p_values) -> np.ndarray:
    """Return p-values adjusted for the false discovery rate (Benjamini and Hochberg 1995)."""
    from statsmodels.stats.multitest import multipletests

    return multipletests(np.asarray(p_values, dtype=float), method="fdr_bh")[1]


@remember
def location_quotients(
    offered: pd.DataFrame,
    groups: pd.Series,
    *,
    rng: np.random.Generator,
    n_permutations: int,
    n_strata: Sequence[int] = (3, 4, 5, 6),
) -> pd.DataFrame:
    """Return the location quotient of every service in every group of operators, with its test.

    The quotient is the share of a service among all services seen in the group, over the same share
    among all operators (Isard 1960): it allows for groups that were read more, or offer more.

    Parameters
    ----------
    offered : DataFrame of bool, shape (n, m)
        Whether a page shows the service; services that no operator shows are left out.
    groups : Series
        Group of each operator, by operator; one at least of each group shows a service.
    rng : Generator
    n_permutations : int
        How often operators change groups. Whole operators do, because the services of one are read
        on the same pages. At the rate of 5 % a single finding among 162 needs p <= 0.0003, and the
        smallest two-sided p of B permutations is 2 / (B + 1): with B = 4,999 it is 0.0004, a floor
        of the simulation that finds nothing, or a finding that comes and goes with the seed. Take
        100,000 at least.
    n_strata : sequence of int
        Operators change groups only with those of which about as many services are seen: within
        strata of that number, so many of about equal size. Without strata the test is wrong where
        one group shows more than another, because the quotients of a group with few services
        scatter more than those of a random group. No number of strata is the right one: the test
        is made with each, and the largest p-value counts.

    Returns
    -------
    DataFrame
        Index (group, item): k (operators of the group that show it), n (operators of the group),
        quotient, p (two-sided), q (false discovery rate over all tests).

    Raises
    ------
    ValueError
        If nothing was seen of a group.
    """
    shown = offered.loc[:, offered.any(axis=0)]
    own = groups.reindex(shown.index)
    codes, names = pd.factorize(own, sort=True)
    members = np.eye(len(names), dtype=np.float32)[codes]
    table = shown.to_numpy(dtype=np.float32)
    counts = members.T @ table
    if (counts.sum(axis=1) == 0).any():
        empty = names[int(np.argmin(counts.sum(axis=1)))]
        raise ValueError(f"{empty!r} has nothing seen: leave it out")
    observed = _quotients(counts, table)
    richness, p = shown.sum(axis=1), np.zeros(observed.shape)
    for number in n_strata:
        strata = pd.qcut(richness, number, labels=False, duplicates="drop").to_numpy()
        by_stratum = np.argsort(strata, kind="stable")
        above, below = np.zeros(observed.shape), np.zeros(observed.shape)
        for start in range(0, n_permutations, _CHUNK):
            size = min(_CHUNK, n_permutations - start)
            # Each stratum in a random order takes the places of that stratum.
            drawn = members[np.argsort(strata + rng.random((size, len(table))), axis=1)]
            nulls = _quotients(np.swapaxes(drawn, 1, 2) @ table[by_stratum], table)
            above += (nulls >= observed - 1e-6).sum(axis=0)
            below += (nulls <= observed + 1e-6).sum(axis=0)
        p = np.maximum(p, two_sided(above, below, n_permutations))
    index = pd.MultiIndex.from_product([names, shown.columns], names=["group", "item"])
    values = {
        "k": counts.ravel().astype(int),
        "n": np.repeat(members.sum(axis=0).astype(int), table.shape[1]),
        "quotient": observed.ravel(),
        "p": p.ravel(),
        "q": discoveries(p.ravel()),
    }
    return pd.DataFrame(values, index=index)


def _quotients(counts: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Return the location quotients of counts, shape (..., g, m); 1 where a group has nothing."""
    totals = counts.sum(axis=-1, keepdims=True)
    expected = totals * (table.sum(axis=0) / table.sum())
    return np.divide(counts, expected, out=np.ones_like(counts), where=expected > 0)
