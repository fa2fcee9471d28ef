import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from helpers.occupancy import fit_occupancy
from helpers.typology import latent_classes, latent_classes_with_detection, planted_classes


@pytest.fixture(scope="module")
def planted():
    return planted_classes(90, 20, np.random.default_rng(4), visits=np.full(90, 6))


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_certain_detection_gives_plain_latent_classes(planted, k):
    seen = planted.mentions > 0
    plain = latent_classes(seen, k, n_init=60, rng=np.random.default_rng(0))
    for mentions, visits in ((seen, np.ones(90)), (planted.mentions, planted.visits)):
        fit = latent_classes_with_detection(
            mentions, visits, k, n_init=60, rng=np.random.default_rng(0), detection=1
        )
        assert fit.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-3)
        assert fit.n_parameters == plain.n_parameters
        assert fit.shares == pytest.approx(plain.shares, abs=1e-2)
        assert np.array_equal(fit.offered, seen)


def test_one_class_is_the_occupancy_model(planted):
    fit = latent_classes_with_detection(
        planted.mentions, planted.visits, 1, n_init=1, rng=np.random.default_rng(0), prior=0
    )
    occupancy = fit_occupancy(planted.mentions, planted.visits)
    assert fit.log_likelihood == pytest.approx(occupancy.log_likelihood.sum(), abs=1e-3)
    assert fit.item_probabilities[0] == pytest.approx(occupancy.psi, abs=0.01)
    assert fit.detection == pytest.approx(occupancy.p, abs=0.01)


def test_planted_classes_rates_and_detection_are_recovered():
    truth = planted_classes(
        400, 20, np.random.default_rng(1), visits=np.full(400, 8), detection=(0.2, 0.5)
    )
    fit = latent_classes_with_detection(
        truth.mentions, truth.visits, 3, n_init=20, rng=np.random.default_rng(0)
    )
    assert adjusted_rand_score(truth.classes, fit.labels) > 0.9
    order = [np.bincount(truth.classes[fit.labels == c]).argmax() for c in range(3)]
    assert np.abs(fit.item_probabilities - truth.rates[order]).mean() < 0.06
    assert np.abs(fit.detection - truth.detection).mean() < 0.03
    unseen = truth.mentions == 0
    assert abs(fit.offered[unseen].mean() - truth.offered[unseen].mean()) < 0.02


def test_known_detection_is_kept_and_accepted_in_every_shape(planted):
    common = {"n_init": 5, "rng": np.random.default_rng(0)}
    one = latent_classes_with_detection(
        planted.mentions, planted.visits, 2, **common, detection=0.3
    )
    assert (one.detection == 0.3).all()
    assert one.n_parameters == 2 - 1 + 2 * 20
    table = np.full((90, 20), 0.3)
    two = latent_classes_with_detection(
        planted.mentions, planted.visits, 2, n_init=5, rng=np.random.default_rng(0), detection=table
    )
    assert two.log_likelihood == one.log_likelihood


def test_results_repeat_and_do_not_depend_on_row_order(planted):
    order = np.random.default_rng(1).permutation(90)
    one, two = (
        latent_classes_with_detection(
            planted.mentions[rows], planted.visits[rows], 3, n_init=8, rng=np.random.default_rng(2)
        )
        for rows in (np.arange(90), order)
    )
    assert one.log_posterior == two.log_posterior
    assert np.array_equal(one.memberships[order], two.memberships)
    assert np.array_equal(one.offered[order], two.offered)


def test_weak_prior_helps_starts_and_is_not_in_the_log_likelihood(planted):
    fits = {
        prior: latent_classes_with_detection(
            planted.mentions,
            planted.visits,
            3,
            n_init=30,
            rng=np.random.default_rng(0),
            prior=prior,
        )
        for prior in (0.0, 0.5)
    }
    assert fits[0.0].log_likelihood >= fits[0.5].log_likelihood
    assert fits[0.0].log_posterior == pytest.approx(fits[0.0].log_likelihood)
    assert fits[0.5].item_probabilities.min() > 1e-3


def test_more_classes_never_lower_the_likelihood(planted):
    values = [
        latent_classes_with_detection(
            planted.mentions, planted.visits, k, n_init=30, rng=np.random.default_rng(0), prior=0
        ).log_likelihood
        for k in (1, 2, 3)
    ]
    assert values[0] < values[1] < values[2]


@pytest.mark.parametrize(
    ("mentions", "visits", "k", "options", "message"),
    [
        ([[1, 0], [0, 1]], [1, 0], 1, {}, "visits, row 1: 0 pages"),
        ([[2, 0], [0, 1]], [1, 1], 1, {}, "mentions, row 0, column 0: 2 mentions on 1 pages"),
        ([[1, 0], [1, 0]], [1, 1], 2, {}, r"more classes than distinct rows \(1\)"),
        ([[1, 0], [2, 0]], [2, 2], 2, {"detection": 1}, r"more classes than distinct rows \(1\)"),
        ([[1, 0], [0, 1]], [1, 1], 1, {"detection": -0.1}, "detection is -0.1"),
        ([[1, 0], [0, 1]], [1, 1], 1, {"prior": -1}, "prior is -1"),
        ([[1, 0], [0, 1]], [1, 1], 1, {"n_init": 0}, "n_init is 0"),
    ],
)
def test_bad_input_is_refused(mentions, visits, k, options, message):
    with pytest.raises(ValueError, match=message):
        latent_classes_with_detection(
            mentions, visits, k, **({"n_init": 2, "rng": np.random.default_rng(0)} | options)
        )
