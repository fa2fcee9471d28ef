import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.occupancy import check_evidence, fit_occupancy


def evidence(seed, n=150, m=6, detection=(0.25, 0.5), low=0.2, high=0.9):
    rng = np.random.default_rng(seed)
    visits = 1 + rng.poisson(4, n)
    psi, p = rng.uniform(low, high, m), rng.uniform(*detection, m)
    offered = rng.random((n, m)) < psi
    return rng.binomial(visits[:, None], p) * offered, visits, psi, p, offered


def test_rates_are_recovered_and_intervals_cover_about_as_often_as_they_say():
    hits, errors = [], []
    for seed in range(8):
        mentions, visits, psi, p, _ = evidence(seed, n=120)
        fit = fit_occupancy(mentions, visits)
        hits += list((fit.psi_interval[:, 0] <= psi) & (psi <= fit.psi_interval[:, 1]))
        hits += list((fit.p_interval[:, 0] <= p) & (p <= fit.p_interval[:, 1]))
        errors += list(fit.psi - psi)
    assert 0.89 <= np.mean(hits) <= 0.99
    assert abs(np.mean(errors)) < 0.02


def test_probability_of_unseen_offers_is_calibrated():
    chance, truth = [], []
    for seed in range(8):
        mentions, visits, *_, offered = evidence(seed, m=8, detection=(0.1, 0.4))
        fit = fit_occupancy(mentions, visits)
        unseen = mentions == 0
        chance.append(fit.offered[unseen])
        truth.append(offered[unseen])
        assert (fit.offered[~unseen] == 1).all()
    chance, truth = np.concatenate(chance), np.concatenate(truth)
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 1.0)):
        band = (chance >= low) & (chance < high)
        # 64 services: their own sampling error leaves about 0.04.
        assert abs(chance[band].mean() - truth[band].mean()) < 0.12


def test_certain_detection_gives_the_naive_share():
    rng = np.random.default_rng(0)
    seen = rng.random((80, 5)) < 0.4
    visits = rng.integers(1, 9, 80)
    for fit in (
        fit_occupancy(seen * 1, np.ones(80), detection=1),
        fit_occupancy(seen * visits[:, None], visits),
    ):
        assert fit.psi == pytest.approx(seen.mean(axis=0), abs=1e-9)
        assert fit.identified.all()
        # With p estimated, a page short of certainty stays possible, but only just.
        assert (
            np.where(seen, 1, fit.offered).min() == 1
            if seen.all()
            else fit.offered[~seen].max() < 0.12
        )
    assert fit_occupancy(seen * 1, np.ones(80), detection=1).offered[~seen].max() == 0


def test_any_mention_counts_as_seen_when_detection_is_certain():
    mentions, visits, *_ = evidence(1)
    fit = fit_occupancy(mentions, visits, detection=1)
    assert fit.psi == pytest.approx((mentions > 0).mean(axis=0), abs=1e-9)


def test_interval_widens_to_naive_and_one_when_one_page_was_read_of_each():
    seen = np.random.default_rng(2).random((100, 4)) < [0.1, 0.3, 0.5, 0.7]
    fit = fit_occupancy(seen, np.ones(100))
    assert (fit.psi_interval[:, 1] == 1).all()
    assert (fit.psi_interval[:, 0] <= fit.naive).all()
    assert (fit.psi_interval[:, 0] > fit.naive - 0.12).all()
    assert not fit.identified.any()


def test_interval_narrows_with_pages_and_the_rate_becomes_identified():
    rng = np.random.default_rng(3)
    offered = rng.random((100, 1)) < 0.6
    widths, identified = [], []
    for pages in (2, 6, 24):
        visits = np.full(100, pages)
        fit = fit_occupancy(rng.binomial(pages, 0.07, (100, 1)) * offered, visits)
        widths.append(np.diff(fit.psi_interval)[0, 0])
        identified.append(bool(fit.identified[0]))
    assert widths[0] > widths[1] > widths[2]
    assert not identified[0]
    assert identified[2]


def test_service_never_seen_is_not_identified():
    mentions, visits, *_ = evidence(4)
    mentions[:, 2] = 0
    fit = fit_occupancy(mentions, visits)
    assert not fit.identified[2]
    assert fit.psi_interval[2, 0] == 0
    assert np.isfinite(fit.offered).all()


def test_occupancy_by_family_is_recovered_and_pooled_result_unchanged():
    rng = np.random.default_rng(5)
    family = np.array(["mixte", "gip"])[(np.arange(300) % 2)]
    truth = np.where(family == "gip", 0.8, 0.3)
    visits = 1 + rng.poisson(4, 300)
    mentions = rng.binomial(visits, 0.4)[:, None] * (rng.random(300) < truth)[:, None]
    fit, pooled = (
        fit_occupancy(mentions, visits, covariates=family),
        fit_occupancy(mentions, visits),
    )
    assert fit.levels == ("gip", "mixte")
    assert fit.psi_by_level[:, 0] == pytest.approx([0.8, 0.3], abs=0.1)
    low, high = fit.psi_by_level_interval[:, 0, 0], fit.psi_by_level_interval[:, 0, 1]
    assert low[0] > high[1]
    assert fit.psi == pytest.approx(pooled.psi)
    assert fit.aic[0] < pooled.aic[0] - 10
    zero = mentions[:, 0] == 0
    assert (
        fit.offered[zero & (family == "gip")].mean()
        > fit.offered[zero & (family == "mixte")].mean()
    )


