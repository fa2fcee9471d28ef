"""Indicators of the mesh of services, each with its interval and what it is a share of."""

# ruff: noqa: F401
from helpers.indicators.associations import against_nulls, discoveries, location_quotients
from helpers.indicators.breadth import (
    banded,
    merge_small_groups,
    rank_correlation,
    several_families,
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
    share,
    wilson,
)
from helpers.indicators.inequality import (
    gini,
    gini_estimate,
    inequality_by_depth,
    rarefied,
)
from helpers.indicators.pathways import (
    alike,
    build_mesh,
    corrected_share,
    covered_weight,
    greedy_partners,
    hidden_services,
    hit_rates,
    members_and_agents,
    opening,
    popularity,
)
from helpers.indicators.scales import (
    item_labels,
    theme_spread,
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
