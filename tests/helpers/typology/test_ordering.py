"""The canonical order of rows, which ties are settled by."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.typology import jaccard_distances
from helpers.typology.ordering import canonical_order, number_by_size


def _shuffles(n, number=20, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.permutation(n) for _ in range(number)]


def _polygon(n):
    """Distances along a circle of n rows: every rotation and reflection leaves them unchanged."""
    steps = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    return np.minimum(steps, n - steps).astype(float)


@pytest.mark.parametrize(
    "distances",
    [
        np.asarray(jaccard_distances((np.random.default_rng(1).random((60, 8)) < 0.3).astype(int))),
        1.0 - np.eye(7),
        _polygon(9),
        np.kron(1.0 - np.eye(2), np.ones((6, 6))) * 9 + np.kron(np.eye(2), _polygon(6)),
    ],
    ids=["profiles with many ties and duplicates", "all equal", "polygon", "two hexagons"],
)
def test_the_ordered_matrix_is_the_same_whatever_the_order_given(distances):
    order = canonical_order(distances)
    for shuffled in _shuffles(len(distances)):
        moved = distances[np.ix_(shuffled, shuffled)]
        again = canonical_order(moved)
        np.testing.assert_array_equal(moved[np.ix_(again, again)], distances[np.ix_(order, order)])


def test_keys_order_rows_that_distances_cannot_tell_apart():
    keys = np.array([3, 1, 4, 0, 2])
    distances = 1.0 - np.eye(5)
    first = keys[canonical_order(distances, keys)]
    for shuffled in _shuffles(5):
        np.testing.assert_array_equal(
            keys[shuffled][canonical_order(distances, keys[shuffled])], first
        )


def test_every_row_is_placed_once():
    for n in (1, 2, 9):
        assert sorted(canonical_order(_polygon(n))) == list(range(n))


def test_clusters_are_numbered_from_the_largest():
    np.testing.assert_array_equal(
        number_by_size(np.array([5, 5, 2, 9, 9, 9, 7, 7])), [1, 1, 3, 0, 0, 0, 2, 2]
    )
