"""What changed between two ledgers, and whether it matters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from claimbook.claims._ledger import key
from claimbook.errors import UserError

# Two floats of the same computation on two machines may differ by this much, relative to their size.
FLOAT_NOISE = 1e-9


@dataclass(frozen=True)
class Change:
    """One claim before and after."""

    old: dict
    new: dict

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """Sentences before and after, paired in order; those that are the same are left out unless all are."""
        before, after = sentences(self.old), sentences(self.new)
        length = max(len(before), len(after))
        before += [before[-1]] * (length - len(before))
        after += [after[-1]] * (length - len(after))
        pairs = list(dict.fromkeys(zip(before, after, strict=True)))
        return [pair for pair in pairs if pair[0] != pair[1]] or pairs[:1]


@dataclass(frozen=True)
class Comparison:
    """The difference between an accepted ledger and another one.

    Attributes
    ----------
    changed : list of Change
        Values that moved by more than their tolerance.
    within : list of Change
        Values that moved by more than float noise, within their tolerance.
    reworded : list of Change
        Values that stand in another sentence than before, and did not change themselves.
    new, gone : list of dict
        Claims of one ledger only.
    unchanged : int
        Number of claims that are in no other list.
    """

    changed: list[Change] = field(default_factory=list)
    within: list[Change] = field(default_factory=list)
    reworded: list[Change] = field(default_factory=list)
    new: list[dict] = field(default_factory=list)
    gone: list[dict] = field(default_factory=list)
    unchanged: int = 0

    @property
    def accepted(self) -> bool:
        """Whether every value came back: nothing beyond tolerance, nothing new, nothing gone."""
        return not (self.changed or self.new or self.gone)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return self.accepted and not (self.within or self.reworded)


def sentences(claim: dict) -> list[str]:
    """Return every sentence that states a claim."""
    return [said["sentence"] for said in claim.get("statements", [])] or [claim["sentence"]]


def is_number(value) -> bool:
    """Tell whether a value of a claim is compared as a quantity."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def distance(old, new) -> float | None:
    """Return how far two values are apart, or None where no distance makes sense.

    Parameters
    ----------
    old, new : object
        Values of the same claim. Lists of numbers are as far apart as their farthest elements.

    Returns
    -------
    float or None
        0 if they differ by float noise at the most.
    """
    if is_number(old) and is_number(new):
        apart = abs(old - new)
        noise = (
            FLOAT_NOISE * max(abs(old), abs(new))
            if isinstance(old, float) or isinstance(new, float)
            else 0
        )
        return 0.0 if apart <= noise else float(apart)
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new) and old:
        steps = [distance(*pair) for pair in zip(old, new, strict=True)]
        if all(step is not None for step in steps):
            return max(steps)
    return None


def outcome(old: dict, new: dict) -> str:
    """Say how a claim came back: ``"same"``, ``"within"`` its accepted tolerance, or ``"changed"``."""
    if old["kind"] != new["kind"] or old["unit"] != new["unit"]:
        return "changed"
    apart = distance(old["value"], new["value"])
    if apart is None:
        return "same" if old["value"] == new["value"] else "changed"
    if apart == 0:
        return "same"
    return "within" if apart <= old["tolerance"] else "changed"


def by_key(claims: Iterable[dict]) -> dict[tuple[str, str], dict]:
    """Return the claims by notebook and id, or refuse a ledger that holds one twice."""
    found: dict[tuple[str, str], dict] = {}
    for claim in claims:
        if key(claim) in found:
            raise UserError(
                f"claim {'/'.join(key(claim))} is twice in one ledger. Remedy: collect it again"
            )
        found[key(claim)] = claim
    return found


def compare(old: Iterable[dict], new: Iterable[dict]) -> Comparison:
    """Compare two ledgers, with the tolerances of the old one, which reviewers accepted.

    Parameters
    ----------
    old, new : iterable of dict
        Claims of the accepted and of the other ledger.

    Returns
    -------
    Comparison
        What changed; every list is sorted by notebook and id.

    Raises
    ------
    UserError
        If a ledger holds a claim twice.
    """
    before, after = by_key(old), by_key(new)
    result: dict[str, list[Change]] = {"changed": [], "within": [], "same": [], "reworded": []}
    shared = sorted(before.keys() & after.keys())
    for name in shared:
        change = Change(before[name], after[name])
        result[outcome(change.old, change.new)].append(change)
    # A sentence that changed because of another value in it is told once, with that value.
    told = {pair for change in result["changed"] + result["within"] for pair in change.sentences}
    for change in result["same"]:
        if any(
            before != after and (before, after) not in told for before, after in change.sentences
        ):
            result["reworded"].append(change)
    return Comparison(
        changed=result["changed"],
        within=result["within"],
        reworded=result["reworded"],
        new=[after[name] for name in sorted(after.keys() - before.keys())],
        gone=[before[name] for name in sorted(before.keys() - after.keys())],
        unchanged=len(result["same"]) - len(result["reworded"]),
    )
