"""Sentences whose values are computed, written in French, and recorded as claims.

``%%narrative`` turns a cell into Markdown with ``{{ expression | filter }}`` holes; `say` does the same for the texts
of a figure. Each hole is a claim: it travels with the output and is compared on the next run.
"""

from claimbook.prose._errors import NarrativeError
from claimbook.prose._filters import (
    EXACT_KINDS,
    FILTERS,
    RELATIVE_TOLERANCE,
    SHARE_TOLERANCE,
    default_tolerance,
)
from claimbook.prose._magic import (
    CLAIMS_MIME,
    Narrative,
    Said,
    narrative,
    register,
    say,
    unregister,
)
from claimbook.prose._render import Rendered, check_tolerance, claim_id, render
from claimbook.prose._template import parse, root_names
from claimbook.prose._thresholds import Threshold, forget_used, seuil, thresholds, thresholds_table

__all__ = [
    "CLAIMS_MIME",
    "EXACT_KINDS",
    "FILTERS",
    "RELATIVE_TOLERANCE",
    "SHARE_TOLERANCE",
    "Narrative",
    "NarrativeError",
    "Rendered",
    "Said",
    "Threshold",
    "check_tolerance",
    "claim_id",
    "default_tolerance",
    "forget_used",
    "narrative",
    "parse",
    "register",
    "render",
    "root_names",
    "say",
    "seuil",
    "thresholds",
    "thresholds_table",
    "unregister",
]
