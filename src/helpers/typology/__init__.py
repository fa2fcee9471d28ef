"""Classes of operators, with their uncertainty and their stability.

The mixture with detection (`DetectionMixture`), latent classes of what was seen (`latent_classes`),
trees and their stability against what chance alone would give (`trees`, `stability`), how many
classes there are (`rule`), what they do and who belongs (`cards`, `assignment`), and what moves
them (`sensitivity`).
"""

# ruff: noqa: F401
from helpers.typology.assignment import AssignmentRule, assignment_rule
from helpers.typology.bayes import BayesianClasses, gibbs_classes, place_operators
from helpers.typology.cards import class_profiles, leading_services, name_classes
from helpers.typology.estimator import DetectionMixture
from helpers.typology.latent import LatentClasses, latent_class_criteria, latent_classes
from helpers.typology.rule import ClassChoice, choose_n_classes, crossing_services
from helpers.typology.sensitivity import QUICK, method_agreement, power, sensitivity
from helpers.typology.stability import curveball, null_stability
from helpers.typology.trees import jaccard_distances, partition
