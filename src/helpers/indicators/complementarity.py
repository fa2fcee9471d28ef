"""Complementarity: what the neighbours of an operator show and its own pages do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from claimbook.memory import remember
from helpers.indicators.associations import two_sided
from helpers.indicators.coverage import presence

#: More borders than there are anywhere.
FAR = 10_000


def border_distances(
    perimeters: pd.DataFrame, adjacency: Mapping[str, Sequence[str]], operators: Sequence[str]
) -> pd.DataFrame:
    """Count the borders of départements between the perimeters of every two operators.

    Parameters
    ----------
    perimeters : DataFrame
        One row per operator and département: operator, departement.
    adjacency : mapping of str to sequence of str
        Neighbours of each département, as :func:`helpers.territory.adjacency` gives them.
    operators : sequence of str
        Rows and columns wanted, in order.

    Returns
    -------
    DataFrame of int, shape (n, n)
        0 if they share a département (an operator with itself as well), 1 if a département of one
        touches one of the other, and so on; `FAR` where there is no way over land or a perimeter
        is not known.
    """
    from scipy.sparse.csgraph import shortest_path

    codes = sorted(adjacency)
    inside = presence(operators, perimeters, pd.Series(0, index=codes))
    touching = [[float(other in adjacency[code]) for other in codes] for code in codes]
    steps = shortest_path(np.array(touching), unweighted=True, directed=False)
    reach = np.stack([steps[own].min(axis=0, initial=np.inf) for own in inside])
    between = np.stack([reach[:, own].min(axis=1, initial=np.inf) for own in inside], axis=1)
    np.fill_diagonal(between, 0)
    whole = np.nan_to_num(between, posinf=FAR).astype(int)
    return pd.DataFrame(whole, index=list(operators), columns=list(operators))


def neighbours(
    perimeters: pd.DataFrame, adjacency: Mapping[str, Sequence[str]], operators: Sequence[str]
) -> pd.DataFrame:
    """Tell whose perimeters overlap or touch: a table of bool, shape (n, n), never oneself.

    Parameters are those of :func:`border_distances`.
    """
    distances = border_distances(perimeters, adjacency, operators)
    return (distances <= 1) & ~np.eye(len(distances), dtype=bool)


def shown_nearby(shows: pd.Series, near: pd.DataFrame) -> pd.DataFrame:
    """List the operators of which no page shows something, with the neighbours that show it.

    Parameters
    ----------
    shows : Series of bool
        Whether a page of the operator shows it, by operator.
    near : DataFrame of bool, shape (n, n)
        Neighbours, operators in the same order.

    Returns
    -------
    DataFrame
        operator, seen_at (names, joined by a comma), in the order of `shows`; operators of which
        no neighbour shows it are left out. Nothing is said of who should work with whom.
    """
    rows = [(name, ", ".join(shows.index[near.loc[name] & shows])) for name in shows.index[~shows]]
    table = pd.DataFrame(rows, columns=["operator", "seen_at"])
    return table[table["seen_at"] != ""].reset_index(drop=True)


def met_share(offered: np.ndarray, near: np.ndarray) -> float:
    """Return the share of services not seen at an operator that some neighbour is seen offering.

    Over all pairs of an operator with a neighbour at least, and a service not seen there.
    """
    some = near.any(axis=1)
    lacking = ~offered[some]
    around = (near[some].astype(np.float32) @ offered.astype(np.float32)) > 0
    return float((around & lacking).sum() / lacking.sum())


@dataclass(frozen=True)
class NullTest:
    """A statistic against its draws.

    Attributes
    ----------
    observed, mean : float
        The statistic, and the mean of the draws.
    p_value : float
        Two-sided.
    null : ndarray, shape (B,)
    """

    observed: float
    mean: float
    p_value: float
    null: np.ndarray


@remember
def complementarity_test(
    offered: pd.DataFrame,
    near: pd.DataFrame,
    *,
    rng: np.random.Generator | int,
    strata: pd.Series | None = None,
    n_permutations: int = 10_000,
) -> NullTest:
    """Ask whether neighbours complete each other more than operators put at random on the map.

    Whole profiles change places: richness and depth of reading move with them.

    Parameters
    ----------
    offered : DataFrame of bool, shape (n, m)
    near : DataFrame of bool, shape (n, n)
        Operators in the same order.
    rng : Generator or int
    strata : Series, optional
        A category of each operator, within which profiles change places: an operator of a whole
        region has many neighbours and may offer more than others.
    n_permutations : int
        How often profiles change places.

    Returns
    -------
    NullTest
        Of :func:`met_share` among the operators that have a neighbour.
    """
    rng = np.random.default_rng(rng)
    around = near.to_numpy()
    placed = around.any(axis=1)
    around, profiles = around[np.ix_(placed, placed)], offered.to_numpy()[placed]
    groups = np.zeros(len(profiles), dtype=int)
    if strata is not None:
        groups = pd.factorize(strata.loc[offered.index[placed]])[0]
    drawn = np.empty(n_permutations)
    for b in range(n_permutations):
        order = np.empty(len(profiles), dtype=int)
        # The members of a stratum, in a random order, take the places of that stratum.
        order[np.argsort(groups, kind="stable")] = np.lexsort((rng.random(len(groups)), groups))
        drawn[b] = met_share(profiles[order], around)
    observed = met_share(profiles, around)
    above, below = (drawn >= observed - 1e-12).sum(), (drawn <= observed + 1e-12).sum()
    p_value = float(two_sided(above, below, n_permutations))
    return NullTest(observed, float(drawn.mean()), p_value, drawn)
