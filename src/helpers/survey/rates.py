"""What a survey's notebooks state: shares of those who answered, with interval, k and n.

Every frame has the columns value, low, high, k, n, its largest value first, so that
`Study.protected` and `Study.figure` know what each row rests on.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.estimates import Estimate, percentile_interval, shares
from helpers.profiles import Profiles

#: Kinds of cooperation, by the name that their rows have.
KINDS = ("alliance", "shared_platform", "membership")
_YES = "yes"
#: More rows that share the largest value say nothing of any of them.
MOST_LEADING = 3


class Leading(NamedTuple):
    """The rows that share the largest value of a frame, and that value."""

    labels: list[str]
    share: Estimate

    @property
    def quoted(self) -> list[str]:
        """The labels, in quotation marks where they are several: each may hold « et »."""
        return [f"« {label} »" for label in self.labels] if len(self.labels) > 1 else self.labels


class Gap(NamedTuple):
    """The largest difference between two groups, of a frame with one row per item and group."""

    item: str
    more: str
    less: str
    high: Estimate
    low: Estimate


def leading(frame: pd.DataFrame) -> Leading | None:
    """Return the row with the largest value; two or three, if they share it.

    Parameters
    ----------
    frame : DataFrame
        Estimates, whose missing rows may not be shown.

    Returns
    -------
    Leading or None
        None where no row may be shown, no value is above 0, or more than three share it.
    """
    shown = frame.dropna(subset=["value", "k", "n"])
    shown = shown[shown["value"] > 0]
    first = shown[shown["value"] == shown["value"].max()]
    if not 0 < len(first) <= MOST_LEADING:
        return None
    share = Estimate.of(first.reset_index(drop=True), 0)
    return Leading([str(name) for name in first.index], share)


def clearly_unequal(frame: pd.DataFrame) -> bool:
    """Tell whether the intervals of the largest and the smallest value shown do not overlap."""
    shown = frame.dropna(subset=["low", "high"])
    return bool(len(shown) and shown["low"].max() > shown["high"].min())


def widest_gap(frame: pd.DataFrame, group: str) -> Gap | None:
    """Return the largest difference between two groups whose intervals do not overlap.

    Parameters
    ----------
    frame : DataFrame
        Estimates; index: the item; a row for each group.
    group : str
        Column that names the group.
    """
    found, widest = None, 0.0
    for item, part in frame.dropna(subset=["value", "k", "n"]).groupby(level=0, sort=True):
        part = part.sort_values(["value", group], kind="stable", ignore_index=True)
        less, more = part.iloc[0], part.iloc[-1]
        if more["low"] > less["high"] and more["value"] - less["value"] > widest:
            widest = more["value"] - less["value"]
            ends = Estimate.of(part, more.name), Estimate.of(part, less.name)
            found = Gap(str(item), str(more[group]), str(less[group]), *ends)
    return found


def services(profiles: Profiles) -> pd.DataFrame:
    """Return, for each service, the share of those who answered that offer it.

    ValueError if nobody answered about services.
    """
    return _largest_first(_of_answers(profiles.offered, profiles.state != "unseen"))


def families(profiles: Profiles, family_of: dict[str, str]) -> pd.DataFrame:
    """Return, for each family, the share of operators that offer one of its services at least.

    An operator of whom missing answers leave the matter open does not count.

    Parameters
    ----------
    profiles : Profiles
        Operators that answered for themselves.
    family_of : dict of str to str
        Family code of each service.
    """
    family = pd.Index([family_of[code] for code in profiles.services], name="family_code")
    offered = profiles.offered.T.groupby(family).any().T
    told = (profiles.state != "unseen").T.groupby(family).all().T
    return _largest_first(_of_answers(offered, told))


def services_by(profiles: Profiles, groups: pd.Series) -> pd.DataFrame:
    """Return the share of each service in each group of operators, in the order of their names.

    Parameters
    ----------
    groups : Series of str
        Group of each operator; the column of the result has its name.

    Returns
    -------
    DataFrame
        Index: service_code. One row per service and group.
    """
    answered, parts = profiles.state != "unseen", []
    for group, members in groups.groupby(groups, sort=True).groups.items():
        rows = profiles.offered.index.intersection(members)
        if (answered | profiles.offered).loc[rows].to_numpy().any():
            found = _of_answers(profiles.offered.loc[rows], answered.loc[rows])
            parts.append(found.assign(**{groups.name or "group": group}))
    return pd.concat(parts).sort_index(kind="stable")


def widest(frame: pd.DataFrame, n_items: int) -> pd.DataFrame:
    """Return the items with the largest difference between two groups, the largest first.

    Parameters
    ----------
    frame : DataFrame
        Estimates; index: the item; a row for each group. Rows that may not be shown are missing:
        they choose nothing, and come last.
    n_items : int
    """
    values = frame.dropna(subset=["value"]).groupby(level=0)["value"]
    spread = (values.max() - values.min()).sort_index().sort_values(ascending=False, kind="stable")
    place = {item: position for position, item in enumerate(spread.index[:n_items])}
    kept = frame[frame.index.isin(place)]
    missing = kept["value"].isna()
    shown = kept[~missing]
    order = np.argsort(shown.index.map(place), kind="stable")
    return pd.concat([shown.iloc[order], kept[missing].sort_index(kind="stable")])


def themes(demand: pd.DataFrame, least: int) -> pd.DataFrame:
    """Return, for each theme, the share of those who answered whose score is `least` or more.

    Parameters
    ----------
    demand : DataFrame
        One row per operator and theme answered: operator, theme, score.
    least : int
        From this score on demand is strong.
    """
    if demand.empty:
        raise ValueError("no score of the demand could be read")
    high = (demand["score"] >= least).groupby(demand["theme"])
    return _largest_first(shares(high.sum(), high.size()))


def choices(answers: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Return the share of those who answered a question that chose each of its items.

    Parameters
    ----------
    answers : DataFrame
        Answers of the survey: operator, variable, item, value ("yes" or "no").
    variable : str
        Question with several choices.
    """
    own = answers[answers["variable"] == variable]
    if own.empty:
        raise ValueError(f"nobody answered the question '{variable}'")
    chosen = (own["value"] == _YES).groupby(own["item"])
    return _largest_first(shares(chosen.sum().rename_axis(variable), chosen.size()))


