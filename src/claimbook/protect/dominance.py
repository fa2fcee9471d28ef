"""Amounts that one operator makes up almost alone, and how far they must be rounded.

Source: Hundepool et al. (2012), Statistical Disclosure Control, ch. 4: the (n, k) rule with n = 1, and rounding.
"""

from __future__ import annotations

import math

import numpy as np


def largest_share(amounts) -> float:
    """Return the share of a sum that its largest contributor makes up; 0 where there is nothing.

    Raises
    ------
    ValueError
        If an amount is negative: a share of such a sum means nothing.
    """
    amounts = np.asarray(amounts, dtype=float)
    amounts = amounts[np.isfinite(amounts)]
    if (amounts < 0).any():
        raise ValueError("the largest share is for amounts from 0")
    total = amounts.sum()
    return float(amounts.max() / total) if total > 0 else 0.0


def is_dominated(share, dominance: float):
    """Tell whether the largest share of a sum is above the limit."""
    return np.asarray(share, dtype=float) > dominance


def rounding_base(amount: float, share: float, dominance: float) -> float:
    """Return the base to which a dominated amount is rounded.

    A sum of which one operator makes up just the limit lets a reader know that operator's amount within
    ``1 / dominance - 1`` of itself. A dominated sum is rounded until it tells no more than that.

    Parameters
    ----------
    amount : float
        Sum or mean of a cell, from 0.
    share : float
        Share of its largest contributor.
    dominance : float
        Largest share that may be published as it is.

    Returns
    -------
    float
        1, 2 or 5 times a power of ten; 0 if the amount needs no rounding.
    """
    if amount <= 0 or share <= dominance:
        return 0.0
    wanted = amount * share * (1 / dominance - 1)
    if wanted <= 0:
        # a limit of 1 lets every sum through except one that has a single contributor
        wanted = amount * share * 0.1
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= wanted * (1 - 1e-12))


def rounded(amounts, base: float):
    """Return amounts rounded to a base, halves upwards; unchanged if the base is 0."""
    amounts = np.asarray(amounts, dtype=float)
    return np.floor(amounts / base + 0.5) * base if base else amounts
