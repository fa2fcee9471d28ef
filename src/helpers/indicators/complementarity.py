"""Complementarity: what the neighbours of an operator offer that it lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.indicators.associations import NullTest, against_nulls
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


def neighbours(distances: pd.DataFrame, reach: int = 1) -> pd.DataFrame:
    """Tell who is a neighbour of whom: at most `reach` borders away, and not oneself.

    `distances` is as from :func:`border_distances`; the result is a table of bool of that shape.
    """
    return (distances <= reach) & ~np.eye(len(distances), dtype=bool)


def complements(
    offered: pd.DataFrame, near: pd.DataFrame, *, probability: pd.DataFrame, probable: float
) -> pd.DataFrame:
    """List, for each service not seen at an operator, the neighbours that could bring it.

    Parameters
    ----------
    offered : DataFrame of bool, shape (n, m)
        Whether a page shows the service.
    near : DataFrame of bool, shape (n, n)
        Neighbours, operators in the same order.
    probability : DataFrame, shape (n, m)
        Probability that the operator offers the service given all its evidence.
    probable : float
        From this probability on an unseen offer is called probable.

    Returns
    -------
    DataFrame, one row per operator and service not seen there
        operator, service_code, seen_at (names of neighbours seen offering it, joined by ``|``),
        n_seen, probable_at, n_probable (neighbours not seen offering it, but probable), own
        (probability that the operator offers it already) and chance (that one neighbour at least
        offers it, taken as independent of each other).
    """
    names = list(offered.index)
    seen, around = offered.to_numpy(), near.to_numpy()
    chance = probability[offered.columns].to_numpy()
    likely = ~seen & (chance >= probable)
    rows = []
    for i, j in np.argwhere(~seen):
        at = [names[o] for o in np.flatnonzero(around[i] & seen[:, j])]
        maybe = [names[o] for o in np.flatnonzero(around[i] & likely[:, j])]
        some = float(1 - np.prod(1 - chance[around[i], j]))
        found = "|".join(at), len(at), "|".join(maybe), len(maybe), float(chance[i, j]), some
        rows.append((names[i], offered.columns[j], *found))
    columns = ["seen_at", "n_seen", "probable_at", "n_probable", "own", "chance"]
    return pd.DataFrame(rows, columns=["operator", "service_code", *columns])


def met_share(offered: np.ndarray, near: np.ndarray) -> float:
    """Return the share of services not seen at an operator that some neighbour is seen offering.

    Over all pairs of an operator with a neighbour at least, and a service not seen there.
    """
    some = near.any(axis=1)
    lacking = ~offered[some]
    around = (near[some].astype(np.float32) @ offered.astype(np.float32)) > 0
    return float((around & lacking).sum() / lacking.sum())


def complementarity_test(
    offered: pd.DataFrame,
    near: pd.DataFrame,
    n_permutations: int,
    rng: np.random.Generator,
    *,
    strata: pd.Series | None = None,
) -> NullTest:
    """Ask whether neighbours complete each other more than operators put at random on the map.

    Whole profiles change places: richness and depth of reading move with them.

    Parameters
    ----------
    near : DataFrame of bool, shape (n, n)
        Operators in the same order.
    strata : Series, optional
        A category of each operator, within which profiles change places: an operator of a whole
        région has many neighbours and may offer more than others.

    Returns
    -------
    NullTest
        Of :func:`met_share` among the operators that have a neighbour.
    """
    around = near.to_numpy()
    placed = around.any(axis=1)
    around, profiles = around[np.ix_(placed, placed)], offered.to_numpy()[placed]
    slots = [np.arange(len(profiles))]
    if strata is not None:
        groups = strata.loc[offered.index[placed]].to_numpy()
        slots = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    drawn = np.empty(n_permutations)
    for b in range(n_permutations):
        order = np.empty(len(profiles), dtype=int)
        for slot in slots:
            order[slot] = rng.permutation(slot)
        drawn[b] = met_share(profiles[order], around)
    return against_nulls(met_share(profiles, around), drawn)


def main_partners(lacks: pd.DataFrame) -> pd.DataFrame:
    """Sum up what neighbours could bring to each operator, from :func:`complements`.

    One row per operator that lacks something, by name: operator, lacking, seen (a neighbour is seen
    offering it), probable (none is seen, one is probable), nobody (the rest), partners (the three
    names seen offering most of what it lacks, with the number that each could bring).
    """
    rows = []
    for operator, part in lacks.groupby("operator", sort=True):
        names = part["seen_at"].str.split("|").explode()
        counts = names[names != ""].value_counts().sort_index()
        ranked = counts.sort_values(ascending=False, kind="stable").head(3)
        seen = int((part["n_seen"] > 0).sum())
        probable = int(((part["n_seen"] == 0) & (part["n_probable"] > 0)).sum())
        named = ", ".join(f"{name} ({n})" for name, n in ranked.items())
        rows.append((operator, len(part), seen, probable, len(part) - seen - probable, named))
    columns = ["operator", "lacking", "seen", "probable", "nobody", "partners"]
    return pd.DataFrame(rows, columns=columns)
