"""Départements, communes and the map of France: official codes, populations, borders, pictures."""

from helpers.territory.borders import adjacency, outlines
from helpers.territory.maps import choropleth, locator_map
from helpers.territory.tables import (
    THRESHOLDS,
    Perimeter,
    communes,
    departements,
    perimeter,
    population_by_departement,
    regions,
    small_communes_share,
)

__all__ = [
    "THRESHOLDS",
    "Perimeter",
    "adjacency",
    "choropleth",
    "communes",
    "departements",
    "locator_map",
    "outlines",
    "perimeter",
    "population_by_departement",
    "regions",
    "small_communes_share",
]
