"""What other defensible choices of evidence would have kept: readings, firm rows, recent pages."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.cleaning.population import ROLL_OUT
from helpers.profiles import Profiles

# Share from which a service is seen at the majority of operators.
MAJORITY = 0.5


class Variant(NamedTuple):
    """Profiles under another choice: its code, and settings of the model that go with it."""

    name: str
    profiles: Profiles
    settings: dict | None = None


def recount(profiles: Profiles, statements: pd.DataFrame, pages: pd.DataFrame) -> Profiles:
    """Count mentions from some of the statements, and visits from some of the pages.

    A service that none of the statements shows any more becomes unseen; operators stay, with 0
    visits where no page is left.

    Parameters
    ----------
    profiles : Profiles
    statements : DataFrame
        Statements that are kept (operator, service_code, status, page).
    pages : DataFrame
        Pages that are kept (operator, page), also those that show no service.
    """
    names = profiles.operators
    shown = statements[statements["status"] == "offered"]
    shown = shown.drop_duplicates(["operator", "service_code", "page"])
    counts = pd.crosstab(shown["operator"], shown["service_code"])
    counts = counts.reindex(index=names, columns=profiles.services, fill_value=0).astype(int)
    mentions = counts.where(profiles.offered, 0).rename_axis(index="operator")
    visits = pages.groupby("operator")["page"].nunique()
    visits = visits.reindex(names, fill_value=0).astype(int).rename_axis("operator")
    state = profiles.state.mask(profiles.offered & (mentions == 0), "unseen")
    return replace(profiles, state=state, mentions=mentions, visits=visits)


#: Operators without which a choice of evidence says nothing of classes.
FEWEST = 10


def evidence_variants(
    profiles: Profiles,
    statements: pd.DataFrame,
    pages: pd.DataFrame,
    *,
    everyone: Profiles,
    since: int,
    least_pages: int = 1,
    roll_out: str = ROLL_OUT,
    fewest: int = FEWEST,
) -> list[Variant]:
    """Return the profiles under other choices of evidence, the study's own first.

    Parameters
    ----------
    profiles : Profiles
        The population.
    statements, pages : DataFrame
        Tidy tables of readings A and B.
    everyone : Profiles
        The population with the operators of other strata.
    since : int
        First year kept in the variant of recent pages, which leaves undated pages out.
    least_pages : int
        Pages read from which an operator is kept, in each variant.
    roll_out : str
        Service left out in one variant.
    fewest : int
        Operators without which a variant is left out.

    Returns
    -------
    list of Variant
        main, reading_a, reading_b, firm, recent, no_roll_out, all_strata; without those of fewer
        than `fewest` operators.
    """
    silent = pages[pages["n_statements"] == 0]

    def part(kept: pd.Series, others: pd.DataFrame) -> Profiles:
        found = statements[kept]
        return recount(profiles, found, pd.concat([found, others])[["operator", "page"]])

    chosen = {
        "main": profiles,
        # Only reading B recorded pages that show no service.
        "reading_a": part(statements["reading"].str.contains("A"), silent[:0]),
        "reading_b": part(statements["reading"].str.contains("B"), silent),
        "firm": part(~statements["weak"], silent),
        "recent": part(_since(statements, since), silent[_since(silent, since)]),
        "no_roll_out": profiles.without([roll_out]),
        "all_strata": everyone,
    }
    read = {name: kept.read(least_pages) for name, kept in chosen.items()}
    # The study's own comes first, whatever its size.
    enough = {name: len(one.operators) >= fewest or name == "main" for name, one in read.items()}
    return [Variant(name, one) for name, one in read.items() if enough[name]]


def typology_variants(
    study, main: Profiles, *, least_pages: int, since: int, roll_out: str
) -> list[Variant]:
    """Return what the types are tried on: other draws, another prior, then other evidence.

    Parameters
    ----------
    study : helpers.study.Study
    main : Profiles
        Operators of the main solution.
    least_pages, since, roll_out
        As in `evidence_variants`.
    """
    _, *evidence = evidence_variants(
        study.profiles,
        study.load("statements"),
        study.load("pages"),
        everyone=study.wider_profiles,
        least_pages=least_pages,
        since=since,
        roll_out=roll_out,
    )
    return [Variant("again", main), Variant("half_prior", main, {"rate_prior": 0.5}), *evidence]


def doubtful_variants(
    study, main: Profiles, *, n_draws: int, rng: np.random.Generator
) -> list[Variant]:
    """Return draws of the evidence without rows that nobody confirmed: see `drop_doubtful`."""
    tables = (study.load(name) for name in ("statements", "pages", "second_reading"))
    draws = drop_doubtful(main, *tables, n_draws=n_draws, rng=rng)
    return [Variant("again", one) for one in draws]


def _since(frame: pd.DataFrame, year: int) -> pd.Series:
    return (frame["year"] >= year).fillna(False).astype(bool)


def doubtful_share(second_reading: pd.DataFrame) -> tuple[int, int]:
    """Return rows that the second reader supported partly, and rows that he judged."""
    judged = second_reading[second_reading["supports"].isin(["yes", "partly", "no"])]
    return int((judged["supports"] != "yes").sum()), len(judged)


def drop_doubtful(
    profiles: Profiles,
    statements: pd.DataFrame,
    pages: pd.DataFrame,
    second_reading: pd.DataFrame,
    *,
    n_draws: int,
    rng: np.random.Generator | int,
) -> list[Profiles]:
    """Draw profiles in which rows that nobody confirmed are dropped, at the second reader's rate.

    A row that the second reader found fully supported stays in every draw; each other one is
    dropped with the share of judged rows that were not. Pages stay read.

    Parameters
    ----------
    profiles : Profiles
    statements, pages, second_reading : DataFrame
        Tidy tables.
    n_draws : int
    rng : numpy.random.Generator or int

    Returns
    -------
    list of Profiles
    """
    rng = np.random.default_rng(rng)
    doubtful, judged = doubtful_share(second_reading)
    confirmed = second_reading.loc[second_reading["supports"] == "yes", "evidence_id"]
    sure = statements["evidence_id"].isin(set(confirmed)).to_numpy()
    kept = sure | (rng.random((n_draws, len(statements))) >= doubtful / judged)
    return [recount(profiles, statements[rows], pages) for rows in kept]


def coverage_ranges(variants: list[Variant], draws: list[Profiles]) -> pd.DataFrame:
    """Return the share of operators that show each service, and its range over other evidence.

    Returns
    -------
    DataFrame
        Index service_code, largest share first: value (first variant), low, high (smallest and
        largest share of the variants and of `draws`).
    """
    shares = pd.DataFrame({v.name: v.profiles.offered.mean() for v in variants})
    drawn = pd.DataFrame([one.offered.mean() for one in draws]).T
    every = pd.concat([shares, drawn], axis=1)
    ends = {"value": shares.iloc[:, 0], "low": every.min(axis=1), "high": every.max(axis=1)}
    table = pd.DataFrame(ends).loc[variants[0].profiles.services].rename_axis("service_code")
    return table.sort_values("value", ascending=False, kind="stable")


def statements_hold(profiles: Profiles, forms: pd.Series, first: str) -> dict[str, bool]:
    """Tell which conclusions of the reports are true of some profiles.

    Parameters
    ----------
    profiles : Profiles
    forms : Series of str
        Legal family by operator.
    first : str
        Service that the reports call the most often seen.

    Returns
    -------
    dict of str to bool
        first_service (no other service is seen more often), no_majority (none is seen at half of
        the operators), dpo_centres (centres de gestion show a data protection officer more often
        than the others), roll_out_syndicats (so do syndicats the network roll-out). A conclusion
        about a service or a form that the profiles do not have is left out.
    """
    seen = profiles.offered
    coverage, own = seen.mean(), forms.reindex(seen.index)
    found = {"no_majority": bool(coverage.max() < MAJORITY)}
    if first in coverage:
        found["first_service"] = bool(coverage[first] >= coverage.max())
    contrasts = {
        "dpo_centres": ("dpo_rgpd", "centre_de_gestion"),
        "roll_out_syndicats": ("amenagement_thd", "syndicat"),
    }
    for name, (service, form) in contrasts.items():
        inside = own == form
        if service in seen and inside.any() and not inside.all():
            found[name] = bool(seen.loc[inside, service].mean() > seen.loc[~inside, service].mean())
    return found


def conclusions(
    variants: list[Variant], draws: list[Profiles], forms: pd.Series, first: str
) -> pd.DataFrame:
    """Tell in which variants and draws each conclusion of the reports holds.

    Parameters
    ----------
    variants : list of Variant
        From `evidence_variants`.
    draws : list of Profiles
        From `drop_doubtful`.
    forms, first
        See `statements_hold`.

    Returns
    -------
    DataFrame
        Index statement; holds and tried (variants), against (list of the variants in which it is
        false), draws (share of draws in which it is true).
    """
    by_variant = {v.name: statements_hold(v.profiles, forms, first) for v in variants}
    by_draw = [statements_hold(one, forms, first) for one in draws]
    rows = {}
    for name in dict.fromkeys(name for found in by_variant.values() for name in found):
        by = {variant: found[name] for variant, found in by_variant.items() if name in found}
        against = [variant for variant, true in by.items() if not true]
        share = float(np.mean([found[name] for found in by_draw if name in found]))
        rows[name] = (len(by) - len(against), len(by), against, share)
    columns = ["holds", "tried", "against", "draws"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("statement")


def mean_services(variants: list[Variant]) -> pd.Series:
    """Return how many services an operator shows on average, by name of the variant."""
    return pd.Series({v.name: v.profiles.offered.sum(axis=1).mean() for v in variants})


def one_service_share(profiles: Profiles, statements: pd.DataFrame) -> float:
    """Return the share of the pages with a service that show exactly one."""
    shown = statements[statements["operator"].isin(profiles.operators)]
    shown = shown[shown["status"] == "offered"].groupby(["operator", "page"])
    return float((shown["service_code"].agg("nunique") == 1).mean())
