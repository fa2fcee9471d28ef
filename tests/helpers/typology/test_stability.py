"""Clusterwise stability against the reference software, and consensus against its definition."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.typology import (
    Stability,
    ambiguous_share,
    bootstrap_stability,
    consensus_matrix,
    jaccard_distances,
    partition,
    sampled_stability,
)

CASES = Path(__file__).resolve().parents[2] / "cases"
FPC = json.loads((CASES / "clusterboot66_fpc.json").read_text(encoding="utf-8"))
METHODS = {"average": "average", "complete": "complete", "ward": "ward.D2"}


@pytest.fixture(scope="module")
def distances():
    return pd.read_csv(CASES / "clusterboot66_dist.csv").to_numpy()


@pytest.fixture(scope="module")
def profiles():
    return pd.read_csv(CASES / "clusterboot66_binary.csv").to_numpy()


def rows_of(resample):
    bits = int(resample, 16)
    return np.array([i for i in range(66) if bits >> i & 1])


@pytest.mark.parametrize("k", range(2, 9))
@pytest.mark.parametrize("method", METHODS)
def test_meets_clusterboot_to_rounding(distances, method, k):
    case = FPC["results"][METHODS[method]][str(k)]
    resamples = [rows_of(x) for x in FPC["resamples"][str(k)]]
    result = bootstrap_stability(distances, k, method=method, resamples=resamples)
    theirs = np.array(case["partition"])
    match = [result.labels[np.flatnonzero(theirs == c)[0]] for c in range(k)]
    np.testing.assert_array_equal(result.labels, np.array(match)[theirs])
    np.testing.assert_allclose(result.means[match], case["bootmean"], rtol=0, atol=1e-9)
    np.testing.assert_array_equal(result.dissolutions[match], case["bootbrd"])
    np.testing.assert_array_equal(result.recoveries[match], case["bootrecover"])


def test_one_pass_over_several_numbers_of_clusters_gives_what_each_alone_gives(distances):
    resamples = [rows_of(x) for x in FPC["resamples"]["4"]]
    several = bootstrap_stability(distances, [3, 8, 1, 5], method="average", resamples=resamples)
    assert list(several) == [3, 8, 1, 5]
    for k, result in several.items():
        alone = bootstrap_stability(distances, k, method="average", resamples=resamples)
        np.testing.assert_array_equal(result.labels, alone.labels)
        np.testing.assert_array_equal(result.indices, alone.indices)
        assert result.n_resamples == 200


def test_one_cluster_is_always_found_again(distances):
    result = bootstrap_stability(
        distances, 1, method="ward", n_resamples=20, rng=np.random.default_rng(0)
    )
    assert result.means.tolist() == [1.0]
    assert result.overall == 1.0


def test_a_lone_row_cannot_average_much_above_the_share_of_resamples_that_hold_it():
    d = np.ones((66, 66)) - np.eye(66)
    d[0, 1:] = d[1:, 0] = 9.0
    result = bootstrap_stability(
        d, 2, method="average", n_resamples=1000, rng=np.random.default_rng(0)
    )
    assert np.bincount(result.labels).tolist() == [65, 1]
    assert result.means[0] > 0.98
    assert result.means[1] == pytest.approx(1 - (65 / 66) ** 66, abs=0.04)


def test_an_index_of_exactly_three_quarters_is_recovered_only_when_counted_inclusively():
    indices = np.array([[0.75, 0.5], [0.76, 0.51]])
    result = Stability.of(np.array([0, 0, 1]), indices)
    assert result.recoveries.tolist() == [1, 0]
    assert result.recoveries_inclusive.tolist() == [2, 0]
    assert result.dissolutions.tolist() == [0, 1]
    assert result.overall == pytest.approx((2 * 0.755 + 0.505) / 3)


@pytest.mark.parametrize("method", METHODS)
def test_the_row_order_changes_nothing_even_with_ties_and_a_seed(profiles, method):
    expected = bootstrap_stability(
        jaccard_distances(profiles),
        range(2, 6),
        method=method,
        n_resamples=50,
        rng=np.random.default_rng(1),
    )
    shuffle = np.random.default_rng(2)
    for _ in range(20):
        moved = shuffle.permutation(66)
        again = bootstrap_stability(
            jaccard_distances(profiles[moved]),
            range(2, 6),
            method=method,
            n_resamples=50,
            rng=np.random.default_rng(1),
        )
        for k, result in expected.items():
            np.testing.assert_array_equal(again[k].labels, result.labels[moved])
            np.testing.assert_array_equal(again[k].indices, result.indices)


@pytest.mark.parametrize(
    ("resamples", "message"),
    [
        ([], "the list is empty"),
        ([[0, 1, 2], [0, 1, 6]], "number 1 holds row 6, outside 0 to 5"),
        ([[0, 1, -1]], "number 0 holds row -1, outside 0 to 5"),
        ([[0, 1, 1]], "number 0 holds row 1 more than once"),
        ([[0]], "number 0 holds 1 rows, fewer than 2 clusters"),
        ([[0.0, 1.0]], "number 0 is not a list of whole row indices"),
    ],
)
def test_resamples_that_cannot_be_are_refused_with_the_place(resamples, message):
    with pytest.raises(ValueError, match=f"resamples: {message}"):
        bootstrap_stability(1.0 - np.eye(6), 2, method="average", resamples=resamples)


def test_drawing_needs_a_generator_and_a_number():
    with pytest.raises(ValueError, match=r"rng: a numpy.random.Generator is needed"):
        bootstrap_stability(1.0 - np.eye(6), 2, method="average")
    with pytest.raises(ValueError, match="n_resamples: 0 is not a whole number"):
        bootstrap_stability(
            1.0 - np.eye(6), 2, method="average", n_resamples=0, rng=np.random.default_rng(0)
        )
    with pytest.raises(ValueError, match=r"subsample: 1.5 is not a share"):
        consensus_matrix(
            1.0 - np.eye(6), 2, method="average", subsample=1.5, rng=np.random.default_rng(0)
        )


@pytest.mark.parametrize("method", METHODS)
def test_consensus_is_the_share_of_shared_resamples_spent_together(distances, method):
    resamples = [rows_of(x) for x in FPC["resamples"]["3"][:40]]
    together, both = np.zeros((66, 66)), np.zeros((66, 66))
    for rows in resamples:
        labels = partition(distances[np.ix_(rows, rows)], 3, method)
        both[np.ix_(rows, rows)] += 1
        together[np.ix_(rows, rows)] += labels[:, None] == labels
    result = consensus_matrix(distances, [5, 3], method=method, resamples=resamples)
    assert list(result) == [5, 3]
    np.testing.assert_allclose(result[3], together / both, atol=1e-15)


def test_pairs_never_drawn_together_are_unknown_and_not_ambiguous():
    consensus = consensus_matrix(
        1.0 - np.eye(4), 2, method="average", resamples=[[0, 1, 2], [0, 1, 2]]
    )
    assert np.isnan(consensus[3, :3]).all()
    assert ambiguous_share(consensus) == 0.0


def test_the_ambiguous_share_counts_pairs_strictly_inside_the_limits():
    consensus = np.array(
        [[1, 0.1, 0.5, 0.9], [0.1, 1, 0.2, 0.05], [0.5, 0.2, 1, 1], [0.9, 0.05, 1, 1]]
    )
    assert ambiguous_share(consensus) == pytest.approx(2 / 6)
    assert ambiguous_share(consensus, low=0.3, high=0.95) == pytest.approx(2 / 6)


def test_subsampling_draws_the_share_asked_for(distances):
    consensus = consensus_matrix(
        distances, 2, method="ward", n_resamples=30, subsample=0.8, rng=np.random.default_rng(0)
    )
    assert not np.isnan(consensus).any()
    np.testing.assert_array_equal(consensus, consensus.T)
    assert ((consensus >= 0) & (consensus <= 1)).all()


def planted(n, seed=0):
    rng = np.random.default_rng(seed)
    blocks = np.full((3, 24), 0.05)
    for t in range(3):
        blocks[t, 8 * t : 8 * t + 8] = 0.9
    types = rng.integers(0, 3, n)
    return (rng.random((n, 24)) < blocks[types]).astype(int), types


@pytest.mark.parametrize("method", METHODS)
def test_subsamples_find_planted_types_again_in_many_rows(method):
    table, types = planted(1500)
    result = sampled_stability(
        table,
        [2, 3],
        method=method,
        subsample_size=150,
        n_subsamples=6,
        rng=np.random.default_rng(1),
    )
    assert list(result) == [2, 3]
    assert result[3].labels.shape == (1500,)
    modal = [np.bincount(types[result[3].labels == c]).max() for c in range(3)]
    assert sum(modal) / 1500 > 0.97
    assert (result[3].means > 0.9).all()
    assert result[3].n_resamples == 6


def test_subsamples_do_not_depend_on_the_row_order():
    table, _ = planted(400)
    draws = {"method": "ward", "subsample_size": 80, "n_subsamples": 3}
    expected = sampled_stability(table, 3, rng=np.random.default_rng(1), **draws)
    moved = np.random.default_rng(5).permutation(400)
    again = sampled_stability(table[moved], 3, rng=np.random.default_rng(1), **draws)
    np.testing.assert_array_equal(again.labels, expected.labels[moved])
    np.testing.assert_array_equal(again.indices, expected.indices)


def test_a_subsample_of_everything_is_the_partition_itself(profiles):
    result = sampled_stability(
        profiles,
        4,
        method="ward",
        subsample_size=9999,
        n_subsamples=1,
        rng=np.random.default_rng(0),
    )
    expected = partition(jaccard_distances(profiles), 4, "ward")
    assert len(set(zip(result.labels.tolist(), expected.tolist(), strict=True))) == 4
    assert result.means.tolist() == [1.0] * 4


def test_subsamples_refuse_more_clusters_than_distinct_rows():
    with pytest.raises(ValueError, match="n_clusters: 3 asked of 2 rows"):
        sampled_stability([[1, 0], [0, 1]] * 5, 3, method="ward", rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="n_subsamples: 0 is not"):
        sampled_stability(
            [[1, 0], [0, 1]] * 5, 2, method="ward", n_subsamples=0, rng=np.random.default_rng(0)
        )
