"""The occupancy model: a published case, what it recovers, and the check that it fails."""

import numpy as np
import pandas as pd
import pytest

from helpers.occupancy import check_evidence, fit_occupancy, one_service_pages
from helpers.occupancy.model import log_likelihood
from tests.loading import cases


def evidence(seed, n=120, m=12, prior=(3, 3, 3, 6)):
    rng = np.random.default_rng(seed)
    visits = 1 + rng.poisson(4, n)
    psi, p = rng.beta(*prior[:2], m), rng.beta(*prior[2:], m)
    offered = rng.random((n, m)) < psi
    return rng.binomial(visits[:, None], p) * offered, visits, psi, offered, p


CASES = cases(__file__)["occupancy"]


def sites(case):
    """Return detections and surveys of each site."""
    number, visits, mentions = np.transpose(CASES[case]["sites"])
    return np.repeat(mentions, number), np.repeat(visits, number)


@pytest.mark.parametrize("case", CASES)
def test_rates_of_published_cases_are_met(case):
    psi, p = np.arange(0.3, 0.7, 5e-4)[:, None], np.arange(0.2, 0.4, 5e-4)
    logs = log_likelihood(psi, p, *sites(case))
    row, column = np.unravel_index(logs.argmax(), logs.shape)
    assert [psi[row, 0], p[column]] == pytest.approx(CASES[case]["rates"], abs=1e-3)


def test_the_likelihood_of_the_crossbills_is_that_of_r():
    logs = log_likelihood(0.36676495, 0.35572649, *sites("crossbills"))
    assert -logs == pytest.approx(253.6269042, abs=1e-6)


@pytest.mark.collection
def test_rates_are_recovered_and_intervals_cover_about_as_often_as_they_say():
    hits, errors = [], []
    for seed in range(6):
        mentions, visits, psi, *_ = evidence(seed)
        fit = fit_occupancy(mentions, visits)
        hits += list((fit.low <= psi) & (psi <= fit.high))
        errors += list(fit.value - psi)
        assert (fit.naive == (mentions > 0).mean(axis=0)).all()
    assert 0.87 <= np.mean(hits) <= 1
    assert abs(np.mean(errors)) < 0.03


def test_a_service_of_which_little_is_known_is_drawn_towards_the_others():
    mentions, visits, *_ = evidence(1, m=3)
    mentions = np.column_stack([mentions, np.zeros(len(visits), int)])
    fit = fit_occupancy(mentions, visits)
    assert 0 < fit.low[-1] <= fit.value[-1] < fit.value[:-1].mean()


def test_pages_drawn_from_the_model_agree_with_pages_of_the_model_and_not_with_sought_ones():
    mentions, visits, _, offered, p = evidence(3, m=4)
    fit = fit_occupancy(mentions, visits)
    expected = one_service_pages(mentions, visits, fit, n_draws=80, rng=np.random.default_rng(0))
    rng = np.random.default_rng(1)
    pages = np.repeat(offered, visits, axis=0) & (rng.random((visits.sum(), 4)) < p)
    shown = pages.sum(axis=1)
    assert np.quantile(expected, 0.01) <= (shown[shown > 0] == 1).mean() + 0.04
    assert np.quantile(expected, 0.99) >= (shown[shown > 0] == 1).mean() - 0.04
    assert expected.max() < 0.9


@pytest.mark.parametrize(
    ("mentions", "visits", "message"),
    [
        ([[1, 0], [0, 1]], [1, 0], "visits, row 1, column 0: 0 is not a whole number from 1"),
        ([[1, 0], [3, 1]], [1, 2], "mentions, row 1, column 0: 3 mentions on 2 pages"),
        ([[1, 0.5]], [2], "mentions, row 0, column 1: 0.5"),
        ([[1, 0]], [2, 2], "visits has 2 operators where mentions has 1"),
    ],
)
def test_impossible_evidence_is_refused_with_its_place(mentions, visits, message):
    with pytest.raises(ValueError, match=message):
        fit_occupancy(mentions, visits)


def test_labels_of_a_data_frame_are_named_and_put_in_order():
    frame = pd.DataFrame([[1, 0], [0, 4]], index=["A", "B"], columns=["paie", "cloud"])
    with pytest.raises(ValueError, match="row 'B', column 'cloud': 4 mentions on 2 pages"):
        check_evidence(frame, pd.Series([1, 2], index=["A", "B"]))
    with pytest.raises(KeyError, match="B"):
        check_evidence(frame, pd.Series([1], index=["A"]))
    visits = check_evidence(frame, pd.Series([5, 2], index=["B", "A"]))[1]
    assert visits.tolist() == [2, 5]
