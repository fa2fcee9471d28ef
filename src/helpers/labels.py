"""Words of reports that differ between public evidence and a survey, whole texts at a time."""

from __future__ import annotations

from claimbook.edition import Declaration

_COLLECTION = (
    "Les opérateurs publics de services numériques (OPSN) mutualisent des services pour les communes. "
    "Chaque rapport répond à une question, dit avec quelle certitude, et mène de chaque valeur au calcul "
    "qui l’a produite."
)
_EVIDENCE = (
    "Les données sont des traces publiques : un service *non vu* n’est pas un service absent."
)
_SURVEY = "Les données sont les réponses des opérateurs à une enquête : une question sans réponse n’est pas un « non »."
_SIMULATED = (
    "Les données sont simulées : des opérateurs fictifs y répondent à une enquête, pour mettre la méthode à l’épreuve. "
    "Rien de ce qui suit ne décrit un opérateur réel."
)


def lead(declaration: Declaration) -> str:
    """Return what the index of an edition says the collection is made of, as Markdown."""
    data = _SIMULATED if declaration.simulated else _SURVEY if declaration.survey else _EVIDENCE
    return f"{_COLLECTION}\n\n{data}"


def source(declaration: Declaration) -> str:
    """Return the source of figures and tables that are computed from an edition's own data."""
    if declaration.simulated:
        return "réponses d’opérateurs fictifs à une enquête simulée ; calculs de l’étude."
    if declaration.survey:
        return "réponses des opérateurs à l’enquête ; calculs de l’étude."
    return "base publique sur les OPSN, codée en novembre 2026 ; calculs de l’étude."
