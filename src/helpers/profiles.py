"""Operator x service profiles: what pages said of services, and how deeply operators were read."""

from __future__ import annotations

from dataclasses import dataclass, replace

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

    def __repr__(self) -> str:
        return f"Profiles({len(self.operators)} operators, {len(self.services)} services)"

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
