"""Independent readings of the public pages: what each shows, and what all of them missed.

Reading A found pages by looking for services; reading B asked the same six queries for every
operator; reading C asked two more for a random part of them. Silence is never a "no".
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.estimates import percentile_interval, shares

READINGS = ("A", "B", "C")
ALL = "all"


def shown_pairs(statements: pd.DataFrame, operators: list[str]) -> pd.DataFrame:
    """Return the pairs of an operator and a service that some page says is offered.

    Parameters
    ----------
    statements : DataFrame
        Tidy statements (operator, service_code, status, reading).
    operators : list of str
        Operators that the readings have in common; the others are left out.

    Returns
    -------
    DataFrame
        One row per pair, index (operator, service_code), one boolean column per reading.
    """
    offered = statements[statements["status"] == "offered"]
    offered = offered[offered["operator"].isin(operators)]
    # A statement of both readings counts for each.
    offered = offered.assign(reading=offered["reading"].str.split("|")).explode("reading")
    offered = offered.reset_index(drop=True)
    counts = pd.crosstab([offered["operator"], offered["service_code"]], offered["reading"])
    return counts.reindex(columns=list(READINGS), fill_value=0) > 0


def asked_operators(looks: pd.DataFrame, operators: list[str]) -> list[str]:
    """Return those of some operators for which reading B asked its queries, in the alphabet.

    `looks` logs the look-ups: operator, reading. Nobody, where there was no second reading.
    """
    return sorted(set(looks.loc[looks["reading"] == "B", "operator"]) & set(operators))


def shown_by(
    pairs: pd.DataFrame, reading: str, operators: list[str], services: list[str]
) -> pd.DataFrame:
    """Return which operators show which services in one reading.

    Parameters
    ----------
    pairs : DataFrame
        From `shown_pairs`.
    reading : str
        One of `READINGS`.
    operators, services : list of str
        Rows and columns wanted, in order.

    Returns
    -------
    DataFrame of bool
    """
    table = pairs[reading].unstack(fill_value=False)  # noqa: PD010
    return table.reindex(index=operators, columns=services, fill_value=False).astype(bool)


def each_alone(
    pairs: pd.DataFrame, operators: list[str], services: list[str]
) -> dict[str, pd.DataFrame]:
    """Return what readings A and B show each by itself: see `shown_by`.

    A reading that shows nothing, because it was not made, is left out.
    """
    return {name: shown_by(pairs, name, operators, services) for name in "AB" if pairs[name].any()}


def chapman(first, second, both):
    """Return Chapman's estimate of a population that was captured twice.

    Parameters
    ----------
    first, second, both : int or array of int
        Units found by the first list, by the second, and by both.

    References
    ----------
    Chapman (1951), University of California Publications in Statistics 1, p. 131;
    Seber (1982), The Estimation of Animal Abundance, 2nd ed., p. 60.
    """
    return (first + 1) * (second + 1) / (both + 1) - 1


def completeness(
    pairs: pd.DataFrame,
    operators: list[str],
    families: dict[str, str],
    *,
    rng: np.random.Generator | int,
    n_resamples: int = 2000,
) -> pd.DataFrame:
    """Return how much of what the pages show readings A and B have seen, by family and in all.

    Both readings use one search engine and one store of pages, so that they miss the same things:
    the estimate is a lower bound of what exists. The interval is for the pairs that the pages of
    these operators show: it holds the uncertainty of the rate, by resampling operators, and the
    scatter of the number missed.

    Parameters
    ----------
    pairs : DataFrame
        From `shown_pairs`.
    operators : list of str
        Every operator that both readings looked at, also those of which nothing was found.
    families : dict
        Family by service code.
    rng : Generator or int
        Draws the operators of each resample.
    n_resamples : int
        Bootstrap samples of operators.

    Returns
    -------
    DataFrame
        One row per family and one ``all``: n_a, n_b, n_both (pairs of A, of B, of both), overlap
        (pairs of both, of those seen), k (pairs seen), n (pairs that the pages show, estimated),
        value (share of these which was seen) with low and high. Where nothing was read twice, the
        counts are 0 and the rest is missing.
    """
    rng = np.random.default_rng(rng)
    family = pairs.index.get_level_values("service_code").map(families)
    names = [*sorted(set(families.values())), ALL]
    # Pairs by operator, list (A, B, both, either) and family.
    lists = {
        "n_a": pairs["A"],
        "n_b": pairs["B"],
        "n_both": pairs["A"] & pairs["B"],
        "n_seen": pairs["A"] | pairs["B"],
    }
    counts = {
        name: pd.crosstab(pairs.index.get_level_values("operator")[found], family[found])
        .reindex(index=operators, columns=names[:-1], fill_value=0)
        .assign(**{ALL: lambda frame: frame.sum(axis=1)})
        for name, found in lists.items()
    }
    n = len(operators)
    even = np.full(max(n, 1), 1 / max(n, 1))
    weights = rng.multinomial(n, even, size=n_resamples)[:, :n]
    totals = {name: frame.sum() for name, frame in counts.items()}
    drawn = {name: weights @ frame.to_numpy() for name, frame in counts.items()}
    table = pd.DataFrame({name: total.astype(int) for name, total in totals.items()})
    # What was missed, relative to what was seen, in each resample of operators; the number that
    # was missed in fact scatters around its expectation.
    missed = chapman(drawn["n_a"], drawn["n_b"], drawn["n_both"]) - drawn["n_seen"]
    relative = np.clip(missed, 0, None) / np.maximum(drawn["n_seen"], 1)
    seen = table["n_seen"].to_numpy()
    fewest, most = percentile_interval(seen + rng.poisson(relative * seen))
    estimate = chapman(table["n_a"], table["n_b"], table["n_both"]).clip(lower=seen)
    out = table[["n_a", "n_b", "n_both"]].rename_axis("family_code")
    out["overlap"] = (table["n_both"] / table["n_seen"]).where(table["n_seen"] > 0)
    out = out.assign(k=seen, n=estimate.round().astype(int), value=seen / estimate)
    # Nothing seen: 0 of 0 is missing.
    with np.errstate(invalid="ignore"):
        return out.assign(low=seen / most, high=seen / fewest)


def third_reading(pairs: pd.DataFrame, families: dict[str, str]) -> pd.DataFrame:
    """Return how many pairs of reading C readings A or B had seen, by family and in all.

    It tests `completeness`: reading C was made after both, for operators drawn at random. Shares of
    a family of which it shows nothing are missing.

    Returns
    -------
    DataFrame
        One row per family and one ``all``: k (pairs seen before), n (pairs of C), value with low
        and high (Wilson).
    """
    found = pairs[pairs["C"]]
    known = (found["A"] | found["B"]).rename("known")
    family = found.index.get_level_values("service_code").map(families)
    counts = known.groupby(family).agg(["sum", "size"])
    counts = counts.reindex(sorted(set(families.values())), fill_value=0)
    counts.loc[ALL] = known.sum(), len(known)
    return shares(counts["sum"], counts["size"]).rename_axis("family_code")


def query_yield(looks: pd.DataFrame, statements: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return what each fixed query brought, and all of them.

    Parameters
    ----------
    looks : DataFrame
        Logged look-ups (operator, query, n_about_operator, n_with_service).
    statements : DataFrame
        Tidy statements of readings B and C (operator, service_code, status, query).
    pairs : DataFrame
        From `shown_pairs`.

    Returns
    -------
    DataFrame
        One row per query and one ``all``: n_looks, n_silent (no page about the
        operator), n_pages, n_with_service, n_pairs (pairs that no query before it showed), n_new
        (of these, unseen by reading A).
    """
    out = looks.groupby("query").agg(
        n_looks=("operator", "size"),
        n_silent=("n_about_operator", lambda n: int((n == 0).sum())),
        n_pages=("n_about_operator", "sum"),
        n_with_service=("n_with_service", "sum"),
    )
    offered = statements[statements["status"] == "offered"]
    offered = offered[offered["query"].fillna("") != ""].sort_values("query", kind="stable")
    first = offered.drop_duplicates(["operator", "service_code"])
    seen_by_a = set(pairs.index[pairs["A"]])
    keys = list(zip(first["operator"], first["service_code"], strict=True))
    new = pd.Series([key not in seen_by_a for key in keys], first.index)
    by_query = new.groupby(first["query"])
    out["n_pairs"] = by_query.size().reindex(out.index, fill_value=0)
    out["n_new"] = by_query.sum().reindex(out.index, fill_value=0).astype(int)
    out.loc[ALL] = out.sum()
    return out.astype(int)


def visibility(named: list[str], pairs: pd.DataFrame, service: str) -> pd.DataFrame:
    """Return how many of some operators the readings show with a service.

    Parameters
    ----------
    named : list of str
        Operators that another source, such as a register, says to offer it.
    pairs : DataFrame
        From `shown_pairs`.
    service : str

    Returns
    -------
    DataFrame
        Index reading (A, B, either): k (operators shown), n (operators named), value with low and
        high (Wilson).
    """
    offering = pairs[pairs.index.get_level_values("service_code") == service]
    shown = offering.droplevel("service_code")[["A", "B"]].reindex(named, fill_value=False)
    return shares(shown.assign(either=shown.any(axis=1)).sum(), len(named))
