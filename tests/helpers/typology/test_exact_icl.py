"""The exact integrated likelihood by its formula, and the greedy search for its maximum."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.typology import exact_icl, exact_icl_value

CASES = Path(__file__).resolve().parents[2] / "cases"
EXPECTED = json.loads((CASES / "expected.json").read_text(encoding="utf-8"))["zoo"]["exact_icl"]


def zoo():
    return pd.read_csv(CASES / "zoo_binary21.csv").drop(columns=["name", "type"]).to_numpy()


def by_formula(table, labels, alpha, beta):
    """Product of sequential predictive probabilities: the same quantity without a gamma function."""
    classes = sorted(set(labels))
    total = 0.0
    for i in range(len(labels)):
        before = list(labels[:i])
        total += math.log((before.count(labels[i]) + alpha) / (i + alpha * len(classes)))
        for j in range(table.shape[1]):
            if not np.isnan(table[i, j]):
                seen = [
                    table[h, j]
                    for h in range(i)
                    if labels[h] == labels[i] and not np.isnan(table[h, j])
                ]
                total += math.log((seen.count(table[i, j]) + beta) / (len(seen) + 2 * beta))
    return total


def all_partitions(n, k_max):
    def extend(labels):
        if len(labels) == n:
            yield labels
            return
        for c in range(min(max(labels, default=-1) + 2, k_max)):
            yield from extend([*labels, c])

    return extend([])


@pytest.mark.parametrize(("alpha", "beta"), [(1.0, 1.0), (0.5, 2.0), (4.0, 0.3)])
def test_the_value_is_the_product_of_predictive_probabilities(alpha, beta):
    rng = np.random.default_rng(0)
    table = (rng.random((12, 5)) < 0.4).astype(float)
    table[rng.random((12, 5)) < 0.15] = np.nan
    labels = rng.integers(0, 3, 12)
    expected = by_formula(table, labels.tolist(), alpha, beta)
    assert exact_icl_value(table, labels, alpha=alpha, beta=beta) == pytest.approx(
        expected, abs=1e-9
    )


def test_names_of_classes_do_not_count():
    table = np.array([[1, 0], [1, 1], [0, 1]])
    assert exact_icl_value(table, ["b", "a", "b"]) == exact_icl_value(table, [0, 7, 0])


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_the_search_finds_the_best_of_all_partitions_for_every_number_of_classes(missing):
    rng = np.random.default_rng(3)
    table = np.vstack([rng.random((4, 6)) < 0.85, rng.random((4, 6)) < 0.15]).astype(float)
    table[:, 0] = [0, 1, 1, 0, 1, 0, 1, 0]
    hidden = rng.random(table.shape) < missing
    hidden[:, 0] = False
    table[hidden] = np.nan
    best = {}
    for labels in all_partitions(8, 4):
        k = max(labels) + 1
        best[k] = max(best.get(k, -np.inf), exact_icl_value(table, labels))
    result = exact_icl(table, max_classes=4, n_starts=40, rng=np.random.default_rng(0))
    assert result.path == pytest.approx(best, abs=1e-9)
    assert result.value == pytest.approx(max(best.values()), abs=1e-9)


def test_zoo_reaches_the_best_value_known_at_its_number_of_classes():
    result = exact_icl(zoo(), n_starts=50, rng=np.random.default_rng(0))
    assert result.n_classes == EXPECTED["n_classes"]
    assert result.value >= EXPECTED["best_found"] - 1e-4
    assert result.value == pytest.approx(exact_icl_value(zoo(), result.labels), abs=1e-9)
    assert 1 < result.n_best_starts <= result.n_starts == 50


def test_the_path_holds_the_value_of_each_partition():
    result = exact_icl(zoo(), max_classes=6, n_starts=5, rng=np.random.default_rng(0))
    assert list(result.path) == [1, 2, 3, 4, 5, 6]
    for k, labels in result.partitions.items():
        assert np.unique(labels).tolist() == list(range(k))
        assert (np.diff(np.bincount(labels)) <= 0).all()
        assert exact_icl_value(zoo(), labels) == pytest.approx(result.path[k], abs=1e-9)


def test_the_row_order_changes_nothing():
    profiles = zoo()
    expected = exact_icl(profiles, n_starts=10, rng=np.random.default_rng(5))
    shuffle = np.random.default_rng(6)
    for _ in range(20):
        moved = shuffle.permutation(len(profiles))
        again = exact_icl(profiles[moved], n_starts=10, rng=np.random.default_rng(5))
        assert again.value == expected.value
        assert again.n_best_starts == expected.n_best_starts
        np.testing.assert_array_equal(again.labels, expected.labels[moved])


def test_one_class_when_rows_have_one_profile():
    result = exact_icl(np.ones((5, 3), dtype=int), n_starts=3, rng=np.random.default_rng(0))
    assert result.n_classes == 1
    assert result.labels.tolist() == [0] * 5
    assert result.n_best_starts == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 0}, "alpha: 0 is not a positive number"),
        ({"beta": -1.0}, "beta: -1.0 is not a positive number"),
        ({"n_starts": 0}, "n_starts: 0 is not a whole number"),
        ({"max_classes": 2.5}, "max_classes: 2.5 is not a whole number"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        exact_icl([[1, 0], [0, 1]], rng=np.random.default_rng(0), **options)


def test_bad_profiles_and_labels_are_refused():
    with pytest.raises(ValueError, match="row 0, column 1 holds"):
        exact_icl([[1, 3], [0, 1]], rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"labels: shape \(1,\) for 2 rows"):
        exact_icl_value([[1, 0], [0, 1]], [0])
