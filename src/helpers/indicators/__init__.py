"""Indicators of the mesh of services, each with its interval and what it is a share of."""

# ruff: noqa: F401
from helpers.indicators.associations import against_nulls, discoveries, location_quotients
from helpers.indicators.breadth import (
    banded,
    between_share,
    breadth,
    distance_to_top,
    merge_small_groups,
    rank_correlation,
    rarefied,
)
from helpers.indicators.complementarity import (
    border_distances,
    complementarity_test,
    complements,
    neighbours,
)
from helpers.indicators.coverage import (
    LEVEL,
    central_interval,
    class_shares,
    coverage,
    coverage_by,
    departement_classes,
    directly_shown,
    extremes,
    family_coverage,
    offers_by_period,
    published_rates,
    served_population,
    share,
    small_communes_by_cover,
    wilson,
)
from helpers.indicators.inequality import beyond_reading, curve_at, inequality, inequality_by
from helpers.indicators.pathways import (
    agents_needed,
    best_partners,
    build_mesh,
    class_prediction,
    covered_weight,
    gain_of,
    greedy_partners,
    hidden_services,
    median_interval,
    members_per_agent,
    nearest_partners,
    next_services,
    popularity,
    sign_test,
)
from helpers.indicators.scales import (
    choice_shares,
    high_shares,
    item_labels,
    scale_counts,
    theme_spread,
)
from helpers.indicators.trends import (
    conflicts,
    series_catalogue,
    single_figures,
    steps,
    trends,
    uses,
    waves,
)
