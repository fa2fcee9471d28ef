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

_SURVEY_RULES = (
    Rule(
        "test_row",
        "Écarter les réponses d’essai",
        "Une ligne qui se déclare comme un essai ne vient d’aucun opérateur.",
    ),
    Rule(
        "total_row",
        "Écarter les lignes de total",
        "Une somme ajoutée sous le tableau n’est la réponse de personne ; les totaux se recalculent.",
    ),
    Rule(
        "note_row",
        "Écarter les notes placées sous le tableau",
        "Une note explique le tableau ; elle n’est la réponse de personne.",
    ),
    Rule(
        "duplicate_response",
        "Ne garder qu’une réponse par opérateur",
        "La réponse la plus récente prime, question par question ; sans réponse, la précédente demeure.",
    ),
    Rule(
        "shifted_row",
        "Remettre en place une ligne décalée d’une colonne",
        "Une seule case vide, une fois retirée, rend recevables toutes les réponses de la ligne.",
    ),
    Rule(
        "merged_cells",
        "Répéter la réponse d’une cellule fusionnée",
        "Une cellule fusionnée sur plusieurs lignes vaut pour chacune d’elles.",
    ),
    Rule(
        "mojibake",
        "Rétablir les caractères mal décodés",
        "Un texte en UTF-8 lu comme du cp1252 se rétablit exactement, en relisant les mêmes octets.",
    ),
    Rule(
        "invisible_characters",
        "Retirer les caractères invisibles",
        "Un caractère de largeur nulle ne dit rien et empêche de reconnaître la réponse.",
    ),
    Rule(
        "stray_spaces",
        "Retirer les espaces superflues",
        "Des espaces en trop, sécables ou non, ne changent pas la réponse.",
    ),
    Rule(
        "known_spelling",
        "Reconnaître les graphies déclarées d’une réponse",
        "Le plan de correspondance donne les graphies de chaque réponse ; la casse et les accents n’y comptent pas.",
    ),
    Rule(
        "number_written",
        "Lire les nombres tels qu’ils s’écrivent",
        "Espaces de milliers, virgule décimale et unité déclarée ne changent pas la valeur.",
    ),
    Rule(
        "approximate_number",
        "Garder la valeur d’un nombre approché",
        "« Environ 30 » vaut 30 ; le journal garde la trace de l’approximation.",
    ),
    Rule(
        "date_written",
        "Ramener les dates à une forme unique",
        "Le jour précède le mois ; une date s’écrit ensuite année, mois, jour.",
    ),
    Rule(
        "departement_written",
        "Reconnaître les départements",
        "Un code ou un nom officiel désigne un seul département.",
    ),
    Rule(
        "operator_named",
        "Reconnaître les opérateurs cités",
        "Un opérateur cité par un autre porte le nom sous lequel il a répondu.",
    ),
    Rule(
        "no_answer",
        "Lire l’absence de réponse",
        "« NSP » ou un tiret dit que la question est restée sans réponse ; ce n’est pas un « non ».",
    ),
    Rule(
        "unticked_box",
        "Lire les cases laissées vides",
        "Quand l’opérateur a répondu à la question, une case non cochée est un « non ».",
    ),
    Rule(
        "unusable_answer",
        "Laisser sans valeur une réponse inexploitable",
        "La réponse est connue du plan de correspondance, mais aucune valeur ne s’en déduit.",
    ),
    Rule(
        "declared_correction",
        "Appliquer une correction déclarée",
        "Une personne a relu la réponse et l’a corrigée dans le plan de correspondance.",
    ),
)
# What an export may need, beside the rules that it shares with the evidence.
SURVEY_RULES: dict[str, Rule] = {
    **{rule.name: rule for rule in _SURVEY_RULES},
    **{
        name: RULES[name]
        for name in (
            "siret_key",
            "official_departement",
            "legal_family",
            "status_conflict",
            "only_rollout",
        )
    },
}


def rules_of(kind: str) -> dict[str, Rule]:
    """Return the rules by which an edition of a kind, ``evidence`` or ``survey``, is cleaned."""
    return SURVEY_RULES if kind == "survey" else RULES
