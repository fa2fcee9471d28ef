"""Words of the sheets, in French: what codes of the tables are called."""

from __future__ import annotations

FORMS = {
    "syndicat": "syndicat",
    "centre_de_gestion": "centre de gestion",
    "agence": "agence ou régie",
    "gip": "groupement d’intérêt public",
    "association": "association",
    "spl": "société publique locale",
    "autre": "autre forme",
    "inconnue": "forme non documentée",
}
SCOPES = {
    "departement": "un département",
    "several": "plusieurs départements",
    "region": "une région entière",
    "national": "toute la France",
    "unknown": "périmètre non documenté",
}
STATES = {
    "offered": "proposé",
    "planned": "en projet",
    "discontinued": "arrêté",
    "not_offered": "dit non proposé",
}
WEAK = {
    "statutory_aim": "objet statutaire",
    "third_party": "plateforme d’un tiers",
    "awareness_only": "sensibilisation seulement",
    "tertiary_source": "source indirecte",
    "second_reading": "doute à la relecture",
    "study_only": "étude seulement",
    "pilot": "expérimentation",
    "predecessor": "organisme antérieur",
    "indirect": "indice indirect",
}
FACTS = {
    "founded_year": "Année de création",
    "members": "Adhérents",
    "communes_members": "Communes adhérentes",
    "staff_fte": "Agents",
    "budget_eur": "Budget annuel",
}
KINDS = {
    "joint_action": "action commune",
    "membership": "appartenance",
    "alliance": "convention",
    "shared_platform": "outil partagé",
    "provides_to": "service rendu à un autre",
    "merger": "fusion",
    "succession": "succession",
    "possible": "prédécesseur possible",
}
STATUSES = {
    "active": "en cours",
    "planned": "prévue",
    "ended": "terminée",
    "unknown": "non précisé",
}
TOPICS = {"general": "général", "governance": "gouvernance"}
#: Territories that are no département, but stand in some perimeters.
OUTSIDE = {
    "975": "Saint-Pierre-et-Miquelon",
    "977": "Saint-Barthélemy",
    "978": "Saint-Martin",
    "986": "Wallis-et-Futuna",
    "987": "Polynésie française",
    "988": "Nouvelle-Calédonie",
}


def called(words: dict[str, str], code: str) -> str:
    """Return what a code is called; one that has no word yet is shown as it is, without underscores."""
    return words.get(code, code.replace("_", " "))
