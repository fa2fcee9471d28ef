"""Classes of operators, with their uncertainty and their stability.

Distances and trees (``distances``, ``ordering``, ``merging``, ``trees``), how stable they are (``stability``,
``large``) against what chance alone would give (``nulls``), and the exact integrated likelihood (``exact_icl``).
"""

from helpers.typology.distances import JaccardDistances, jaccard_distances
from helpers.typology.exact_icl import ExactICL, exact_icl, exact_icl_value
from helpers.typology.large import sampled_stability
from helpers.typology.nulls import NullStability, curveball, null_stability, shuffle_columns
from helpers.typology.stability import Stability, ambiguous_share, bootstrap_stability, consensus_matrix
from helpers.typology.trees import OrderReport, medoids, order_report, partition

__all__ = [
    "ExactICL",
    "JaccardDistances",
    "NullStability",
    "OrderReport",
    "Stability",
    "ambiguous_share",
    "bootstrap_stability",
    "consensus_matrix",
    "curveball",
    "exact_icl",
    "exact_icl_value",
    "jaccard_distances",
    "medoids",
    "null_stability",
    "order_report",
    "partition",
    "sampled_stability",
    "shuffle_columns",
]
