from itertools import combinations

import numpy as np
import pytest

from helpers.typology import (
    ClassModel,
    class_model,
    design_card,
    entropy_depth_correlation,
    eta_squared,
    gibbs_classes,
    latent_classes_with_detection,
    planted_classes,
    value_of_one_more_page,
    what_would_change,
)

MODEL = ClassModel(
    shares=np.array([0.5, 0.5]),
    rates=np.array([[0.9, 0.8, 0.5, 0.2, 0.1, 0.3], [0.1, 0.3, 0.5, 0.8, 0.9, 0.6]]),
    detection=np.full(6, 0.3),
)


def log_odds(seen, visits):
    """Log-odds of the second class, by the definition of the model."""
    unseen = (1 - MODEL.detection) ** visits
    terms = [np.where(seen, np.log(r), np.log(1 - r + r * unseen)).sum() for r in MODEL.rates]
    return terms[1] - terms[0]


def test_smallest_set_is_the_one_that_trying_every_set_finds():
    rng = np.random.default_rng(0)
    visits = rng.integers(1, 5, 25)
    mentions = rng.binomial(visits[:, None], 0.35, (25, 6))
    table = what_would_change(MODEL, mentions, visits)
    for i in range(25):
        seen = mentions[i] > 0
        current = log_odds(seen, visits[i]) > 0
        assert table["current"].iloc[i] == current
        unseen = np.flatnonzero(~seen)
        sizes = [
            size
            for size in range(1, len(unseen) + 1)
            for found in combinations(unseen, size)
            if (log_odds(seen | np.isin(np.arange(6), found), visits[i]) > 0) != current
        ]
        assert table["n_services"].iloc[i] == (min(sizes) if sizes else -1)
        if sizes:
            found = np.isin(np.arange(6), [int(s) for s in table["services"].iloc[i]])
            assert (log_odds(seen | found, visits[i]) > 0) != current


def test_labels_are_used_and_nothing_left_to_find_is_said():
    table = what_would_change(
        MODEL, [[1, 1, 1, 1, 1, 1]], [1], services=list("abcdef"), operators=["X"]
    )
    assert table.index.tolist() == ["X"]
    assert table.loc["X", "n_services"] == -1
    assert table["destination"].isna().all()


def test_another_page_is_worth_most_where_the_class_is_open():
    mentions = np.array([[3, 3, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]])
    value = value_of_one_more_page(
        MODEL, mentions, [6, 1], n_draws=2000, rng=np.random.default_rng(0)
    )
    assert value[1] > value[0]
    assert value[1] > 0.05
    assert value[0] == pytest.approx(0, abs=0.02)


def test_eta_squared_is_the_share_of_variance_between_classes():
    assert eta_squared([1, 1, 5, 5], [0, 0, 1, 1]) == pytest.approx(1)
    assert eta_squared([1, 5, 1, 5], [0, 0, 1, 1]) == pytest.approx(0)
    assert eta_squared([2, 2, 2], [0, 1, 1]) == 0


def test_uncertainty_that_falls_with_depth_shows_as_negative_correlation():
    depth = np.arange(1, 11)
    sure = 0.5 + 0.045 * depth
    assert entropy_depth_correlation(np.column_stack([sure, 1 - sure]), depth) == pytest.approx(-1)
    assert np.isnan(entropy_depth_correlation(np.full((4, 2), 0.5), [1, 2, 3, 4]))


def test_design_card_improves_with_pages_and_repeats():
    truth = planted_classes(80, 15, np.random.default_rng(0), shares=(0.5, 0.5))
    fit = latent_classes_with_detection(
        truth.mentions, truth.visits, 2, n_init=10, rng=np.random.default_rng(0)
    )
    cards = [
        design_card(
            fit, truth.visits, extra_pages=(0, 15), n_sets=8, n_init=4, rng=np.random.default_rng(1)
        )
        for _ in range(2)
    ]
    assert cards[0].equals(cards[1])
    assert cards[0].loc[15, "mean_ari"] > cards[0].loc[0, "mean_ari"]
    assert cards[0].index.tolist() == [0, 15]


def test_model_of_a_posterior_is_its_mean():
    truth = planted_classes(60, 10, np.random.default_rng(3), visits=np.full(60, 8))
    posterior = gibbs_classes(
        truth.mentions,
        truth.visits,
        rng=np.random.default_rng(0),
        n_chains=2,
        n_draws=60,
        burn_in=100,
        thin=2,
    )
    model = class_model(posterior)
    assert model.shares.sum() == pytest.approx(1)
    assert model.rates.shape == (posterior.n_classes, 10)
    assert np.isfinite(model.rates).all()
    assert what_would_change(posterior, truth.mentions, truth.visits).shape == (60, 5)


def test_impossible_evidence_is_refused():
    with pytest.raises(ValueError, match="visits, row 0: 0 pages"):
        what_would_change(MODEL, [[0] * 6], [0])


def test_where_operators_answer_for_themselves_more_is_found_again():
    visits = np.ones(40, int)
    one = {"extra_pages": [0], "n_sets": 8, "n_init": 5}
    read = design_card(MODEL, visits, rng=np.random.default_rng(3), **one)
    told = design_card(MODEL, visits, rng=np.random.default_rng(3), detection=1.0, **one)
    assert told["mean_ari"].iloc[0] > read["mean_ari"].iloc[0] + 0.2
