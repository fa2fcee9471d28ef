"""What is offered but unseen: occupancy and per-page detection of each service."""

# ruff: noqa: F401
from helpers.occupancy.model import Occupancy, corrected_shares, fit_occupancy, unseen_offers
from helpers.occupancy.validation import check_detection, check_evidence
