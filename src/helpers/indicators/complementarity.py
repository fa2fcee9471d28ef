"""Complementarity: what the neighbours of an operator offer that it lacks, and what the mesh lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.indicators.coverage import LEVEL
from helpers.indicators.covering import presence
from helpers.indicators.nestedness import NullTest, against_nulls

FAR = np.iinfo(np.int64).max


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
        0 if they share a département (an operator with itself as well), 1 if a département of one touches one of the
        other, and so on; `FAR` where there is no way over land or a perimeter is not known.

    Raises
    ------
    ValueError
        If a perimeter names a département that the adjacency does not have.
    """
    from scipy.sparse.csgraph import shortest_path

    codes = sorted(adjacency)
    inside = presence(operators, perimeters, pd.Series(0, index=codes))
    touching = np.array(
        [[other in adjacency[code] for other in codes] for code in codes], dtype=float
    )
    steps = shortest_path(touching, unweighted=True, directed=False)
    n = len(operators)
    from_operator = np.full((n, len(codes)), np.inf)
    for i, own in enumerate(inside):
        if own.any():
            from_operator[i] = steps[own].min(axis=0)
    between = np.full((n, n), np.inf)
    for j, own in enumerate(inside):
        if own.any():
            between[:, j] = from_operator[:, own].min(axis=1)
    np.fill_diagonal(between, 0)
    whole = np.where(np.isfinite(between), between, 0).astype(np.int64)
    return pd.DataFrame(
        np.where(np.isfinite(between), whole, FAR), index=list(operators), columns=list(operators)
    )


def neighbours(distances: pd.DataFrame, reach: int = 1) -> pd.DataFrame:
    """Tell who is the neighbour of whom: at most so many borders away, and not oneself.

    Parameters
    ----------
    distances : DataFrame of int, shape (n, n)
        As from :func:`border_distances`.
    reach : int
        0 for operators that share a département, 1 for these and those of adjacent ones.

    Returns
    -------
    DataFrame of bool, shape (n, n)
    """
    near = distances.to_numpy() <= reach
    np.fill_diagonal(near, False)
    return pd.DataFrame(near, index=distances.index, columns=distances.columns)


def complements(
    offered: pd.DataFrame,
    near: pd.DataFrame,
    *,
    probability: pd.DataFrame | None = None,
    probable: float = 0.5,
) -> pd.DataFrame:
    """List, for each service not seen at an operator, the neighbours that could bring it.

    Parameters
    ----------
    offered : DataFrame of bool, shape (n, m)
        Whether a page shows the service.
    near : DataFrame of bool, shape (n, n)
        Neighbours, operators in the same order.
    probability : DataFrame, shape (n, m), optional
        Probability that the operator offers the service given all its evidence.
    probable : float
        From this probability on an unseen offer is called probable.

    Returns
    -------
    DataFrame, one row per operator and service not seen there
        operator, service_code, seen_at (names of neighbours seen offering it, joined by ``|``), n_seen; with
        `probability` also probable_at, n_probable (neighbours not seen offering it, but probable), own (probability
        that the operator itself offers it already) and chance (that one neighbour at least offers it, taken as
        independent of each other).

    Raises
    ------
    ValueError
        If the tables do not have the same operators in the same order.
    """
    names = list(offered.index)
    for table, what in ((near, "near"), (probability, "probability")):
        if table is not None and list(table.index) != names:
            raise ValueError(f"{what} does not have the operators of offered in the same order")
    if list(near.columns) != names:
        raise ValueError("near does not have the operators of offered in the same order as columns")
    seen = offered.to_numpy()
    chance = None if probability is None else probability[offered.columns].to_numpy()
    rows = []
    for i, name in enumerate(names):
        around = np.flatnonzero(near.to_numpy()[i])
        for j in np.flatnonzero(~seen[i]):
            at = [names[o] for o in around if seen[o, j]]
            row = {
                "operator": name,
                "service_code": offered.columns[j],
                "seen_at": "|".join(at),
                "n_seen": len(at),
            }
            if chance is not None:
                likely = [names[o] for o in around if not seen[o, j] and chance[o, j] >= probable]
                row |= {
                    "probable_at": "|".join(likely),
                    "n_probable": len(likely),
                    "own": float(chance[i, j]),
                    "chance": float(1 - np.prod(1 - chance[around, j])),
                }
            rows.append(row)
    return pd.DataFrame(rows)


