"""Indicators of the mesh of services: coverage, with its interval and what it is a share of."""

from __future__ import annotations

from helpers.indicators.coverage import (
    LEVEL,
    coverage,
    coverage_by,
    family_coverage,
    published_rates,
    served_population,
    share,
    wilson,
)

__all__ = [
    "LEVEL",
    "coverage",
    "coverage_by",
    "family_coverage",
    "published_rates",
    "served_population",
    "share",
    "wilson",
]
