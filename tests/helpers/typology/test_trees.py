"""Jaccard distances, exactly k clusters, the published results, no influence of the row order."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import adjusted_rand_score

from helpers.typology import jaccard_distances, partition

CASES = Path(__file__).resolve().parents[2] / "cases"
EXPECTED = json.loads((CASES / "expected.json").read_text(encoding="utf-8"))["zoo"]["tree_jaccard"]
METHODS = ("ward", "average", "complete")
FRAME = pd.read_csv(CASES / "zoo_binary21.csv")
ZOO = FRAME.drop(columns=["name", "type"]).to_numpy()


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


def sparse(n=60, seed=5):
    rng = np.random.default_rng(seed)
    return (rng.random((n, 27)) < rng.beta(0.5, 4, 27)).astype(int)


@pytest.mark.parametrize("method", METHODS)
def test_agrees_with_scipy_where_nothing_is_tied(method):
    points = np.random.default_rng(0).normal(size=(40, 5))
    d = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    tree = linkage(squareform(d, checks=False), method)
    for k in range(1, 41):
        labels = partition(d, k, method)
        assert adjusted_rand_score(cut_tree(tree, k)[:, 0], labels) == 1.0


@pytest.mark.parametrize("k", range(4, 9))
@pytest.mark.parametrize(("method", "theirs"), [("average", "average"), ("ward", "ward.D2")])
def test_zoo_meets_the_published_software(method, theirs, k):
    labels = partition(jaccard_distances(ZOO).values, k, method)
    case = EXPECTED[theirs][str(k)]
    assert adjusted_rand_score(FRAME["type"], labels) == pytest.approx(case["ari"], abs=1e-8)
    assert np.bincount(labels).tolist() == case["sizes"]


def test_ward_works_on_the_roots_of_jaccard_distances_and_on_a_plain_matrix_as_it_is():
    d = jaccard_distances(ZOO)
    own = [partition(d, k, "ward") for k in range(2, 9)]
    roots = [partition(np.sqrt(d.values), k, "ward") for k in range(2, 9)]
    plain = [partition(d.values, k, "ward") for k in range(2, 9)]
    assert min(map(adjusted_rand_score, own, roots)) == 1.0
    assert min(map(adjusted_rand_score, own, plain)) < 1.0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "distances", [1.0 - np.eye(9), jaccard_distances(ZOO)], ids=["equal", "zoo"]
)
def test_exactly_k_clusters_numbered_by_size_even_when_every_height_is_tied(method, distances):
    for k in range(1, 10):
        sizes = np.bincount(partition(distances, k, method))
        assert len(sizes) == k
        assert sizes.min() > 0
        assert (np.diff(sizes) <= 0).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("profiles", [ZOO, sparse(), np.eye(6, dtype=int)])
def test_the_row_order_changes_nothing(method, profiles):
    d, rng = jaccard_distances(profiles), np.random.default_rng(11)
    for k in (2, 4, 6):
        expected, order = partition(d, k, method), rng.permutation(len(profiles))
        again = partition(jaccard_distances(profiles[order]), k, method)
        np.testing.assert_array_equal(again, expected[order])


def test_groups_of_profiles_carry_their_operators(profiles):
    assert list(partition(jaccard_distances(profiles), 2, "ward").index) == profiles.operators


def test_more_clusters_than_distinct_rows_are_refused():
    d = jaccard_distances([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 1]])
    with pytest.raises(ValueError, match="n_clusters is 4: more than the 3 distinct rows"):
        partition(d, 4, "average")
