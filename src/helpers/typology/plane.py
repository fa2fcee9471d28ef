"""The plane of multiple correspondence analysis: a picture of profiles, on which nothing here is clustered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from claimbook.memory import remember


@dataclass(frozen=True)
class Plane:
    """First two axes.

    Attributes
    ----------
    rows : DataFrame, shape (n, 2)
        Columns x and y, indexed as the profiles.
    services : DataFrame, shape (m', 2)
        Where the category "seen" of every service stands; services all seen or all unseen are left out.
    inertia : tuple of float
        Share of the inertia on each axis, after Benzécri's correction for the coding in two categories.
    """

    rows: pd.DataFrame
    services: pd.DataFrame
    inertia: tuple[float, float]


@remember
def correspondence_plane(profiles: pd.DataFrame) -> Plane:
    """Place operators and services on the first two axes of multiple correspondence analysis.

    An axis has no direction of its own: each is turned so that the service farthest from the centre has a positive
    coordinate. The sorted rows go to the library, so that the result does not depend on their order.

    Parameters
    ----------
    profiles : DataFrame of bool or 0/1, shape (n, m)

    Returns
    -------
    Plane

    Raises
    ------
    ValueError
        If fewer than two services vary, or the table is not of 0 and 1.

    References
    ----------
    Benzécri (1979), Les cahiers de l'analyse des données 4, 377-378, for the corrected inertia.
    """
    import prince

    table = profiles.astype(int)
    if not table.isin([0, 1]).to_numpy().all():
        raise ValueError("profiles must hold 0 and 1 only")
    table = table.sort_index()
    table = table.loc[:, (table.min() < table.max()).to_numpy()]
    if table.shape[1] < 2:
        raise ValueError(
            f"profiles: {table.shape[1]} service(s) vary among operators; two are needed for a plane"
        )
    # All axes are asked for, because the correction shares out the inertia of those above the mean.
    axes = min(table.shape[1], len(table) - 1)
    model = prince.MCA(n_components=axes, n_iter=10, random_state=0, correction="benzecri")
    words = table.replace({0: "unseen", 1: "seen"}).astype(str)
    model = model.fit(words)
    rows, columns = (
        model.row_coordinates(words).iloc[:, :2],
        model.column_coordinates(words).iloc[:, :2],
    )
    columns = columns.loc[[f"{service}__seen" for service in table.columns]].set_axis(table.columns)
    rows.columns = columns.columns = ["x", "y"]
    for axis in ("x", "y"):
        farthest = columns[axis].abs().round(9).idxmax()
        if columns.loc[farthest, axis] < 0:
            rows[axis], columns[axis] = -rows[axis], -columns[axis]
    share = np.asarray(model.percentage_of_variance_, dtype=float) / 100
    return Plane(rows.loc[profiles.index], columns, (float(share[0]), float(share[1])))
