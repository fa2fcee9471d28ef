"""The CNIL's register of delegates to data protection: the only measure from outside the pages."""

from __future__ import annotations

import pandas as pd

from helpers.estimates import share

SERVICE = "dpo_rgpd"
READINGS = ("A", "B")


def communes_with_delegate(register: pd.DataFrame) -> float:
    """Return the share of communes that designated a delegate, over all départements."""
    return float(register["communes_with_dpo"].sum() / register["communes"].sum())


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


def visibility(named: list[str], pairs: pd.DataFrame) -> pd.DataFrame:
    """Return how many operators of the register the readings show as delegates.

    Parameters
    ----------
    named : list of str
        Operators that the register shows as external delegates.
    pairs : DataFrame
        From `helpers.readings.shown_pairs`.

    Returns
    -------
    DataFrame
        Index reading (A, B, either): k (operators shown), n (operators of the register), share
        with low and high (Wilson).
    """
    delegates = pairs.xs(SERVICE, level="service_code")[list(READINGS)].reindex(
        named, fill_value=False
    )
    shown = {name: int(delegates[name].sum()) for name in READINGS}
    shown["either"] = int(delegates.any(axis=1).sum())
    rows = {name: vars(share(k, len(named))) for name, k in shown.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename(columns={"value": "share"})
