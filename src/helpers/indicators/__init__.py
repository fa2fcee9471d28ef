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
from helpers.indicators.draws import family_mentions, nearest_peers
from helpers.indicators.inequality import curve_at, inequality, inequality_by
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
