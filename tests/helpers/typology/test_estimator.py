"""The mixture with detection keeps the conventions of scikit-learn."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import adjusted_rand_score

from helpers.typology import DetectionMixture

QUICK = {"n_chains": 2, "n_draws": 60, "burn_in": 100, "thin": 2}


@pytest.fixture(scope="module")
def evidence(planted):
    return planted.mentions, planted.visits


@pytest.fixture(scope="module")
def quick(evidence):
    return DetectionMixture(random_state=3, **QUICK).fit(evidence)


def test_the_fit_has_the_shapes_and_the_rates_of_what_was_planted(planted, fitted):
    assert repr(fitted.posterior).endswith("classes, 90 operators, 24 services)")
    assert fitted.mixture.n_features_in_ == 24
    assert fitted.mixture.memberships_.shape == (90, 3)
    assert np.abs(fitted.mixture.expected_rates_ - planted.rates[planted.classes]).mean() < 0.13


def test_parameters_are_got_set_and_cloned_unfitted(fitted, evidence):
    copy = clone(fitted.mixture)
    assert copy.get_params() == fitted.mixture.get_params()
    assert copy.set_params(max_classes=4).max_classes == 4
    with pytest.raises(NotFittedError):
        copy.predict(evidence)


def test_probabilities_sum_to_one_and_agree_with_the_fit(fitted, evidence):
    chances = fitted.mixture.predict_proba(evidence)
    assert chances.sum(axis=1) == pytest.approx(1)
    assert np.abs(chances - fitted.mixture.memberships_).mean() < 0.02
    assert (fitted.mixture.predict(evidence) == chances.argmax(axis=1)).all()


def test_one_random_state_gives_one_fit_and_a_generator_is_a_seed_too(evidence, quick):
    assert (DetectionMixture(random_state=3, **QUICK).fit_predict(evidence) == quick.labels_).all()
    other = DetectionMixture(random_state=np.random.default_rng(3), **QUICK).fit(evidence)
    assert np.array_equal(other.memberships_, quick.memberships_)


def test_profiles_are_taken_as_they_are(quick, fitted, profiles):
    one = DetectionMixture(random_state=3, **QUICK).fit(profiles)
    assert np.array_equal(one.labels_, quick.labels_)
    assert one.predict_proba(profiles.of(fitted.operators[:4])).shape[0] == 4


def test_where_operators_answered_a_zero_is_a_no():
    yes = np.repeat(np.kron(np.eye(2, dtype=int), [1] * 5), 12, axis=0)
    answered = (yes, np.ones(24, dtype=int), np.ones(yes.shape))
    mixture = DetectionMixture(random_state=0, **QUICK).fit(answered)
    assert adjusted_rand_score(np.repeat([0, 1], 12), mixture.labels_) == 1
    assert (mixture.posterior_.offered == yes).all()
    assert (mixture.predict(answered) == mixture.labels_).all()


def test_a_smaller_prior_of_rates_lets_classes_be_purer(evidence, quick):
    loose = DetectionMixture(rate_prior=4.0, random_state=3, **QUICK).fit(evidence).posterior_
    sharp = quick.posterior_
    assert loose.rates[loose.present].max() < sharp.rates[sharp.present].max()
