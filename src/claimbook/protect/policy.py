"""Which protection is in force in this process: none, until a confidential edition is opened."""

from __future__ import annotations

from dataclasses import dataclass

from claimbook.edition import DOMINANCE, THRESHOLD, Declaration


@dataclass(frozen=True)
class Policy:
    """How what is shown is protected.

    Attributes
    ----------
    edition : str
        Edition that asks for it.
    confidential : bool
        Whether anything is protected at all.
    threshold : int
        Fewest operators behind a published cell.
    dominance : float
        Largest share of a published amount that may come from one operator.
    """

    edition: str = ""
    confidential: bool = False
    threshold: int = THRESHOLD
    dominance: float = DOMINANCE


OPEN = Policy()
_in_force = OPEN


def policy_of(name: str, declaration: Declaration, *, internal: bool = False) -> Policy:
    """Return the policy that an edition asks for; the internal view of an edition protects nothing.

    Parameters
    ----------
    name : str
        Name of the edition.
    declaration : Declaration
        What it says of itself.
    internal : bool
        Whether this is the view that stays inside the study's team.

    Returns
    -------
    Policy
    """
    return Policy(
        name,
        declaration.confidential and not internal,
        declaration.threshold,
        declaration.dominance,
    )


def activate(policy: Policy) -> None:
    """Put a policy in force, unless a confidential one already is.

    A notebook that opens a confidential edition and then an open one still holds confidential values, so protection
    only ends with the kernel.
    """
    global _in_force
    if not _in_force.confidential:
        _in_force = policy


def active() -> Policy:
    """Return the policy in force."""
    return _in_force


def reset() -> None:
    """Forget the policy, as a new kernel would; for tests and for the command line."""
    global _in_force
    _in_force = OPEN
