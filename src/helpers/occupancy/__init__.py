"""What is offered but unseen: occupancy and per-page detection of each service."""

from helpers.occupancy.model import NARROW, NOT_IDENTIFIED_COVER, Occupancy, fit_occupancy
from helpers.occupancy.validation import check_detection, check_evidence

__all__ = [
    "NARROW",
    "NOT_IDENTIFIED_COVER",
    "Occupancy",
    "check_detection",
    "check_evidence",
    "fit_occupancy",
]
