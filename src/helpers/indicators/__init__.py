"""Indicators of the mesh of services, each with its interval and what it is a share of."""

# ruff: noqa: F401
from helpers.indicators.associations import (
    cooccurrence,
    group_counts,
    location_quotients,
    nestedness_test,
    null_group_counts,
    null_tables,
    smallest_cell,
)
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
    main_partners,
    neighbours,
)
from helpers.indicators.coverage import (
    LEVEL,
    central_interval,
    coverage,
    coverage_by,
    family_coverage,
    published_rates,
    served_population,
    share,
    share_covered,
    share_of_answers,
    small_communes_by_cover,
    territory_cover,
    wilson,
)
from helpers.indicators.draws import family_mentions, nearest_peers, offer_draws
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
    choice_shares,
    high_shares,
    item_labels,
    scale_counts,
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