def item_labels(questions: pd.DataFrame, options: pd.DataFrame, variable: str) -> dict[str, str]:
    """Return the label of each item of a question, or of its answers if it has no items."""
    asked = questions[questions["variable"] == variable]
    items = asked[asked["item"].fillna("") != ""]
    if len(items):
        return dict(zip(items["item"], items["item_label"], strict=True))
    own = options[options["variable"] == variable]
    return dict(zip(own["code"], own["label"], strict=True))


def cooperation(ties: pd.DataFrame, operators: list[str]) -> pd.DataFrame:
    """Return, for each kind of cooperation, the share of operators that have a tie of that kind.

    Parameters
    ----------
    ties : DataFrame
        One row per tie: source, target, kind. Either end may have named it.
    operators : list of str
        Who answered; all are counted.
    """
    ends = ties.melt("kind", ["source", "target"], value_name="name")
    named = ends[ends["name"].isin(operators)].groupby("kind")["name"].nunique()
    asked = [kind for kind in KINDS if kind in named.index]
    if not asked:
        raise ValueError("no operator named a partner")
    return _largest_first(shares(named[asked].rename_axis("kind"), len(operators)))


def partners(ties: pd.DataFrame, operators: list[str], most: int) -> pd.Series:
    """Return how many operators have none, one, two partners and so on among those that answered.

    Parameters
    ----------
    ties : DataFrame
        One row per tie: source, target, kind.
    operators : list of str
        Who answered.
    most : int
        Number from which operators are counted together.

    Returns
    -------
    Series of int
        Name k; index: number of partners, from 0 to `most`.
    """
    known = set(operators)
    pairs = {
        frozenset(ends)
        for ends in zip(ties["source"], ties["target"], strict=True)
        if known.issuperset(ends) and len(set(ends)) == 2
    }
    number = pd.Series([sum(name in pair for pair in pairs) for name in operators], dtype=int)
    counts = number.clip(upper=most).value_counts()
    counts = counts.reindex(range(most + 1), fill_value=0).rename(str)
    return counts.rename("k").rename_axis("partners")


