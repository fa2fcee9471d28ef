"""Confidential editions: nothing that is shown may tell what one respondent answered.

Estimates and frames carry the counts on which they rest (k of n). Frames are protected before they
are drawn, values where they are written. On an open edition nothing changes.
"""

from claimbook.protect.frames import protected
from claimbook.protect.masks import Masked, Public
from claimbook.protect.policy import current_policy

__all__ = ["Masked", "Public", "current_policy", "protected"]
