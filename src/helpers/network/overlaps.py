"""Operators whose perimeters hold the same département, and the services that both offer there."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from helpers.indicators import LEVEL


def shared_departements(perimeters: pd.DataFrame, operators) -> pd.DataFrame:
    """Return the pairs of operators that work in some département together.

    Parameters
    ----------
    perimeters : DataFrame
        One row per operator and département: operator, departement.
    operators : iterable of str
        Operators looked at.

    Returns
    -------
    DataFrame, one row per pair
        first, second (in alphabetical order), departements (tuple of codes), n_departements; most first.
    """
    inside = perimeters[perimeters["operator"].isin(list(operators))]
    pairs: dict[tuple[str, str], set[str]] = {}
    for code, names in inside.groupby("departement", sort=True)["operator"]:
        for pair in combinations(sorted(set(names)), 2):
            pairs.setdefault(pair, set()).add(code)
    rows = [
        (first, second, tuple(sorted(codes)), len(codes))
        for (first, second), codes in pairs.items()
    ]
    table = pd.DataFrame(rows, columns=["first", "second", "departements", "n_departements"])
    return table.sort_values(
        ["n_departements", "first", "second"], ascending=[False, True, True], ignore_index=True
    )


def shared_services(pairs: pd.DataFrame, draws, profiles) -> pd.DataFrame:
    """Add to pairs of operators how many services both offer: as seen, and expected once the unseen is allowed for.

    Parameters
    ----------
    pairs : DataFrame
        As :func:`shared_departements` returns it.
    draws : array-like of bool, shape (n_draws, n, m)
        Draws of what is offered, as :func:`helpers.indicators.offer_draws` gives them.
    profiles : Profiles
        The same n operators and m services.

    Returns
    -------
    DataFrame
        `pairs` with seen_both (services seen at both), expected_both, low, high.

    Raises
    ------
    ValueError
        If a pair names an operator without profile.
    """
    place = {name: i for i, name in enumerate(profiles.operators)}
    strangers = sorted((set(pairs["first"]) | set(pairs["second"])) - set(place))
    if strangers:
        raise ValueError(f"pairs name {strangers[0]!r}, which has no profile")
    table, offered = np.asarray(draws, dtype=bool), profiles.offered.to_numpy()
    tail = (1 - LEVEL) / 2
    rows = []
    for first, second in zip(pairs["first"], pairs["second"], strict=True):
        a, b = place[first], place[second]
        both = (table[:, a] & table[:, b]).sum(axis=1)
        low, high = np.quantile(both, [tail, 1 - tail])
        rows.append(((offered[a] & offered[b]).sum(), both.mean(), low, high))
    found = pd.DataFrame(
        rows, columns=["seen_both", "expected_both", "low", "high"], index=pairs.index
    )
    return pairs.join(found)
