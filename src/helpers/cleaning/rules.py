"""The cleaning rules by name: what each does and why, in the words of the report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One named cleaning rule.

    Attributes
    ----------
    name : str
        Identifier used in the ledger.
    title : str
        What the rule does, in French.
    reason : str
        Why, in French.
    """

    name: str
    title: str
    reason: str


_RULES = (
    Rule(
        "canonical_page",
        "Ramener chaque adresse à une forme unique",
        "Une page lue sous deux adresses reste une seule lecture de l’opérateur.",
    ),
    Rule(
        "duplicate_statement",
        "Fusionner les énoncés qui se répètent",
        "Le même énoncé tiré de la même page ne compte qu’une fois.",
    ),
    Rule(
        "status_conflict",
        "Départager les statuts contradictoires d’un même service",
        "La page datée la plus récente décide de l’arrêt d’un service ; un projet n’annule jamais un service rendu.",
    ),
    Rule(
        "weak_statement",
        "Signaler les énoncés indirects",
        "Un but statutaire, un réseau partenaire ou un prédécesseur ne prouve pas une offre.",
    ),
    Rule(
        "settled_value",
        "Retenir une valeur par attribut",
        "La valeur datée la plus récente, sinon la médiane ; l’étendue des valeurs publiées reste à côté.",
    ),
    Rule(
        "siret_key",
        "Vérifier la clé des numéros SIRET",
        "Un numéro sans quatorze chiffres ou dont la clé de Luhn est fausse n’identifie aucun établissement.",
    ),
    Rule(
        "official_departement",
        "Rattacher aux départements et régions officiels",
        "Les territoires se comptent sur la liste officielle ; « national » n’est pas une liste de départements.",
    ),
    Rule(
        "legal_family",
        "Déduire la famille juridique",
        "Les formes rares ou non codées se lisent dans le nom complet ; à défaut la famille reste inconnue.",
    ),
    Rule(
        "succession_link",
        "Relier prédécesseurs et successeurs",
        "Une page qui parle de fusion ou de changement de nom relie deux organismes, sans jamais les confondre.",
    ),
    Rule(
        "former_name",
        "Signaler un possible prédécesseur resté séparé",
        "Les notes citent l’ancien nom, mais aucune page ne dit la fusion : les deux fiches restent distinctes.",
    ),
    Rule(
        "only_rollout",
        "Signaler les opérateurs dont le seul service est le déploiement du très haut débit",
        "Déployer un réseau n’est pas mutualiser des services numériques : ces opérateurs sont suivis à part.",
    ),
)

RULES: dict[str, Rule] = {rule.name: rule for rule in _RULES}
