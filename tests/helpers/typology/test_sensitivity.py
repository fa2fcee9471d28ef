"""What a class rests on, and what the design could find."""

from itertools import combinations

import numpy as np
import pytest

from helpers.typology import depth_checks, design_card, value_of_one_more_page, what_would_change
from helpers.typology.sensitivity import ClassModel, entropy_depth_correlation, eta_squared

MODEL = ClassModel(
    shares=np.array([0.5, 0.5]),
    rates=np.array([[0.9, 0.8, 0.5, 0.2, 0.1, 0.3], [0.1, 0.3, 0.5, 0.8, 0.9, 0.6]]),
    detection=np.full(6, 0.3),
)
NAMES = {"services": list("abcdef")}


def log_odds(seen, visits):
    """Log-odds of the second class, by the definition of the model."""
    unseen = (1 - MODEL.detection) ** visits
    terms = [np.where(seen, np.log(r), np.log(1 - r + r * unseen)).sum() for r in MODEL.rates]
    return terms[1] - terms[0]


def test_smallest_set_is_the_one_that_trying_every_set_finds():
    rng = np.random.default_rng(0)
    visits = rng.integers(1, 5, 25)
    mentions = rng.binomial(visits[:, None], 0.35, (25, 6))
    table = what_would_change(MODEL, mentions, visits, operators=range(25), **NAMES)
    for i, row in table.iterrows():
        seen = mentions[i] > 0
        current = log_odds(seen, visits[i]) > 0
        assert row["current"] == current
        unseen = np.flatnonzero(~seen)
        sizes = [
            size
            for size in range(1, len(unseen) + 1)
            for found in combinations(unseen, size)
            if (log_odds(seen | np.isin(np.arange(6), found), visits[i]) > 0) != current
        ]
        assert row["n_services"] == (min(sizes) if sizes else -1)
        if sizes:
            found = np.isin(NAMES["services"], row["services"])
            assert (log_odds(seen | found, visits[i]) > 0) != current


def test_another_page_is_worth_most_where_the_class_is_open():
    mentions = np.array([[3, 3, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]])
    value = value_of_one_more_page(
        MODEL, mentions, [6, 1], n_draws=2000, rng=np.random.default_rng(0)
    )
    assert value[1] > 0.05
    assert value[0] == pytest.approx(0, abs=0.02)


def test_depth_checks_tell_what_a_partition_owes_to_depth():
    assert eta_squared([1, 5, 1, 5], [0, 0, 1, 1]) == pytest.approx(0)
    assert eta_squared([2, 2, 2], [0, 1, 1]) == 0
    depth = np.arange(1, 11)
    sure = 0.5 + 0.045 * depth
    assert entropy_depth_correlation(np.column_stack([sure, 1 - sure]), depth) == pytest.approx(-1)
    fits = {"tree": np.array([0, 0, 1, 1]), "mixture": np.eye(2)[[0, 1, 0, 1]]}
    table = depth_checks(fits, [1, 1, 9, 9])
    assert table["eta_squared"].tolist() == pytest.approx([1.0, 0.0])
    assert table["correlation"].isna().all()


def test_design_card_improves_with_pages_and_with_answers():
    rng, given = np.random.default_rng, {"n_sets": 8, "n_init": 4}
    visits = np.ones(40, int)
    card = design_card(MODEL, visits, extra_pages=(0, 15), rng=rng(1), **given)
    assert card.index.tolist() == [0, 15]
    assert card.loc[15, "mean_ari"] > card.loc[0, "mean_ari"] + 0.2
    told = design_card(MODEL, visits, extra_pages=(0,), rng=rng(1), detection=1.0, **given)
    assert told.loc[0, "mean_ari"] > card.loc[0, "mean_ari"] + 0.2
