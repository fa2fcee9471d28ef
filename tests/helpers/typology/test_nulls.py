"""Null data sets keep what they say, and the analysis against them does not depend on workers or row order."""

from __future__ import annotations

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

from helpers.typology import (
    bootstrap_stability,
    curveball,
    jaccard_distances,
    null_stability,
    shuffle_columns,
)

CASES = Path(__file__).resolve().parents[2] / "cases"
QUICK = {"method": "average", "n_null": 6, "n_resamples": 30}


@pytest.fixture(scope="module")
def profiles():
    return pd.read_csv(CASES / "clusterboot66_binary.csv").to_numpy()


@given(
    arrays(np.int8, st.tuples(st.integers(1, 12), st.integers(1, 9)), elements=st.integers(0, 1)),
    st.integers(0, 2**32),
)
@settings(max_examples=100, deadline=None)
def test_curveball_keeps_row_and_column_sums_and_its_input(table, seed):
    before = table.copy()
    drawn = curveball(table, np.random.default_rng(seed))
    np.testing.assert_array_equal(table, before)
    assert set(np.unique(drawn)) <= {0, 1}
    np.testing.assert_array_equal(drawn.sum(axis=0), table.sum(axis=0))
    np.testing.assert_array_equal(drawn.sum(axis=1), table.sum(axis=1))


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
    drawn = Counter(curveball(start, rng).astype(int).tobytes() for _ in range(4000))
    assert set(drawn) == tables
    assert chisquare(list(drawn.values())).pvalue > 0.01


def test_curveball_mixes_real_shaped_profiles(profiles):
    rng = np.random.default_rng(0)
    same = [np.mean(curveball(profiles, rng)[profiles == 1]) for _ in range(20)]
    # Where two draws share no memory, the expected overlap is that between two independent draws.
    independent = [
        np.mean(curveball(profiles, rng)[curveball(profiles, rng) == 1]) for _ in range(20)
    ]
    assert np.mean(same) == pytest.approx(np.mean(independent), abs=0.03)


def test_column_shuffle_keeps_column_sums_only(profiles):
    drawn = shuffle_columns(profiles, np.random.default_rng(0))
    np.testing.assert_array_equal(drawn.sum(axis=0), profiles.sum(axis=0))
    assert (drawn.sum(axis=1) != profiles.sum(axis=1)).any()


@pytest.mark.parametrize("null", [curveball, shuffle_columns])
def test_nulls_refuse_missing_cells_and_other_values_with_the_place(null):
    with pytest.raises(
        ValueError, match="row 1, column 0 is missing; this method needs every cell"
    ):
        null([[1.0, 0.0], [np.nan, 1.0]], np.random.default_rng(0))
    with pytest.raises(ValueError, match="row 0, column 1 holds"):
        null([[1, 3], [0, 1]], np.random.default_rng(0))


def test_two_workers_give_what_one_gives(profiles):
    one = null_stability(profiles, rng=np.random.default_rng(7), n_jobs=1, **QUICK)
    two = null_stability(profiles, rng=np.random.default_rng(7), n_jobs=2, **QUICK)
    _assert_same(one, two)


def test_the_row_order_changes_nothing(profiles):
    expected = null_stability(profiles, rng=np.random.default_rng(7), **QUICK)
    moved = np.random.default_rng(1).permutation(66)
    again = null_stability(profiles[moved], rng=np.random.default_rng(7), **QUICK)
    _assert_same(expected, again)
    for k, stability in expected.stabilities.items():
        np.testing.assert_array_equal(again.stabilities[k].labels, stability.labels[moved])


def test_a_dask_cluster_gives_what_one_process_gives(profiles):
    from distributed import Client, LocalCluster

    expected = null_stability(profiles, rng=np.random.default_rng(7), **QUICK)
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        again = null_stability(profiles, rng=np.random.default_rng(7), n_jobs=-1, **QUICK)
    _assert_same(expected, again)


def test_planted_types_are_more_stable_than_their_nulls_and_noise_is_not():
    rng = np.random.default_rng(0)
    blocks = np.repeat(np.eye(3), 8, axis=1) * 0.75 + 0.1
    typed = (rng.random((66, 24)) < blocks[rng.integers(0, 3, 66)]).astype(int)
    noise = (rng.random((66, 24)) < 0.35).astype(int)
    options = {"method": "ward", "n_null": 19, "n_resamples": 60}
    found = null_stability(typed, range(1, 6), rng=np.random.default_rng(1), **options)
    assert found.p_values[2] == 1 / 20
    assert found.p_values_ambiguous[2] == 1 / 20
    assert found.excess.argmax() == 2
    nothing = null_stability(noise, range(1, 6), rng=np.random.default_rng(1), **options)
    assert (nothing.p_values > 1 / 20).all()


def test_one_cluster_says_nothing(profiles):
    result = null_stability(profiles, rng=np.random.default_rng(0), **QUICK)
    assert result.n_clusters.tolist() == list(range(1, 9))
    assert result.observed[0] == 1.0
    assert result.excess[0] == 0.0
    assert result.p_values[0] == 1.0
    assert result.observed_ambiguous[0] == 0.0


def test_the_table_shows_observed_null_band_and_p_value(profiles):
    result = null_stability(profiles, [2, 4], null="columns", rng=np.random.default_rng(0), **QUICK)
    table = result.table(level=0.8)
    assert table.index.tolist() == [2, 4]
    np.testing.assert_allclose(table["excess"], table["observed"] - table["null_mean"])
    assert (table["null_low"] <= table["null_high"]).all()
    assert result.null.shape == result.null_ambiguous.shape == (6, 2)
    assert result.kind == "columns"


def test_the_observed_figures_are_those_of_the_bootstrap(profiles):
    result = null_stability(profiles, 3, rng=np.random.default_rng(3), **QUICK)
    alone = bootstrap_stability(
        jaccard_distances(profiles),
        3,
        method="average",
        n_resamples=30,
        rng=np.random.default_rng(3).spawn(1)[0],
    )
    np.testing.assert_array_equal(result.stabilities[3].indices, alone.indices)
    np.testing.assert_array_equal(result.stabilities[3].labels, alone.labels)
    assert result.observed[0] == alone.overall


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"null": "rows"}, "null: 'rows' is unknown; use one of 'curveball', 'columns'"),
        ({"n_null": 0}, "n_null: 0 is not a whole number"),
        ({"n_resamples": 1.5}, "n_resamples: 1.5 is not a whole number"),
        ({"n_clusters": 67}, "n_clusters: 67 asked of 66 rows"),
        ({"method": "single"}, "method: 'single' is unknown"),
    ],
)
def test_options_that_cannot_be_are_refused(profiles, options, message):
    with pytest.raises(ValueError, match=message):
        null_stability(profiles, rng=np.random.default_rng(0), **{"method": "ward", **options})


def _assert_same(one, other):
    for name in ("n_clusters", "observed", "null", "observed_ambiguous", "null_ambiguous"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
