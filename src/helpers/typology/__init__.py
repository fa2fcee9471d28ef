"""Classes of operators, with their uncertainty and their stability.

Trees and their stability against what chance alone would give (`distances`, `trees`, `stability`),
exact integrated likelihood (`exact_icl`), mixtures by EM (`mixtures`) and by Gibbs sampling
(`bayes`), how many classes there are (`choice`), what they are called (`naming`), what they rest on
(`sensitivity`, `robustness`) and go with (`external`).
"""

from helpers.typology.bayes import (
    BayesianClasses,
    class_profiles,
    describable,
    gibbs_classes,
    place_operators,
)
from helpers.typology.choice import ClassChoice, choose_n_classes
from helpers.typology.distances import jaccard_distances
from helpers.typology.exact_icl import exact_icl
from helpers.typology.external import external_association, external_table
from helpers.typology.mixtures import latent_classes, latent_classes_with_detection
from helpers.typology.naming import NamedClass, name_classes
from helpers.typology.partitions import compare_partitions
from helpers.typology.sensitivity import (
    depth_checks,
    design_card,
    value_of_one_more_page,
    what_would_change,
)
from helpers.typology.stability import curveball, null_stability
from helpers.typology.trees import partition

__all__ = [
    "BayesianClasses",
    "ClassChoice",
    "NamedClass",
    "choose_n_classes",
    "class_profiles",
    "compare_partitions",
    "curveball",
    "depth_checks",
    "describable",
    "design_card",
    "exact_icl",
    "external_association",
    "external_table",
    "gibbs_classes",
    "jaccard_distances",
    "latent_classes",
    "latent_classes_with_detection",
    "name_classes",
    "null_stability",
    "partition",
    "place_operators",
    "value_of_one_more_page",
    "what_would_change",
]
