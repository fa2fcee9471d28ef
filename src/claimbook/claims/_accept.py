"""Accepting claims as the new baseline, with tolerances that can still see the last change."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from claimbook.claims._compare import Comparison, by_key, compare, distance, is_number
from claimbook.claims._ledger import key, read_baseline, read_ledger, write_ledger
from claimbook.errors import UserError
from claimbook.prose import SHARE_TOLERANCE, check_tolerance, default_tolerance


def _numbers(value) -> list[float]:
    return [
        number for number in (value if isinstance(value, list) else [value]) if is_number(number)
    ]


def _is_stated(claim: dict) -> bool:
    """Tell whether the tolerance is wider than what its kind gives by itself."""
    absolute = (
        SHARE_TOLERANCE
        if claim["filter"] in ("percent", "points", "evolution", "interval")
        else None
    )
    return claim["tolerance"] > default_tolerance(_numbers(claim["value"]), absolute)


def accepted(old: Iterable[dict], new: Iterable[dict]) -> list[dict]:
    """Return the claims of a new baseline, after checking that every tolerance can tell old from new.

    Parameters
    ----------
    old : iterable of dict
        The baseline so far.
    new : iterable of dict
        The claims to accept.

    Returns
    -------
    list of dict
        The new claims. Where a value moved, and the tolerance of its kind would accept both values, the tolerance is
        narrowed to half of the move, and stays so for as long as the value is the same.

    Raises
    ------
    UserError
        If a stated tolerance would accept 0 for another value, or the accepted value that has changed.
    """
    before = by_key(old)
    return [_accept(before.get(key(claim)), claim) for claim in new]


def _accept(old: dict | None, claim: dict) -> dict:
    where = f"claim {'/'.join(key(claim))} ({claim['sentence']!r})"
    if claim["tolerance"]:
        try:
            check_tolerance(claim["value"], claim["tolerance"], claim["kind"])
        except ValueError as error:
            raise UserError(
                f"{where}: {error}. Remedy: state a narrower tolerance in the sentence"
            ) from None
    apart = distance(old["value"], claim["value"]) if old else None
    if apart is None:
        return claim
    if apart == 0:
        kept = (
            claim["tolerance"] if _is_stated(claim) else min(old["tolerance"], claim["tolerance"])
        )
        return {**claim, "tolerance": kept}
    if apart > claim["tolerance"]:
        return claim
    if _is_stated(claim):
        raise UserError(
            f"{where}: its tolerance {claim['tolerance']!r} would accept the value of before, {old['value']!r}, "
            f"for {claim['value']!r}. Remedy: state a tolerance below {apart!r} in the sentence"
        )
    return {**claim, "tolerance": apart / 2}


def write_baseline(edition_dir: Path, name: str, claims: Iterable[dict]) -> None:
    """Accept the claims of a notebook as its baseline.

    Parameters
    ----------
    edition_dir : pathlib.Path
        ``tests/baseline/<edition>``.
    name : str
        Name of the notebook, without suffix.
    claims : iterable of dict
        Its claims.

    Raises
    ------
    UserError
        If a tolerance is too wide (see `accepted`); nothing is written then.
    """
    claims = accepted(read_baseline(edition_dir, name), claims)
    write_ledger(edition_dir / f"{name}.json", claims)


def compare_with_baseline(ledger: Path, edition_dir: Path) -> Comparison:
    """Compare the claims of a build with the accepted ones of the same edition.

    Parameters
    ----------
    ledger : pathlib.Path
        ``reports/<edition>/claims.json``.
    edition_dir : pathlib.Path
        ``tests/baseline/<edition>``, with one ledger per notebook.

    Returns
    -------
    Comparison
        Every claim is new if there is no baseline yet.
    """
    baseline = [claim for path in sorted(edition_dir.glob("*.json")) for claim in read_ledger(path)]
    return compare(baseline, read_ledger(ledger))
