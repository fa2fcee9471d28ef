"""Coverage: the share of operators seen offering a service, and the territories where they work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.estimates import Estimate, shares

if TYPE_CHECKING:
    from helpers.profiles import Profiles

#: What is known of a département, from least to most.
NOT_READ, NOT_SEEN, SEEN = CLASSES = ("not_read", "not_seen", "seen")


def directly_shown(profiles: Profiles, states: pd.DataFrame) -> Profiles:
    """Return the profiles with only those offers that a page shows directly.

    An offer is left out if all its pages are weak: they say a little less than the offer, or a
    second reader found them to.

    Parameters
    ----------
    profiles : Profiles
        Operators and services to keep.
    states : DataFrame
        One row per operator and service: operator, service_code, n_firm_pages.
    """
    firm = states[states["n_firm_pages"] > 0]
    table = pd.crosstab(firm["operator"], firm["service_code"]).reindex(
        index=profiles.operators, columns=profiles.services, fill_value=0
    )
    keep = ~profiles.offered | (table > 0)
    return replace(
        profiles,
        state=profiles.state.where(keep, "unseen"),
        mentions=profiles.mentions.where(keep, 0),
    )


def coverage(profiles: Profiles) -> pd.DataFrame:
    """Return, for each service, the share of operators of which a page shows it.

    The share is a lower bound of the real one: pages do not say all.

    Parameters
    ----------
    profiles : Profiles

    Returns
    -------
    DataFrame
        Index service_code, largest share first: value, low, high (Wilson), k, n, planned
        (operators of which pages show a plan only).
    """
    table = shares(profiles.offered.sum(), len(profiles.operators))
    table["planned"] = (profiles.state == "planned").sum()
    return table.sort_values("value", ascending=False, kind="stable").rename_axis("service_code")


def seen_and_direct(profiles: Profiles, states: pd.DataFrame) -> pd.DataFrame:
    """Set beside the share of operators that show each service that of those that do so directly.

    Parameters
    ----------
    profiles : Profiles
    states : DataFrame
        See `directly_shown`.

    Returns
    -------
    DataFrame
        Index service_code, largest share seen first, then the same services again: kind (``seen``,
        ``direct``) and the columns of `coverage`; the interval, of what is seen alone.
    """
    seen = coverage(profiles)
    direct = coverage(directly_shown(profiles, states)).loc[seen.index, ["value", "k", "n"]]
    return pd.concat([seen.assign(kind="seen"), direct.assign(kind="direct")])


def family_coverage(profiles: Profiles, families: Mapping[str, str]) -> pd.DataFrame:
    """Return, for each family, the share of operators of which a page shows one of its services.

    Parameters
    ----------
    profiles : Profiles
    families : mapping of str to str
        Family by service code.

    Returns
    -------
    DataFrame
        Index family_code, largest share first: value, low, high (Wilson), k, n.
    """
    table = shares(_by_family(profiles, families).sum(), len(profiles.operators))
    return table.sort_values("value", ascending=False, kind="stable").rename_axis("family_code")


def coverage_by(
    profiles: Profiles, groups: pd.Series, families: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return the coverage of each service, or of each family, within groups of operators.

    Parameters
    ----------
    profiles : Profiles
    groups : Series
        Group of each operator, by operator.
    families : mapping of str to str, optional
        Family by service code: shares are then of operators with one service of the family.

    Returns
    -------
    DataFrame
        Index (group, item), sorted by group, items in the order of the taxonomy: value, low, high
        (Wilson), k, n (operators of the group).
    """
    shown = profiles.offered if families is None else _by_family(profiles, families)
    within = shown.groupby(groups.reindex(profiles.operators).to_numpy())
    k, n = (table.T.unstack() for table in (within.sum(), within.count()))  # noqa: PD010
    return shares(k, n).rename_axis(["group", "item"])


def contrast(
    profiles: Profiles,
    groups: pd.Series,
    group: str,
    item: str,
    families: Mapping[str, str] | None = None,
) -> tuple[Estimate, Estimate]:
    """Return the share of operators that show a service in one group, and outside it.

    Parameters
    ----------
    profiles : Profiles
    groups : Series
        Group of each operator, by operator.
    group, item : str
        Group, and service (or family, if `families` is given).
    families : mapping of str to str, optional
        Family by service code.
    """
    sides = groups.reindex(profiles.operators).eq(group)
    table = coverage_by(profiles, sides, families)
    return Estimate.of(table, (True, item)), Estimate.of(table, (False, item))


def _by_family(profiles: Profiles, families: Mapping[str, str]) -> pd.DataFrame:
    """Return, operators x families, whether a page shows a service of the family."""
    own = pd.Index([families[code] for code in profiles.services])
    return profiles.offered.T.groupby(own, sort=False).any().T


