"""Widening: which service comes next for an operator of this profile, and what profiles predict."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from helpers.indicators.coverage import LEVEL, central_interval
from helpers.profiles import SILENT


def next_services(
    offered: pd.DataFrame,
    memberships: np.ndarray,
    rates: np.ndarray,
    own: np.ndarray,
    *,
    eligible: np.ndarray,
    top: int = 3,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Rank the services not seen at each operator by how many operators of its profile offer them.

    Parameters
    ----------
    offered : DataFrame of bool, shape (n, m)
        What was seen.
    memberships : ndarray, shape (n, k)
        Probability of each class given all the evidence on the operator.
    rates : ndarray, shape (S, k, m)
        Draws of the share of each class that offers each service; NaN where a draw lacks the class.
    own : ndarray, shape (n, m)
        Probability that the operator offers the service already, unseen.
    eligible : ndarray of bool, shape (m,)
        Services that may be suggested: not those whose rate the evidence does not identify.
    top : int
        Services kept for each operator.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        operator, rank, service_code, chance (share of operators of its profile that offer the
        service), low, high, own; operators in order, best first, ties in the order of the columns.

    Notes
    -----
    The memberships are held at their mean while the rates vary over the draws: intervals are those
    of the rates.
    """
    weight = np.where(np.isnan(rates[:, :, :1]), 0.0, memberships.T[None, :, :])  # (S, k, n)
    total = np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    chance = np.einsum("skn,skm->snm", weight / total, np.nan_to_num(rates))
    mean, (low, high) = chance.mean(axis=0), central_interval(chance, level)
    open_, rows = ~offered.to_numpy() & np.asarray(eligible), []
    for i, name in enumerate(offered.index):
        order = [j for j in np.argsort(-mean[i], kind="stable") if open_[i, j]][:top]
        for rank, j in enumerate(order, start=1):
            found = (float(table[i, j]) for table in (mean, low, high, own))
            rows.append((name, rank, offered.columns[j], *found))
    columns = ["operator", "rank", "service_code", "chance", "low", "high", "own"]
    return pd.DataFrame(rows, columns=columns)


def hidden_services(
    mentions: pd.DataFrame, visits, predict, *, n_folds: int, top: int, rng, detection=None
) -> pd.DataFrame:
    """Hide services that were seen, and tell which a prediction puts back among the first.

    Parameters
    ----------
    mentions : DataFrame of int, shape (n, m)
        Distinct pages of each operator that mention each service.
    predict : dict of str to callable
        Name -> function of (mentions, visits, rng) that returns scores, shape (n, m).
    n_folds : int
        Parts into which the seen services are cut at random; each part is hidden once.
    top : int
        A hidden service is found when it is among this many best scores of what is then unseen at
        the operator.
    detection : array_like, shape (n, m), optional
        Known detection, where operators answered for themselves: a hidden service counts as not
        answered, and each function is called with the detection left as a fourth argument.

    Returns
    -------
    DataFrame, one row per hidden service
        operator, service_code, and one column of bool per prediction.
    """
    counts, depth = mentions.to_numpy(), np.asarray(visits)
    cells = np.argwhere(counts > 0)
    fold = rng.permutation(np.arange(len(cells)) % n_folds)
    rows = []
    for f in range(n_folds):
        hidden = cells[fold == f]
        kept, known = counts.copy(), ()
        kept[tuple(hidden.T)] = 0
        if detection is not None:
            known = (np.array(detection, dtype=float),)
            known[0][tuple(hidden.T)] = SILENT
        scores = {
            name: np.where(kept > 0, -np.inf, rule(kept, depth, rng, *known))
            for name, rule in predict.items()
        }
        for i, j in hidden:
            found = {name: bool((s[i] > s[i, j]).sum() < top) for name, s in scores.items()}
            about = {"operator": mentions.index[i], "service_code": mentions.columns[j]}
            rows.append(about | found)
    return pd.DataFrame(rows)


def popularity(mentions: np.ndarray, visits, rng, detection=None) -> np.ndarray:
    """Score each service by the number of operators seen offering it, alike for all, (n, m)."""
    return np.broadcast_to((mentions > 0).sum(axis=0).astype(float), mentions.shape)


def class_prediction(n_classes: int, n_init: int = 20, *, as_seen: bool = True):
    """Return a prediction for :func:`hidden_services`: what operators of the same class offer.

    A mixture of `n_classes` (:func:`helpers.typology.latent_classes_with_detection`). With
    `as_seen`, scores are multiplied by the chance that the pages read of the operator say so, as a
    hidden service is one that was seen; with known detection nothing is left to be seen.
    """
    return partial(_class_scores, n_classes, n_init, as_seen)


def _class_scores(n_classes, n_init, as_seen, mentions, visits, rng, detection=None):
    from helpers.typology import latent_classes_with_detection

    known = {"rng": rng, "detection": detection}
    fit = latent_classes_with_detection(mentions, visits, n_classes, n_init=n_init, **known)
    scores = fit.memberships @ fit.item_probabilities
    if as_seen and detection is None:
        return scores * (1 - (1 - fit.detection)[None, :] ** np.asarray(visits)[:, None])
    return scores * 1.0


def sign_test(only_first: int, only_second: int) -> float:
    """Return the exact p-value of two rules tried on the same cases (McNemar 1947).

    The arguments count the cases that one rule finds and the other does not; 1 if there are none.
    """
    from scipy.stats import binomtest

    differ = only_first + only_second
    return float(binomtest(only_first, differ, 0.5).pvalue) if differ else 1.0
