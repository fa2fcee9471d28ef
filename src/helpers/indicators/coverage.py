"""Coverage: which share of the operators read is seen offering a service, and which population lives near one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from helpers.profiles import Profiles

LEVEL = 0.95


def wilson(successes: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion.

    Parameters
    ----------
    successes, n : int
        Counts, ``0 <= successes <= n`` and ``n >= 1``.
    level : float
        Confidence level.

    Returns
    -------
    low, high : float
        Bounds, shares in [0, 1] (Wilson 1927, JASA 22, p. 209).

    Raises
    ------
    ValueError
        If the counts are not as above.
    """
    from scipy.stats import binomtest

    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"wilson needs 0 <= successes <= n and n >= 1, not {successes} of {n}")
    interval = binomtest(int(successes), int(n)).proportion_ci(
        confidence_level=level, method="wilson"
    )
    return float(interval.low), float(interval.high)


def share(successes: int, n: int) -> dict[str, float]:
    """Return a proportion with its counts and Wilson interval: k, n, share, low, high."""
    low, high = wilson(successes, n)
    return {"k": int(successes), "n": int(n), "share": successes / n, "low": low, "high": high}


def share_of_answers(yes: pd.DataFrame, answered: pd.DataFrame) -> pd.DataFrame:
    """Return, for each question, the share of those who answered that said yes.

    Parameters
    ----------
    yes, answered : DataFrame of bool, shape (n, m)
        What each of n operators said, and whether it said anything; a yes is an answer.

    Returns
    -------
    DataFrame, m rows
        k, n (who answered), share, low, high; indexed by the columns of `yes`, without those that nobody answered.
    """
    known = answered | yes
    told = [name for name in yes.columns if known[name].any()]
    return pd.DataFrame(
        [share(int(yes[c].sum()), int(known[c].sum())) for c in told], index=pd.Index(told)
    )


def coverage(profiles: Profiles, *, declared: bool = False) -> pd.DataFrame:
    """Return, for each service, the share of the operators read that are seen offering it.

    The share is a lower bound of the real one: an operator on which few pages were read may offer what
    none of them says.

    Parameters
    ----------
    profiles : Profiles
        Operators with at least one page each, shape (n, m).
    declared : bool
        Whether operators answered for themselves: the share is then one of those that answered for the service.

    Returns
    -------
    DataFrame, m rows
        service_code, k (seen offering), n, share, low, high, planned (seen planning, not offering).

    Raises
    ------
    ValueError
        If an operator was not read at all: it has no share to be part of; or if nobody answered for a service.
    """
    unread = profiles.visits.index[profiles.visits < 1]
    if len(unread):
        raise ValueError(
            f"{len(unread)} operators have no page read, the first is {unread[0]!r}: leave them out"
        )
    answered = (profiles.state != "unseen") | (not declared)
    rows = [
        {
            "service_code": code,
            **share(int(profiles.offered[code].sum()), int(answered[code].sum())),
            "planned": int((profiles.state[code] == "planned").sum()),
        }
        for code in profiles.services
    ]
    return pd.DataFrame(rows)


def coverage_by(
    profiles: Profiles, groups: pd.Series, *, at_least: int = 1, declared: bool = False
) -> pd.DataFrame:
    """Return the coverage of each service within groups of operators.

    Parameters
    ----------
    profiles : Profiles
        Operators with at least one page each.
    groups : Series
        Group of each operator; an operator may stand in several (index repeated).
    at_least : int
        Groups with fewer operators are left out.
    declared : bool
        As in `coverage`.

    Returns
    -------
    DataFrame
        group, service_code, k, n, share, low, high, planned; groups by name.
    """
    groups = groups[groups.index.isin(profiles.operators)]
    parts = []
    for group, members in groups.groupby(groups, sort=True):
        names = sorted(set(members.index))
        if len(names) >= at_least:
            part = coverage(profiles.of(names), declared=declared)
            part.insert(0, "group", group)
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def family_coverage(
    profiles: Profiles, services: pd.DataFrame, *, declared: bool = False
) -> pd.DataFrame:
    """Return, for each family, the share of operators seen offering at least one of its services.

    Parameters
    ----------
    profiles : Profiles
        Operators with at least one page each.
    services : DataFrame
        Taxonomy: service_code, family_code, family_fr.
    declared : bool
        Whether operators answered for themselves: those of whom missing answers leave the matter open do not count.

    Returns
    -------
    DataFrame
        family_code, family_fr, n_services, k, n, share, low, high; largest share first.
    """
    rows = []
    for (code, label), part in services.groupby(["family_code", "family_fr"], sort=True):
        seen = profiles.offered[list(part["service_code"])].any(axis=1)
        known = (
            seen
            | (profiles.state[list(part["service_code"])] != "unseen").all(axis=1)
            | (not declared)
        )
        counts = share(int(seen.sum()), int(known.sum()))
        rows.append({"family_code": code, "family_fr": label, "n_services": len(part), **counts})
    return pd.DataFrame(rows).sort_values(
        ["share", "family_code"], ascending=[False, True], ignore_index=True
    )


def published_rates(
    published: pd.DataFrame, profiles: Profiles, matches: dict[str, list[str]]
) -> pd.DataFrame:
    """Set published rates of operators beside those seen in the public record.

    Parameters
    ----------
    published : DataFrame
        One row per figure: figure_id, value (percent), n (respondents).
    profiles : Profiles
        Operators with at least one page each.
    matches : dict of str to list of str
        Figure -> services, any of which counts.

    Returns
    -------
    DataFrame
        figure_id, published, published_low, published_high, published_n, seen, low, high, k, n.
    """
    rows = []
    for figure_id, codes in matches.items():
        row = published.set_index("figure_id").loc[figure_id]
        n = int(row["n"])
        told = wilson(round(row["value"] / 100 * n), n)
        seen = share(int(profiles.offered[codes].any(axis=1).sum()), len(profiles.operators))
        rows.append(
            {
                "figure_id": figure_id,
                "published": row["value"] / 100,
                "published_low": told[0],
                "published_high": told[1],
                "published_n": n,
                "seen": seen["share"],
                **{key: seen[key] for key in ("low", "high", "k", "n")},
            }
        )
    return pd.DataFrame(rows)


def served_population(
    profiles: Profiles,
    perimeters: pd.DataFrame,
    population: pd.Series,
    codes: list[str] | None = None,
) -> pd.DataFrame:
    """Return, for each département, how many operators seen offering a service work in it.

    Parameters
    ----------
    profiles : Profiles
        Operators.
    perimeters : DataFrame
        One row per operator and département: operator, departement.
    population : Series
        Inhabitants by département code.
    codes : list of str, optional
        Services, any of which counts; by default an operator counts whatever it offers.

    Returns
    -------
    DataFrame, one row per département
        departement, population, n_operators, covered (bool).
    """
    names = profiles.operators
    if codes is not None:
        names = list(profiles.offered.index[profiles.offered[codes].any(axis=1)])
    inside = perimeters[perimeters["operator"].isin(names)]
    counts = inside.groupby("departement")["operator"].nunique()
    out = pd.DataFrame({"departement": population.index, "population": population.to_numpy()})
    out["n_operators"] = out["departement"].map(counts).fillna(0).astype(int)
    out["covered"] = out["n_operators"] > 0
    return out
