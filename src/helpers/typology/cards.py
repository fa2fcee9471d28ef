"""What classes are called, who belongs to them, and what they offer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.typology.bayes import BayesianClasses

# Membership probability from which an operator clearly belongs to a class.
CLEAR = 0.8


def name_classes(
    posterior: BayesianClasses,
    services: Sequence[str],
    operators: Sequence[str],
    *,
    clear_from: float = CLEAR,
) -> pd.DataFrame:
    """Describe the classes of a point partition, with names that do not depend on their numbers.

    Parameters
    ----------
    posterior : BayesianClasses
    services : sequence of str, length m
    operators : sequence of str, length n
        Unique; ties depend on them, never on the order of rows.
    clear_from : float
        Membership probability from which an operator clearly belongs.

    Returns
    -------
    DataFrame
        One row per class, in the order of the columns of `memberships`: code (up to three services
        that clearly set it apart, "+" for more often than the rest and "-" for less), n (operators
        of which it is the most probable class), value, low, high (posterior mean and 95 % interval
        of its share of operators), clear (sorted operators that clearly belong) and paragon (the
        surest of them, and among equals the one closest to the profile of the class; "" if none).
    """
    codes, rows = _signatures(posterior, services), []
    for c, code in enumerate(codes):
        inside = np.flatnonzero(posterior.partition == c)
        clear = [i for i in inside if posterior.memberships[i, c] >= clear_from]
        # Classes that offer the same more often are told apart by the first member.
        first = min(operators[i] for i in inside)
        alike = sum(_more_often(other) == _more_often(code) for other in codes)
        name = code if alike == 1 else f"{code} ({first})"
        paragon = _paragon(posterior, c, inside, clear, operators)
        rows.append((name, len(inside), sorted(operators[i] for i in clear), paragon))
    named = pd.DataFrame(rows, columns=["code", "n", "clear", "paragon"])
    named["value"] = posterior.shares.mean(axis=0)
    named[["low", "high"]] = posterior.share_intervals()
    return named


def _signatures(posterior, services) -> list[str]:
    """Up to three services that clearly set each class apart, those offered more often first."""
    found = []
    for mean, ends in zip(*posterior.risk_differences(), strict=True):
        order = sorted(range(len(services)), key=lambda j: (-abs(mean[j]), services[j]))
        over = [f"+{services[j]}" for j in order if mean[j] > 0 and ends[j, 0] > 0][:3]
        under = [f"-{services[j]}" for j in order if mean[j] < 0 and ends[j, 1] < 0]
        found.append(" ".join(over + under[: 3 - len(over)]) or "undistinguished")
    return found


def _more_often(code: str) -> set[str]:
    """Return what a signature names as offered more often, or the whole signature."""
    return {part for part in code.split() if part.startswith("+")} or {code}


def _paragon(posterior, c, inside, clear, operators) -> str:
    if not clear:
        return ""
    typical = posterior.offered[inside].mean(axis=0)

    def key(i):
        distance = float(np.abs(posterior.offered[i] - typical).sum())
        return -round(float(posterior.memberships[i, c]), 2), round(distance, 9), operators[i]

    return operators[min(clear, key=key)]


def class_profiles(
    posterior: BayesianClasses, named: pd.DataFrame, seen: pd.DataFrame
) -> pd.DataFrame:
    """One row per class and service: what is estimated, with intervals, and what was seen.

    Parameters
    ----------
    posterior : BayesianClasses
    named : DataFrame
        Result of `name_classes`.
    seen : DataFrame of bool, shape (n, m)
        Operators x services, in the order of the posterior.

    Returns
    -------
    DataFrame
        Columns class_code, service_code, rate, rest_rate, difference, low, high, seen, rest_seen
        (shares that show it, in the class and among the rest), n (operators of the class), side
        (1 where the class clearly offers the service more often than the rest, -1 less often, 0
        else).
    """
    mean, ends = posterior.risk_differences()
    frames = []
    for k, code in named["code"].items():
        keep, inside = posterior.present[:, k], posterior.partition == k
        draws = posterior.rates[keep, k] if keep.any() else posterior.offered[inside]
        rest = posterior.rest_rates[keep, k] if keep.any() else draws
        part = {
            "class_code": code,
            "service_code": list(seen.columns),
            "rate": draws.mean(axis=0),
            "rest_rate": rest.mean(axis=0),
            "difference": mean[k],
            "low": ends[k, :, 0],
            "high": ends[k, :, 1],
            "seen": seen.loc[inside].mean(axis=0).to_numpy(dtype=float),
            "rest_seen": seen.loc[~inside].mean(axis=0).to_numpy(dtype=float),
            "n": int(inside.sum()),
            "side": (ends[k, :, 0] > 0).astype(int) - (ends[k, :, 1] < 0).astype(int),
        }
        frames.append(pd.DataFrame(part))
    return pd.concat(frames, ignore_index=True)


def leading_services(profiles: pd.DataFrame, least: int = 3, most: int = 5) -> dict[str, list[str]]:
    """Return by class code the services by which it exceeds the rest, the largest excess first.

    Those that it clearly offers more often, at most `most`; filled up to `least` by the next ones.
    `profiles` is the result of `class_profiles`; the order is that of the risk difference.
    """
    ahead = profiles[profiles["difference"] > 0]
    ranked = ahead.sort_values(["difference", "service_code"], ascending=[False, True])
    found = {}
    for code in dict.fromkeys(profiles["class_code"]):
        own = ranked[ranked["class_code"] == code]
        number = min(max(int((own["side"] == 1).sum()), least), most)
        found[code] = list(own["service_code"][:number])
    return found
