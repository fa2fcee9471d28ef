"""What the notebooks cannot do without: questions that every survey asks, with enough answers to say anything."""

from __future__ import annotations

from helpers.survey.mapping import Mapping, Target
from helpers.survey.reading import Survey
from helpers.survey.structure import Problem

# By variable, what it is for; a question with items needs one of them.
NEEDED = {
    "legal_form": "forms of operators",
    "departements": "territories",
    "founded_year": "age",
    "members": "size",
    "staff_fte": "members per agent",
    "service_offered": "profiles of services",
    "demand": "demand by theme",
    "need": "what operators ask for",
    "obstacle": "what holds them back",
    "rural_share": "demand by size of the communes",
    "alliance": "cooperation",
}
# Below, a notebook has nothing to estimate from.
FEWEST_ANSWERS = 5
FEWEST_OPERATORS = 20


def lacking(survey: Survey) -> list[Problem]:
    """Return what a survey lacks for the notebooks to run.

    Parameters
    ----------
    survey : Survey
        As it was read; what stops the build otherwise is told first, as it may explain what is lacking.
    """
    declared = {target.variable for target in survey.mapping.targets}
    problems = [
        _problem(variable, "no question of the mapping fills it", f"add the question with 'variable: {name(variable)}'")
        for variable in NEEDED
        if variable not in declared
    ]
    if survey.problems:
        return problems
    standing = [response for response in survey.responses if not response.into]
    if len(standing) < FEWEST_OPERATORS:
        problem = f"{len(standing)} operators answered, and the notebooks need {FEWEST_OPERATORS}"
        return [*problems, Problem("", None, "", "", problem, "wait for more responses")]
    for variable in NEEDED:
        answered = sum(
            any(response.value(target) for target in targets(survey.mapping, variable)) for response in standing
        )
        if variable in declared and answered < FEWEST_ANSWERS:
            told = f"{answered} operators answered it, and {FEWEST_ANSWERS} are needed"
            problems.append(_problem(variable, told, "give the column that holds the answers"))
    return problems


def name(variable: str) -> str:
    """Return the name of the question that fills a variable."""
    return variable.partition("_")[0] if variable.startswith("service_") else variable


def targets(mapping: Mapping, variable: str) -> list[Target]:
    """Return the columns of a variable."""
    return [target for target in mapping.targets if target.variable == variable]


def _problem(variable: str, problem: str, remedy: str) -> Problem:
    return Problem("", None, "", "", f"the notebooks need '{variable}' ({NEEDED[variable]}): {problem}", remedy)