def extremes(table: pd.DataFrame) -> tuple[Estimate, list, Estimate, list]:
    """Return the largest share with the rows that have it, then the smallest with its rows.

    `table` is a frame of estimates, as from `coverage`; rows that share an extreme are all named.
    """
    found = []
    for end in (table["value"].max(), table["value"].min()):
        rows = table[table["value"] == end]
        found += [Estimate.of(rows.reset_index(drop=True), 0), list(rows.index)]
    return tuple(found)


def unsettled_order(table: pd.DataFrame) -> bool:
    """Return whether the intervals of any two rows that follow each other overlap."""
    return bool((table["low"].to_numpy()[:-1] <= table["high"].to_numpy()[1:]).all())


def published_rates(
    published: pd.DataFrame, profiles: Profiles, matches: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Set published rates of operators beside those that pages show.

    Parameters
    ----------
    published : DataFrame
        Published figures: figure_id, value (percent).
    profiles : Profiles
    matches : mapping of str to sequence of str
        For each figure the services of which any counts.

    Returns
    -------
    DataFrame
        Index figure_id, two rows each: kind (``published``, ``seen``), value, low, high (Wilson;
        missing for published rates, whose base is not known), k, n.
    """
    rates = published.set_index("figure_id")["value"].astype(float) / 100
    k = {f: int(profiles.offered[list(c)].any(axis=1).sum()) for f, c in matches.items()}
    seen = shares(pd.Series(k), len(profiles.operators)).assign(kind="seen")
    said = pd.DataFrame({"kind": "published", "value": rates.loc[list(matches)]})
    both = pd.concat([said, seen]).loc[list(matches)].rename_axis("figure_id")
    return both[["kind", "value", "low", "high", "k", "n"]]


def offers_by_period(states: pd.DataFrame, years: int = 5) -> pd.Series:
    """Count offers by the period of the latest dated page that shows them.

    Parameters
    ----------
    states : DataFrame
        One row per operator and service: state, last_year.
    years : int
        Length of a period; periods start at multiples of it.

    Returns
    -------
    Series of int
        Index: first and last year of each period (``2010–2014``), ascending, every period in
        between, the last one up to the latest year; ``undated`` for offers without a dated page.
    """
    last = states.loc[states["state"] == "offered", "last_year"]
    starts = (last // years * years).dropna().astype(int)
    every = range(starts.min(), starts.max() + 1, years) if len(starts) else []
    counts = starts.value_counts().reindex(every, fill_value=0)
    counts.index = [f"{first}–{min(first + years - 1, last.max())}" for first in every]
    counts["undated"] = int(last.isna().sum())
    return counts.rename_axis("period").rename("n_offers")


def presence(
    operators: Sequence[str], perimeters: pd.DataFrame, population: pd.Series
) -> np.ndarray:
    """Return whether each operator works in each département of an indexed table, shape (n, D)."""
    rows, columns = pd.Index(operators), population.index
    strangers = sorted(set(perimeters["departement"]) - set(columns))
    if strangers:
        raise ValueError(f"perimeters name {strangers[0]!r}, no département of the table")
    own = perimeters[perimeters["operator"].isin(rows)]
    inside = np.zeros((len(rows), len(columns)), dtype=bool)
    inside[rows.get_indexer(own["operator"]), columns.get_indexer(own["departement"])] = True
    return inside


def departement_classes(
    profiles: Profiles, perimeters: pd.DataFrame, population: pd.Series, codes: Sequence[str]
) -> pd.Series:
    """Tell what is known of some services in each département.

    Parameters
    ----------
    profiles : Profiles
    perimeters : DataFrame
        One row per operator and département: operator, departement.
    population : Series
        Its index gives the départements and their order.
    codes : sequence of str
        Services of which any counts.

    Returns
    -------
    Series of str
        Of `CLASSES`, by département: ``not_read`` (no operator of the profiles works there),
        ``not_seen`` (some do, and no page shows a service) or ``seen``.
    """
    inside = presence(profiles.operators, perimeters, population)
    offers = profiles.offered[list(codes)].any(axis=1).to_numpy()
    found = np.where(inside.any(axis=0), NOT_SEEN, NOT_READ)
    found = np.where(inside[offers].any(axis=0), SEEN, found)
    return pd.Series(found, population.index, name="class")


def class_shares(classes: pd.Series, weights: pd.DataFrame) -> pd.DataFrame:
    """Return the share of each weight that lives in départements of each class.

    Parameters
    ----------
    classes : Series of str
        From `departement_classes`.
    weights : DataFrame
        Inhabitants, communes and so on by département.

    Returns
    -------
    DataFrame
        Index: columns of `weights`; columns `CLASSES`, which sum to 1.
    """
    totals = weights.groupby(classes).sum().T.reindex(columns=list(CLASSES), fill_value=0)
    return totals.div(totals.sum(axis=1), axis=0)
