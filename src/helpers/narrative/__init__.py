"""Sentences whose values are computed, written in French, and recorded as claims.

``%%narrative`` turns a cell into Markdown with ``{{ expression | filter }}`` holes; `say` does the same for the texts
of a figure. Each hole is a claim: it travels with the output and is compared on the next run.
"""

from helpers.narrative._errors import NarrativeError
from helpers.narrative._filters import EXACT_KINDS, FILTERS, RELATIVE_TOLERANCE, SHARE_TOLERANCE, default_tolerance
from helpers.narrative._magic import CLAIMS_MIME, Narrative, Said, narrative, register, say, unregister
from helpers.narrative._render import Rendered, check_tolerance, claim_id, render
from helpers.narrative._template import parse, root_names
from helpers.narrative._thresholds import Threshold, forget_used, seuil, thresholds, thresholds_table

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
