"""Confidential editions: nothing that is shown may tell what one operator answered.

`open_edition` sets the policy of the notebook; figures, tables and sentences ask it what they may
show. On an open edition nothing here does anything. A notebook says with `NOBODY`, `EACH` and
`counted` who stands behind what it shows, calls `protect` before it draws, and `largest_share`
before it adds up amounts.
"""

from claimbook.protect.counted import EACH, NOBODY, Counted, counted, counted_in
from claimbook.protect.frames import largest_share, protect
from claimbook.protect.policy import OPEN, Policy, current_policy, policy_of, set_policy

__all__ = [
    "EACH",
    "NOBODY",
    "OPEN",
    "Counted",
    "Policy",
    "counted",
    "counted_in",
    "current_policy",
    "largest_share",
    "policy_of",
    "protect",
    "set_policy",
]
