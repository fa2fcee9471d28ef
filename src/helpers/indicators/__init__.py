"""Indicators of the mesh of services: coverage, with its interval and what it is a share of."""

from __future__ import annotations

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
from helpers.indicators.specialisation import (
    discoveries,
    group_counts,
    location_quotient,
    location_quotients,
    null_group_counts,
    quotient_interval,
)
from helpers.indicators.staff import MedianInterval, agents_needed, median_interval, members_per_agent
from helpers.indicators.widening import class_prediction, hidden_services, next_services, popularity

__all__ = [
    "FAR",
    "LEVEL",
    "MedianInterval",
    "Mesh",
    "Nodf",
    "NullTest",
    "against_nulls",
    "agents_needed",
    "best_partners",
    "border_distances",
    "build_mesh",
    "class_prediction",
    "complementarity_test",
    "complements",
    "cooccurrence",
    "coverage",
    "coverage_by",
    "covered_weight",
    "discoveries",
    "family_coverage",
    "family_mentions",
    "gain_of",
    "greedy_partners",
    "group_counts",
    "hidden_services",
    "location_quotient",
    "location_quotients",
    "main_partners",
    "median_interval",
    "members_per_agent",
    "met_share",
    "nearest_partners",
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
    "served_population",
    "share",
    "share_covered",
    "territory_cover",
    "wilson",
]
