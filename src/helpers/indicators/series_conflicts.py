"""Published figures that do not agree, and those that were said only once: read row by row in the record."""

from __future__ import annotations

from helpers.indicators.series import Conflict, Reading

CONFLICTS = (
    Conflict(
        "dpo_mutualise",
        "Délégués désignés par l’offre d’un opérateur, en part de quoi ?",
        "percent",
        (
            Reading("F020"),
            Reading("F019", over="communes"),
            Reading("F019", over="communes", over_times="F099"),
        ),
        "la source dit « du total des désignations », mais le taux est celui de l’ensemble des communes",
    ),
    Conflict(
        "dpo_2019",
        "Communes dotées d’un délégué en novembre 2019",
        "percent",
        (Reading("F093", complement=True), Reading("F095", over="communes")),
        "une part arrondie, et un nombre de désignations rapporté ici au nombre officiel de communes",
    ),
    Conflict(
        "dpo_2022",
        "Communes dotées d’un délégué en janvier 2022",
        "percent",
        (Reading("F096"), Reading("F097", over="communes")),
        "les deux s’accordent à l’arrondi près",
    ),
    Conflict(
        "ouverture_2018",
        "Collectivités soumises qui ouvraient leurs données en 2018",
        "percent",
        (Reading("F102"), Reading("F103", over="F102.n")),
        "la page citée donne la part, l’effectif et le nombre, qui ne se déduisent pas l’un de l’autre",
    ),
    Conflict(
        "ouverture_2022",
        "Collectivités soumises qui ouvraient leurs données en 2022",
        "percent",
        (Reading("F108"), Reading("F109", over="F108.n"), Reading("F112", over="F111")),
        "le second référentiel compte bien plus d’organisations soumises",
    ),
    Conflict(
        "rancongiciel",
        "Collectivités attaquées dans l’année",
        "percent",
        (Reading("F081"), Reading("F040"), Reading("F057")),
        "le premier taux ne dit pas qui a répondu ; les deux autres portent sur de petites collectivités",
    ),
    Conflict(
        "sensibilisation",
        "Collectivités sans sensibilisation",
        "percent",
        (Reading("F044", complement=True), Reading("F090")),
        "deux enquêtes aux répondants différents",
    ),
    Conflict(
        "illectronisme_2019",
        "Illectronisme en 2019",
        "percent",
        (Reading("F127"), Reading("F129")),
        "France entière d’un côté, métropole de l’autre",
    ),
    Conflict(
        "communes",
        "Nombre de communes françaises",
        "count",
        (Reading("F148", sample=True), Reading("F149", sample=True)),
        "deux années du code officiel ; l’étude retient celui de 2023",
    ),
    Conflict(
        "barometre",
        "Réponses au baromètre Numérique et collectivités",
        "count",
        (Reading("F027"), Reading("F027", plus="F031"), Reading("F032", sample=True)),
        "une vague, deux vagues, et un total arrondi dans la presse",
    ),
    Conflict(
        "reseau_taille",
        "Opérateurs du réseau Déclic autour de 2020",
        "count",
        (Reading("F001"), Reading("F004")),
        "une évaluation orale, non datée, à côté d’un compte daté",
    ),
    Conflict(
        "conseillers",
        "Conseillers numériques",
        "count",
        (Reading("F138"), Reading("F140")),
        "postes créés d’un côté, personnes en poste de l’autre",
    ),
)

#: Said once about the wish for support, never asked again: no trend can be read in them.
SUPPORT_FIGURES = ("F034", "F070", "F071", "F036", "F035", "F032")
#: The means of small authorities as surveys told them.
MEANS_FIGURES = ("F037", "F038", "F055", "F068", "F056", "F069", "F157", "F159", "F089", "F169")
