"""The network of cooperation between operators: who shares what with whom, as far as a page says so."""

from helpers.network.drawing import positions
from helpers.network.graph import (
    CURRENT,
    HISTORY,
    RUNGS,
    RUNGS_FR,
    cooperation_depth,
    cooperation_graph,
    link_table,
    partner_table,
)
from helpers.network.overlaps import shared_departements, shared_services
from helpers.network.structure import (
    Structure,
    hops_to,
    page_dependence,
    structure,
)

__all__ = [
    "CURRENT",
    "HISTORY",
    "RUNGS",
    "RUNGS_FR",
    "Structure",
    "cooperation_depth",
    "cooperation_graph",
    "hops_to",
    "link_table",
    "page_dependence",
    "partner_table",
    "positions",
    "shared_departements",
    "shared_services",
    "structure",
]
