"""Pages by family, and the operators that resemble each other in completions of the record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.indicators.coverage import central_interval


def family_mentions(
    statements: pd.DataFrame, states: pd.DataFrame, services: pd.DataFrame, operators
) -> pd.DataFrame:
    """Count the distinct pages that say that an operator offers some service of a family.

    Parameters
    ----------
    statements : DataFrame
        One row per page, operator and service: operator, service_code, status, page.
    states : DataFrame
        Retained state: operator, service_code, state.
    services : DataFrame
        Taxonomy: service_code, family_code.

    Returns
    -------
    DataFrame of int, `operators` x families in the order of the taxonomy
        A page that speaks of two services of one family counts once.
    """
    kept = states.loc[states["state"] == "offered", ["operator", "service_code"]]
    said = statements[statements["status"] == "offered"].merge(kept)
    said = said.merge(services[["service_code", "family_code"]])
    said = said.drop_duplicates(["operator", "family_code", "page"])
    pages = pd.crosstab(said["operator"], said["family_code"])
    wanted = list(dict.fromkeys(services["family_code"]))
    pages = pages.reindex(index=list(operators), columns=wanted, fill_value=0)
    return pages.rename_axis(index="operator", columns="family_code")


def nearest_peers(
    draws, operators: Sequence[str], *, candidates: Sequence[str], top: int
) -> pd.DataFrame:
    """Rank, for each operator, the others by how often they are among those most like it.

    Two operators are alike by the services that both offer, over those that at least one offers
    (Jaccard 1901), in each of many completions of the record: an operator of whom little was read
    is near nobody in particular.

    Parameters
    ----------
    draws : array-like of bool, shape (n_draws, n, m)
        Completions of what is offered.
    operators : sequence of str, length n
        Names, in the order of the draws.
    candidates : sequence of str
        Who may be a peer, more than `top`.
    top : int
        How many peers count as the nearest ones; as many are listed.

    Returns
    -------
    DataFrame, `top` rows per operator
        operator, rank, peer, among (probability of being one of the `top` nearest; ties are
        shared out), by_chance (the same if all others were equally near), resemblance (mean of
        the Jaccard index), low, high. Most often near first, then most alike, then by name.
    """
    wanted = list(candidates)
    columns = [list(operators).index(name) for name in wanted]
    completions = np.asarray(draws).astype(np.float32)
    alike = np.stack([_jaccard(draw)[:, columns] for draw in completions])
    among = np.stack([among_largest(similar, top) for similar in alike]).mean(axis=0)
    mean, (low, high) = alike.mean(axis=0), central_interval(alike)
    rows = []
    for i, name in enumerate(operators):
        others = [j for j in range(len(wanted)) if wanted[j] != name]
        keys = {j: (-round(float(among[i, j]), 9), -round(float(mean[i, j]), 9)) for j in others}
        others.sort(key=lambda j, keys=keys: (*keys[j], wanted[j]))
        for rank, j in enumerate(others[:top], start=1):
            found = among[i, j], top / len(others), mean[i, j], low[i, j], high[i, j]
            rows.append((name, rank, wanted[j], *found))
    headings = ["operator", "rank", "peer", "among", "by_chance", "resemblance", "low", "high"]
    return pd.DataFrame(rows, columns=headings).astype(dict.fromkeys(headings[3:], float))


def _jaccard(offered: np.ndarray) -> np.ndarray:
    """Return the Jaccard index of every two rows, -1 of a row with itself, 0 of empty rows."""
    both = offered @ offered.T
    sizes = offered.sum(axis=1)
    either = sizes[:, None] + sizes[None, :] - both
    alike = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
    np.fill_diagonal(alike, -1.0)
    return alike


def among_largest(values: np.ndarray, top: int) -> np.ndarray:
    """Return the probability that each column is among the `top` largest of its row.

    Ties at the limit share the places that are left.
    """
    limit = np.sort(values, axis=1)[:, ::-1][:, [top - 1]]
    above, equal = values > limit, values == limit
    places = top - above.sum(axis=1, keepdims=True)
    return above + equal * places / equal.sum(axis=1, keepdims=True)
