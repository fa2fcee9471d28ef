"""Who is counted: strata of the named bodies, and the flow from names to the population.

An OPSN is a body run by or for local authorities whose pages say that it provides digital services
to several of them. Bodies that ended leave every denominator; bodies seen for the roll-out of a
network alone, or for group purchasing alone, are shown apart.
"""

from __future__ import annotations

import pandas as pd

ROLL_OUT = "amenagement_thd"
PURCHASING = "achat_groupe"
# In the order in which a body leaves the population.
STRATA = ("unread", "ended", "roll_out", "purchasing", "main")
LIVING = ("offered", "planned")
OVER = ("discontinued", "not_offered")
MERGED = ("merger", "succession")


def strata(operators: pd.DataFrame, states: pd.DataFrame, links: pd.DataFrame) -> pd.Series:
    """Return the stratum of every named body.

    Parameters
    ----------
    operators : DataFrame
        Every named body (operator).
    states : DataFrame
        State of each operator and service that a page speaks of (operator, service_code, state).
    links : DataFrame
        Who came from whom (predecessor, kind); only mergers and successions count.

    Returns
    -------
    Series of str
        Index operator; one of `STRATA`: ``unread`` (no page tells of a service), ``ended`` (merged,
        succeeded, or every service that pages tell of is over), ``roll_out`` and ``purchasing``
        (nothing else is seen), ``main``.
    """
    merged = set(links.loc[links["kind"].isin(MERGED), "predecessor"])
    living = states[states["state"].isin(LIVING)].groupby("operator")["service_code"].agg(set)
    over = set(states.loc[states["state"].isin(OVER), "operator"])

    def stratum(operator: str) -> str:
        services = living.get(operator, set())
        if operator in merged or (not services and operator in over):
            return "ended"
        if not services:
            return "unread"
        if services == {ROLL_OUT}:
            return "roll_out"
        return "purchasing" if services == {PURCHASING} else "main"

    names = operators["operator"]
    return pd.Series([stratum(name) for name in names], pd.Index(names, name="operator"))


def left_out(operators: pd.DataFrame) -> pd.DataFrame:
    """Return who is not counted, by stratum, largest first: size, names (one text)."""
    others = operators[operators["stratum"] != "main"]
    out = others.groupby("stratum")["operator"].agg(size="size", names=", ".join)
    return out.sort_values("size", ascending=False, kind="stable")


def flow(stratum: pd.Series) -> pd.DataFrame:
    """Return how many bodies are left at each step from the names to the population.

    Returns
    -------
    DataFrame
        One row per step, in order: step (named, read, active, with_other_services), n, left_out.
    """
    sizes = stratum.value_counts().reindex(STRATA, fill_value=0)
    left_out = [0, sizes["unread"], sizes["ended"], sizes["roll_out"] + sizes["purchasing"]]
    out = pd.DataFrame({"step": ["named", "read", "active", "with_other_services"]})
    out["left_out"] = [int(n) for n in left_out]
    out["n"] = len(stratum) - out["left_out"].cumsum()
    return out[["step", "n", "left_out"]]
