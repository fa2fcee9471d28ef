"""The mixture with detection as an estimator of scikit-learn."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from helpers.profiles import Profiles
from helpers.typology.bayes import gibbs_classes, place_operators
from helpers.typology.simulation import class_model


class DetectionMixture(ClusterMixin, BaseEstimator):
    """Classes of operators, when a page may fail to mention a service that is offered.

    Each class offers each service with a probability of its own; each page read mentions what is
    offered with another, which varies between operators. Sampled by Gibbs (`gibbs_classes`), with
    more classes than needed: the data empty some.

    The data `X` of every method are a `Profiles`, or a pair ``(mentions, visits)``: distinct pages
    that mention each service, (n, m), and distinct pages read, (n,). A third element is the known
    per-page detection, such as ``profiles.self_declared`` where operators answered for themselves.

    Parameters
    ----------
    max_classes : int
        Upper limit of the number of classes.
    concentration : float
        Dirichlet parameter of each class share; with 1 and `max_classes` = k, an ordinary mixture
        of k classes.
    rate_prior : float
        Beta parameter, on both sides, of the share of a class that offers a service.
    n_chains, n_draws, burn_in, thin : int
        Chains; draws kept of each; sweeps thrown away first; sweeps between draws.
    random_state : int, Generator or None
        An int gives the same fit every time.

    Attributes
    ----------
    posterior_ : BayesianClasses
        Number of classes, memberships, shares, rates, diagnostics.
    labels_ : ndarray of int, shape (n,)
        Class of each operator in the partition closest to all draws, the largest class first.
    memberships_ : ndarray, shape (n, k)
        Probability of each class, for the operators of the fit.
    expected_rates_ : ndarray, shape (n, m)
        Probability that an operator of the classes of each operator offers each service.
    n_features_in_ : int
        Services.

    See Also
    --------
    helpers.typology.latent_classes : latent classes of what was seen, by StepMix.

    Examples
    --------
    >>> from helpers.typology import DetectionMixture
    >>> mixture = DetectionMixture(n_chains=2, n_draws=50, burn_in=50, random_state=0)
    >>> mixture.fit(([[2, 0], [3, 0], [0, 2], [0, 3]], [3, 3, 3, 3])).labels_.shape
    (4,)
    """

    def __init__(
        self,
        max_classes: int = 10,
        concentration: float = 0.01,
        rate_prior: float = 1.0,
        n_chains: int = 4,
        n_draws: int = 500,
        burn_in: int = 1000,
        thin: int = 5,
        random_state: int | np.random.Generator | None = None,
    ):
        self.max_classes = max_classes
        self.concentration = concentration
        self.rate_prior = rate_prior
        self.n_chains = n_chains
        self.n_draws = n_draws
        self.burn_in = burn_in
        self.thin = thin
        self.random_state = random_state

    def fit(self, X, y=None):
        """Sample the posterior of the classes; `y` is ignored."""
        mentions, visits, detection = _evidence(X)
        settings = self.get_params()
        rng = np.random.default_rng(settings.pop("random_state"))
        self.posterior_ = gibbs_classes(mentions, visits, detection=detection, rng=rng, **settings)
        self.labels_ = self.posterior_.partition
        self.memberships_ = self.posterior_.memberships
        rates = class_model(self.posterior_).rates
        self.expected_rates_ = self.memberships_ @ rates
        self.n_features_in_ = rates.shape[1]
        return self

    def predict_proba(self, X) -> np.ndarray:
        """Return the probability of each class for operators, new ones or not, shape (n, k)."""
        check_is_fitted(self)
        return place_operators(self.posterior_, *_evidence(X))

    def predict(self, X) -> np.ndarray:
        """Return the most probable class of each operator, shape (n,)."""
        return self.predict_proba(X).argmax(axis=1)


def _evidence(data) -> tuple:
    """Return mentions, visits and known detection (None if it is to be estimated)."""
    if isinstance(data, Profiles):
        return data.mentions, data.visits, None
    mentions, visits, *detection = data
    return mentions, visits, detection[0] if detection else None
