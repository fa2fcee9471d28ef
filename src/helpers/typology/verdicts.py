"""The written rule applied to other evidence, and what survives of each statement."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.typology.bayes import gibbs_classes
from helpers.typology.choice import choose_n_classes
from helpers.typology.nulls import null_stability
from helpers.typology.robustness import Variant

VERDICTS_FR = {
    "k classes": "la règle conclut à des classes",
    "no classes": "la règle conclut qu’il n’y a pas de classes",
    "undecided": "la règle laisse la question ouverte",
}
VERDICTS_SHORT_FR = {
    "k classes": "classes",
    "no classes": "pas de classes",
    "undecided": "question ouverte",
}
MAX_CLUSTERS = 5


def verdicts(
    variants: Sequence[Variant],
    *,
    n_null: int,
    n_resamples: int,
    rng: np.random.Generator,
    declared: bool = False,
    **settings,
) -> pd.DataFrame:
    """Apply the rule of ``docs/typology-rule.md`` to each variant of the evidence.

    Parameters
    ----------
    variants : sequence of Variant
    n_null, n_resamples : int
        For the stability against curveball nulls, up to five clusters.
    rng : numpy.random.Generator
        Every variant has a stream of its own.
    declared : bool
        Whether operators answered for themselves, so that detection is known: see `Profiles.self_declared`.
    **settings
        Passed to `gibbs_classes`.

    Returns
    -------
    DataFrame
        One row per variant: family, variant, n_operators, none (probability of fewer than two classes), candidate,
        candidate_probability, ambiguous (share of pairs), verdict, failed (names of the checks, joined by "+").
    """
    rows = []
    for variant, stream in zip(variants, rng.spawn(len(variants)), strict=True):
        profiles, streams = variant.profiles, stream.spawn(3)
        detection = profiles.self_declared if declared else None
        posterior = gibbs_classes(
            profiles.mentions, profiles.visits, rng=streams[0], detection=detection, **settings
        )
        seen = profiles.offered.astype(int)
        most = min(MAX_CLUSTERS, len(seen.drop_duplicates()))
        stability = null_stability(
            seen,
            range(1, most + 1),
            method="ward",
            n_null=n_null,
            n_resamples=n_resamples,
            rng=streams[1],
        )
        choice = choose_n_classes(
            profiles.mentions, profiles.visits, max_classes=most, n_init=1, rng=streams[2], posterior=posterior,
            stability=stability, detection=detection,
        )  # fmt: skip
        substantial = posterior.substantial_posterior
        rows.append(
            {
                "family": variant.family,
                "variant": variant.name,
                "n_operators": len(profiles.operators),
                "none": float(substantial[:2].sum()),
                "candidate": choice.candidate,
                "candidate_probability": float(substantial[choice.candidate]),
                "ambiguous": posterior.ambiguous_share,
                "verdict": choice.verdict,
                "failed": "+".join(choice.failed),
            }
        )
    return pd.DataFrame(rows)


def survival(
    statements: Sequence[tuple[str, Sequence[bool]]], *, holds_from: float, fails_below: float
):
    """Tell in how many of the ways tried each statement is true.

    Parameters
    ----------
    statements : sequence of (str, sequence of bool)
        Statement, and whether it is true in each way tried; ways in which it cannot be asked are left out beforehand.
    holds_from, fails_below : float
        Shares from which it holds and below which it does not; between them it is fragile.

    Returns
    -------
    DataFrame
        Columns statement, tried, true, share, word ("tient", "fragile", "ne tient pas").

    Raises
    ------
    ValueError
        If a statement was tried nowhere.
    """
    rows = []
    for text, found in statements:
        if not len(found):
            raise ValueError(f"{text!r} was tried nowhere")
        share = float(np.mean(found))
        word = (
            "tient" if share >= holds_from else "ne tient pas" if share < fails_below else "fragile"
        )
        rows.append((text, len(found), int(np.sum(found)), share, word))
    return pd.DataFrame(rows, columns=["statement", "tried", "true", "share", "word"])
