"""Numbers that only one operator gave, or that one operator makes up almost alone."""

from __future__ import annotations

from collections.abc import Iterator

from claimbook.protect.dominance import is_dominated, largest_share
from claimbook.protect.leaks.finding import Leak, Piece
from claimbook.protect.leaks.knowledge import Knowledge
from claimbook.protect.leaks.words import numbers

# A number below this may stand on a page for any reason; above it, chance does not explain that it is the same.
LEAST = 1000
_YEARS = range(1900, 2101)


def telling(value: float) -> bool:
    """Tell whether a number is long enough to be recognised: four digits that differ from a year, or more."""
    digits = len(f"{abs(value):.10g}".replace(".", "").strip("0"))
    if value != int(value):
        return digits >= 4
    return abs(value) >= LEAST and value not in _YEARS and (digits >= 4 or abs(value) >= 10 * LEAST)


def is_common(value: float, n: int) -> bool:
    """Tell whether a small number is a share or a mean of counts of at most `n` operators, as many on a page are."""
    # Means are compared to six decimals.
    return 0 < value < LEAST and any(
        abs(value * whole - round(value * whole)) <= whole * 5e-7 for whole in range(1, n + 1)
    )


def forbidden_amounts(known: Knowledge) -> dict[float, str]:
    """Return the numbers that must not be published, each with the reason.

    Returns
    -------
    dict of float to str
        Answers of fewer operators than the threshold; sums and means of groups that are too small or dominated.
    """
    found: dict[float, str] = {}
    for variable, held in known.numbers.items():
        totals = {value: [o for o, v in held.items() if v == value] for value in held.values()}
        for value, owners in totals.items():
            if len(owners) < known.threshold and telling(value):
                found.setdefault(value, f"'{variable}' of {', '.join(sorted(owners))} alone")
    for variable, held in known.numbers.items():
        for group, members in _groups(known):
            values = [held[operator] for operator in sorted(members & held.keys())]
            for value, reason in _of_group(values, known):
                if telling(value):
                    found.setdefault(value, f"{reason} of '{variable}' {group}")
    return found


def _groups(known: Knowledge) -> Iterator[tuple[str, set[str]]]:
    yield "of all operators", set(known.operators)
    for variable, groups in known.groups.items():
        for value, members in groups.items():
            yield f"where '{variable}' is '{value}'", members


def _of_group(values: list[float], known: Knowledge) -> Iterator[tuple[float, str]]:
    if not values or min(values) < 0:
        return
    share = largest_share(values)
    if len(values) < known.threshold:
        reason = f"{len(values)} operators only make up the"
    elif is_dominated(share, known.dominance):
        reason = "one operator dominates the"
    else:
        return
    yield sum(values), f"{reason} sum"
    mean = round(sum(values) / len(values), 6)
    if not is_common(mean, len(known.operators)):
        yield mean, f"{reason} mean"


def find_amounts(pieces: list[Piece], known: Knowledge) -> Iterator[Leak]:
    """Yield the texts that state a forbidden number."""
    amounts = forbidden_amounts(known)
    if not amounts:
        return
    for piece in pieces:
        if not any(c.isdigit() for c in piece.text):
            continue
        for written, value in numbers(piece.text):
            reason = amounts.get(value) or amounts.get(round(value, 6))
            if reason:
                yield Leak(piece.file, piece.line, "amount", written, f"{reason} ({piece.place})")
