"""Data without types, drawn from the data themselves, and the stability that chance alone gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numba import njit

from claimbook.memory import remember
from helpers.typology.distances import check_profiles, content_ranks, jaccard_distances
from helpers.typology.resampling import draw_bootstrap
from helpers.typology.stability import ambiguous_share, resampled
from helpers.typology.trees import cluster_counts, prepare


def curveball(profiles, rng, *, trades_per_row=30) -> np.ndarray:
    """Draw a binary table at random among those with the same row and column sums (Strona et al. 2014).

    Two rows are drawn; the services that only one of them offers are pooled and dealt again at random, each row
    receiving as many as it gave. Enough trades give every table with these sums the same probability
    (Carstens 2015). The null keeps how rich every row is and how common every service is, and destroys which services
    go together. It has no power against types that differ in richness only.

    Parameters
    ----------
    profiles : array_like of shape (n, m) or pandas.DataFrame
        Binary, without missing cells.
    rng : numpy.random.Generator
    trades_per_row : int, default 30
        Trades attempted, for each row of the table; the code of its authors attempts five.

    Returns
    -------
    numpy.ndarray of int8, shape (n, m)

    Raises
    ------
    ValueError
        A value that is not binary, or a missing cell.

    References
    ----------
    Strona, Nappo, Boccacci, Fattorini & San-Miguel-Ayanz (2014), Nature Communications 5, 4114.
    Carstens (2015), Physical Review E 91, 042812.
    """
    table = check_profiles(profiles, complete=True).astype(np.int8)
    if len(table) > 1:
        _trade(table, rng, trades_per_row * len(table))
    return table


@njit(cache=True)
def _trade(table, rng, n_trades):  # pragma: no cover - compiled
    n, m = table.shape
    apart = np.empty(m, np.int64)
    for _ in range(n_trades):
        a = rng.integers(0, n)
        b = rng.integers(0, n - 1)
        if b >= a:
            b += 1
        size = 0
        given = 0
        for j in range(m):
            if table[a, j] != table[b, j]:
                apart[size] = j
                size += 1
                given += table[a, j]
        if given == 0 or given == size:
            continue
        for t in range(size):
            if t < given:
                u = t + rng.integers(0, size - t)
                apart[t], apart[u] = apart[u], apart[t]
            table[a, apart[t]] = t < given
            table[b, apart[t]] = t >= given


def shuffle_columns(profiles, rng) -> np.ndarray:
    """Shuffle every column on its own: column sums are kept, row sums are not.

    On rows that were read unequally deeply this null is too easy to reject: it takes away the differences of richness
    as well as the associations. Report it beside :func:`curveball`, never in its place.

    Parameters
    ----------
    profiles : array_like of shape (n, m) or pandas.DataFrame
        Binary, without missing cells.
    rng : numpy.random.Generator

    Returns
    -------
    numpy.ndarray of int8, shape (n, m)

    Raises
    ------
    ValueError
        A value that is not binary, or a missing cell.
    """
    return rng.permuted(check_profiles(profiles, complete=True).astype(np.int8), axis=0)


NULLS = {"curveball": curveball, "columns": shuffle_columns}


@dataclass(frozen=True)
class NullStability:
    """Stability for each number of clusters, against data sets without types.

    Attributes
    ----------
    n_clusters : numpy.ndarray of int, shape (K,)
    observed : numpy.ndarray of shape (K,)
        Clusterwise bootstrap Jaccard index, clusters weighted by size. Always 1 for one cluster.
    null : numpy.ndarray of shape (N, K)
        The same of each null data set.
    observed_ambiguous : numpy.ndarray of shape (K,)
        Proportion of ambiguous pairs of the consensus matrix: small when clusters are stable.
    null_ambiguous : numpy.ndarray of shape (N, K)
    stabilities : dict of int to Stability
        Clusterwise figures of the observed data.
    kind : str
        The null: "curveball" or "columns".
    """

    n_clusters: np.ndarray
    observed: np.ndarray
    null: np.ndarray
    observed_ambiguous: np.ndarray
    null_ambiguous: np.ndarray
    stabilities: dict
    kind: str

    @property
    def excess(self) -> np.ndarray:
        """Observed stability minus the mean of the null, shape (K,)."""
        return self.observed - self.null.mean(axis=0)

    @property
    def p_values(self) -> np.ndarray:
        """Share of data sets, the observed one included, that are at least as stable, shape (K,)."""
        return (1 + (self.null >= self.observed - 1e-12).sum(axis=0)) / (1 + len(self.null))

    @property
    def p_values_ambiguous(self) -> np.ndarray:
        """Share of data sets, the observed one included, with at most as many ambiguous pairs, shape (K,)."""
        return (1 + (self.null_ambiguous <= self.observed_ambiguous + 1e-12).sum(axis=0)) / (
            1 + len(self.null)
        )

    def band(self, level=0.9) -> np.ndarray:
        """Central interval of the null stability, shape (2, K)."""
        return np.quantile(self.null, [(1 - level) / 2, (1 + level) / 2], axis=0)

    def table(self, level=0.9) -> pd.DataFrame:
        """One row per number of clusters: observed, mean and band of the null, excess and p-values."""
        low, high = self.band(level)
        return pd.DataFrame(
            {
                "observed": self.observed,
                "null_mean": self.null.mean(axis=0),
                "null_low": low,
                "null_high": high,
                "excess": self.excess,
                "p_value": self.p_values,
                "ambiguous": self.observed_ambiguous,
                "null_ambiguous_mean": self.null_ambiguous.mean(axis=0),
                "p_value_ambiguous": self.p_values_ambiguous,
            },
            index=pd.Index(self.n_clusters, name="n_clusters"),
        )


@remember
def null_stability(
    profiles,
    n_clusters=range(1, 9),
    *,
    method,
    null="curveball",
    n_null=99,
    n_resamples=1000,
    rng,
    n_jobs=None,
) -> NullStability:
    """Stability for each number of clusters, against the whole analysis re-run on data without types.

    Every null data set goes through the same steps as the observed one: distances, tree, resamples, consensus.

    Parameters
    ----------
    profiles : array_like of shape (n, m) or pandas.DataFrame
        Binary, without missing cells.
    n_clusters : int or iterable of int, default 1 to 8
    method : {"ward", "average", "complete"}
        As in :func:`~helpers.typology.partition`; Ward works on the roots of the Jaccard distances.
    null : {"curveball", "columns"}
        What a null data set keeps: row and column sums, or column sums only.
    n_null : int, default 99
    n_resamples : int, default 1000
        For the observed data and for each null data set.
    rng : numpy.random.Generator
        Every data set has its own stream, spawned from this one: the result does not depend on the workers.
    n_jobs : int, optional
        Workers, as in :class:`joblib.Parallel`; ``None`` takes those of the ``joblib.parallel_config`` in force.

    Returns
    -------
    NullStability

    Raises
    ------
    ValueError
        Profiles that are not binary and complete, an unknown null, or more clusters than distinct rows.

    Notes
    -----
    Rows are sorted by content first, so that one seed gives the same result in every row order.

    On a Dask cluster that already runs, nothing here changes (``pip install "opsn-study[dask]"``)::

        from dask.distributed import Client
        client = Client("tcp://scheduler:8786")
        with joblib.parallel_config(backend="dask"):
            result = null_stability(profiles, method="ward", rng=rng, n_jobs=-1)

    References
    ----------
    Hennig (2007), Computational Statistics & Data Analysis 52, 258-271. Strona et al. (2014), Nature Communications 5,
    4114. Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9, 39 (p-values).
    """
    table = check_profiles(profiles, complete=True).astype(np.int8)
    if null not in NULLS:
        raise ValueError(f"null: {null!r} is unknown; use one of {', '.join(map(repr, NULLS))}")
    for name, number in (("n_null", n_null), ("n_resamples", n_resamples)):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
            raise ValueError(f"{name}: {number!r} is not a whole number of at least 1")
    ks = cluster_counts(n_clusters, jaccard_distances(table))
    rows = np.argsort(content_ranks(table.astype(float)), kind="stable")
    streams = rng.spawn(1 + n_null)
    sorted_table = table[rows]
    stabilities, observed, ambiguous = _analyse(sorted_table, ks, method, n_resamples, streams[0])
    runs = Parallel(n_jobs=n_jobs)(
        delayed(_null_run)(sorted_table, null, ks, method, n_resamples, stream)
        for stream in streams[1:]
    )
    place = np.argsort(rows)
    return NullStability(
        n_clusters=ks,
        observed=observed,
        null=np.array([run[0] for run in runs]),
        observed_ambiguous=ambiguous,
        null_ambiguous=np.array([run[1] for run in runs]),
        stabilities={int(k): _reordered(s, place) for k, s in zip(ks, stabilities, strict=True)},
        kind=null,
    )


def _analyse(table, ks, method, n_resamples, rng):
    ready = prepare(jaccard_distances(table), method)
    drawn = draw_bootstrap(len(table), n_resamples, rng)
    stabilities, together = resampled(ready, ks, drawn, consensus=True)
    overall = np.array([s.overall for s in stabilities])
    return stabilities, overall, np.array([ambiguous_share(matrix) for matrix in together])


def _null_run(table, null, ks, method, n_resamples, rng):
    return _analyse(NULLS[null](table, rng), ks, method, n_resamples, rng)[1:]


def _reordered(stability, place):
    return type(stability)(**{**vars(stability), "labels": stability.labels[place]})
