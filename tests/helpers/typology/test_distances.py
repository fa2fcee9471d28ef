"""Jaccard distances, and the canonical order of rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import pdist, squareform

from helpers.typology import jaccard_distances
from helpers.typology.trees import canonical_order

TABLES = arrays(
    np.int8, st.tuples(st.integers(2, 12), st.integers(1, 8)), elements=st.integers(0, 1)
)


@given(TABLES)
@settings(max_examples=50, deadline=None)
def test_agrees_with_scipy_on_every_table_of_rows_that_offer_something(table):
    table[:, 0] = 1
    expected = squareform(pdist(table.astype(bool), "jaccard"))
    np.testing.assert_allclose(jaccard_distances(table).values, expected, atol=1e-15)


@pytest.mark.parametrize(
    ("profiles", "expected"),
    [
        ([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1]], [2 / 3, 1, 1]),
        ([[0, 0], [0, 0], [1, 0]], [0, 1, 1]),
    ],
    ids=["by hand", "two empty rows are the same"],
)
def test_distances_by_hand(profiles, expected):
    values = jaccard_distances(profiles).values  # noqa: PD011
    np.testing.assert_array_equal(values[np.triu_indices(3, 1)], expected)


@pytest.mark.parametrize(
    ("profiles", "message"),
    [
        ([[0, 1], [2, 0]], "row 1, column 0: 2 is not a whole number from 0 to 1"),
        ([[0, 1], [0.5, 0]], "row 1, column 0: 0.5 is not"),
        ([[0, 1], [np.inf, 0]], "row 1, column 0: inf is not"),
        ([[0, 1], [1, np.nan]], "row 1, column 1: nan is not"),
        (pd.DataFrame({"a": [0, 7]}, index=["X", "Y"]), "row 'Y', column 'a': 7"),
    ],
)
def test_a_table_that_is_not_binary_profiles_is_refused_with_the_place(profiles, message):
    with pytest.raises(ValueError, match=f"profiles.*{message}"):
        jaccard_distances(profiles)


def _polygon(n):
    """Distances along a circle of n rows: every rotation and reflection leaves them unchanged."""
    steps = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    return np.minimum(steps, n - steps).astype(float)


PROFILES = (np.random.default_rng(1).random((60, 8)) < 0.3).astype(int)


@pytest.mark.parametrize(
    "distances",
    [
        jaccard_distances(PROFILES).values,  # noqa: PD011
        1.0 - np.eye(7),
        _polygon(9),
        np.kron(1.0 - np.eye(2), np.ones((6, 6))) * 9 + np.kron(np.eye(2), _polygon(6)),
    ],
    ids=["profiles with many ties and duplicates", "all equal", "polygon", "two hexagons"],
)
def test_the_ordered_matrix_is_the_same_whatever_the_order_given(distances):
    order, rng = canonical_order(distances), np.random.default_rng(0)
    assert sorted(order) == list(range(len(distances)))
    for _ in range(10):
        shuffled = rng.permutation(len(distances))
        moved = distances[np.ix_(shuffled, shuffled)]
        again = canonical_order(moved)
        np.testing.assert_array_equal(moved[np.ix_(again, again)], distances[np.ix_(order, order)])


def test_keys_order_rows_that_distances_cannot_tell_apart():
    keys, rng = np.array([3, 1, 4, 0, 2]), np.random.default_rng(0)
    first = keys[canonical_order(1.0 - np.eye(5), keys)]
    for _ in range(10):
        moved = keys[rng.permutation(5)]
        np.testing.assert_array_equal(moved[canonical_order(1.0 - np.eye(5), moved)], first)
