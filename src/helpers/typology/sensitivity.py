"""What moves the classes: other evidence, other priors, other methods; what the rule could find."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score, silhouette_score

from claimbook.memory import remember
from helpers.estimates import Estimate, share
from helpers.profiles import Profiles
from helpers.typology.bayes import BayesianClasses, gibbs_classes
from helpers.typology.latent import latent_classes
from helpers.typology.partitions import match_groups
from helpers.typology.rule import SOME_CLASSES, choose_n_classes
from helpers.typology.simulation import class_model, simulate_evidence
from helpers.typology.stability import null_stability
from helpers.typology.trees import jaccard_distances, partition
from helpers.variants import Variant

# Chains of a variant, shorter than those of the main solution; and of one refit among many.
SHORT = {"n_draws": 250, "burn_in": 500, "thin": 4}
QUICK = {"n_chains": 2, "n_draws": 300, "burn_in": 500, "thin": 4}
MAX_CLUSTERS = 6


@remember
def sensitivity(
    variants: list[Variant],
    reference: pd.Series,
    *,
    n_null: int = 99,
    n_resamples: int = 100,
    rng: np.random.Generator | int,
    **settings,
) -> pd.DataFrame:
    """Apply the rule of ``docs/typology-rule.md`` to each variant of the evidence.

    Parameters
    ----------
    variants : list of Variant
        Settings of a variant go to `gibbs_classes`.
    reference : Series of int
        Class of each operator in the main solution.
    n_null, n_resamples : int
        For the stability against curveball nulls.
    rng : numpy.random.Generator or int
        Every variant has a stream of its own.
    **settings
        Passed to `gibbs_classes` for all variants, instead of `SHORT`.

    Returns
    -------
    DataFrame
        Index variant; n (operators), candidate (most probable number of classes from 2), value (its
        probability), verdict, failed (conditions, joined by "+"), ari (adjusted Rand index with the
        reference, over the operators that both have), found (list: Jaccard index of each class of
        the reference with the class matched to it).
    """
    rng = np.random.default_rng(rng)
    rows = []
    for variant, stream in zip(variants, rng.spawn(len(variants)), strict=True):
        profiles, streams = variant.profiles, stream.spawn(2)
        options = (settings or SHORT) | (variant.settings or {})
        posterior = gibbs_classes(profiles.mentions, profiles.visits, rng=streams[0], **options)
        most = min(MAX_CLUSTERS, len(profiles.offered.drop_duplicates()))
        draws = {"n_null": n_null, "n_resamples": n_resamples, "rng": streams[1]}
        stability = null_stability(profiles.offered, range(1, most + 1), method="ward", **draws)
        choice = choose_n_classes(posterior, stability)
        labels = pd.Series(posterior.partition, index=profiles.operators)
        common = labels.index.intersection(reference.index)
        one, two = reference[common].to_numpy(), labels[common].to_numpy()
        rows.append(
            {
                "variant": variant.name,
                "n": len(profiles.operators),
                "candidate": choice.candidate,
                "value": float(posterior.substantial_posterior[choice.candidate]),
                "verdict": choice.verdict,
                "failed": "+".join(choice.failed),
                "ari": float(adjusted_rand_score(one, two)),
                "found": _found_again(one, two, int(reference.max()) + 1),
            }
        )
    return pd.DataFrame(rows).set_index("variant")


def _found_again(reference: np.ndarray, labels: np.ndarray, k: int) -> list[float]:
    """Jaccard index of each of k classes with the one matched to it, 0 where none is left."""
    inside = reference == np.arange(k)[:, None]
    found = labels == np.arange(int(labels.max()) + 1)[:, None]
    both = inside.astype(int) @ found.T.astype(int)
    either = inside.sum(axis=1)[:, None] + found.sum(axis=1) - both
    jaccard = both / np.maximum(either, 1)
    matched = match_groups(jaccard)
    return [float(jaccard[c, m]) if m >= 0 else 0.0 for c, m in enumerate(matched)]


def method_agreement(
    profiles: Profiles, labels: np.ndarray, *, n_init: int = 50, rng: np.random.Generator | int
) -> pd.DataFrame:
    """Set the classes beside other methods with as many classes, on what was seen.

    Parameters
    ----------
    profiles : Profiles
    labels : ndarray of int, shape (n,)
        Class of each operator, two classes at least.
    n_init : int
        Random starts of the latent classes.
    rng : numpy.random.Generator or int

    Returns
    -------
    DataFrame
        Index method (mixture, latent, ward); ari (adjusted Rand index with `labels`), silhouette
        (mean, by Jaccard distance; Rousseeuw 1987), sizes (operators of each class, as a text).
    """
    rng = np.random.default_rng(rng)
    seen, k = profiles.offered.astype(int), int(labels.max()) + 1
    distances = jaccard_distances(seen)
    found = {
        "mixture": labels,
        "latent": latent_classes(seen, k, n_init=n_init, rng=rng).labels,
        "ward": partition(distances, k, "ward"),
    }
    rows = {}
    for method, other in found.items():
        sizes = sorted(np.unique(other, return_counts=True)[1].tolist(), reverse=True)
        rows[method] = {
            "ari": float(adjusted_rand_score(labels, other)),
            "silhouette": float(silhouette_score(distances[0], other, metric="precomputed")),
            "sizes": " + ".join(map(str, sizes)),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("method")


@remember
def power(
    posterior: BayesianClasses, visits, *, n_sets: int = 40, rng, **settings
) -> Mapping[str, Estimate]:
    """Return how often the rule would announce classes like the fitted ones, read as deeply.

    Evidence is drawn from the fitted model, and the rule is applied to each set, without its
    condition on stability, which can only withhold a verdict.

    Parameters
    ----------
    posterior : BayesianClasses
        Of several classes.
    visits : array-like of int, shape (n,)
    n_sets : int
        Simulated sets.
    rng : numpy.random.Generator or int
    **settings
        Passed to `gibbs_classes` instead of `QUICK`.

    Returns
    -------
    dict of str to Estimate
        announced (sets in which the rule says that there are classes) and number (sets in which the
        most probable number is the planted one).
    """
    rng = np.random.default_rng(rng)
    model, depth = class_model(posterior), np.asarray(visits)
    announced, right = 0, 0
    for stream in rng.spawn(n_sets):
        drawn = simulate_evidence(model, depth, stream)
        again = gibbs_classes(drawn.mentions, drawn.visits, rng=stream, **(settings or QUICK))
        choice = choose_n_classes(again)
        announced += choice.verdict == SOME_CLASSES
        right += choice.candidate == posterior.n_classes
    return {"announced": share(announced, n_sets), "number": share(right, n_sets)}
