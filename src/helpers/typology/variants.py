"""The evidence of the typology, coded and cut in other defensible ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from helpers.profiles import Profiles


@dataclass(frozen=True)
class Variant:
    """Evidence that another reader could have kept.

    Attributes
    ----------
    family : str
        Kind of choice: rule, depth, rollout, quality, shared, planned, missing, service or source.
    name : str
        The choice, as a code; a number follows it after "=", as in "depth=4".
    profiles : Profiles
        Operators of the main analysis under this choice.
    """

    family: str
    name: str
    profiles: Profiles


def recount(profiles: Profiles, statements: pd.DataFrame) -> Profiles:
    """Count pages and mentions again from some of the statements.

    The state of a service stays as all the evidence has it; a service that none of the statements
    (operator, service_code, status, page) shows any more becomes unseen. Operators stay, with 0
    visits where nothing is left.
    """
    names = profiles.operators
    pages = statements[statements["status"] == "offered"]
    pages = pages.drop_duplicates(["operator", "service_code", "page"])
    counts = pd.crosstab(pages["operator"], pages["service_code"])
    counts = counts.reindex(index=names, columns=profiles.services, fill_value=0).astype(int)
    mentions = counts.where(profiles.offered, 0).rename_axis(index="operator")
    visits = statements.groupby("operator")["page"].nunique()
    visits = visits.reindex(names, fill_value=0).astype(int).rename_axis("operator")
    state = profiles.state.mask(profiles.offered & (mentions == 0), "unseen")
    return replace(profiles, state=state, mentions=mentions, visits=visits)


def evidence_variants(
    profiles: Profiles,
    statements: pd.DataFrame,
    *,
    least_pages: int,
    depths: Sequence[int],
    since: int,
    rollout: str,
    rollout_only: Sequence[str],
) -> list[Variant]:
    """Return what the main analysis would have read under other rules, the study's own first.

    Parameters
    ----------
    profiles : Profiles
        All operators.
    statements : DataFrame
        All statements: operator, service_code, status, page, year, weak.
    least_pages : int
        Depth of the study's own rule.
    depths : sequence of int
        Other depths.
    since : int
        First year kept in the variant of recent pages, which leaves undated pages out.
    rollout : str
        Service left out in one variant.
    rollout_only : sequence of str
        Operators left out in another.

    Returns
    -------
    list of Variant
    """
    main = profiles.read(least_pages)
    rest = [name for name in main.operators if name not in set(rollout_only)]
    firm = recount(profiles, statements[~statements["weak"]])
    dated = (statements["year"] >= since).fillna(False).astype(bool)
    recent = recount(profiles, statements[dated])
    return [
        Variant("rule", "rule", main),
        *(Variant("depth", f"depth={depth}", profiles.read(depth)) for depth in depths),
        # An operator of which nothing but the roll-out was seen has an empty profile without it.
        Variant("rollout", "rollout_service", main.without([rollout])),
        Variant("rollout", "rollout_operators", main.of(rest)),
        Variant("quality", "firm", firm.read(least_pages)),
        Variant("quality", f"since={since}", recent.read(least_pages)),
    ]


def declared_variants(profiles: Profiles, states: pd.DataFrame, *, rollout: str) -> list[Variant]:
    """Return what the main analysis would have kept of a survey under other rules.

    Parameters
    ----------
    profiles : Profiles
        Operators that answered.
    states : DataFrame
        One row per operator and service on which it answered (state, n_firm_pages).
    rollout : str
        Service left out in one variant.

    Returns
    -------
    list of Variant
        The rule of the study first.
    """

    def declaring(state: pd.DataFrame) -> Profiles:
        return replace(profiles, state=state, mentions=(state == "offered").astype(int))

    alone = profiles.state.copy()
    for row in states[(states["state"] == "offered") & (states["n_firm_pages"] == 0)].itertuples():
        if row.operator in alone.index:
            alone.loc[row.operator, row.service_code] = "not_offered"
    whole = [name for name in profiles.operators if "unseen" not in set(profiles.state.loc[name])]
    return [
        Variant("rule", "rule", profiles),
        Variant("rollout", "rollout_service", profiles.without([rollout])),
        Variant("shared", "without_shared", declaring(alone)),
        Variant("planned", "planned", declaring(profiles.state.replace({"planned": "offered"}))),
        Variant("missing", "complete", profiles.of(whole)),
    ]


def leave_one_out(
    profiles: Profiles, statements: pd.DataFrame, *, least_pages: int, source_operators: int
) -> list[Variant]:
    """Return the evidence without one service, or without one source, at a time.

    Parameters
    ----------
    profiles, statements, least_pages
        As in `evidence_variants`.
    source_operators : int
        A source is the site that publishes a page; those that speak of at least so many operators,
        and not of all as a survey does, are left out in turn.

    Returns
    -------
    list of Variant
        Named by the service or the site that is left out.
    """
    main = profiles.read(least_pages)
    site = statements["page"].str.split("/").str[0]
    spoken = statements.groupby(site)["operator"].nunique()
    left_out = (spoken >= source_operators) & (spoken < statements["operator"].nunique())
    return [Variant("service", code, main.without([code])) for code in main.services] + [
        Variant("source", name, recount(profiles, statements[site != name]).read(least_pages))
        for name in sorted(spoken.index[left_out])
    ]
