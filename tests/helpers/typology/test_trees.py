"""Partitions: exactly k clusters, the known results, and no influence of the row order."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import adjusted_rand_score

from helpers.typology import jaccard_distances, medoids, order_report, partition

CASES = Path(__file__).resolve().parents[2] / "cases"
EXPECTED = json.loads((CASES / "expected.json").read_text(encoding="utf-8"))["zoo"]
METHODS = ("ward", "average", "complete")


def zoo():
    frame = pd.read_csv(CASES / "zoo_binary21.csv")
    return frame.drop(columns=["name", "type"]).to_numpy(), frame["type"].to_numpy()


def sparse(n=100, seed=3):
    rng = np.random.default_rng(seed)
    return (rng.random((n, 27)) < rng.beta(0.5, 4, 27)).astype(int)


def tie_free(n=40, seed=0):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, 5))
    return np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))


@pytest.mark.parametrize("method", METHODS)
def test_agrees_with_scipy_where_nothing_is_tied(method):
    for seed in range(5):
        d = tie_free(seed=seed)
        tree = linkage(squareform(d, checks=False), method)
        for k, labels in partition(d, range(1, 41), method).items():
            assert adjusted_rand_score(cut_tree(tree, k)[:, 0], labels) == 1.0


@pytest.mark.parametrize("k", range(4, 9))
def test_zoo_average_linkage_meets_the_published_software(k):
    profiles, types = zoo()
    labels = partition(jaccard_distances(profiles), k, "average")
    case = EXPECTED["tree_jaccard"]["average"][str(k)]
    assert adjusted_rand_score(types, labels) == pytest.approx(case["ari"], abs=1e-8)
    assert np.bincount(labels).tolist() == case["sizes"]


@pytest.mark.parametrize("k", range(4, 9))
def test_zoo_ward_on_a_plain_array_meets_the_published_software(k):
    profiles, types = zoo()
    labels = partition(np.asarray(jaccard_distances(profiles)), k, "ward")
    case = EXPECTED["tree_jaccard"]["ward.D2"][str(k)]
    assert adjusted_rand_score(types, labels) == pytest.approx(case["ari"], abs=1e-8)
    assert np.bincount(labels).tolist() == case["sizes"]


def test_ward_works_on_the_roots_of_jaccard_distances_and_on_other_distances_as_they_are():
    d = jaccard_distances(zoo()[0])
    roots, plain = np.sqrt(d), np.asarray(d)
    for k, labels in partition(d, range(2, 9), "ward").items():
        assert adjusted_rand_score(labels, partition(roots, k, "ward")) == 1.0
    assert any(
        adjusted_rand_score(partition(d, k, "ward"), partition(plain, k, "ward")) < 1
        for k in range(2, 9)
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "distances", [1.0 - np.eye(9), np.asarray(jaccard_distances(zoo()[0]))], ids=["equal", "zoo"]
)
def test_exactly_k_clusters_even_when_every_height_is_tied(method, distances):
    for k, labels in partition(distances, range(1, 10), method).items():
        assert np.unique(labels).tolist() == list(range(k))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "profiles", [zoo()[0], sparse(), sparse(60, seed=8)], ids=["zoo", "sparse", "sparser"]
)
def test_the_row_order_changes_nothing(method, profiles):
    d = jaccard_distances(profiles)
    expected = partition(d, range(2, 11), method)
    rng = np.random.default_rng(11)
    for _ in range(25):
        shuffled = rng.permutation(len(profiles))
        from_profiles = partition(jaccard_distances(profiles[shuffled]), range(2, 11), method)
        from_plain = partition(np.asarray(d)[np.ix_(shuffled, shuffled)], range(2, 11), method)
        for k, labels in expected.items():
            np.testing.assert_array_equal(from_profiles[k], labels[shuffled])
            if method != "ward":
                np.testing.assert_array_equal(from_plain[k], labels[shuffled])


def test_profiles_settle_ties_between_rows_that_distances_cannot_tell_apart():
    profiles = np.eye(6, dtype=int)
    expected = partition(jaccard_distances(profiles), 3, "average")
    rng = np.random.default_rng(0)
    for _ in range(20):
        shuffled = rng.permutation(6)
        labels = partition(jaccard_distances(profiles[shuffled]), 3, "average")
        np.testing.assert_array_equal(labels, expected[shuffled])


@pytest.mark.parametrize("method", METHODS)
def test_every_merge_joins_two_clusters_that_are_among_the_nearest(method):
    d = jaccard_distances(sparse(60, seed=5))
    cuts = partition(d, range(1, 30), method)
    for k in range(1, 29):
        finer, coarser = cuts[k + 1], cuts[k]
        pairs = {
            (a, b): _gap(np.asarray(d), finer, a, b, method) for b in range(k + 1) for a in range(b)
        }
        (merged,) = [p for p in pairs if coarser[finer == p[0]][0] == coarser[finer == p[1]][0]]
        assert pairs[merged] <= min(pairs.values()) + 1e-9


def _gap(d, labels, a, b, method):
    """Distance between two clusters by its definition, without a recurrence."""
    rows, others = np.flatnonzero(labels == a), np.flatnonzero(labels == b)
    between = d[np.ix_(rows, others)]
    if method == "average":
        return between.mean()
    if method == "complete":
        return between.max()
    # d is the square of the Euclidean distance that Ward works on.
    centres = (
        between.mean() - d[np.ix_(rows, rows)].mean() / 2 - d[np.ix_(others, others)].mean() / 2
    )
    return 2 * len(rows) * len(others) / (len(rows) + len(others)) * centres


def test_clusters_are_numbered_from_the_largest():
    sizes = np.bincount(partition(jaccard_distances(zoo()[0]), 7, "ward"))
    assert (np.diff(sizes) <= 0).all()


def test_several_numbers_of_clusters_come_from_one_tree():
    d = jaccard_distances(zoo()[0])
    several = partition(d, [5, 2, 7], "average")
    assert list(several) == [5, 2, 7]
    for k, labels in several.items():
        np.testing.assert_array_equal(labels, partition(d, k, "average"))


@pytest.mark.parametrize(
    ("k", "message"),
    [
        (0, "0 is not a whole number of at least 1"),
        (2.0, "2.0 is not a whole number"),
        (True, "True is not a whole number"),
        ([], "at least one"),
        ([2, 2], "names a number of clusters twice"),
        (4, "4 asked of 4 rows, of which only 3 are distinct"),
    ],
)
def test_a_number_of_clusters_that_cannot_be_is_refused(k, message):
    d = jaccard_distances([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 1]])
    with pytest.raises(ValueError, match=f"n_clusters: .*{message}"):
        partition(d, k, "average")


def test_an_unknown_method_is_refused():
    with pytest.raises(
        ValueError, match="method: 'single' is unknown; use one of 'average', 'complete', 'ward'"
    ):
        partition(1.0 - np.eye(3), 2, "single")


def test_without_the_tie_rule_row_order_decides_complete_linkage_on_zoo():
    d = jaccard_distances(zoo()[0])
    report = order_report(d, [4, 7], "complete", n_orders=200, rng=np.random.default_rng(0))
    assert report.n_orders == 200
    assert all(n > 3 for n in report.n_partitions.values())
    assert all(0 < a < 1 for a in report.agreement.values())


def test_without_ties_every_order_gives_one_partition():
    report = order_report(tie_free(), 5, "average", n_orders=30, rng=np.random.default_rng(0))
    assert report.n_partitions == {5: 1}
    assert report.agreement == {5: 1.0}


def test_the_medoid_is_the_row_nearest_to_its_cluster_whatever_the_order():
    profiles = zoo()[0]
    d = jaccard_distances(profiles)
    labels = partition(d, 5, "ward")
    found = medoids(d, labels)
    for k, row in enumerate(found):
        members = np.flatnonzero(labels == k)
        totals = np.asarray(d)[np.ix_(members, members)].sum(axis=1)
        assert labels[row] == k
        assert totals[members == row][0] == pytest.approx(totals.min())
    shuffled = np.random.default_rng(2).permutation(len(profiles))
    again = medoids(jaccard_distances(profiles[shuffled]), labels[shuffled])
    np.testing.assert_array_equal(profiles[shuffled][again], profiles[found])


def test_medoids_refuse_labels_of_another_length_or_with_a_gap():
    d = 1.0 - np.eye(3)
    with pytest.raises(ValueError, match=r"labels: shape \(2,\) for 3 rows"):
        medoids(d, [0, 1])
    with pytest.raises(ValueError, match="labels: no row is in cluster 1"):
        medoids(d, [0, 0, 2])
