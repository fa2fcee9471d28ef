"""Random completions of the public record: what may be offered although no page read says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from helpers.occupancy import check_detection, check_evidence
from helpers.occupancy.surface import Surface


def offer_draws(
    mentions, visits, n_draws: int, rng: np.random.Generator, *, detection=None
) -> np.ndarray:
    """Draw tables of what every operator offers, from the posterior of the occupancy model of each service.

    Each draw takes one pair of occupancy and per-page detection from the posterior (uniform priors), the same for all
    operators, and then draws what each of them offers given its own evidence. The uncertainty of the rates is thus
    shared by all operators, as it must be when populations are added up.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
        Distinct pages of each operator that mention each service.
    visits : array-like of int, shape (n,)
        Distinct pages read for each operator, at least 1.
    n_draws : int
        At most 2,000, the number of points that hold the posterior.
    rng : numpy.random.Generator
    detection : float or array-like, optional
        Per-page detection if it is known, as in :func:`helpers.occupancy.fit_occupancy`: where it is 1, what is not
        seen is not offered in any draw.

    Returns
    -------
    ndarray of bool, shape (n_draws, n, m)
        True wherever a page says so, in every draw.

    Raises
    ------
    ValueError
        If the evidence is impossible (see :func:`helpers.occupancy.check_evidence`) or `n_draws` out of range.

    Notes
    -----
    Services are independent of each other given the rates: the draws say how much may be unseen, and nothing of which
    services go together. MacKenzie et al. (2002), Ecology 83, p. 2250, for the model.
    """
    counts, depth = check_evidence(mentions, visits)
    n, m = counts.shape
    rates = check_detection(detection, n, m)
    if rates is not None:
        counts = np.where((rates == 1) & (counts > 0), depth[:, None], counts)
    out = np.empty((n_draws, n, m), dtype=bool)
    with threadpool_limits(1):
        for j, stream in enumerate(rng.spawn(m)):
            psi, p, _ = Surface(
                counts[:, j],
                depth,
                np.zeros(n, dtype=int),
                1,
                None if rates is None else rates[:, j],
                None,
            ).posterior(0)
            if not 1 <= n_draws <= len(psi):
                raise ValueError(f"n_draws is {n_draws}: give a number from 1 to {len(psi)}")
            picked = stream.permutation(len(psi))[:n_draws]
            missed = 1 - p[picked, None] if rates is None else 1 - rates[None, :, j]
            hidden = psi[picked, None] * missed ** depth[None, :]
            chance = hidden / np.maximum(hidden + 1 - psi[picked, None], 1e-300)
            out[:, :, j] = (counts[:, j] > 0) | (stream.random((n_draws, n)) < chance)
    return out


def family_mentions(
    statements: pd.DataFrame, states: pd.DataFrame, services: pd.DataFrame, operators
) -> pd.DataFrame:
    """Count the distinct pages that say that an operator offers some service of a family.

    A page that speaks of two services of one family counts once, so that the mentions of services cannot be added up.

    Parameters
    ----------
    statements : DataFrame
        One row per page, operator and service: operator, service_code, status, page.
    states : DataFrame
        Retained state of each operator and service: operator, service_code, state.
    services : DataFrame
        Taxonomy: service_code, family_code.
    operators : sequence of str
        Rows wanted, in order.

    Returns
    -------
    DataFrame of int, shape (n, f)
        Families in the order of the taxonomy.

    Raises
    ------
    ValueError
        If a statement is about a service that the taxonomy does not have.
    """
    family = dict(zip(services["service_code"], services["family_code"], strict=True))
    strangers = sorted(set(statements["service_code"]) - set(family))
    if strangers:
        raise ValueError(
            f"statements name the service {strangers[0]!r}, which is not in the taxonomy"
        )
    kept = states.loc[states["state"] == "offered", ["operator", "service_code"]]
    said = statements.loc[statements["status"] == "offered"].merge(
        kept, on=["operator", "service_code"]
    )
    said = said.assign(family=said["service_code"].map(family))
    said = said.drop_duplicates(["operator", "family", "page"])
    pages = pd.crosstab(said["operator"], said["family"])
    wanted = list(dict.fromkeys(services["family_code"]))
    return pages.reindex(index=list(operators), columns=wanted, fill_value=0).rename_axis(
        index="operator", columns="family_code"
    )
