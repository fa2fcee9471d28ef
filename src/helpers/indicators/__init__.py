"""Indicators of the mesh of services, each with its interval and what it is a share of."""

# ruff: noqa: F401
from helpers.indicators.associations import location_quotients
from helpers.indicators.breadth import any_of, banded, rank_correlation, several_families
from helpers.indicators.complementarity import (
    border_distances,
    complementarity_test,
    neighbours,
    shown_nearby,
)
from helpers.indicators.coverage import (
    class_shares,
    contrast,
    coverage,
    coverage_by,
    departement_classes,
    directly_shown,
    extremes,
    family_coverage,
    offers_by_period,
    published_rates,
    seen_and_direct,
    unsettled_order,
)
from helpers.indicators.inequality import gini, gini_estimate, inequality_by_depth, rarefied
from helpers.indicators.pathways import (
    build_mesh,
    compare_rules,
    corrected_share,
    covered_weight,
    family_cover,
    greedy_partners,
    members_and_agents,
    opening,
)
from helpers.indicators.trends import (
    conflicts,
    figures_of,
    series_catalogue,
    single_figures,
    steps,
    trends,
    waves,
)