def within_reach(profiles: Profiles, near: pd.DataFrame, told: pd.Index) -> pd.DataFrame:
    """Return, for each service, how often a neighbour offers it to an operator that does not.

    Parameters
    ----------
    profiles : Profiles
        The n operators.
    near : DataFrame of bool, shape (n, n)
        Who is a neighbour of whom.
    told : Index of str
        Services of which it may be told how many operators offer them: those that do not are the
        others.

    Returns
    -------
    DataFrame
        Index: service_code. n: operators that say that they do not offer it; k: those of them that
        have a neighbour that does. Services that nobody lacks, or that are not told, are left out.
    """
    around, offered = near.loc[profiles.operators, profiles.operators], profiles.offered
    reached = (around.to_numpy(dtype=int) @ offered.to_numpy(dtype=int)) > 0
    lacking = (profiles.state != "unseen") & ~offered
    counts = lacking.sum()
    counts = counts[(counts > 0) & counts.index.isin(told)]
    if counts.empty:
        raise ValueError("every operator offers every service, or none may be told")
    found = (lacking & reached).sum()[counts.index]
    return _largest_first(shares(found.rename_axis("service_code"), counts))


def neighbours(perimeters: pd.DataFrame, operators: list[str]) -> pd.DataFrame:
    """Tell which operators work in a same département.

    Parameters
    ----------
    perimeters : DataFrame
        One row per operator and département: operator, departement.
    operators : list of str
        Rows and columns of the result.

    Returns
    -------
    DataFrame of bool, shape (n, n)
        Nobody is a neighbour of itself.
    """
    own = perimeters[perimeters["operator"].isin(operators)]
    inside = pd.crosstab(own["operator"], own["departement"]).reindex(operators, fill_value=0)
    shared = inside.to_numpy() @ inside.to_numpy().T > 0
    return pd.DataFrame(shared & ~np.eye(len(operators), dtype=bool), operators, operators)


def by_departement(
    perimeters: pd.DataFrame, operators: list[str], codes: pd.Series, least: int, names: list[str]
) -> pd.Series:
    """Return the class of each département by the number of operators that work in it.

    Below the threshold of a confidential edition numbers are not told apart, not even from none.

    Parameters
    ----------
    perimeters : DataFrame
        One row per operator and département: operator, departement.
    operators : list of str
        Who is counted.
    codes : Series of str
        Every département.
    least : int
        Fewest operators of the second class; the third begins at twice that number.
    names : list of str, length 3
        Names of the classes.
    """
    own = perimeters[perimeters["operator"].isin(operators)]
    counts = own.groupby("departement")["operator"].nunique().reindex(codes, fill_value=0)
    edges = [-1, least - 1, 2 * least - 1, np.inf]
    return pd.cut(counts, edges, labels=names).astype(str)


def complete_each_other(
    profiles: Profiles,
    near: pd.DataFrame,
    strata: pd.Series,
    *,
    n_permutations: int,
    rng: np.random.Generator,
) -> float | None:
    """Return how likely chance alone is to bring as much of what operators lack near to them.

    Whole profiles change places on the map, within strata. Nothing is returned where no two
    operators are neighbours.

    Parameters
    ----------
    profiles : Profiles
    near : DataFrame of bool, shape (n, n)
        As from `neighbours`.
    strata : Series
        Category of each operator, such as the size of its territory.
    n_permutations : int
    rng : Generator

    Returns
    -------
    float or None
        One-sided p-value of the share of missing services that a neighbour offers.
    """
    around = near.loc[profiles.operators, profiles.operators].to_numpy(dtype=int)
    placed = around.any(axis=1)
    offered = profiles.offered.to_numpy()[placed]
    if not placed.any() or offered.all():
        return None
    around = around[np.ix_(placed, placed)]
    groups = strata.loc[profiles.operators].to_numpy()[placed]
    places = [np.flatnonzero(groups == group) for group in np.unique(groups)]

    def met(order: np.ndarray) -> float:
        here = offered[order]
        return float((((around @ here) > 0) & ~here).sum())

    observed, reached = met(np.arange(len(offered))), 1
    for _ in range(n_permutations):
        order = np.arange(len(offered))
        for place in places:
            order[place] = rng.permutation(place)
        reached += met(order) >= observed
    return reached / (n_permutations + 1)


