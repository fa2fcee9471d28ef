"""SIRET numbers: fourteen digits whose Luhn key is right."""

from __future__ import annotations

import re

LA_POSTE = "356000000"


def luhn_valid(digits: str) -> bool:
    """Tell whether a string of digits passes the Luhn check (ISO/IEC 7812-1, annex B)."""
    total = 0
    for position, char in enumerate(reversed(digits)):
        value = int(char) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def siret_problem(text: str) -> str | None:
    """Return what is wrong with a SIRET number, or None if it is right.

    Spaces inside the number are allowed. Establishments of La Poste follow their own rule
    (sum of digits a multiple of five; Insee, Sirene documentation).
    """
    digits = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[0-9]{14}", digits):
        return f"{len(digits)} characters instead of 14 digits"
    if digits.startswith(LA_POSTE) and sum(map(int, digits)) % 5 == 0:
        return None
    if not luhn_valid(digits):
        return "the Luhn key is wrong"
    return None
