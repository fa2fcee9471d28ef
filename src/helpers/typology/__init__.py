"""Classes of operators, with their uncertainty and their stability.

Distances and trees (``distances``, ``ordering``, ``merging``, ``trees``), how stable they are (``stability``,
``large``) against what chance alone would give (``nulls``), and the exact integrated likelihood (``exact_icl``).
Mixtures at face value (``latent``) and with imperfect detection (``detection``, ``bayes``), how many classes there are
(``choice``), what they are called (``naming``), what they rest on (``sensitivity``) and go with (``external``).
"""

from helpers.typology.bayes import BayesianClasses, gibbs_classes
from helpers.typology.choice import Check, ClassChoice, choose_n_classes
from helpers.typology.detection import DetectionClasses, latent_classes_with_detection
from helpers.typology.distances import JaccardDistances, jaccard_distances
from helpers.typology.exact_icl import ExactICL, exact_icl, exact_icl_value
from helpers.typology.external import ExternalAssociation, external_association
from helpers.typology.large import sampled_stability
from helpers.typology.latent import LatentClasses, latent_classes
from helpers.typology.naming import (
    NamedClass,
    Rule,
    ServiceDifference,
    find_rule,
    match_classes,
    name_classes,
)
from helpers.typology.nulls import NullStability, curveball, null_stability, shuffle_columns
from helpers.typology.sensitivity import (
    ClassModel,
    class_model,
    design_card,
    entropy_depth_correlation,
    eta_squared,
    value_of_one_more_page,
    what_would_change,
)
from helpers.typology.simulation import (
    SimulatedEvidence,
    planted_classes,
    simulate_evidence,
    uneven_visits,
)
from helpers.typology.stability import (
    Stability,
    ambiguous_share,
    bootstrap_stability,
    consensus_matrix,
)
from helpers.typology.trees import OrderReport, medoids, order_report, partition

__all__ = [
    "BayesianClasses",
    "Check",
    "ClassChoice",
    "ClassModel",
    "DetectionClasses",
    "ExactICL",
    "ExternalAssociation",
    "JaccardDistances",
    "LatentClasses",
    "NamedClass",
    "NullStability",
    "OrderReport",
    "Rule",
    "ServiceDifference",
    "SimulatedEvidence",
    "Stability",
    "ambiguous_share",
    "bootstrap_stability",
    "choose_n_classes",
    "class_model",
    "consensus_matrix",
    "curveball",
    "design_card",
    "entropy_depth_correlation",
    "eta_squared",
    "exact_icl",
    "exact_icl_value",
    "external_association",
    "find_rule",
    "gibbs_classes",
    "jaccard_distances",
    "latent_classes",
    "latent_classes_with_detection",
    "match_classes",
    "medoids",
    "name_classes",
    "null_stability",
    "order_report",
    "partition",
    "planted_classes",
    "sampled_stability",
    "shuffle_columns",
    "simulate_evidence",
    "uneven_visits",
    "value_of_one_more_page",
    "what_would_change",
]
