"""Operator x service profiles: what pages said of services, and how deeply operators were read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from claimbook.memory import remember

# A rate of detection must be above 0: this one lets a silence say nothing.
SILENT = 1e-9
STATES = ("offered", "planned", "discontinued", "not_offered", "unseen")


@dataclass(frozen=True)
class Profiles:
    """Operator x service tables, rows and columns in the same order throughout.

    Attributes
    ----------
    operators : list of str
        The n operators, sorted by name.
    services : list of str
        The m service codes, in the order of the taxonomy.
    state : DataFrame, shape (n, m)
        One of `STATES`. ``unseen`` means that no page read speaks of the service: it is not a "no".
    mentions : DataFrame of int, shape (n, m)
        Distinct pages that say that the service is offered; 0 where the state is not ``offered``.
    visits : Series of int, shape (n,)
        Distinct pages on which any service of the operator was read: the depth of the reading.
    """

    operators: list[str]
    services: list[str]
    state: pd.DataFrame
    mentions: pd.DataFrame
    visits: pd.Series

    @property
    def offered(self) -> pd.DataFrame:
        """Booleans, shape (n, m): whether a page shows the service offered."""
        return self.state == "offered"

    @property
    def self_declared(self) -> pd.DataFrame:
        """Detection when operators answer for themselves, shape (n, m).

        It is 1 where the operator answered, so that what it does not declare it does not offer, and
        next to 0 where it did not answer: silence is not a "no".
        """
        return (self.state != "unseen").astype(float).clip(lower=SILENT)

    def read(self, at_least: int = 1) -> Profiles:
        """Return the profiles of the operators read on at least so many pages."""
        keep = self.visits >= at_least
        return self.of(list(self.visits.index[keep]))

    def of(self, operators: list[str]) -> Profiles:
        """Return the profiles of some operators, in the order given.

        Raises
        ------
        KeyError
            If one of them is unknown.
        """
        return replace(
            self,
            operators=list(operators),
            state=self.state.loc[operators],
            mentions=self.mentions.loc[operators],
            visits=self.visits.loc[operators],
        )

    def without(self, services: list[str]) -> Profiles:
        """Return the profiles without some services; the depth of the reading stays."""
        keep = [s for s in self.services if s not in services]
        return replace(self, services=keep, state=self.state[keep], mentions=self.mentions[keep])


def build_profiles(
    operators: pd.DataFrame, services: pd.DataFrame, states: pd.DataFrame
) -> Profiles:
    """Return the profiles of all operators, read or not.

    Parameters
    ----------
    operators : DataFrame
        Clean operators (operator, n_pages).
    services : DataFrame
        Taxonomy (service_code), whose order is kept.
    states : DataFrame
        One row per operator and service that a page speaks of (state, n_pages).

    Raises
    ------
    ValueError
        If a state names an operator or a service that the other tables do not have, or comes twice.
    """
    names, codes = sorted(operators["operator"]), list(services["service_code"])
    for column, known in (("operator", names), ("service_code", codes)):
        unknown = sorted(set(states[column]) - set(known))
        if unknown:
            raise ValueError(f"states name {column} {unknown[0]!r}, which is not in its table")
    # Unlike `pivot_table`, `pivot` refuses a pair that comes twice.
    pair = {"index": "operator", "columns": "service_code"}
    wide = states.pivot(**pair, values=["state", "n_pages"])  # noqa: PD010
    index = pd.Index(names, name="operator")
    columns = pd.Index(codes, name="service_code")
    # A column of which no page speaks has no type yet.
    state = wide["state"].reindex(index=index, columns=columns).astype("str").fillna("unseen")
    pages = wide["n_pages"].reindex(index=index, columns=columns)
    mentions = pages.where(state == "offered", 0).astype(int)
    visits = operators.set_index("operator")["n_pages"].reindex(index).astype(int)
    return Profiles(names, codes, state, mentions, visits)


def seriation(matrix: pd.DataFrame) -> tuple[list, list]:
    """Return an order of rows and columns of a 0/1 table that lets its structure show.

    Rows and columns are sorted by the first axis of correspondence analysis (reciprocal averaging:
    Hill 1974, Applied Statistics 23, p. 340), empty ones last, ties by total then by name.
    """
    values = matrix.to_numpy(dtype=float)
    rows, columns = values.sum(axis=1), values.sum(axis=0)
    full_rows, full_columns = rows > 0, columns > 0
    row_score, column_score = np.zeros(len(rows)), np.zeros(len(columns))
    part = values[np.ix_(full_rows, full_columns)]
    if min(part.shape) > 1:
        r, c = part.sum(axis=1) / part.sum(), part.sum(axis=0) / part.sum()
        residual = (part / part.sum() - np.outer(r, c)) / np.sqrt(np.outer(r, c))
        left, _, right = np.linalg.svd(residual, full_matrices=False)
        # The sign of a singular vector is arbitrary: the heaviest column is put on the left.
        sign = -1.0 if right[0][np.argmax(c)] > 0 else 1.0
        row_score[full_rows] = sign * left[:, 0] / np.sqrt(r)
        column_score[full_columns] = sign * right[0] / np.sqrt(c)

    def order(labels, totals, scores):
        keys = [
            (t == 0, round(float(s), 9), -t, str(label))
            for label, t, s in zip(labels, totals, scores, strict=True)
        ]
        return [labels[i] for i in sorted(range(len(keys)), key=keys.__getitem__)]

    return order(matrix.index, rows, row_score), order(matrix.columns, columns, column_score)


class Plane(NamedTuple):
    """First two axes of multiple correspondence analysis.

    Attributes
    ----------
    rows : DataFrame, shape (n, 2)
        Columns x and y, indexed as the profiles.
    services : DataFrame, shape (m', 2)
        Where the category "seen" of every service stands; services all seen or all unseen are left
        out.
    inertia : tuple of float
        Share of the inertia on each axis, after Benzécri's correction for two categories.
    """

    rows: pd.DataFrame
    services: pd.DataFrame
    inertia: tuple[float, float]


@remember
def correspondence_plane(profiles: pd.DataFrame) -> Plane:
    """Place operators and services on the first two axes of multiple correspondence analysis.

    Each axis is turned so that the service farthest from the centre has a positive coordinate. The
    result does not depend on the order of rows.

    Parameters
    ----------
    profiles : DataFrame of bool or 0/1, shape (n, m)

    Returns
    -------
    Plane

    Raises
    ------
    ValueError
        If fewer than two services vary.

    References
    ----------
    Benzécri (1979), Les cahiers de l'analyse des données 4, 377-378, for the corrected inertia.
    """
    import prince

    table = profiles.astype(int).sort_index()
    table = table.loc[:, (table.min() < table.max()).to_numpy()]
    if table.shape[1] < 2:
        raise ValueError(f"profiles: {table.shape[1]} service(s) vary; two are needed for a plane")
    # All axes are asked for, because the correction shares out the inertia of those above the mean.
    axes = min(table.shape[1], len(table) - 1)
    model = prince.MCA(n_components=axes, n_iter=10, random_state=0, correction="benzecri")
    words = table.replace({0: "unseen", 1: "seen"}).astype(str)
    model = model.fit(words)
    rows = model.row_coordinates(words).iloc[:, :2].set_axis(["x", "y"], axis=1)
    columns = model.column_coordinates(words).iloc[:, :2].set_axis(["x", "y"], axis=1)
    columns = columns.loc[[f"{service}__seen" for service in table.columns]].set_axis(table.columns)
    for axis in ("x", "y"):
        farthest = columns[axis].abs().round(9).idxmax()
        if columns.loc[farthest, axis] < 0:
            rows[axis], columns[axis] = -rows[axis], -columns[axis]
    share = np.asarray(model.percentage_of_variance_, dtype=float) / 100
    return Plane(rows.loc[profiles.index], columns, (float(share[0]), float(share[1])))
