"""The exact integrated likelihood by its formula, and the greedy search for its maximum."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.typology import exact_icl

CASES = Path(__file__).resolve().parents[2] / "cases"
EXPECTED = json.loads((CASES / "expected.json").read_text(encoding="utf-8"))["zoo"]["exact_icl"]
ZOO = pd.read_csv(CASES / "zoo_binary21.csv").drop(columns=["name", "type"]).to_numpy()


def by_formula(table, labels):
    """Product of sequential predictive probabilities: the same without a gamma function."""
    labels, n_classes, total = np.asarray(labels), len(set(labels)), 0.0
    for i, own in enumerate(labels):
        before = labels[:i] == own
        total += math.log((before.sum() + 1) / (i + n_classes))
        for seen, value in zip(table[:i][before].T, table[i], strict=True):
            total += math.log(((seen == value).sum() + 1) / (len(seen) + 2))
    return total


def all_partitions(n, k_max):
    def extend(labels):
        if len(labels) == n:
            yield labels
            return
        for c in range(min(max(labels, default=-1) + 2, k_max)):
            yield from extend([*labels, c])

    return extend([])


def test_the_search_finds_the_best_of_all_partitions_for_every_number_of_classes():
    rng = np.random.default_rng(3)
    table = np.vstack([rng.random((4, 6)) < 0.85, rng.random((3, 6)) < 0.15])
    best = {}
    for labels in all_partitions(7, 4):
        k = max(labels) + 1
        best[k] = max(best.get(k, -np.inf), by_formula(table, labels))
    result = exact_icl(table, max_classes=4, n_starts=40, rng=np.random.default_rng(0))
    assert result.path == pytest.approx({k: best[k] for k in result.path}, abs=1e-9)


def test_zoo_reaches_the_best_value_known_at_its_number_of_classes():
    result = exact_icl(ZOO, n_starts=50, rng=np.random.default_rng(0))
    assert result.n_classes == EXPECTED["n_classes"]
    assert result.path[result.n_classes] >= EXPECTED["best_found"] - 1e-4
    for k in (1, 4, result.n_classes):
        labels = result.partitions[k]
        assert (np.diff(np.bincount(labels)) <= 0).all()
        assert by_formula(ZOO, labels) == pytest.approx(result.path[k], abs=1e-9)


def test_the_row_order_changes_nothing():
    expected = exact_icl(ZOO, n_starts=5, rng=np.random.default_rng(5))
    moved = np.random.default_rng(6).permutation(len(ZOO))
    again = exact_icl(ZOO[moved], n_starts=5, rng=np.random.default_rng(5))
    assert again.path == expected.path
    np.testing.assert_array_equal(again.partitions[6], expected.partitions[6][moved])
