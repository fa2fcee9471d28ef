"""What the notebooks cannot do without: questions that every survey asks, with enough answers to say anything."""

from __future__ import annotations

from survey_reader.mapping import Target
from survey_reader.reading import Survey
from survey_reader.structure import Problem

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
    columns: dict[str, list[Target]] = {}
    for target in survey.mapping.targets:
        columns.setdefault(target.variable, []).append(target)
    problems = [
        _problem(
            name,
            "no question of the mapping fills it",
            f"add the question with 'variable: {_question(name)}'",
        )
        for name in NEEDED
        if name not in columns
    ]
    if survey.problems:
        return problems
    standing = [response for response in survey.responses if not response.into]
    if len(standing) < FEWEST_OPERATORS:
        problem = f"{len(standing)} operators answered, and the notebooks need {FEWEST_OPERATORS}"
        return [*problems, Problem("", None, "", "", problem, "wait for more responses")]
    for name, targets in columns.items():
        answered = sum(any(map(response.value, targets)) for response in standing)
        if name in NEEDED and answered < FEWEST_ANSWERS:
            told = f"{answered} operators answered it, and {FEWEST_ANSWERS} are needed"
            problems.append(_problem(name, told, "give the column that holds the answers"))
    return problems


def _question(variable: str) -> str:
    return variable.removesuffix("_offered")


def _problem(variable: str, problem: str, remedy: str) -> Problem:
    return Problem(
        "", None, "", "", f"the notebooks need '{variable}' ({NEEDED[variable]}): {problem}", remedy
    )