def merge_small_groups(
    groups: pd.Series, min_size: int, other: str, most: int | None = None
) -> pd.Series:
    """Return groups of which none is smaller than `min_size`, and at most `most` of them.

    The small ones form one, named `other`, joined by the next smallest while it is too small: the
    total and these groups tell nothing of a smaller one.

    Parameters
    ----------
    groups : Series of str
        Group of each operator.
    min_size : int
    other : str
        Name of the group of small groups.
    most : int, optional
    """
    sizes = groups.value_counts().sort_index().sort_values(kind="stable")
    too_many = 0 if most is None or len(sizes) <= most else len(sizes) - most + 1
    small = [
        name for place, name in enumerate(sizes.index) if sizes[name] < min_size or place < too_many
    ]
    for name in sizes.index:
        if small and name not in small and sizes[small].sum() < min_size:
            small.append(name)
    return groups.mask(groups.isin(small), other)


def apart(names: list[str]) -> list[str]:
    """Return names of groups that letters tell apart where they are equal.

    `helpers.typology` tells equal names apart by a member in brackets, which a survey must not.
    """
    plain = [re.sub(r" \([^)]*\)$", "", name) for name in names]
    seen: Counter[str] = Counter()
    found = []
    for name in plain:
        letter = string.ascii_lowercase[seen[name] % 26]
        seen[name] += 1
        found.append(f"{name} ({letter})" if plain.count(name) > 1 else name)
    return found


def sizes(groups: pd.Series) -> pd.Series:
    """Return how many operators each group has, the largest first: a Series named k."""
    counted = groups.value_counts().rename("k").rename_axis(groups.name or "group")
    return counted.sort_index().sort_values(ascending=False, kind="stable")


def mean(values: pd.Series) -> Estimate:
    """Return the mean of a number that each operator has, with its 95 % interval (Student)."""
    from scipy.stats import t

    known = pd.Series(values).dropna().astype(float)
    n = len(known)
    if n < 2:
        raise ValueError(f"a mean with an interval needs two values, not {n}")
    half = float(t.ppf(0.975, n - 1) * known.std(ddof=1) / np.sqrt(n))
    middle = float(known.mean())
    return Estimate(middle, middle - half, middle + half, n, n)


def agreement(
    found: pd.Series, planted: pd.Series, *, n_resamples: int, rng: np.random.Generator
) -> Estimate | None:
    """Return the adjusted Rand index of two partitions; its interval resamples operators.

    Parameters
    ----------
    found, planted : Series of str
        Class of each operator; aligned by index.
    n_resamples : int
    rng : Generator

    Returns
    -------
    Estimate or None
        None where nothing was planted, as in every real survey.

    References
    ----------
    Hubert and Arabie (1985), Journal of Classification 2, p. 193.
    """
    from sklearn.metrics import adjusted_rand_score

    known = found.index.intersection(planted.index)
    if known.empty:
        return None
    first, second = found[known].to_numpy(dtype=str), planted[known].to_numpy(dtype=str)
    n = len(known)
    drawn = rng.integers(n, size=(n_resamples, n))
    values = np.array([adjusted_rand_score(first[rows], second[rows]) for rows in drawn])
    low, high = percentile_interval(values)
    return Estimate(float(adjusted_rand_score(second, first)), float(low), float(high), n, n)


def _largest_first(frame: pd.DataFrame) -> pd.DataFrame:
    """Sort estimates by value, ties by name."""
    name = frame.index.name or "row"
    rows = frame.rename_axis(name).reset_index()
    return rows.sort_values(["value", name], ascending=[False, True]).set_index(name)


def _of_answers(yes: pd.DataFrame, answered: pd.DataFrame) -> pd.DataFrame:
    """Return the share of those who answered that said yes, for each column that has answers."""
    known = answered | yes
    n = known.sum()
    n = n[n > 0]
    if n.empty:
        raise ValueError("nobody answered the questions about services")
    return shares((yes & known).sum()[n.index].rename_axis(yes.columns.name), n)
