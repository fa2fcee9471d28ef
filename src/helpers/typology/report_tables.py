"""Tables of the typology as the notebooks show them and hand them on: names in French, one row per thing said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from claimbook import french
from helpers.typology.bayes import BayesianClasses, gibbs_classes
from helpers.typology.external import external_association
from helpers.typology.naming import NamedClass
from helpers.typology.sensitivity import entropy_depth_correlation, eta_squared

CHECKS_FR = {
    "convergence": "l’accord des chaînes de tirages",
    "none": "une faible probabilité de n’avoir qu’une classe",
    "evidence": "une très faible probabilité de n’avoir qu’une classe",
    "number": "un nombre de classes qui l’emporte sur les autres",
    "partition": "une meilleure partition qui ait ce nombre de classes",
    "crossing": "un service nettement plus fréquent et un autre nettement plus rare dans chacune des classes",
    "stability": "des groupes plus stables que ceux du hasard",
}
# The same in a word, for narrow columns.
CHECKS_SHORT_FR = {
    "convergence": "accord des chaînes",
    "none": "plus d’une classe",
    "evidence": "plus d’une classe",
    "number": "nombre",
    "partition": "partition",
    "crossing": "croisement",
    "stability": "stabilité",
}
NOTHING_MISSING = "rien"
_UNDISTINGUISHED = "sans service distinctif"
_CODE = re.compile(r"([+-])(\S+)")
_ELIDED = "aàâeéèêhiîoôuùyAEÉHIOU"
_SUFFIX = re.compile(r" \(([^)]*)\)$")


def short_label(label: str) -> str:
    """Cut the name of a service before its second half: "Parapheur et signature" becomes "parapheur"."""
    first = str(label).split(" et ")[0]
    return first if first[:2].isupper() else first[:1].lower() + first[1:]


def class_name(code: str, labels: Mapping[str, str]) -> str:
    """Write the signature of a class in French.

    Parameters
    ----------
    code : str
        A name made by `name_classes`, such as ``+sig -formation``.
    labels : mapping of str to str
        Service code -> French name; an unknown code is written as it is.

    Returns
    -------
    str
        What the class offers more often than the others, then what it offers less often.
    """
    suffix = _SUFFIX.search(code)
    found = _CODE.findall(code[: suffix.start()] if suffix else code)
    over, under = (
        [short_label(labels.get(s, s)) for sign, s in found if sign == side] for side in "+-"
    )
    parts = [french.enumeration(over)] if over else []
    if len(under) == 1:
        parts.append(("peu d’" if under[0][:1] in _ELIDED else "peu de ") + under[0])
    elif under:
        parts.append("peu de : " + french.enumeration(under))
    text = " ; ".join(parts) if parts else _UNDISTINGUISHED
    text = french.typeset(text[:1].upper() + text[1:])
    return f"{text} ({suffix.group(1)})" if suffix else text


def quoted(names: Sequence[str]) -> list[str]:
    """Put names of classes between quotation marks, for a list of them in a sentence."""
    return [french.typeset(f"« {name[:1].lower() + name[1:]} »") for name in names]


def missing_conditions(failed: str) -> str:
    """Say in a few French words which conditions of the rule failed, given their names joined by "+"."""
    return (
        french.enumeration([CHECKS_SHORT_FR[name] for name in failed.split("+")])
        if failed
        else NOTHING_MISSING
    )


def describable(
    posterior: BayesianClasses, mentions, visits, *, rng: np.random.Generator, **settings
):
    """Return a posterior whose point partition has several classes, to describe what the best cut would be.

    The sparse mixture may well keep one class. An ordinary mixture, whose shares have a uniform prior, is then asked
    for two: an exploration, which says nothing of whether classes exist.

    Returns
    -------
    BayesianClasses
        The one given if it has several classes; it may still have a single one where nothing separates operators.
    """
    if posterior.n_classes > 1:
        return posterior
    return gibbs_classes(mentions, visits, max_classes=2, concentration=1.0, rng=rng, **settings)


def class_summary(named: Sequence[NamedClass], labels: Mapping[str, str]) -> pd.DataFrame:
    """One row per class: name, size, share with its interval, paragon and the rule that recognises it.

    Returns
    -------
    DataFrame
        Columns code, name, n, share, low, high, paragon, rule, coverage, precision.
    """
    rows = [
        {
            "code": c.name,
            "name": class_name(c.name, labels),
            "n": len(c.members),
            "share": c.share,
            "low": c.share_low,
            "high": c.share_high,
            "paragon": c.paragon,
            "rule": " + ".join(short_label(labels.get(s, s)) for s in c.rule.services),
            "coverage": c.rule.coverage,
            "precision": c.rule.precision,
        }
        for c in named
    ]
    return pd.DataFrame(rows)


def class_profiles(
    posterior: BayesianClasses, named: Sequence[NamedClass], seen: pd.DataFrame, level: float = 0.95
) -> pd.DataFrame:
    """One row per class and service: what is estimated, with intervals, and what was seen.

    Parameters
    ----------
    posterior : BayesianClasses
    named : sequence of NamedClass, length k
    seen : DataFrame of bool, shape (n, m)
        Operators x services, in the order of the posterior.
    level : float

    Returns
    -------
    DataFrame
        Columns class_code, service_code, rate, rate_low, rate_high, rest_rate, difference, low, high, seen, side (1
        where the class clearly offers the service more often than the rest, -1 less often, 0 else).
    """
    tail, services = (1 - level) / 2, list(seen.columns)
    mean, ends = posterior.risk_differences(level)
    frames = []
    for c in named:
        k, keep = c.position, posterior.present[:, c.position]
        draws = posterior.rates[keep, k] if keep.any() else np.full((1, len(services)), np.nan)
        rest = posterior.rest_rates[keep, k] if keep.any() else draws
        low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
        part = {
            "class_code": c.name,
            "service_code": services,
            "rate": draws.mean(axis=0),
            "rate_low": low,
            "rate_high": high,
            "rest_rate": rest.mean(axis=0),
            "difference": mean[k],
            "low": ends[k, :, 0],
            "high": ends[k, :, 1],
            "seen": seen.loc[posterior.partition == k].mean(axis=0).to_numpy(dtype=float),
            "side": (ends[k, :, 0] > 0).astype(int) - (ends[k, :, 1] < 0).astype(int),
        }
        frames.append(pd.DataFrame(part))
    return pd.concat(frames, ignore_index=True)


def declared_profiles(
    profiles, partition, named: Sequence[NamedClass], sides: pd.DataFrame, labels
) -> pd.DataFrame:
    """One row per service and class: how many of its members that answered say that they offer the service.

    Parameters
    ----------
    profiles : Profiles
        Operators that answered for themselves, shape (n, m).
    partition : array-like of int, shape (n,)
        Class of each operator.
    named : sequence of NamedClass
    sides : DataFrame, shape (m, k)
        1 where a class clearly offers a service more often than the rest, -1 less often, 0 else; French names.
    labels : mapping of str to str
        Service code -> name.

    Returns
    -------
    DataFrame
        Service, Groupe, Le déclarent, Ont répondu, Part, Écart net.
    """
    words, rows = {1: "plus souvent", -1: "moins souvent", 0: "non"}, []
    code_of = {labels[code]: code for code in profiles.services}
    for service in sides.index:
        state = profiles.state[code_of[service]].to_numpy()
        for c, name in zip(named, sides.columns, strict=True):
            mine = state[np.asarray(partition) == c.position]
            k, n = int((mine == "offered").sum()), int((mine != "unseen").sum())
            share = k / n if n else np.nan
            rows.append((service, name, k, n, share, words[int(sides.loc[service, name])]))
    return pd.DataFrame(
        rows, columns=["Service", "Groupe", "Le déclarent", "Ont répondu", "Part", "Écart net"]
    )


def depth_checks(fits: Mapping[str, np.ndarray], visits) -> pd.DataFrame:
    """Ask of each partition how much it owes to how deeply operators were read.

    Parameters
    ----------
    fits : mapping of str to ndarray
        Method -> memberships (n, k), or labels (n,) where there are no probabilities.
    visits : array-like of int, shape (n,)

    Returns
    -------
    DataFrame
        Columns method, eta_squared (of the logarithm of pages), correlation (of entropy with pages; NaN for labels).
    """
    rows = []
    for method, fit in fits.items():
        soft = np.ndim(fit) == 2
        labels = np.asarray(fit).argmax(axis=1) if soft else np.asarray(fit)
        correlation = entropy_depth_correlation(fit, visits) if soft else np.nan
        rows.append(
            (method, eta_squared(np.log(np.asarray(visits, dtype=float)), labels), correlation)
        )
    return pd.DataFrame(rows, columns=["method", "eta_squared", "correlation"])


def external_table(
    memberships: np.ndarray,
    variables: Mapping[str, pd.Series],
    codes: Sequence[str],
    *,
    n_resamples: int = 999,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Relate the classes to variables that took no part in making them, by the bias-adjusted three-step method.

    Parameters
    ----------
    memberships : ndarray, shape (n, k)
    variables : mapping of str to Series, length n
        Name shown -> categories or numbers.
    codes : sequence of str, length k
        Names of the classes.
    n_resamples : int
    rng : numpy.random.Generator
        Each variable has a stream of its own.

    Returns
    -------
    estimates : DataFrame
        Columns variable, category, class, estimate, low, high, modal.
    tests : DataFrame
        Columns variable, n, p_value, p_adjusted (Holm 1979, over the variables).
    """
    from statsmodels.stats.multitest import multipletests

    parts, tests = [], []
    for (name, values), stream in zip(variables.items(), rng.spawn(len(variables)), strict=True):
        found = external_association(memberships, values, n_resamples=n_resamples, rng=stream)
        part = found.table.reset_index()
        part.insert(0, "variable", name)
        part["class"] = [codes[c] for c in part["class"]]
        parts.append(part[["variable", "category", "class", "estimate", "low", "high", "modal"]])
        tests.append((name, found.n, found.p_value))
    summary = pd.DataFrame(tests, columns=["variable", "n", "p_value"])
    summary["p_adjusted"] = multipletests(summary["p_value"], method="holm")[1]
    return pd.concat(parts, ignore_index=True), summary
