"""Stability of clusters when rows are drawn again, against data sets without types."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from claimbook.memory import remember
from helpers.occupancy.validation import read_profiles
from helpers.typology.trees import (
    TreeInput,
    check_cluster_numbers,
    content_ranks,
    cut,
    jaccard_distances,
    prepare,
)

# Trades attempted for each row by `curveball`; its authors' code attempts five.
_TRADES_PER_ROW = 30


def curveball(profiles, rng) -> np.ndarray:
    """Draw a binary table at random among those with the same row and column sums, as int8.

    Two rows are drawn; the services that only one of them offers are pooled and dealt again at
    random, each row receiving as many as it gave (Strona et al. 2014, Nature Communications 5,
    4114). Enough trades give every table with these sums the same probability (Carstens 2015,
    Physical Review E 91, 042812). The null has no power against types that differ in richness only.
    """
    table = read_profiles(profiles).astype(np.int8)
    if len(table) > 1:
        from helpers.typology._trees import trade

        trade(table, rng, _TRADES_PER_ROW * len(table))
    return table


def shuffle_columns(profiles, rng) -> np.ndarray:
    """Shuffle every column of a complete binary table: column sums are kept, not row sums.

    On rows read unequally deeply this null is too easy to reject: report it beside
    :func:`curveball`, never in its place.
    """
    table = read_profiles(profiles).astype(np.int8)
    return rng.permuted(table, axis=0)


NULLS = {"curveball": curveball, "columns": shuffle_columns}


def draw_bootstrap(n, n_resamples, rng) -> np.ndarray:
    """Rows present in each bootstrap sample, of bool, shape (n_resamples, n)."""
    drawn = np.zeros((n_resamples, n), dtype=bool)
    drawn[np.arange(n_resamples)[:, None], rng.integers(0, n, size=(n_resamples, n))] = True
    return drawn


def resampled_jaccard(ready: TreeInput, ks, drawn) -> tuple[np.ndarray, np.ndarray]:
    """Clusterwise bootstrap index of Hennig (2007) for every number of clusters.

    Each cluster of the whole data, restricted to the rows drawn (B, n), is compared with the most
    similar cluster of the tree grown on these rows: the scheme of `clusterboot` in the R package
    fpc with `bootmethod="boot"` and `multipleboot=FALSE`. A cluster of one row cannot average above
    0.64. Returns labels (K, n), rows in order, and indices (B, K, max(ks)).
    """
    from helpers.typology._trees import compare_resamples

    labels = cut(ready, ks)
    indices = np.zeros((len(drawn), len(ks), int(ks.max())))
    compare_resamples(ready.scale, ready.method, ks, labels, drawn, indices)
    return labels, indices


def stability(profiles, ks, method, n_resamples, rng) -> np.ndarray:
    """Bootstrap index of a binary table, clusters weighted by size, shape (K,)."""
    ready = prepare(jaccard_distances(profiles), method)
    drawn = draw_bootstrap(len(profiles), n_resamples, rng)
    labels, indices = resampled_jaccard(ready, ks, drawn)
    means = [indices[:, q, :k].mean(axis=0) for q, k in enumerate(ks)]
    weighted = [np.bincount(row) @ mean for row, mean in zip(labels, means, strict=True)]
    return np.array(weighted) / len(profiles)


class NullStability(NamedTuple):
    """Clusterwise bootstrap Jaccard index, clusters weighted by size; 1 for one cluster.

    `n_clusters` (K,); `observed` (K,); `null` (N, K), the same of each data set without types.
    """

    n_clusters: np.ndarray
    observed: np.ndarray
    null: np.ndarray

    def table(self, level=0.9) -> pd.DataFrame:
        """One row per number of clusters: observed, mean and band of the null, excess, p-value.

        The p-value is the share of data sets, the observed one included, that are at least as
        stable (Phipson & Smyth 2010).
        """
        low, high = np.quantile(self.null, [(1 - level) / 2, (1 + level) / 2], axis=0)
        as_stable = (self.null >= self.observed - 1e-12).sum(axis=0)
        return pd.DataFrame(
            {
                "observed": self.observed,
                "null_mean": self.null.mean(axis=0),
                "null_low": low,
                "null_high": high,
                "excess": self.observed - self.null.mean(axis=0),
                "p_value": (1 + as_stable) / (1 + len(self.null)),
            },
            index=pd.Index(self.n_clusters, name="n_clusters"),
        )


@remember
def null_stability(
    profiles, n_clusters, *, method="ward", null="curveball", n_null=99, n_resamples=1000, rng
) -> NullStability:
    """Stability for each number of clusters, against the whole analysis re-run on null data sets.

    Parameters
    ----------
    profiles : Profiles, DataFrame or array_like of shape (n, m)
        Binary, without missing cells.
    n_clusters : int or sequence of int
    method : {"ward", "average", "complete"}
        As in :func:`~helpers.typology.partition`, on Jaccard distances.
    null : {"curveball", "columns"}
        What a null data set keeps: row and column sums, or column sums only.
    n_null : int, default 99
    n_resamples : int, default 1000
        For the observed data and for each null data set.
    rng : numpy.random.Generator or int
        Every data set has its own stream: the result depends on neither row order nor workers,
        which are those of the `joblib.parallel_config` in force and may be a Dask cluster.

    Returns
    -------
    NullStability

    Raises
    ------
    ValueError
        Profiles that are not binary and complete, or more clusters than distinct rows.

    References
    ----------
    Hennig (2007), Computational Statistics & Data Analysis 52, 258-271. Strona et al. (2014),
    Nature Communications 5, 4114. Phipson & Smyth (2010), Statistical Applications in Genetics and
    Molecular Biology 9, 39.
    """
    rng = np.random.default_rng(rng)
    table = read_profiles(profiles)
    table = table[np.argsort(content_ranks(table), kind="stable")].astype(np.int8)
    ks = check_cluster_numbers(n_clusters, jaccard_distances(table).values)
    streams = rng.spawn(1 + n_null)
    runs = Parallel()(
        delayed(_null_run)(table, null, ks, method, n_resamples, stream) for stream in streams[1:]
    )
    observed = stability(table, ks, method, n_resamples, streams[0])
    return NullStability(ks, observed, np.array(runs))


def _null_run(table, null, ks, method, n_resamples, rng):
    return stability(NULLS[null](table, rng), ks, method, n_resamples, rng)