def test_false_positives_lower_occupancy_and_leave_a_seen_service_in_doubt():
    mentions, visits, *_ = evidence(6, n=100, m=8, detection=(0.1, 0.3))
    plain, doubtful = (
        fit_occupancy(mentions, visits),
        fit_occupancy(mentions, visits, false_positives=(9, 34)),
    )
    assert doubtful.psi_mean.mean() < plain.psi_mean.mean()
    once, often = mentions == 1, mentions >= 4
    assert doubtful.offered[once].mean() < 1
    assert doubtful.offered[often].mean() > doubtful.offered[once].mean()


def test_a_clean_second_reading_changes_little():
    mentions, visits, *_ = evidence(7, n=100, m=5)
    plain, checked = (
        fit_occupancy(mentions, visits),
        fit_occupancy(mentions, visits, false_positives=(0, 4000)),
    )
    assert checked.psi_mean == pytest.approx(plain.psi_mean, abs=0.04)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_estimates_keep_their_order_and_do_not_depend_on_row_order(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 40))
    visits = rng.integers(1, 6, n)
    mentions = rng.binomial(visits[:, None], rng.random(3)) * (rng.random((n, 3)) < rng.random(3))
    fit = fit_occupancy(mentions, visits)
    assert (fit.psi >= fit.naive - 1e-9).all()
    assert (fit.psi_interval[:, 0] <= fit.psi + 0.003).all()
    assert (fit.psi <= fit.psi_interval[:, 1] + 0.003).all()
    assert ((fit.offered >= 0) & (fit.offered <= 1)).all()
    order = rng.permutation(n)
    again = fit_occupancy(mentions[order], visits[order])
    assert np.array_equal(again.psi, fit.psi)
    assert np.array_equal(again.offered, fit.offered[order])


def test_shapes_are_as_documented():
    mentions, visits, *_ = evidence(8, n=30, m=4)
    fit = fit_occupancy(mentions, visits, covariates=np.arange(30) % 3)
    assert fit.offered_interval.shape == (30, 4, 2)
    assert fit.psi_by_level_interval.shape == (3, 4, 2)
    assert (fit.offered_interval[..., 0] <= fit.offered_interval[..., 1]).all()


@pytest.mark.parametrize(
    ("mentions", "visits", "message"),
    [
        ([[1, 0], [0, 1]], [1, 0], r"visits, row 1: 0 pages read"),
        ([[1, 0], [3, 1]], [1, 2], r"mentions, row 1, column 0: 3 mentions on 2 pages"),
        ([[1, -1]], [2], r"mentions, row 0, column 1: -1"),
        ([[1, 0.5]], [2], r"mentions, row 0, column 1: 0.5"),
        ([[1, np.nan]], [2], r"mentions, row 0, column 1: nan"),
        ([[1, 0]], [2, 2], r"visits has 2 operators where mentions has 1"),
        ([1, 0], [2, 2], r"mentions must have 2 dimension"),
        (np.zeros((0, 3)), [], r"mentions is empty"),
        ([["a", 0]], [2], r"mentions must hold numbers"),
    ],
)
def test_impossible_evidence_is_refused_with_its_place(mentions, visits, message):
    with pytest.raises(ValueError, match=message):
        fit_occupancy(mentions, visits)


def test_labels_of_a_data_frame_are_named_in_the_message():
    frame = pd.DataFrame([[1, 0], [0, 4]], index=["A", "B"], columns=["paie", "cloud"])
    with pytest.raises(
        ValueError, match=r"row 1, column 1 \('B', 'cloud'\): 4 mentions on 2 pages"
    ):
        check_evidence(frame, pd.Series([1, 2], index=["A", "B"]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"covariates": ["a"]}, r"covariates has shape \(1,\)"),
        ({"covariates": ["a", None, "b"]}, "covariates, row 1: empty"),
        ({"detection": 0}, "detection is 0"),
        ({"detection": [0.5, 0.5, 0.5]}, "detection has shape"),
        ({"detection": [0.5, 1.5]}, r"detection\[1\] is 1.5"),
        ({"level": 1.0}, "level is 1.0"),
        ({"false_positives": (5, 3)}, r"false_positives is \(5, 3\)"),
    ],
)
def test_wrong_settings_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        fit_occupancy([[1, 0], [0, 1], [1, 1]], [2, 2, 2], **options)
