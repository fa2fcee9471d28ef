"""Jaccard distances, and the refusal of tables and matrices that are none."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import pdist, squareform

from helpers.typology import JaccardDistances, jaccard_distances, partition

TABLES = arrays(
    np.int8,
    st.tuples(st.integers(2, 12), st.integers(1, 8)),
    elements=st.integers(0, 1),
)


@given(TABLES)
@settings(max_examples=100, deadline=None)
def test_agrees_with_scipy_on_every_table_of_rows_that_offer_something(table):
    table[:, 0] = 1
    expected = squareform(pdist(table.astype(bool), "jaccard"))
    np.testing.assert_allclose(jaccard_distances(table), expected, atol=1e-15)


def test_distances_by_hand():
    d = jaccard_distances([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1]])
    np.testing.assert_array_equal(d, [[0, 2 / 3, 1], [2 / 3, 0, 1], [1, 1, 0]])


def test_two_rows_without_any_service_are_the_same():
    d = jaccard_distances([[0, 0], [0, 0], [1, 0]])
    assert d[0, 1] == 0
    assert d[0, 2] == 1


def test_a_cell_missing_in_one_row_is_left_out_of_its_pairs_only():
    d = jaccard_distances([[1, 1, np.nan], [1, 0, 1], [1, 1, 1]])
    assert d[0, 1] == 1 / 2
    assert d[0, 2] == 0
    assert d[1, 2] == 1 / 3


def test_equal_fractions_are_exactly_tied():
    d = jaccard_distances(np.tril(np.ones((12, 12), dtype=int)))
    assert d[0, 2] == d[1, 5] == d[2, 8] == d[3, 11] == 2 / 3


def test_data_frames_with_nullable_integers_and_booleans_are_read():
    frame = pd.DataFrame(
        {"a": pd.array([1, None, 0], dtype="Int64"), "b": [True, True, False], "c": [1, 1, 1]}
    )
    np.testing.assert_array_equal(
        jaccard_distances(frame), [[0, 0, 2 / 3], [0, 0, 1 / 2], [2 / 3, 1 / 2, 0]]
    )


def test_a_selection_stays_jaccard_and_arithmetic_gives_a_plain_array():
    d = jaccard_distances([[1, 1, 0], [1, 0, 1], [0, 0, 1]])
    assert type(d[[2, 0]][:, [2, 0]]) is JaccardDistances
    assert d[[2, 0]].keys is None
    assert type(np.sqrt(d)) is np.ndarray
    assert type(d + 1) is np.ndarray
    assert type(d.sum(axis=0)) is np.ndarray
    d += 0
    assert d[0, 2] == 1


def test_survives_pickling_with_its_keys():
    d = jaccard_distances([[1, 1, 0], [1, 0, 1], [0, 0, 1]])
    copy = pickle.loads(pickle.dumps(d))
    assert type(copy) is JaccardDistances
    np.testing.assert_array_equal(copy, d)
    np.testing.assert_array_equal(copy.keys, d.keys)


@pytest.mark.parametrize(
    ("profiles", "message"),
    [
        ([[0, 1], [2, 0]], "row 1, column 0 holds 2, which is not 0, 1 or missing"),
        ([[0, 1], [0.5, 0]], "row 1, column 0 holds 0.5"),
        ([[0, 1], [-1, 0]], "row 1, column 0 holds -1"),
        ([[0, 1], [np.inf, 0]], "row 1, column 0 holds inf"),
        ([[0, "1"], [1, "oui"]], "row 0, column 0 holds '0'"),
        ([[1, 0], [np.nan, np.nan]], "row 1 is all missing"),
        ([[1, np.nan], [0, np.nan]], "column 1 is all missing"),
        ([[1, np.nan], [np.nan, 0], [1, 1]], "row 0 and row 1 have no cell known in both"),
        ([1, 0, 1], r"a table of rows and columns is needed, not an array of shape \(3,\)"),
        (np.empty((0, 3)), "a table of rows and columns is needed"),
    ],
)
def test_a_table_that_is_not_binary_profiles_is_refused_with_the_place(profiles, message):
    with pytest.raises(ValueError, match=f"profiles: {message}"):
        jaccard_distances(profiles)


def test_errors_name_the_rows_and_columns_of_a_data_frame():
    frame = pd.DataFrame({"hosting": [1, 0], "backup": [1, "x"]}, index=["Alpha", "Beta"])
    with pytest.raises(ValueError, match="row 'Beta', column 'backup' holds 'x'"):
        jaccard_distances(frame)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[0, 1], [2, 0]], "not symmetric, 1.0 from row 0 to row 1 but 2.0 from row 1 to row 0"),
        ([[0, 1], [1, 0.5]], "row 1 is at distance 0.5 from itself"),
        ([[0, -1], [-1, 0]], "between rows 0 and 1 the distance -1.0 is negative"),
        ([[0, np.nan], [np.nan, 0]], "between rows 0 and 1 the distance nan is not finite"),
        ([[0, 1, 2]], r"a square matrix is needed, not an array of shape \(1, 3\)"),
    ],
)
def test_a_matrix_that_is_not_distances_is_refused_with_the_rows(matrix, message):
    with pytest.raises(ValueError, match=f"distances: {message}"):
        partition(matrix, 1, "average")