def met_share(offered: np.ndarray, near: np.ndarray) -> float:
    """Return the share of services not seen at an operator that some neighbour is seen offering.

    Parameters
    ----------
    offered : ndarray of bool, shape (n, m)
    near : ndarray of bool, shape (n, n)

    Returns
    -------
    float
        Over all pairs of an operator with a neighbour at least and a service not seen there.

    Raises
    ------
    ValueError
        If no operator has a neighbour, or none lacks anything.
    """
    some = near.any(axis=1)
    lacking = ~offered[some]
    if not lacking.any():
        raise ValueError("met_share: no operator with a neighbour lacks a service")
    around = (near[some].astype(np.float32) @ offered.astype(np.float32)) > 0
    return float((around & lacking).sum() / lacking.sum())


def complementarity_test(
    offered: pd.DataFrame,
    near: pd.DataFrame,
    n_permutations: int,
    rng: np.random.Generator,
    *,
    strata: pd.Series | None = None,
    level: float = LEVEL,
) -> NullTest:
    """Ask whether neighbours complete each other more than operators put at random on the map.

    Whole profiles change places: what goes with a profile, its richness and the depth of its reading, moves with it.

    Parameters
    ----------
    offered : DataFrame of bool, shape (n, m)
    near : DataFrame of bool, shape (n, n)
        Operators in the same order.
    n_permutations : int
    rng : numpy.random.Generator
    strata : Series, optional
        A category of each operator; profiles change places within a category only. An operator of a whole région has
        many neighbours and may offer more than others: with the extent of perimeters as strata that explains nothing.
    level : float
        Of the central interval of the permutations.

    Returns
    -------
    NullTest
        Of :func:`met_share` among the operators that have a neighbour.
    """
    around = near.to_numpy()
    placed = around.any(axis=1)
    around, profiles = around[np.ix_(placed, placed)], offered.to_numpy()[placed]
    groups = np.zeros(len(profiles), dtype=int)
    if strata is not None:
        groups = pd.factorize(strata.loc[offered.index[placed]], sort=True)[0]
    slots = [np.flatnonzero(groups == g) for g in np.unique(groups)]
    drawn = np.empty(n_permutations)
    for b in range(n_permutations):
        order = np.empty(len(profiles), dtype=int)
        for slot in slots:
            order[slot] = rng.permutation(slot)
        drawn[b] = met_share(profiles[order], around)
    return against_nulls(met_share(profiles, around), drawn, level)


def main_partners(lacks: pd.DataFrame, top: int = 3) -> pd.DataFrame:
    """Sum up what neighbours could bring to each operator.

    Parameters
    ----------
    lacks : DataFrame
        As from :func:`complements`, with probabilities.
    top : int
        Neighbours named, those seen offering most of what the operator lacks first, ties by name.

    Returns
    -------
    DataFrame, one row per operator that lacks something
        operator, lacking, seen (a neighbour is seen offering it), probable (none is seen, one is probable), nobody (the
        rest) and partners (names with the number of services that each could bring); operators by name.
    """
    rows = []
    for operator, part in lacks.groupby("operator", sort=True):
        names = [name for text in part["seen_at"] if text for name in text.split("|")]
        ranked = (
            pd.Series(names, dtype=object)
            .value_counts()
            .sort_index()
            .sort_values(ascending=False, kind="stable")
        )
        seen, probable = part["n_seen"] > 0, (part["n_seen"] == 0) & (part["n_probable"] > 0)
        rows.append(
            {
                "operator": operator,
                "lacking": len(part),
                "seen": int(seen.sum()),
                "probable": int(probable.sum()),
                "nobody": int((~seen & ~probable).sum()),
                "partners": ", ".join(f"{name} ({n})" for name, n in ranked.head(top).items()),
            }
        )
    return pd.DataFrame(rows)
