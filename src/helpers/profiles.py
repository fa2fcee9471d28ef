"""Operator x service profiles: what each page said of each service, and how deeply each operator was read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

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

        It is 1 where the operator answered, so that what it does not declare it does not offer, and next to 0 where it
        did not answer: silence is not a "no", and the service may or may not be offered.
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
        return Profiles(
            list(operators),
            self.services,
            self.state.loc[operators],
            self.mentions.loc[operators],
            self.visits.loc[operators],
        )

    def without(self, services: list[str]) -> Profiles:
        """Return the profiles without some services; the depth of the reading stays."""
        keep = [s for s in self.services if s not in services]
        return Profiles(self.operators, keep, self.state[keep], self.mentions[keep], self.visits)


def build_profiles(
    operators: pd.DataFrame,
    services: pd.DataFrame,
    states: pd.DataFrame,
    *,
    firm_only: bool = False,
) -> Profiles:
    """Return the profiles of all operators, read or not.

    Parameters
    ----------
    operators : DataFrame
        Clean operators (operator, n_pages).
    services : DataFrame
        Taxonomy (service_code), whose order is kept.
    states : DataFrame
        One row per operator and service that a page speaks of (state, n_pages, n_firm_pages).
    firm_only : bool
        Count only pages that are not weak; a service seen on weak pages only becomes ``unseen``.

    Raises
    ------
    ValueError
        If a state names an operator or a service that the other tables do not have.
    """
    names, codes = sorted(operators["operator"]), list(services["service_code"])
    for column, known in (("operator", set(names)), ("service_code", set(codes))):
        strangers = sorted(set(states[column]) - known)
        if strangers:
            raise ValueError(f"states name {column} {strangers[0]!r}, which is not in its table")
    count = "n_firm_pages" if firm_only else "n_pages"
    rows = states.copy()
    if firm_only:
        rows = rows[(rows["state"] != "offered") | (rows["n_firm_pages"] > 0)]
    state = pd.DataFrame("unseen", index=names, columns=codes)
    mentions = pd.DataFrame(0, index=names, columns=codes)
    for row in rows.itertuples():
        state.loc[row.operator, row.service_code] = row.state
        if row.state == "offered":
            mentions.loc[row.operator, row.service_code] = int(getattr(row, count))
    visits = operators.set_index("operator")["n_pages"].reindex(names).astype(int)
    visits.index.name = state.index.name = mentions.index.name = "operator"
    state.columns.name = mentions.columns.name = "service_code"
    return Profiles(names, codes, state, mentions, visits)


def seriation(matrix: pd.DataFrame) -> tuple[list, list]:
    """Return an order of rows and columns that lets the structure of a 0/1 matrix show.

    Rows and columns are sorted by the first axis of correspondence analysis (reciprocal averaging:
    Hill 1974, Applied Statistics 23, p. 340), empty ones last, ties by total then by name.

    Parameters
    ----------
    matrix : DataFrame, shape (n, m)
        Booleans or non-negative numbers.

    Returns
    -------
    rows, columns : list
        Labels in order.
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
        return [
            label for _, label in sorted(zip(keys, labels, strict=True), key=lambda pair: pair[0])
        ]

    return order(matrix.index, rows, row_score), order(matrix.columns, columns, column_score)
