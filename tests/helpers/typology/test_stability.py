"""Clusterwise stability against the reference software, and null data sets."""

import json
from collections import Counter
from itertools import product
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import chisquare

from helpers.typology import curveball, null_stability
from helpers.typology.stability import draw_bootstrap, resampled_jaccard, shuffle_columns
from helpers.typology.trees import prepare

CASES = Path(__file__).resolve().parents[2] / "cases"
FPC = json.loads((CASES / "clusterboot66_fpc.json").read_text(encoding="utf-8"))
METHODS = {"average": "average", "complete": "complete", "ward": "ward.D2"}
DISTANCES = pd.read_csv(CASES / "clusterboot66_dist.csv").to_numpy()
PROFILES = pd.read_csv(CASES / "clusterboot66_binary.csv").to_numpy()
QUICK = {"n_clusters": range(1, 9), "method": "average", "n_null": 5, "n_resamples": 20}


def drawn_by_r(k):
    return np.array([[int(x, 16) >> i & 1 for i in range(66)] for x in FPC["resamples"][str(k)]])


@pytest.mark.parametrize("k", range(2, 9))
@pytest.mark.parametrize("method", METHODS)
def test_meets_clusterboot_to_rounding(method, k):
    case, ready = FPC["results"][METHODS[method]][str(k)], prepare(DISTANCES, method)
    drawn = drawn_by_r(k)[:, ready.order].astype(bool)
    labels, indices = resampled_jaccard(ready, np.array([k]), drawn)
    labels, indices = labels[0, ready.position], indices[:, 0]
    theirs = np.array(case["partition"])
    match = [labels[np.flatnonzero(theirs == c)[0]] for c in range(k)]
    np.testing.assert_array_equal(labels, np.array(match)[theirs])
    np.testing.assert_allclose(indices.mean(axis=0)[match], case["bootmean"], rtol=0, atol=1e-9)
    np.testing.assert_array_equal((indices <= 0.5).sum(axis=0)[match], case["bootbrd"])
    np.testing.assert_array_equal((indices > 0.75).sum(axis=0)[match], case["bootrecover"])


def test_a_lone_row_cannot_average_above_the_share_of_resamples_that_hold_it():
    d = np.ones((66, 66)) - np.eye(66)
    d[0, 1:] = d[1:, 0] = 9.0
    drawn = draw_bootstrap(66, 1000, np.random.default_rng(0))
    _, indices = resampled_jaccard(prepare(d, "average"), np.array([2]), drawn)
    assert indices[:, 0].mean(axis=0)[1] == pytest.approx(1 - (65 / 66) ** 66, abs=0.04)


@given(
    arrays(np.int8, st.tuples(st.integers(1, 12), st.integers(1, 9)), elements=st.integers(0, 1)),
    st.integers(0, 2**32),
)
@settings(max_examples=50)
def test_nulls_keep_their_sums_and_their_input(table, seed):
    before, rng = table.copy(), np.random.default_rng(seed)
    drawn, shuffled = curveball(table, rng), shuffle_columns(table, rng)
    np.testing.assert_array_equal(table, before)
    assert set(np.unique(drawn)) <= {0, 1}
    np.testing.assert_array_equal(drawn.sum(axis=1), table.sum(axis=1))
    for found in (drawn, shuffled):
        np.testing.assert_array_equal(found.sum(axis=0), table.sum(axis=0))


def test_curveball_draws_every_table_with_these_sums_equally_often():
    start = np.array([[1, 1, 0, 0], [0, 1, 0, 1], [0, 1, 1, 0]])
    rows, columns = start.sum(axis=1), start.sum(axis=0)
    cells = (np.array(c).reshape(3, 4) for c in product((0, 1), repeat=12))
    tables = {
        t.tobytes()
        for t in cells
        if (t.sum(axis=1) == rows).all() and (t.sum(axis=0) == columns).all()
    }
    rng = np.random.default_rng(4)
    drawn = Counter(curveball(start, rng).astype(int).tobytes() for _ in range(2000))
    assert set(drawn) == tables
    assert chisquare(list(drawn.values())).pvalue > 0.01


def _assert_same(one, other):
    for values, others in zip(one, other, strict=True):
        np.testing.assert_array_equal(values, others)


def test_neither_workers_nor_row_order_change_anything():
    one = null_stability(PROFILES, rng=np.random.default_rng(7), **QUICK)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        two = null_stability(PROFILES, rng=np.random.default_rng(7), **QUICK)
    _assert_same(one, two)
    moved = np.random.default_rng(1).permutation(66)
    _assert_same(one, null_stability(PROFILES[moved], rng=np.random.default_rng(7), **QUICK))


def test_a_dask_cluster_gives_what_one_process_gives():
    from distributed import Client, LocalCluster

    expected = null_stability(PROFILES, rng=np.random.default_rng(7), **QUICK)
    local = {"n_workers": 2, "threads_per_worker": 1, "processes": False}
    with (
        LocalCluster(dashboard_address=None, **local) as cluster,
        Client(cluster),
        joblib.parallel_config(backend="dask", n_jobs=-1),
    ):
        again = null_stability(PROFILES, rng=np.random.default_rng(7), **QUICK)
    _assert_same(expected, again)


def test_planted_types_are_more_stable_than_their_nulls_and_noise_is_not():
    rng = np.random.default_rng(0)
    blocks = np.repeat(np.eye(3), 8, axis=1) * 0.75 + 0.1
    typed = (rng.random((66, 24)) < blocks[rng.integers(0, 3, 66)]).astype(int)
    noise = (rng.random((66, 24)) < 0.35).astype(int)
    options = {"method": "ward", "n_null": 19, "n_resamples": 60}
    found, nothing = (
        null_stability(table, range(1, 6), rng=np.random.default_rng(1), **options).table(0.8)
        for table in (typed, noise)
    )
    assert found["p_value"].loc[3] == 1 / 20
    assert found["excess"].idxmax() == 3
    assert (nothing["p_value"] > 1 / 20).all()
    assert found.loc[1, ["observed", "excess", "p_value"]].tolist() == [1, 0, 1]
    assert (found["null_low"] <= found["null_high"]).all()
