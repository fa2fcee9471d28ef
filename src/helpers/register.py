"""The CNIL's register of delegates to data protection: the only measure from outside the pages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import territory
from helpers.estimates import Estimate, percentile_interval

#: Classes of départements by the share of their communes that are equipped: thirds.
CLASSES = ("under_third", "middle", "over_two_thirds")


def communes_with_delegate(register: pd.DataFrame) -> float:
    """Return the share of communes that designated a delegate, over all départements."""
    return float(register["communes_with_dpo"].sum() / register["communes"].sum())


def snapshot(operators: pd.DataFrame) -> pd.Timestamp:
    """Return the day of the register's latest file (`operators` has the column snapshot)."""
    return pd.to_datetime(operators["snapshot"]).max()


def first_and_last(equipped: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return the least equipped départements, then the most equipped, of those with communes.

    Parameters
    ----------
    equipped : DataFrame
        From `equipment`.
    number : int
        Départements at each end; those of a single commune are left out.

    Returns
    -------
    DataFrame
        Rows of `equipped`, without duplicates: smallest share first, then largest share first.
    """
    several = equipped[equipped["n"] > 1]
    number = min(number, len(several) // 2)
    return pd.concat([several.head(number), several.tail(number).iloc[::-1]])


def equipment(register: pd.DataFrame) -> pd.DataFrame:
    """Return the share of communes with a delegate in each département, smallest first.

    Parameters
    ----------
    register : DataFrame
        One row per département: department (code), communes, communes_with_dpo.

    Returns
    -------
    DataFrame
        Index department; columns name, k (communes with a delegate), n (communes), value, speed
        (one of `CLASSES`). All communes are counted: there is no interval.
    """
    table = register.set_index("department")
    names = territory.departements().set_index("code")["name"]
    out = table[["communes_with_dpo", "communes"]].set_axis(["k", "n"], axis=1)
    out.insert(0, "name", names.reindex(table.index))
    out["value"] = (out["k"] / out["n"]).astype(float)
    out["speed"] = np.select([out["value"] < 1 / 3, out["value"] <= 2 / 3], CLASSES[:2], CLASSES[2])
    return out.sort_values(["value", "name"])


def spread_beyond_chance(
    register: pd.DataFrame, *, rng: np.random.Generator | int, n_resamples: int = 2000
) -> Estimate:
    """Return how far the shares of départements spread, beyond what chance alone would give.

    The standard deviation of the shares, minus that of shares of communes that all have the same
    chance of having a delegate; above 0 if départements go at different speeds. Interval: by
    resampling départements; `k` and `n` are their number.
    """
    rng = np.random.default_rng(rng)
    equipped, communes = (
        register[name].to_numpy(dtype=float) for name in ("communes_with_dpo", "communes")
    )
    n = len(register)

    def excess(chosen):
        part, total = equipped[chosen], communes[chosen]
        overall = part.sum(axis=-1, keepdims=True) / total.sum(axis=-1, keepdims=True)
        chance = np.sqrt((overall * (1 - overall) / total).mean(axis=-1))
        return (part / total).std(axis=-1) - chance

    low, high = percentile_interval(excess(rng.integers(n, size=(n_resamples, n))))
    return Estimate(float(excess(np.arange(n))), float(low), float(high), n, n)


def by_main_delegate(register: pd.DataFrame) -> pd.DataFrame:
    """Return départements and communes by the kind of their main external delegate.

    The main external delegate is over all bodies, private ones too: this describes, and says
    nothing of who serves the communes.

    Returns
    -------
    DataFrame
        Index structure_kind (opsn, cdg, other): n_departements, communes, communes_with_dpo,
        share (of communes equipped).
    """
    out = register.groupby("structure_kind").agg(
        n_departements=("department", "size"),
        communes=("communes", "sum"),
        communes_with_dpo=("communes_with_dpo", "sum"),
    )
    out["share"] = out["communes_with_dpo"] / out["communes"]
    return out.reindex([kind for kind in ("opsn", "cdg", "other") if kind in out.index])
