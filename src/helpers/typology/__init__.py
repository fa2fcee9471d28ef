"""Classes of operators, with their uncertainty and their stability.

Trees and their stability against what chance alone would give (`trees`, `stability`), mixtures by
EM (`mixtures`) and by Gibbs sampling (`bayes`), how many classes there are (`choice`), what they
are called and go with (`description`), and what they rest on (`sensitivity`, `robustness`).
"""

# ruff: noqa: F401
from helpers.typology.bayes import BayesianClasses, describable, gibbs_classes, place_operators
from helpers.typology.choice import ClassChoice, choose_n_classes, exact_icl
from helpers.typology.description import class_profiles, external_table, name_classes
from helpers.typology.mixtures import latent_classes, latent_classes_with_detection
from helpers.typology.partitions import compare_partitions
from helpers.typology.sensitivity import (
    depth_checks,
    design_card,
    value_of_one_more_page,
    what_would_change,
)
from helpers.typology.stability import curveball, null_stability
from helpers.typology.trees import jaccard_distances, partition
