"""The truth of the simulated survey: three classes of profiles, and what operators would answer.

Difficulty, fixed before any method was run on the result. Each class has eight services that mark
it: three in four of its members offer one of them, and one in four of the others (odds of nine to
one: a clear profile, no caricature). The three remaining services are offered by six in ten
whatever the class. Classes are of unequal size, close to 0.42, 0.32 and 0.26. Two classes differ by
sixteen services, so that somebody who knew all rates would put about one operator in sixty on the
wrong side of a pair of classes: the classes are there, and not every operator shows its own.
Wishes, plans, means, demand and cooperation do not depend on the class: nothing but the services
gives it away.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from survey_questionnaire import (
    BOXES,
    CHOICES,
    FORMS,
    INCLUSION,
    OBSTACLES,
    PLANTS,
    SECURITY,
    THEMES,
)

_MARKED = {
    "logiciels_et_actes": (
        "logiciels_metiers teletransmission marches_publics parapheur_signature convocation_elus "
        "archivage_ged demarches_en_ligne messagerie_collaboratif"
    ),
    "territoire_et_reseaux": (
        "sig open_data territoire_connecte ia_donnees amenagement_thd telecom_reseaux "
        "hebergement_cloud urbanisme_ads"
    ),
    "accompagnement": (
        "conseil_amo inclusion_numerique ecole_numerique numerique_responsable dpo_rgpd "
        "maintenance_parc achat_groupe sauvegarde"
    ),
}
CLASSES = {name: tuple(services.split()) for name, services in _MARKED.items()}
SHARES = (0.42, 0.32, 0.26)
IN_CLASS, ELSEWHERE, COMMON = 0.75, 0.25, 0.60
NO_ANSWER = 0.02
YEAR = 2026


def rates(services: list[str]) -> np.ndarray:
    """Return the chance that a member of each class offers each service, shape (3, m)."""
    marks = {code for marked in CLASSES.values() for code in marked}
    table = [
        [
            IN_CLASS if code in marked else ELSEWHERE if code in marks else COMMON
            for code in services
        ]
        for marked in CLASSES.values()
    ]
    return np.array(table)


def draw(
    services: list[str], departements: list[str], n: int, rng: np.random.Generator
) -> tuple[list[dict], list[str]]:
    """Return the true answers of `n` operators, by (variable, item), and the class of each.

    An empty value means that the operator does not answer.
    """
    plants = list(rng.permutation(PLANTS)[:n])
    classes = rng.choice(len(CLASSES), size=n, p=SHARES)
    offered = rng.random((n, len(services))) < rates(services)[classes]
    operators = []
    for i in range(n):
        truth = _identity(i, str(plants[i]), departements, rng)
        truth |= _services(services, offered[i], rng)
        truth |= _opinions(rng)
        operators.append(truth)
    _partners(operators, rng)
    return operators, [list(CLASSES)[k] for k in classes]


def siret(i: int) -> str:
    """Return a valid number that can belong to nobody: no SIREN number starts with three zeros."""
    base = f"000{i * 7919 % 1_000_000:06d}0001"
    for digit in "0123456789":
        total = 0
        for place, char in enumerate(reversed(base + digit)):
            value = int(char) * (2 if place % 2 else 1)
            total += value - 9 if value > 9 else value
        if total % 10 == 0:
            return base + digit
    raise AssertionError("one of ten digits is the key")


def _identity(i: int, plant: str, departements: list[str], rng) -> dict:
    form = str(rng.choice(list(FORMS), p=[share for _, _, share in FORMS.values()]))
    count = int(rng.choice([1, 1, 1, 1, 2, 3, 4]))
    first = int(rng.integers(len(departements)))
    codes = sorted(departements[(first + step) % len(departements)] for step in range(count))
    members = int(np.exp(rng.normal(6.2, 0.8)))
    staff = round(float(np.exp(rng.normal(3.0, 0.7))) * 2) / 2
    day = dt.date(YEAR, 1, 12) + dt.timedelta(days=int(rng.integers(70)))
    return {
        ("response", ""): f"R{i + 1:03d}",
        ("response_date", ""): day.isoformat(),
        ("operator", ""): f"{FORMS[form][0]} {plant}",
        ("siret", ""): siret(i + 1),
        ("legal_form", ""): form,
        ("founded_year", ""): str(int(rng.integers(1965, 2022))),
        ("departements", ""): "|".join(codes),
        ("perimeter", ""): "departement" if count == 1 else "several",
        ("members", ""): str(members),
        ("communes_members", ""): str(int(members * rng.uniform(0.6, 1.0))),
        ("rural_share", ""): _or_none(str(int(rng.integers(20, 99))), rng),
        ("staff_fte", ""): f"{staff:g}",
        ("budget_eur", ""): str(int(staff * rng.uniform(60, 140)) * 1000),
        ("own_revenue_share", ""): _or_none(str(int(rng.integers(5, 96))), rng),
        **_several("shared_resource", CHOICES["resources"], 0.45, rng),
    }


def _services(services: list[str], offered: np.ndarray, rng) -> dict:
    truth = {}
    for code, has in zip(services, offered, strict=True):
        state = rng.random()
        boxes = dict.fromkeys(BOXES, "no")
        if has:
            # One service in six is offered with a partner alone, one in ten both ways.
            boxes |= {"partner": "yes"} if state < 1 / 6 else {"offered": "yes"}
            if state > 0.9:
                boxes["partner"] = "yes"
        elif state < 0.12:
            boxes["planned"] = "yes"
        elif state < 0.30:
            boxes["wished"] = "yes"
        if rng.random() < NO_ANSWER:
            boxes = dict.fromkeys(BOXES, "")
        truth |= {(f"service_{box}", code): value for box, value in boxes.items()}
    return truth


def _opinions(rng) -> dict:
    truth = {}
    for theme in THEMES:
        truth["demand", theme] = _or_none(
            str(int(rng.choice(5, p=[0.05, 0.15, 0.25, 0.30, 0.25])) + 1), rng
        )
    truth |= {("obstacle", code): "yes" if rng.random() < 0.45 else "no" for code in OBSTACLES}
    truth |= _several("need", CHOICES["needs"], 0.5, rng)
    for code in SECURITY:
        truth["security", code] = _or_none("yes" if rng.random() < 0.5 else "no", rng)
    truth["security_share", ""] = _or_none(str(int(rng.integers(0, 101))), rng)
    for code in INCLUSION:
        truth["inclusion", code] = _or_none("yes" if rng.random() < 0.5 else "no", rng)
    truth["mediators", ""] = _or_none(str(int(rng.poisson(3))), rng)
    truth |= _several("network", CHOICES["networks"], 0.45, rng)
    truth["cooperation_wished", ""] = _or_none("yes" if rng.random() < 0.7 else "no", rng)
    return truth


def _several(variable: str, codes, chance: float, rng) -> dict:
    """Return which of several answers are given: at least one, or none of them answered."""
    chosen = rng.random(len(codes)) < chance
    chosen[int(rng.integers(len(codes)))] = True
    silent = rng.random() < NO_ANSWER
    return {
        (variable, code): "" if silent else "yes" if c else "no"
        for code, c in zip(codes, chosen, strict=True)
    }


def _or_none(value: str, rng) -> str:
    return "" if rng.random() < NO_ANSWER else value


def _partners(operators: list[dict], rng) -> None:
    """Give each operator up to two partners, among all."""
    names = [truth["operator", ""] for truth in operators]
    for i, truth in enumerate(operators):
        for variable, chance in (("alliance", 0.5), ("shared_platform", 0.3)):
            if rng.random() < chance:
                count = min(len(names) - 1, int(rng.integers(1, 3)))
                others = [name for j, name in enumerate(names) if j != i]
                for other in rng.choice(others, size=count, replace=False) if count else []:
                    truth[variable, str(other)] = "yes"
