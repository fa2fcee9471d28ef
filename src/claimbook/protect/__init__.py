"""Confidential editions: nothing that is shown may tell what one operator answered.

A notebook says with `NOBODY`, `EACH` and `counted` who stands behind what it shows, calls `protect`
before it draws. On an open edition nothing changes.
"""

from claimbook.protect.frames import protect
from claimbook.protect.policy import EACH, NOBODY, counted, current_policy

__all__ = ["EACH", "NOBODY", "counted", "current_policy", "protect"]
