"""The questionnaire of the simulated survey: its questions, and their titles in both exports.

Nothing here is read by the package: the mapping beside the export declares the questions a second
time, as it would for a questionnaire that somebody else wrote.
"""

from __future__ import annotations

from dataclasses import dataclass

# Plants, and the word "fictif" in every name: no operator is called so.
_PLANTS = """
Absinthe Achillée Ancolie Anémone Angélique Arnica Aubépine Bardane Bégonia Belladone Bleuet
Bourrache Bruyère Camélia Campanule Capucine Centaurée Chardon Chélidoine Chicorée Ciboulette
Clématite Colchique Consoude Coquelicot Cyclamen Dahlia Digitale Églantine Épervière Estragon
Fougère Fuchsia Genêt Gentiane Giroflée Glycine Guimauve Hellébore Hysope Iris Jacinthe Jonquille
Joubarbe Lavande Lierre Liseron Lupin Marjolaine Mélisse Millepertuis Muguet Myosotis Narcisse
Œillet Orchidée Pervenche Pivoine Potentille Primevère Renoncule Romarin Sauge Scabieuse Tanaisie
Véronique
"""
PLANTS = tuple(_PLANTS.split())
# Legal form: word in the name, label of the answer, share.
FORMS = {
    "syndicat_mixte": ("Syndicat fictif", "Syndicat mixte", 0.42),
    "cdg": ("Centre fictif", "Centre de gestion", 0.16),
    "atd": ("Agence fictive", "Agence technique départementale", 0.14),
    "gip": ("Groupement fictif", "Groupement d’intérêt public", 0.12),
    "association": ("Association fictive", "Association", 0.10),
    "spl": ("Société fictive", "Société publique locale", 0.06),
}
PERIMETERS = {
    "departement": "Un département",
    "several": "Plusieurs départements",
    "region": "Une région",
}
RESOURCES = {
    "logiciels": "Logiciels",
    "materiel": "Matériel",
    "agents": "Agents",
    "marches": "Marchés publics",
    "donnees": "Données",
    "formations": "Formations",
}
OBSTACLES = {
    "moyens_humains": "Manque de moyens humains",
    "moyens_financiers": "Manque de moyens financiers",
    "attractivite": "Difficulté à recruter",
    "adhesion_elus": "Faible adhésion des élus",
    "complexite": "Complexité technique",
    "cadre_juridique": "Cadre juridique",
}
NEEDS = {
    "financement": "Financements",
    "recrutement": "Aide au recrutement",
    "expertise_juridique": "Expertise juridique",
    "interoperabilite": "Interopérabilité",
    "reseau": "Échanges entre pairs",
    "visibilite": "Visibilité nationale",
}
THEMES = {
    "cybersecurite": "Cybersécurité",
    "donnees_personnelles": "Protection des données personnelles",
    "dematerialisation": "Dématérialisation",
    "intelligence_artificielle": "Intelligence artificielle",
    "inclusion": "Inclusion numérique",
    "cartographie": "Cartographie",
    "formation": "Formation",
    "hebergement": "Hébergement",
    "achats": "Achats groupés",
    "archivage": "Archivage électronique",
}
SCORES = {"1": "Très faible", "2": "Faible", "3": "Moyenne", "4": "Forte", "5": "Très forte"}
NETWORKS = {
    "declic": "Déclic",
    "regional": "Réseau régional",
    "departemental": "Réseau départemental",
    "autre": "Autre réseau",
}
SECURITY = {
    "officer": "Un responsable de la sécurité est désigné",
    "audit": "Un audit a eu lieu depuis trois ans",
    "recovery_plan": "Un plan de reprise d’activité existe",
    "exercise": "Un exercice de crise a eu lieu",
    "certified": "Une certification est obtenue",
}
INCLUSION = {
    "offer": "Des actions d’inclusion sont menées",
    "accessible": "Les services sont conformes au RGAA",
    "support": "Un accueil téléphonique aide les usagers",
}
BOXES = {
    "offered": "Proposé",
    "planned": "En projet",
    "partner": "Avec un partenaire",
    "wished": "Souhaité",
}


