"""Shares corrected for what was not read, as the notebooks show them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.occupancy.model import Occupancy
from helpers.profiles import Profiles


def corrected_shares(
    services: Sequence[str], fit: Occupancy, doubted: Occupancy | None = None
) -> pd.DataFrame:
    """Set the share seen of every service beside its correction.

    Parameters
    ----------
    services : sequence of str, length m
    fit : Occupancy
    doubted : Occupancy, optional
        The same evidence, fitted with a rate of false mentions.

    Returns
    -------
    DataFrame
        Columns service_code, naive, corrected, low, high, identified, detection (per page) and, if `doubted` is given,
        doubted, doubted_low, doubted_high; the most often seen service first, then by code. Where a share is not
        identified, `corrected` and `detection` are missing: only the interval says something.

    Raises
    ------
    ValueError
        If the number of services is not that of the fit.
    """
    if len(services) != len(fit.psi):
        raise ValueError(f"{len(services)} services where the fit has {len(fit.psi)}")
    table = pd.DataFrame(
        {
            "service_code": list(services),
            "naive": fit.naive,
            "corrected": pd.Series(fit.psi).where(fit.identified),
            "low": fit.psi_interval[:, 0],
            "high": fit.psi_interval[:, 1],
            "identified": fit.identified,
            "detection": pd.Series(fit.p).where(fit.identified),
        }
    )
    if doubted is not None:
        table["doubted"] = doubted.psi
        table["doubted_low"], table["doubted_high"] = doubted.psi_interval.T
    return table.sort_values(["naive", "service_code"], ascending=[False, True], ignore_index=True)


def unseen_offers(profiles: Profiles, fit: Occupancy) -> pd.DataFrame:
    """List what no page shows at each operator, with the probability that it is offered all the same.

    Parameters
    ----------
    profiles : Profiles
        The n operators and m services of the fit.
    fit : Occupancy

    Returns
    -------
    DataFrame, one row per operator and service not seen offered there
        operator, service_code, chance (probability that it is offered, given the pages read), low, high (its posterior
        interval) and identified (whether the rate of the service itself is; see :func:`fit_occupancy`). Services in the
        order of the taxonomy.

    Raises
    ------
    ValueError
        If the fit is of other operators or services.
    """
    shape = (len(profiles.operators), len(profiles.services))
    if fit.offered.shape != shape:
        raise ValueError(
            f"the fit is of {fit.offered.shape} operators and services where the profiles have {shape}"
        )
    seen = profiles.offered.to_numpy()
    rows = [
        (name, code, fit.offered[i, j], *fit.offered_interval[i, j], bool(fit.identified[j]))
        for i, name in enumerate(profiles.operators)
        for j, code in enumerate(profiles.services)
        if not seen[i, j]
    ]
    return pd.DataFrame(
        rows, columns=["operator", "service_code", "chance", "low", "high", "identified"]
    )
