"""Tables of the typology with one row per operator: where it belongs, how surely, and what would move it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.typology.naming import NamedClass
from helpers.typology.report_tables import class_name, short_label


def operator_classes(
    groups: Sequence[tuple[Sequence[str], np.ndarray, bool]],
    named: Sequence[NamedClass],
    labels: Mapping[str, str],
    visits: pd.Series,
    *,
    clear_from: float,
) -> pd.DataFrame:
    """One row per operator: its most probable class, how probable, and whether it helped to make the classes.

    Parameters
    ----------
    groups : sequence of (operators, memberships of shape (n, k), in_main_analysis)
    named : sequence of NamedClass, length k
    labels : mapping of str to str
    visits : Series of int, indexed by operator
    clear_from : float
        Membership probability from which an operator counts as placed.

    Returns
    -------
    DataFrame
        Columns operator, class_code, class_name, membership, second_class_name (itself where there is one class),
        second_membership, placed, in_main_analysis, n_pages; sorted by operator.
    """
    codes = [c.name for c in named]
    names = [class_name(code, labels) for code in codes]
    rows = []
    for operators, memberships, main in groups:
        for operator, chance in zip(operators, memberships, strict=True):
            ranked = np.argsort(-chance, kind="stable")
            first, second = ranked[0], ranked[min(1, len(ranked) - 1)]
            rows.append(
                {
                    "operator": operator,
                    "class_code": codes[first],
                    "class_name": names[first],
                    "membership": float(chance[first]),
                    "second_class_name": names[second],
                    "second_membership": float(chance[second]) if len(ranked) > 1 else 0.0,
                    "placed": bool(chance[first] >= clear_from),
                    "in_main_analysis": main,
                    "n_pages": int(visits[operator]),
                }
            )
    return pd.DataFrame(rows).sort_values("operator", ignore_index=True)


def membership_table(
    operators: Sequence[str], memberships: np.ndarray, names: Sequence[str]
) -> pd.DataFrame:
    """Memberships as a table, operators of the same class together, the surest first.

    Returns
    -------
    DataFrame, shape (n, k)
        Indexed by operator; columns are the names of the classes.
    """
    table = pd.DataFrame(
        np.asarray(memberships, dtype=float), index=list(operators), columns=list(names)
    )
    best, sure = table.to_numpy().argmax(axis=1), table.max(axis=1).round(9).to_numpy()
    return table.iloc[np.lexsort((table.index.to_numpy(dtype=str), -sure, best))].rename_axis(
        "operator"
    )


def change_table(
    change: pd.DataFrame,
    gain: np.ndarray,
    visits: pd.Series,
    names: Sequence[str],
    labels: Mapping[str, str],
) -> pd.DataFrame:
    """Put into words what would move each operator, those that move most easily first.

    Parameters
    ----------
    change : DataFrame
        Result of `what_would_change`.
    gain : ndarray, shape (n,)
        Result of `value_of_one_more_page`.
    visits : Series of int
    names : sequence of str
        Of the classes.
    labels : mapping of str to str

    Returns
    -------
    DataFrame
        Columns operator, pages, current, membership, destination, services, gain.
    """
    table = pd.DataFrame(
        {
            "operator": list(change.index),
            "pages": visits.loc[list(change.index)].to_numpy(),
            "current": [names[c] for c in change["current"]],
            "membership": change["membership"].to_numpy(),
            "destination": [
                "aucun" if pd.isna(c) else names[int(c)] for c in change["destination"]
            ],
            "services": [
                ", ".join(short_label(labels.get(s, s)) for s in found) or "—"
                for found in change["services"]
            ],
            "gain": gain,
            "needed": [n if n > 0 else 10**6 for n in change["n_services"]],
        }
    )
    table = table.sort_values(
        ["needed", "gain", "operator"], ascending=[True, False, True], ignore_index=True
    )
    return table.drop(columns="needed")
