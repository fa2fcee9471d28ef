"""Which class each value of a map falls in, and what the legend says of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from claimbook import french


@dataclass(frozen=True)
class Class:
    """One line of the legend: its wording, and the départements that it covers."""

    text: str
    codes: tuple[str, ...]


def check_values(values: Mapping[str, float], known: Sequence[str]) -> dict[str, float]:
    """Return the values that are there, as floats by code; NaN and None count as missing.

    Raises
    ------
    ValueError
        If a code is unknown or stands twice, a value is infinite or no number, or no value is there.
    """
    items = list(values.items())
    codes = [code for code, _ in items]
    twice = sorted({str(code) for code in codes if codes.count(code) > 1})
    if twice:
        raise ValueError(
            f"values: {', '.join(twice)} stands twice; a map shows one value a département"
        )
    unknown = [repr(code) for code in codes if code not in known]
    if unknown:
        raise ValueError(
            f"values: {', '.join(unknown)} is not a département (01 to 95, 2A, 2B, 971 to 974, 976)"
        )
    present = {}
    for code, value in items:
        try:
            number = math.nan if value is None else float(value)
        except (TypeError, ValueError):
            raise ValueError(f"values[{code!r}]: {value!r} is not a number") from None
        if math.isinf(number):
            raise ValueError(f"values[{code!r}] is infinite")
        if not math.isnan(number):
            present[code] = number
    if not present:
        raise ValueError("values: every value is missing, so there is nothing to map")
    return dict(sorted(present.items()))


def classify(
    values: Mapping[str, float],
    *,
    classes: int,
    breaks: Sequence[float] | None,
    write: Callable[[float], str],
) -> list[Class]:
    """Sort values into classes, lowest first.

    Parameters
    ----------
    values : mapping of str to float
        Finite values by code.
    classes : int
        Largest number of classes made when ``breaks`` is not given: one class per value if the values are that few,
        else classes of about equal numbers of départements that never part values written alike.
    breaks : sequence of float or None
        Limits, ascending: each is the lowest value of the class above it. Where every limit and value is a whole
        number, the legend names the numbers themselves: "aucun", "2", "de 3 à 4".
    write : callable
        Writes a value in French.

    Returns
    -------
    list of Class
        Classes that made limits leave empty are kept, so that two maps with the same limits have the same legend.
    """
    if breaks is not None:
        limits = list(breaks)
        whole = all(float(number).is_integer() for number in (*limits, *values.values()))
        none = whole and limits[0] == 1 and min(values.values()) >= 0
        texts = ["aucun" if none else f"moins de {write(limits[0])}"]
        texts += [
            _range([a, b - 1], write) if whole else f"de {write(a)} à moins de {write(b)}"
            for a, b in pairwise(limits)
        ]
        texts.append(f"{write(limits[-1])} et plus")
    else:
        # Values that are written alike count as equal: two lines of the legend never share a bound.
        firsts: dict[str, float] = {}
        for value in sorted(values.values()):
            firsts.setdefault(write(value), value)
        lowest, *others = firsts.values()
        if len(others) < classes:
            limits = others
        else:
            cuts = np.quantile(
                list(values.values()), np.arange(1, classes) / classes, method="higher"
            )
            limits = sorted({firsts[write(float(cut))] for cut in cuts} - {lowest})
        texts = [None] * (len(limits) + 1)
    members: list[list[str]] = [[] for _ in texts]
    for code, value in values.items():
        members[int(np.searchsorted(limits, value, side="right"))].append(code)
    return [
        Class(
            _range([values[code] for code in codes], write) if text is None else text, tuple(codes)
        )
        for text, codes in zip(texts, members, strict=True)
    ]


def _range(values: list[float], write: Callable[[float], str]) -> str:
    low, high = write(min(values)), write(max(values))
    return low if low == high else f"de {low} à {high}"


def check_breaks(breaks: Sequence[float] | None, classes: int, most: int) -> None:
    """Refuse limits or a number of classes that no legend can show.

    Raises
    ------
    ValueError
        If ``breaks`` is not strictly ascending and finite, or makes fewer than 2 or more than ``most`` classes.
    """
    if breaks is not None:
        limits = [float(b) for b in breaks]
        if not limits or not all(map(math.isfinite, limits)) or limits != sorted(set(limits)):
            raise ValueError(
                f"breaks must be finite numbers in ascending order, not {list(breaks)!r}"
            )
        classes = len(limits) + 1
    if not 2 <= classes <= most:
        raise ValueError(f"a map shows 2 to {most} classes, not {classes}")


def number_of(codes: Sequence[str]) -> str:
    """Return how many départements these are, in words of the legend."""
    return f"{french.count(len(codes))} {french.plural(len(codes), 'département', 'départements')}"
