"""Indicators of the mesh of services: coverage, with its interval and what it is a share of."""

from __future__ import annotations

from helpers.indicators.breadth import (
    Between,
    RankCorrelation,
    between_share,
    breadth,
    distance_to_top,
    rank_correlation,
)
from helpers.indicators.complementarity import (
    FAR,
    border_distances,
    complementarity_test,
    complements,
    main_partners,
    met_share,
    neighbours,
)
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
from helpers.indicators.covering import share_covered, territory_cover
from helpers.indicators.draws import family_mentions, offer_draws
from helpers.indicators.inequality import Inequality, gini, inequality, inequality_by, lorenz
from helpers.indicators.nestedness import (
    Nodf,
    NullTest,
    against_nulls,
    cooccurrence,
    nestedness_test,
    nodf,
    null_tables,
)
from helpers.indicators.pathways import (
    Mesh,
    best_partners,
    build_mesh,
    covered_weight,
    gain_of,
    greedy_partners,
    nearest_partners,
)
from helpers.indicators.peers import nearest_peers
from helpers.indicators.reading import BeyondReading, beyond_reading, rarefied
from helpers.indicators.series_catalogue import CATALOGUE
from helpers.indicators.series_conflicts import CONFLICTS, MEANS_FIGURES, SUPPORT_FIGURES
from helpers.indicators.side_by_side import conflicts, single_figures, uses
from helpers.indicators.small_communes import small_communes_by_cover
from helpers.indicators.specialisation import (
    discoveries,
    group_counts,
    location_quotient,
    location_quotients,
    null_group_counts,
    quotient_interval,
)
from helpers.indicators.staff import MedianInterval, agents_needed, median_interval, members_per_agent
from helpers.indicators.trends import GRADES, GROWING, difference, grade, steps, trends, waves
from helpers.indicators.widening import class_prediction, hidden_services, next_services, popularity, sign_test

__all__ = [
    "CATALOGUE",
    "CONFLICTS",
    "FAR",
    "GRADES",
    "GROWING",
    "LEVEL",
    "MEANS_FIGURES",
    "SUPPORT_FIGURES",
    "Between",
    "BeyondReading",
    "Inequality",
    "MedianInterval",
    "Mesh",
    "Nodf",
    "NullTest",
    "RankCorrelation",
    "against_nulls",
    "agents_needed",
    "best_partners",
    "between_share",
    "beyond_reading",
    "border_distances",
    "breadth",
    "build_mesh",
    "class_prediction",
    "complementarity_test",
    "complements",
    "conflicts",
    "cooccurrence",
    "coverage",
    "coverage_by",
    "covered_weight",
    "difference",
    "discoveries",
    "distance_to_top",
    "family_coverage",
    "family_mentions",
    "gain_of",
    "gini",
    "grade",
    "greedy_partners",
    "group_counts",
    "hidden_services",
    "inequality",
    "inequality_by",
    "location_quotient",
    "location_quotients",
    "lorenz",
    "main_partners",
    "median_interval",
    "members_per_agent",
    "met_share",
    "nearest_partners",
    "nearest_peers",
    "neighbours",
    "nestedness_test",
    "next_services",
    "nodf",
    "null_group_counts",
    "null_tables",
    "offer_draws",
    "popularity",
    "published_rates",
    "quotient_interval",
    "rank_correlation",
    "rarefied",
    "served_population",
    "share",
    "share_covered",
    "sign_test",
    "single_figures",
    "small_communes_by_cover",
    "steps",
    "territory_cover",
    "trends",
    "uses",
    "waves",
    "wilson",
]
