"""Widening: which service comes next for an operator of this profile, and whether profiles predict at all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.indicators.coverage import LEVEL
from helpers.profiles import SILENT


def next_services(
    offered: pd.DataFrame,
    memberships: np.ndarray,
    rates: np.ndarray,
    own: np.ndarray,
    *,
    eligible: np.ndarray | None = None,
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
    eligible : ndarray of bool, shape (m,), optional
        Services that may be suggested: leave out those whose rate the evidence does not identify, since the prior alone
        would rank them.
    top : int
        Services kept for each operator.
    level : float
        Level of the intervals.

    Returns
    -------
    DataFrame
        operator, rank, service_code, chance (share of operators of its profile that offer the service), low, high,
        own; operators in order, best first, ties in the order of the columns.

    Notes
    -----
    The memberships are held at their mean while the rates vary over the draws: intervals are those of the rates.
    """
    weight = np.where(np.isnan(rates[:, :, :1]), 0.0, memberships.T[None, :, :])  # (S, k, n)
    total = np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    chance = np.einsum("skn,skm->snm", weight / total, np.nan_to_num(rates))
    mean, ends = (
        chance.mean(axis=0),
        np.quantile(chance, [(1 - level) / 2, (1 + level) / 2], axis=0),
    )
    barred, rows = offered.to_numpy().copy(), []
    if eligible is not None:
        barred |= ~np.asarray(eligible)
    for i, name in enumerate(offered.index):
        order = [j for j in np.argsort(-mean[i], kind="stable") if not barred[i, j]][:top]
        rows += [
            {
                "operator": name,
                "rank": rank,
                "service_code": offered.columns[j],
                "chance": float(mean[i, j]),
                "low": float(ends[0, i, j]),
                "high": float(ends[1, i, j]),
                "own": float(own[i, j]),
            }
            for rank, j in enumerate(order, start=1)
        ]
    return pd.DataFrame(rows)


def hidden_services(
    mentions: pd.DataFrame, visits, predict, *, n_folds: int, top: int, rng, detection=None
) -> pd.DataFrame:
    """Hide services that were seen, and count how often a prediction puts them back among the first.

    Parameters
    ----------
    mentions : DataFrame of int, shape (n, m)
        Distinct pages of each operator that mention each service.
    visits : array_like of int, shape (n,)
    predict : dict of str to callable
        Name -> function of (mentions, visits, rng) that returns scores, shape (n, m).
    n_folds : int
        Parts into which the seen services are cut at random; each part is hidden once.
    top : int
        A hidden service is found when it is among this many best scores of what is then unseen at the operator.
    rng : numpy.random.Generator
    detection : array_like, shape (n, m), optional
        Known detection, where operators answered for themselves: a hidden service counts as one not answered, and each
        function is called with the detection that is left as a fourth argument.

    Returns
    -------
    DataFrame, one row per hidden service
        operator, service_code, and one column of bool per prediction.

    Raises
    ------
    ValueError
        If there are fewer services seen than folds.
    """
    counts, depth = mentions.to_numpy(), np.asarray(visits)
    cells = np.argwhere(counts > 0)
    if not 2 <= n_folds <= len(cells):
        raise ValueError(
            f"n_folds is {n_folds}: give a number from 2 to {len(cells)}, the services seen"
        )
    fold = rng.permutation(np.arange(len(cells)) % n_folds)
    rows = []
    for f in range(n_folds):
        hidden = cells[fold == f]
        kept = counts.copy()
        kept[tuple(hidden.T)] = 0
        known = () if detection is None else (_without(detection, hidden),)
        scores = {
            name: np.where(kept > 0, -np.inf, rule(kept, depth, rng, *known))
            for name, rule in predict.items()
        }
        for i, j in hidden:
            found = {
                name: bool((score[i] > score[i, j]).sum() < top) for name, score in scores.items()
            }
            rows.append(
                {"operator": mentions.index[i], "service_code": mentions.columns[j], **found}
            )
    return pd.DataFrame(rows)


def _without(detection, hidden: np.ndarray) -> np.ndarray:
    left = np.array(detection, dtype=float)
    left[tuple(hidden.T)] = SILENT
    return left


def popularity(
    mentions: np.ndarray, visits: np.ndarray, rng: np.random.Generator, detection=None
) -> np.ndarray:
    """Score each service by the number of operators seen offering it, the same for all operators, shape (n, m)."""
    return np.broadcast_to((mentions > 0).sum(axis=0).astype(float), mentions.shape)


def class_prediction(n_classes: int, n_init: int = 20, *, as_seen: bool = True):
    """Return a prediction for :func:`hidden_services`: what would be seen of operators of the same latent class.

    A hidden service is one that was seen: the share of the class that offers it is multiplied by the chance that the
    pages read of the operator say so.

    Parameters
    ----------
    n_classes : int
        Classes of the mixture with detection (:func:`helpers.typology.latent_classes_with_detection`).
    n_init : int
        Random starts.
    as_seen : bool
        Whether to weigh by the chance of being seen; without it, services are ranked by what the class offers.

    Returns
    -------
    callable
        (mentions, visits, rng) -> scores, shape (n, m); with known detection as a fourth argument, nothing is left to
        be seen and `as_seen` changes nothing.
    """
    from helpers.typology import latent_classes_with_detection

    def scores(
        mentions: np.ndarray, visits: np.ndarray, rng: np.random.Generator, detection=None
    ) -> np.ndarray:
        fit = latent_classes_with_detection(
            mentions, visits, n_classes, n_init=n_init, rng=rng, detection=detection
        )
        seen = as_seen and detection is None
        shown = 1 - (1 - fit.detection)[None, :] ** np.asarray(visits)[:, None] if seen else 1.0
        return fit.memberships @ fit.item_probabilities * shown

    return scores


def sign_test(only_first: int, only_second: int) -> float:
    """Return the exact p-value of two rules tried on the same cases (McNemar 1947, Psychometrika 12, p. 153).

    Parameters
    ----------
    only_first, only_second : int
        Cases that one rule finds and the other does not; cases on which they agree say nothing.

    Returns
    -------
    float
        Two-sided; 1 if they never differ.
    """
    from scipy.stats import binomtest

    differ = only_first + only_second
    return float(binomtest(only_first, differ, 0.5).pvalue) if differ else 1.0
