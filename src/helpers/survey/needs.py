"""What the notebooks of a survey cannot do without, checked before any of them runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers import texts
from helpers.cleaning import FAMILIES
from helpers.cleaning.rules import PATTERNS
from helpers.profiles import Profiles, build_profiles
from helpers.survey import rates
from survey_reader import Survey
from survey_reader.mapping import Mapping

_TEXTS = texts.read("survey_needs")
#: Questions that a mapping must have, and what for.
NEEDED, TYPES = _TEXTS["needed"], _TEXTS["types"]
#: Codes that the tidy tables know; those of legal forms are what cleaning knows.
CODES = _TEXTS["codes"] | {"legal_form": [*PATTERNS["family_of_form"], "autre"]}
#: Codes whose labels a service or family of that code would get.
RESERVED = {*FAMILIES, *texts.read("labels")["codes"], *texts.read("survey")["codes"]}
# Below, a notebook has nothing to estimate from.
FEWEST_ANSWERS = 5
FEWEST_OPERATORS = 20
#: Trees of the typology are cut to this many groups at most: so many profiles must differ.
MAX_CLASSES = 6

Tables = dict[str, pd.DataFrame]


def lacking(survey: Survey) -> Iterator[tuple[str, str]]:
    """Yield what the answers lack for the notebooks to run, with remedies."""
    targets = survey.mapping.question_of
    columns = {
        # A question on services may have one column for each, whose answer names the box.
        name: [one for one in targets if one.variable in (name, name.removesuffix("_offered"))]
        for name in NEEDED
    }
    for name, purpose in NEEDED.items():
        if not columns[name]:
            remedy = f"add the question with 'variable: {name.removesuffix('_offered')}'"
            yield f"'{name}' ({purpose}): no question of the mapping fills it", remedy
    yield from _unfit(survey.mapping)
    # Other problems may explain what is lacking.
    if survey.problems:
        return
    if len(survey.standing) < FEWEST_OPERATORS:
        few = f"{len(survey.standing)} answered"
        yield f"{FEWEST_OPERATORS} operators ({few})", "wait for more responses"
        return
    for name, purpose in NEEDED.items():
        answered = sum(any(map(one.value, columns[name])) for one in survey.standing)
        if columns[name] and answered < FEWEST_ANSWERS:
            few = f"{answered} operators answered it, and {FEWEST_ANSWERS} are needed"
            yield f"'{name}' ({purpose}): {few}", "give the column that holds the answers"


def _unfit(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Yield the types and codes of questions that the tidy tables would not read rightly."""
    services = {row["service_code"] for row in mapping.survey.services}
    families = {row["family_code"] for row in mapping.survey.services}
    for code in sorted((services & families) | ((services | families) & RESERVED))[:1]:
        yield f"another code than '{code}', which labels of reports have", "give it another code"
    if not services:
        yield "a table of services", "write 'services: services.csv' under 'survey:' of the mapping"
    for one in mapping.questions:
        types = TYPES.get(one.variable, (one.type,))
        if one.type not in types:
            remedy = f"write 'type: {types[0]}' in line {one.line} of the mapping"
            yield f"'{one.variable}' of another type than '{one.type}'", remedy
        if one.variable in ("service", "demand") and not one.items:
            yield f"one column for each item of '{one.variable}'", "give its 'items' in the mapping"
        known = set(CODES.get(one.variable, one.answers))
        strange = set(one.options or one.answers) - known
        if one.variable == "service":
            for code in sorted(set(one.items) - services)[:1]:
                yield f"the service '{code}' in the table of services", "write 'items: services'"
            strange = strange if one.options or one.type == "choice" else set()
        for code in sorted(strange)[:1]:
            remedy = f"use {', '.join(sorted(known))} in line {one.line} of the mapping"
            yield f"another code than '{code}' for '{one.variable}'", remedy


def failing(tables: Tables) -> Iterator[tuple[str, str]]:
    """Yield why a notebook would stop on these tidy tables, with remedies.

    Each check computes what its notebook computes: what passes here ends in no traceback there.
    """
    operators, services = tables["operators"], tables["services"]
    profiles = build_profiles(operators, services, tables["states"])
    for notebook, remedy, check in CHECKS:
        try:
            check(tables, profiles)
        except Exception as error:
            # Whatever the reason is, the notebook would stop on it.
            reason = str(error) if isinstance(error, ValueError) else repr(error)
            yield f"to run {notebook}: {reason}", remedy


def _service_map(tables: Tables, profiles: Profiles) -> None:
    services = tables["services"]
    rates.services(profiles)
    family_of = dict(zip(services["service_code"], services["family_code"], strict=True))
    rates.families(profiles, family_of)
    rates.mean(profiles.offered.sum(axis=1))


def _typology(tables: Tables, profiles: Profiles) -> None:
    answered = profiles.read()
    distinct = len(answered.offered.drop_duplicates())
    if distinct < MAX_CLASSES:
        raise ValueError(f"{distinct} profiles of services differ, {MAX_CLASSES} are needed")
    rates.services_by(answered, pd.Series("all", answered.operators, name="type"))


def _demand(tables: Tables, profiles: Profiles) -> None:
    rates.themes(tables["demand"], 4)
    for variable in ("need", "obstacle"):
        labels = rates.item_labels(tables["questions"], tables["options"], variable)
        strange = set(rates.choices(tables["answers"], variable).index) - set(labels)
        if strange:
            raise ValueError(f"'{min(strange)}' of '{variable}' has no label")


def _cooperation(tables: Tables, profiles: Profiles) -> None:
    rates.cooperation(tables["cooperation"], profiles.operators)
    near = rates.neighbours(tables["operator_departements"], profiles.operators)
    rates.within_reach(profiles, near, pd.Index(profiles.services))
    strata = tables["operators"].set_index("operator")["scope"]
    rng = np.random.default_rng(0)
    rates.complete_each_other(profiles, near, strata, n_permutations=1, rng=rng)


CHECKS: tuple[tuple[str, str, Callable[[Tables, Profiles], None]], ...] = (
    ("02_service_map", "check the question of services in the mapping", _service_map),
    ("03_typology", "check the question of services in the mapping", _typology),
    ("04_demand", "check 'demand', 'need' and 'obstacle' in the mapping", _demand),
    ("05_cooperation", "check 'alliance' and 'departements' in the mapping", _cooperation),
)
