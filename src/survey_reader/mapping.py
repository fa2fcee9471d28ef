"""What a mapping declares: which question fills which variable, and which answers it may have."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from survey_reader.text import comparable, folded

NUMERIC = ("integer", "number", "percent")
# Types whose answers are codes that the mapping lists.
CODED = ("yes_no", "box", "choice", "several")
YES, NO = "yes", "no"
Labels = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Target:
    """One variable that a column fills: `variable`, and the item of a question that has several."""

    variable: str
    item: str = ""

    def __str__(self) -> str:
        return f"{self.variable}[{self.item}]" if self.item else self.variable


@dataclass(frozen=True)
class Question:
    """A question and what may answer it.

    Attributes
    ----------
    variable, type : str
        Name in the tidy tables, and kind of answer.
    titles : tuple of str
        Column titles, the first for readers; ``{item}`` and ``{option}`` stand for a label.
    items, options, answers : dict of str to tuple of str
        Spellings by code, the first for readers; with `options` each item has several columns,
        and the variable is ``variable_option``.
    units : dict of str to float
        Factor of a number by the unit written after it.
    minimum, maximum : float or None
    unusable : tuple of str
        Answers without a value: left out, and listed in the ledger.
    theme : str
        Part of the questionnaire.
    optional : bool
        Whether an export may lack the question.
    """

    variable: str
    type: str
    titles: tuple[str, ...]
    items: Labels = field(default_factory=dict)
    options: Labels = field(default_factory=dict)
    answers: Labels = field(default_factory=dict)
    units: dict[str, float] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    unusable: tuple[str, ...] = ()
    theme: str = ""
    optional: bool = False

    @property
    def label(self) -> str:
        """The question for readers."""
        return self.titles[0].split("{")[0].rstrip(" |[") or self.variable

    @cached_property
    def columns(self) -> dict[Target, list[str]]:
        """Every column title that an export may show, by the target that it fills."""
        found: dict[Target, list[str]] = {}
        for item, item_labels in (self.items or {"": ("",)}).items():
            for option, option_labels in (self.options or {"": ("",)}).items():
                variable = f"{self.variable}_{option}" if option else self.variable
                found[Target(variable, item)] = [
                    title.replace("{item}", shown).replace("{option}", ticked)
                    for title in self.titles
                    for shown in item_labels
                    for ticked in option_labels
                ]
        return found

    @cached_property
    def codes(self) -> dict[str, str]:
        """Code by folded spelling of an answer."""
        return {folded(label): code for code, labels in self.answers.items() for label in labels}

    @cached_property
    def factors(self) -> dict[str, float]:
        """Factor by folded unit."""
        percent = {"%": 1.0} if self.type == "percent" else {}
        return {folded(unit): factor for unit, factor in self.units.items()} | percent


@dataclass(frozen=True)
class Correction:
    """One declared correction: the cell, what it must hold, what it becomes, and why."""

    response: str
    target: Target
    value: str
    becomes: str
    reason: str
    line: int


@dataclass(frozen=True)
class Mapping:
    """The mapping of a survey.

    Attributes
    ----------
    name : str
        Path of the file, for errors.
    year : int
    file : str
        Export that the build reads.
    key, date : str
        Variables that identify a response and date it; `date` may be empty.
    services : list of dict
        Rows of the table of services.
    questions : tuple of Question
    ignore_sheets, ignore_questions : frozenset of str
        Comparable names.
    no_answer : frozenset of str
        Folded spellings of "no answer".
    approximately : tuple of str
        Words before an approximate number.
    set_aside : tuple of (str, tuple of str)
        Rule, and how the first or the naming cell of such a row starts.
    corrections : tuple of Correction
    other_operators : tuple of str
        Names of respondents that did not answer, but that others name.
    """

    name: str
    year: int
    file: str
    key: str
    date: str
    services: list[dict]
    questions: tuple[Question, ...]
    ignore_sheets: frozenset[str] = frozenset()
    ignore_questions: frozenset[str] = frozenset()
    no_answer: frozenset[str] = frozenset()
    approximately: tuple[str, ...] = ()
    set_aside: tuple[tuple[str, tuple[str, ...]], ...] = ()
    corrections: tuple[Correction, ...] = ()
    other_operators: tuple[str, ...] = ()

    @cached_property
    def titles(self) -> dict[str, Target]:
        """Target by comparable column title."""
        return {
            comparable(title): target
            for question in self.questions
            for target, titles in question.columns.items()
            for title in titles
        }

    @cached_property
    def question_of(self) -> dict[Target, Question]:
        """Question by target, in the order of the questionnaire."""
        return {target: question for question in self.questions for target in question.columns}

    @cached_property
    def correction_of(self) -> dict[tuple[str, Target], Correction]:
        """Correction by response and target."""
        return {(one.response, one.target): one for one in self.corrections}

    @property
    def targets(self) -> list[Target]:
        """All targets in the order of the questionnaire."""
        return list(self.question_of)
