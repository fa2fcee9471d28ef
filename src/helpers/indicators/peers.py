"""Peers: the operators whose services resemble most those of an operator, once the unseen is allowed for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.indicators.coverage import LEVEL


def nearest_peers(
    draws,
    operators: Sequence[str],
    *,
    candidates: Sequence[str] | None = None,
    top: int = 5,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Rank, for each operator, the others by how often they are among those that resemble it most.

    Two operators resemble each other by the services that both offer, over those that at least one offers (Jaccard
    1901). What is offered is not known where no page speaks of it: the comparison is made in each of many completions
    of the record, and a peer is the more certain, the more of them it is near in. An operator of whom little was read
    is near nobody in particular, and its peers say so.

    Parameters
    ----------
    draws : array-like of bool, shape (n_draws, n, m)
        Completions of what is offered, as :func:`helpers.indicators.offer_draws` gives them.
    operators : sequence of str, length n
        Names, in the order of the draws.
    candidates : sequence of str, optional
        Who may be a peer; everybody by default. Of an operator that was hardly read, a completion knows little: it
        would be near or far by chance.
    top : int
        How many peers count as the nearest ones; as many are listed.
    level : float
        Level of the interval of the resemblance.

    Returns
    -------
    DataFrame, `top` rows per operator
        operator, rank, peer, among (probability of being one of the `top` nearest; ties are shared out equally),
        by_chance (the same if all others were equally near), resemblance (mean of the Jaccard index, in [0, 1]), low,
        high. Operators in order; the most often near first,
        then the most alike, then by name.

    Raises
    ------
    ValueError
        If the draws are not a table of three dimensions with one row per operator, a candidate is no operator, or there
        are not more than `top` candidates.
    """
    table = np.asarray(draws)
    n = len(operators)
    if table.ndim != 3 or table.shape[1] != n:
        raise ValueError(
            f"draws has shape {table.shape}: give (n_draws, {n}, m), one row per operator"
        )
    place = {name: i for i, name in enumerate(operators)}
    wanted = list(operators if candidates is None else candidates)
    strangers = [name for name in wanted if name not in place]
    if strangers:
        raise ValueError(f"candidates: {strangers[0]!r} is no operator of the draws")
    if not 1 <= top < len(wanted):
        raise ValueError(
            f"top is {top}: give a number from 1 to {len(wanted) - 1}, one less than there are candidates"
        )
    columns = np.array([place[name] for name in wanted])
    alike = np.stack([_jaccard(draw)[:, columns] for draw in table.astype(np.float32)])
    among = np.stack([_among(similar, top) for similar in alike]).mean(axis=0)
    mean = alike.mean(axis=0)
    tail = (1 - level) / 2
    low, high = np.quantile(alike, [tail, 1 - tail], axis=0)
    rows = []
    for i, name in enumerate(operators):
        order = [j for j in range(len(wanted)) if wanted[j] != name]
        order.sort(
            key=lambda j: (-round(float(among[i, j]), 9), -round(float(mean[i, j]), 9), wanted[j])
        )
        for rank, j in enumerate(order[:top], start=1):
            rows.append(
                (
                    name,
                    rank,
                    wanted[j],
                    among[i, j],
                    top / len(order),
                    mean[i, j],
                    low[i, j],
                    high[i, j],
                )
            )
    headings = ["operator", "rank", "peer", "among", "by_chance", "resemblance", "low", "high"]
    return pd.DataFrame(rows, columns=headings).astype(dict.fromkeys(headings[3:], float))


def _jaccard(offered: np.ndarray) -> np.ndarray:
    """Return the Jaccard index of every two rows, -1 of a row with itself; two empty rows have nothing in common."""
    both = offered @ offered.T
    sizes = offered.sum(axis=1)
    either = sizes[:, None] + sizes[None, :] - both
    alike = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
    np.fill_diagonal(alike, -1.0)
    return alike


def _among(alike: np.ndarray, top: int) -> np.ndarray:
    """Return the probability that each column is among the `top` largest of each row, ties broken at random."""
    ordered = np.sort(alike, axis=1)[:, ::-1]
    limit = ordered[:, [top - 1]]
    above, equal = alike > limit, alike == limit
    places = top - above.sum(axis=1, keepdims=True)
    return above + equal * places / equal.sum(axis=1, keepdims=True)
