"""What a class rests on: the evidence that would change it, the depth behind it, and what this design could find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.metrics import adjusted_rand_score

from helpers.occupancy import check_evidence
from helpers.typology.bayes import BayesianClasses
from helpers.typology.detection import latent_classes_with_detection
from helpers.typology.latent import check_starts
from helpers.typology.simulation import simulate_evidence

# An adjusted Rand index from which a partition counts as recovered.
RECOVERED = 0.8


@dataclass(frozen=True)
class ClassModel:
    """Parameters of a mixture with detection, from whichever fit.

    Attributes
    ----------
    shares : ndarray, shape (k,)
    rates : ndarray, shape (k, m)
    detection : ndarray, shape (m,) or (n, m)
    operator_spread : float
    """

    shares: np.ndarray
    rates: np.ndarray
    detection: np.ndarray
    operator_spread: float = 0.0


def class_model(fit) -> ClassModel:
    """Parameters of a fit: posterior means of a `BayesianClasses`, point estimates of a `DetectionClasses`."""
    if isinstance(fit, ClassModel):
        return fit
    if isinstance(fit, BayesianClasses):
        seen = [fit.present[:, c] for c in range(fit.n_classes)]
        rates = np.stack(
            [
                fit.rates[kept, c].mean(axis=0)
                if kept.any()
                else fit.offered[fit.partition == c].mean(axis=0)
                for c, kept in enumerate(seen)
            ]
        )
        shares = fit.shares.mean(axis=0)
        return ClassModel(
            shares / shares.sum(),
            rates,
            fit.detection.mean(axis=0),
            float(np.median(fit.operator_spread)),
        )
    return ClassModel(fit.shares, fit.item_probabilities, fit.detection)


def _log_memberships(model: ClassModel, seen, visits) -> np.ndarray:
    """Unnormalised log-membership and the terms of each service if unseen and seen, (n, k), (n, k, m), (k, m)."""
    unseen = (1 - np.broadcast_to(model.detection, seen.shape)) ** np.asarray(visits)[:, None]
    rates = np.clip(model.rates, 1e-9, 1 - 1e-9)
    silent = np.log1p(-rates[None] * (1 - unseen[:, None, :]))
    found = np.log(rates)
    terms = np.where(seen[:, None, :], found[None], silent)
    return np.log(model.shares)[None] + terms.sum(axis=2), silent, found


def what_would_change(
    fit,
    mentions,
    visits,
    *,
    services: Sequence[str] | None = None,
    operators: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Fewest newly found services that would put each operator in another class.

    Finding a service multiplies the odds of two classes by a factor of its own, so that the smallest set is the one
    with the greatest factors: exact, without search. Rates are held fixed, and so is the number of pages.

    Parameters
    ----------
    fit : DetectionClasses, BayesianClasses or ClassModel
    mentions : array-like of int, shape (n, m)
    visits : array-like of int, shape (n,)
    services, operators : sequence of str, optional
        Labels; positions by default.

    Returns
    -------
    pandas.DataFrame
        One row per operator: `current` class, its `membership`, `destination`, `n_services`, `services` (tuple).
        Missing destination and -1 services where nothing that is still unseen would do.
    """
    counts, depth = check_evidence(mentions, visits)
    model = class_model(fit)
    services = [str(s) for s in (services if services is not None else range(counts.shape[1]))]
    index = pd.Index(
        [str(o) for o in (operators if operators is not None else range(len(counts)))],
        name="operator",
    )
    logs, silent, found = _log_memberships(model, counts > 0, depth)
    probabilities = np.exp(logs - logs.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    rows = []
    for i, current in enumerate(logs.argmax(axis=1)):
        best = (len(services) + 1, 0.0, pd.NA, ())
        open_cells = np.flatnonzero(counts[i] == 0)
        gains = found[:, open_cells] - silent[i][:, open_cells]
        for other in range(len(model.shares)):
            if other == current:
                continue
            gain = gains[other] - gains[current]
            order = np.argsort(-gain, kind="stable")
            reach = logs[i, other] - logs[i, current] + np.cumsum(gain[order])
            enough = np.flatnonzero(reach > 0)
            if len(enough) == 0:
                continue
            number = int(enough[0]) + 1
            candidate = (
                number,
                -float(reach[enough[0]]),
                other,
                tuple(services[j] for j in open_cells[order[:number]]),
            )
            best = min(best, candidate, key=lambda c: c[:2])
        rows.append(
            (current, probabilities[i, current], best[2], best[0] if best[3] else -1, best[3])
        )
    columns = ["current", "membership", "destination", "n_services", "services"]
    return pd.DataFrame(rows, index=index, columns=columns).astype({"destination": "Int64"})


def value_of_one_more_page(
    fit, mentions, visits, *, n_draws: int = 500, rng: np.random.Generator
) -> np.ndarray:
    """Estimate the fall of the entropy of each operator's membership if one more page were read.

    Parameters
    ----------
    fit : DetectionClasses, BayesianClasses or ClassModel
    mentions : array-like of int, shape (n, m)
    visits : array-like of int, shape (n,)
    n_draws : int
        Imagined pages per operator.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n,)
        In nats; the next page worth reading is the operator's with the largest value.
    """
    counts, depth = check_evidence(mentions, visits)
    model = class_model(fit)
    logs = _log_memberships(model, counts > 0, depth)[0]
    memberships = _softmax(logs)
    detection = np.broadcast_to(model.detection, counts.shape)
    hidden = model.rates[None] * ((1 - detection) ** depth[:, None])[:, None, :]
    offered = np.where((counts > 0)[:, None, :], 1.0, hidden / (hidden + 1 - model.rates[None]))
    out = np.empty(len(counts))
    for i in range(len(counts)):
        classes = rng.choice(len(model.shares), size=n_draws, p=memberships[i])
        page = rng.random((n_draws, counts.shape[1])) < offered[i, classes] * detection[i]
        seen = (counts[i] > 0) | page
        imagined = ClassModel(model.shares, model.rates, detection[i])
        later = _log_memberships(imagined, seen, np.full(n_draws, depth[i] + 1))[0]
        out[i] = _entropy(memberships[i : i + 1])[0] - _entropy(_softmax(later)).mean()
    return out


def _softmax(logs):
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def _entropy(probabilities):
    return -(probabilities * np.log(np.maximum(probabilities, 1e-300))).sum(axis=1)


def eta_squared(values, labels) -> float:
    """Share of the variance of a quantity (pages read) that lies between classes; 0 if it does not vary."""
    values, labels = np.asarray(values, dtype=float), np.asarray(labels)
    total = ((values - values.mean()) ** 2).sum()
    between = sum(
        (labels == c).sum() * (values[labels == c].mean() - values.mean()) ** 2
        for c in np.unique(labels)
    )
    return float(between / total) if total > 0 else 0.0


def entropy_depth_correlation(memberships, visits) -> float:
    """Spearman correlation between how uncertain an operator's class is and how many of its pages were read.

    Negative when it is reading that settles classes; NaN if either does not vary.
    """
    entropy = np.round(_entropy(np.asarray(memberships, dtype=float)), 12)
    if np.ptp(entropy) == 0 or np.ptp(np.asarray(visits)) == 0:
        return float("nan")
    return float(spearmanr(entropy, visits).statistic)


def design_card(
    fit,
    visits,
    *,
    extra_pages: Sequence[int] = (0, 1, 2, 5, 10),
    n_sets: int = 50,
    n_init: int = 10,
    rng,
    detection=None,
) -> pd.DataFrame:
    """How well classes of this separation would be found again, with these operators, services and pages.

    Evidence is drawn from the fitted model with as many operators, services and pages, the same number of classes is
    fitted to it, and the partition is compared with the one that was drawn; then with more pages for everyone.

    Parameters
    ----------
    fit : DetectionClasses, BayesianClasses or ClassModel
    visits : array-like of int, shape (n,)
    extra_pages : sequence of int
        Pages added to every operator, one line of the card each.
    n_sets : int
        Simulated sets per line.
    n_init : int
        Random starts of each fit.
    rng : numpy.random.Generator
    detection : float or ndarray, shape (m,), optional
        Known per-page detection, such as 1 where operators answer for themselves; that of the fit by default.

    Returns
    -------
    pandas.DataFrame
        Index `extra_pages`; `mean_ari`, `low`, `high` (10 % and 90 % quantiles of the adjusted Rand index) and
        `recovered`, the share of sets with an index of at least 0.8.
    """
    check_starts(n_init, rng)
    model, depth = class_model(fit), np.asarray(visits)
    known, spread = detection, model.operator_spread
    detection = model.detection if model.detection.ndim == 1 else model.detection.mean(axis=0)
    if known is not None:
        detection, spread = np.broadcast_to(np.asarray(known, dtype=float), detection.shape), 0.0
    k = len(model.shares)
    rows = []
    for extra in extra_pages:
        scores = []
        for stream in rng.spawn(n_sets):
            drawn = simulate_evidence(
                model.shares, model.rates, detection, depth + extra, stream, operator_spread=spread
            )
            again = latent_classes_with_detection(
                drawn.mentions, drawn.visits, k, n_init=n_init, rng=stream, detection=known
            )
            scores.append(adjusted_rand_score(drawn.classes, again.labels))
        low, high = np.quantile(scores, [0.1, 0.9])
        rows.append((np.mean(scores), low, high, np.mean(np.array(scores) >= RECOVERED)))
    index = pd.Index([int(e) for e in extra_pages], name="extra_pages")
    return pd.DataFrame(rows, index=index, columns=["mean_ari", "low", "high", "recovered"])
