"""Confidential editions: nothing that is shown may tell what one operator answered.

An edition that declares itself confidential puts a policy in force when it is opened. Figures, tables and sentences
then ask this room what they may show. On an open edition nothing here does anything.

A notebook uses `NOBODY`, `EACH` and `counted` to say who stands behind what it shows, `protect` before it draws, and
`largest_share` before it adds up amounts.
"""

import importlib

from claimbook.protect.counted import EACH, NOBODY, Counted, counted, counted_in
from claimbook.protect.policy import OPEN, Policy, activate, active, policy_of, reset

# What works on frames comes late: a build that has nothing to do must not wait for the libraries behind it.
_LATE = {"protect": "claimbook.protect.frames", "largest_share": "claimbook.protect.dominance"}

__all__ = [
    "EACH",
    "NOBODY",
    "OPEN",
    "Counted",
    "Policy",
    "activate",
    "active",
    "counted",
    "counted_in",
    "largest_share",
    "policy_of",
    "protect",
    "reset",
]


def __getattr__(name: str):
    if name in _LATE:
        return getattr(importlib.import_module(_LATE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
