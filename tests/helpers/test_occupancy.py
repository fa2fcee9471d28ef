import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.occupancy import check_evidence, corrected_shares, fit_occupancy, unseen_offers
from helpers.profiles import build_profiles


def evidence(seed, n=150, m=6, detection=(0.25, 0.5), low=0.2, high=0.9):
    rng = np.random.default_rng(seed)
    visits = 1 + rng.poisson(4, n)
    psi, p = rng.uniform(low, high, m), rng.uniform(*detection, m)
    offered = rng.random((n, m)) < psi
    return rng.binomial(visits[:, None], p) * offered, visits, psi, p, offered


def test_the_published_rates_of_the_salamanders_are_met():
    # MacKenzie et al. (2006), Occupancy Estimation and Modeling, chapter 4: 39 sites visited five
    # times, 30 detections at 18 of them, which is all that the likelihood sees.
    detections = np.repeat([1, 2, 0], [6, 12, 21])[:, None]
    fit = fit_occupancy(detections, np.full(39, 5))
    assert fit.naive[0] == pytest.approx(18 / 39)
    assert fit.psi[0] == pytest.approx(0.595, abs=5e-4)
    assert fit.p[0] == pytest.approx(0.259, abs=5e-4)


def test_rates_are_recovered_and_intervals_cover_about_as_often_as_they_say():
    hits, errors = [], []
    for seed in range(8):
        mentions, visits, psi, *_ = evidence(seed, n=120)
        fit = fit_occupancy(mentions, visits)
        hits += list((fit.psi_interval[:, 0] <= psi) & (psi <= fit.psi_interval[:, 1]))
        errors += list(fit.psi - psi)
    assert 0.87 <= np.mean(hits) <= 0.99
    assert abs(np.mean(errors)) < 0.02


def test_probability_of_unseen_offers_is_calibrated():
    chance, truth = [], []
    for seed in range(4):
        mentions, visits, *_, offered = evidence(seed, m=8, detection=(0.1, 0.4))
        fit = fit_occupancy(mentions, visits)
        unseen = mentions == 0
        chance.append(fit.offered[unseen])
        truth.append(offered[unseen])
        assert (fit.offered[~unseen] == 1).all()
    chance, truth = np.concatenate(chance), np.concatenate(truth)
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 1.0)):
        band = (chance >= low) & (chance < high)
        # 32 services: their own sampling error leaves about 0.04.
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


def test_interval_widens_to_naive_and_one_when_one_page_was_read_of_each():
    seen = np.random.default_rng(2).random((100, 4)) < [0.1, 0.3, 0.5, 0.7]
    fit = fit_occupancy(seen, np.ones(100))
    assert (fit.psi_interval[:, 1] == 1).all()
    assert (fit.psi_interval[:, 0] <= fit.naive).all()
    assert (fit.psi_interval[:, 0] > fit.naive - 0.12).all()
    assert not fit.identified.any()


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


@given(st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
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


def test_labelled_inputs_are_put_in_the_order_of_mentions_or_refused():
    mentions, visits, *_ = evidence(8, n=30, m=4)
    names = [f"o{i:02d}" for i in range(30)]
    counts, pages = pd.DataFrame(mentions, index=names), pd.Series(visits, index=names)
    form = pd.Series(np.arange(30) % 3, index=names).astype(str)
    one = fit_occupancy(counts, pages, covariates=form)
    two = fit_occupancy(counts, pages[::-1], covariates=form[::-1])
    assert np.array_equal(one.offered, two.offered)
    assert one.psi_by_level_interval.shape == (3, 4, 2)
    assert (one.offered_interval[..., 0] <= one.offered_interval[..., 1]).all()
    with pytest.raises(KeyError, match="o29"):
        fit_occupancy(counts, pages[:-1])


@pytest.mark.parametrize(
    ("mentions", "visits", "message"),
    [
        ([[1, 0], [0, 1]], [1, 0], "visits, row 1, column 0: 0 is not a whole number from 1"),
        ([[1, 0], [3, 1]], [1, 2], "mentions, row 1, column 0: 3 mentions on 2 pages"),
        ([[1, -1]], [2], "mentions, row 0, column 1: -1"),
        ([[1, 0.5]], [2], "mentions, row 0, column 1: 0.5"),
        ([[1, np.nan]], [2], "mentions, row 0, column 1: nan"),
        ([[1, 0]], [2, 2], "visits has 2 operators where mentions has 1"),
    ],
)
def test_impossible_evidence_is_refused_with_its_place(mentions, visits, message):
    with pytest.raises(ValueError, match=message):
        fit_occupancy(mentions, visits)


def test_labels_of_a_data_frame_are_named_in_the_message():
    frame = pd.DataFrame([[1, 0], [0, 4]], index=["A", "B"], columns=["paie", "cloud"])
    with pytest.raises(ValueError, match="row 'B', column 'cloud': 4 mentions on 2 pages"):
        check_evidence(frame, pd.Series([1, 2], index=["A", "B"]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"covariates": ["a", None, "b"]}, "covariates, row 1: empty"),
        ({"detection": [0.5, 1.5]}, "detection: a rate lies in"),
    ],
)
def test_wrong_settings_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        fit_occupancy([[1, 0], [0, 1], [1, 1]], [2, 2, 2], **options)


MENTIONS = np.array([[2, 1], [3, 0], [0, 0], [1, 0], [0, 0], [2, 0]])
VISITS = np.array([4, 5, 3, 2, 1, 4])


def test_a_share_that_is_not_identified_keeps_its_interval_only():
    fit = fit_occupancy(MENTIONS, VISITS)
    table = corrected_shares(["a", "b"], fit).set_index("service_code")
    assert list(table.index) == ["a", "b"]
    assert table["corrected"].isna().to_dict() == {
        "a": not fit.identified[0],
        "b": not fit.identified[1],
    }
    assert (table["low"] <= table["high"]).all()
    assert table.loc["a", "naive"] == pytest.approx(4 / 6)


def test_false_mentions_are_set_beside_the_correction():
    fit = fit_occupancy(MENTIONS, VISITS)
    doubted = fit_occupancy(MENTIONS, VISITS, false_positives=(9, 34))
    table = corrected_shares(["a", "b"], fit, doubted)
    assert (table["doubted"] <= table["doubted_high"]).all()


def test_what_is_not_seen_is_listed_with_its_probability_and_interval():
    services = pd.DataFrame({"service_code": ["s", "t"]})
    operators = pd.DataFrame({"operator": ["a", "b", "c"], "n_pages": [4, 4, 1]})
    rows = [("a", "s", "offered", 3, 3), ("b", "s", "planned", 1, 1), ("b", "t", "offered", 2, 2)]
    states = pd.DataFrame(
        rows, columns=["operator", "service_code", "state", "n_pages", "n_firm_pages"]
    )
    profiles = build_profiles(operators, services, states)
    fit = fit_occupancy(profiles.mentions, profiles.visits)
    unseen = unseen_offers(profiles, fit)
    assert list(zip(unseen["operator"], unseen["service_code"], strict=True)) == [
        ("a", "t"),
        ("b", "s"),
        ("c", "s"),
        ("c", "t"),
    ]
    assert (unseen["low"] <= unseen["chance"]).all() and (unseen["chance"] <= unseen["high"]).all()
    by_pair = unseen.set_index(["operator", "service_code"])["chance"]
    # one page leaves more room for what it does not say than four
    assert by_pair["c", "t"] > by_pair["a", "t"]
    assert by_pair["a", "t"] == pytest.approx(fit.offered[0, 1])