@dataclass(frozen=True)
class Field:
    """One column: what it asks, and how the workbook and the text file title it."""

    variable: str
    item: str
    kind: str
    sheet: int
    group: str
    title: str
    csv: str

    @property
    def key(self) -> tuple[str, str]:
        """Variable and item."""
        return self.variable, self.item


def fields(services: dict[str, str]) -> list[Field]:
    """Return every column in the order of the questionnaire; `services` gives labels by code."""
    found = [
        _single("response", "key", 1, "", "N° de réponse", "Identifiant de la réponse"),
        _single("response_date", "date", 1, "Identité", "Date de réponse"),
        _single(
            "operator",
            "name",
            1,
            "Identité",
            "Nom de l’opérateur",
            "Dénomination de votre structure",
        ),
        _single("siret", "siret", 1, "Identité", "Numéro SIRET"),
        _single("legal_form", "form", 1, "Identité", "Forme juridique"),
        _single("founded_year", "year", 1, "Identité", "Année de création"),
        _single("departements", "departements", 1, "Territoire", "Département(s) d’intervention"),
        _single("perimeter", "perimeter", 1, "Territoire", "Périmètre d’intervention"),
        _single(
            "members",
            "count",
            1,
            "Territoire",
            "Combien de collectivités adhèrent à votre structure ?",
        ),
        _single("communes_members", "count", 1, "Territoire", "Dont communes"),
        _single("rural_share", "percent", 1, "Territoire", RURAL),
        _single("staff_fte", "staff", 1, "Moyens", "Effectif au 31 décembre (ETP)"),
        _single("budget_eur", "money", 1, "Moyens", "Budget annuel (€)"),
        _single(
            "own_revenue_share", "percent", 1, "Moyens", "Part des recettes propres dans le budget"
        ),
        _single("shared_resource", "resources", 1, "Moyens", "Que mettez-vous en commun ?"),
    ]
    for code, label in services.items():
        for box, ticked in BOXES.items():
            found.append(
                Field(
                    f"service_{box}", code, "box", 2, label, ticked, f"Services [{label}][{ticked}]"
                )
            )
    found += _grid("demand", "score", 3, "Demande de vos adhérents", THEMES)
    found += _grid("obstacle", "box", 3, "Freins rencontrés", OBSTACLES)
    found.append(_single("need", "needs", 3, "Besoins", "De quoi avez-vous besoin ?"))
    found += _grid("security", "yes_no", 4, "Sécurité", SECURITY)
    found.append(_single("security_share", "percent", 4, "Sécurité", COVERED))
    found += _grid("inclusion", "yes_no", 4, "Inclusion", INCLUSION)
    found += [
        _single("mediators", "count", 4, "Inclusion", "Nombre de médiateurs numériques"),
        _single(
            "alliance",
            "partners",
            4,
            "Coopération",
            "Opérateurs avec lesquels vous êtes liés par convention",
        ),
        _single("shared_platform", "partners", 4, "Coopération", PLATFORM),
        _single("network", "networks", 4, "Coopération", "Réseaux dont vous êtes membre"),
        _single(
            "cooperation_wished", "yes_no", 4, "Coopération", "Souhaitez-vous coopérer davantage ?"
        ),
    ]
    return found


RURAL = "Part de communes de moins de 3 500 habitants parmi vos adhérents"
COVERED = "Part des adhérents couverts par une offre de cybersécurité"
PLATFORM = "Opérateurs avec lesquels vous partagez une plateforme"
CHOICES = {"resources": RESOURCES, "needs": NEEDS, "networks": NETWORKS}
SHEETS = {
    1: "1 - Identité et moyens",
    2: "2 - Services",
    3: "3 - Demande et freins",
    4: "4 - Sécurité, coopération",
}


def _single(variable, kind, sheet, group, title, csv=None) -> Field:
    return Field(variable, "", kind, sheet, group, title, csv or title)


def _grid(variable, kind, sheet, group, labels) -> list[Field]:
    return [
        Field(variable, code, kind, sheet, group, label, f"{group} [{label}]")
        for code, label in labels.items()
    ]
