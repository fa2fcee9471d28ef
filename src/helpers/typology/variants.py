"""The evidence of the typology, coded and cut in other defensible ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from helpers.profiles import Profiles


@dataclass(frozen=True)
class Variant:
    """Evidence that another reader could have kept.

    Attributes
    ----------
    family : str
        Kind of choice.
    name : str
    profiles : Profiles
        Operators of the main analysis under this choice.
    """

    family: str
    name: str
    profiles: Profiles


def recount(profiles: Profiles, statements: pd.DataFrame) -> Profiles:
    """Count pages and mentions again from some of the statements.

    The state of a service stays as all the evidence has it; a service that none of the statements shows any more
    becomes unseen.

    Parameters
    ----------
    profiles : Profiles
        From all the evidence.
    statements : DataFrame
        Those that are kept: operator, service_code, status, page.

    Returns
    -------
    Profiles
        Same operators, 0 visits where nothing is left.
    """
    offered = statements[statements["status"] == "offered"]
    pages = offered.drop_duplicates(["operator", "service_code", "page"])
    counts = pd.crosstab(pages["operator"], pages["service_code"])
    counts = counts.reindex(
        index=profiles.operators, columns=profiles.services, fill_value=0
    ).astype(int)
    mentions = counts.where(profiles.offered, 0)
    visits = (
        statements.groupby("operator")["page"]
        .nunique()
        .reindex(profiles.operators, fill_value=0)
        .astype(int)
    )
    gone = profiles.offered & (mentions == 0)
    mentions.index.name = visits.index.name = "operator"
    return replace(
        profiles, state=profiles.state.mask(gone, "unseen"), mentions=mentions, visits=visits
    )


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
    """Return what the main analysis would have read under other rules of evidence, the rule of the study first.

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
    found = [Variant("règle de l’étude", "règle de l’étude", main)]
    for depth in depths:
        found.append(
            Variant(
                "profondeur",
                f"au moins {depth} page{'s' if depth > 1 else ''}",
                profiles.read(depth),
            )
        )
    # An operator of which nothing but the roll-out was seen has an empty profile without it.
    found.append(Variant("déploiement", "sans le service de déploiement", main.without([rollout])))
    rest = [name for name in main.operators if name not in set(rollout_only)]
    found.append(Variant("déploiement", "sans les opérateurs du seul déploiement", main.of(rest)))
    firm = recount(profiles, statements[~statements["weak"]])
    found.append(Variant("qualité", "sans les lignes faibles", firm.read(least_pages)))
    recent = recount(profiles, statements[(statements["year"] >= since).fillna(False).astype(bool)])
    found.append(Variant("qualité", f"pages datées depuis {since}", recent.read(least_pages)))
    return found


def declared_variants(profiles: Profiles, states: pd.DataFrame, *, rollout: str) -> list[Variant]:
    """Return what the main analysis would have kept of a survey under other rules, the rule of the study first.

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
    """
    shared = states[(states["state"] == "offered") & (states["n_firm_pages"] == 0)]
    alone, planned = profiles.state.copy(), profiles.state.replace({"planned": "offered"})
    for row in shared.itertuples():
        if row.operator in alone.index:
            alone.loc[row.operator, row.service_code] = "not_offered"
    whole = [name for name in profiles.operators if "unseen" not in set(profiles.state.loc[name])]
    return [
        Variant("règle de l’étude", "règle de l’étude", profiles),
        Variant("déploiement", "sans le service de déploiement", profiles.without([rollout])),
        Variant(
            "services partagés",
            "sans ce qui n’est offert qu’avec un partenaire",
            _declaring(profiles, alone),
        ),
        Variant(
            "services en projet", "projets comptés comme offerts", _declaring(profiles, planned)
        ),
        Variant(
            "réponses manquantes",
            "opérateurs qui ont répondu pour chaque service",
            profiles.of(whole),
        ),
    ]


def _declaring(profiles: Profiles, state: pd.DataFrame) -> Profiles:
    """Return the profiles of operators that would have declared something else."""
    return replace(profiles, state=state, mentions=(state == "offered").astype(int))


def leave_one_out(
    profiles: Profiles,
    statements: pd.DataFrame,
    *,
    least_pages: int,
    labels: Mapping[str, str],
    source_operators: int,
) -> list[Variant]:
    """Return the evidence without one service, or without one source, at a time.

    Parameters
    ----------
    profiles, statements, least_pages
        As in `evidence_variants`.
    labels : mapping of str to str
        Service code -> name.
    source_operators : int
        A source is the site that publishes a page; those that speak of at least so many operators are left out in
        turn. An operator's own site is none of them, nor is the one that speaks of all, as a survey does.

    Returns
    -------
    list of Variant
    """
    main = profiles.read(least_pages)
    found = [
        Variant("un service de moins", labels[code], main.without([code])) for code in main.services
    ]
    site = statements["page"].str.split("/").str[0]
    spoken = statements.groupby(site)["operator"].nunique()
    left_out = (spoken >= source_operators) & (spoken < statements["operator"].nunique())
    for name in sorted(spoken.index[left_out]):
        found.append(
            Variant(
                "une source de moins",
                name,
                recount(profiles, statements[site != name]).read(least_pages),
            )
        )
    return found
