"""Evidence that counts pages, and the occupancy model as a check of sensitivity."""

# ruff: noqa: F401
from helpers.occupancy.model import Occupancy, fit_occupancy, one_service_pages
from helpers.occupancy.validation import check_detection, check_evidence
