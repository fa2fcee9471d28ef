"""What a mapping declares, read from its YAML file; what cannot be meant is refused by line."""

import math
import re
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args

import pandas as pd
import pydantic
import yaml
from pydantic import AfterValidator, BeforeValidator, Field, FiniteFloat, ValidationInfo

from survey_reader.text import DataError, RefusedError, comparable, folded, nearest, table

NUMERIC = ("integer", "number", "percent")
# Types whose answers are codes that the mapping lists.
CODED = ("yes_no", "box", "choice", "several")
YES, NO = "yes", "no"
# A key for exports without identifier: the line of the row.
ROW_NUMBER = "row number"
OTHER_THEME = "Autres questions"
_SERVICE = ["service_code", "label_fr", "label_en", "family_code", "family_fr", "family_en"]
_SHOWN = ["service_code", "label_fr", "family_code", "family_fr"]
_DEEPEST = 12
_EMPTIED = ("approximately", "corrections", "ignore_questions", "ignore_sheets", "no_answer")
_EMPTIED += ("other_operators", "set_aside", "unusable")
# The compiled parser where the library has it: the same result, some twenty times as fast.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Target(NamedTuple):
    """One variable that a column fills: `variable`, and the item of a question that has several."""

    variable: str
    item: str = ""

    def __str__(self) -> str:
        return f"{self.variable}[{self.item}]" if self.item else self.variable


class Column(NamedTuple):
    """What a column is called in an export, by readers, and in its own boxes instead of "yes"."""

    titles: list[str]
    labels: tuple[str, str]
    ticked: set[str]


def _spelled_once(labels: dict) -> dict:
    seen = {}
    for code, label in ((code, label) for code, labels in labels.items() for label in labels):
        if seen.setdefault(folded(label), code) != code:
            raise RefusedError("two_codes", label=label, other=seen[folded(label)], code=code)
    return labels


def _folded_once(units: dict) -> dict:
    found = {}
    for unit, factor in units.items():
        if found.setdefault(folded(unit), factor) != factor:
            raise RefusedError("two_factors", unit=unit)
    return found


def _listed(value: Any, info: ValidationInfo) -> Any:
    """Return the labels that an entry lists, or those of the list that it names."""
    kind, lists = info.data.get("type"), info.context["lists"]
    if info.field_name == "answers":
        if kind not in CODED:
            return {}
        value = value or ("yes_no" if kind in ("yes_no", "box") else "")
    if isinstance(value, str) and value not in lists:
        advice = nearest(value, lists, "did you mean '{}'?") or "list the codes under 'answers:'"
        why = "no_services" if value == "services" else "no_list" if value else "no_labels"
        raise RefusedError(why, wanted=value, advice=advice)
    return lists[value] if isinstance(value, str) else value


def _services(value: Any, info: ValidationInfo) -> Any:
    """Return the rows of the table of services; questions may name them as their items."""
    path = info.context["folder"] / str(value)
    try:
        services = pd.read_csv(path, dtype=str, keep_default_na=False, usecols=_SERVICE)[_SERVICE]
    except (OSError, ValueError) as error:
        raise RefusedError("services_file", file=path.name, needs=_SERVICE, error=error) from None
    if not services["service_code"].is_unique or services[_SHOWN].eq("").any(axis=None):
        raise RefusedError("services_twice", file=path.name, needs=_SHOWN)
    info.context["lists"]["services"] = services.set_index("service_code")["label_fr"].to_dict()
    return services.to_dict("records")


def _most(kind: str | None) -> float:
    return 100.0 if kind == "percent" else math.inf


Text = Annotated[str, Field(pattern=r"\S")]
Texts = Annotated[tuple[Text, ...], BeforeValidator(lambda v: (v,) if isinstance(v, str) else v)]
Some = Annotated[Texts, Field(min_length=1)]
Labels = Annotated[dict[str, Some], Field(min_length=1), AfterValidator(_spelled_once)]
Listed = Annotated[dict[str, Some], AfterValidator(_spelled_once), BeforeValidator(_listed)]
Folded = Annotated[Texts, AfterValidator(lambda texts: frozenset(map(folded, texts)))]
Titles = Annotated[Texts, AfterValidator(lambda texts: frozenset(map(comparable, texts)))]
Services = Annotated[list[dict[str, str]], BeforeValidator(_services)]
Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
Kind = Literal[("text", "date", "siret", "departements", "operators", *NUMERIC, *CODED)]


class Entry(pydantic.BaseModel):
    """Entries of a mapping, of which the file tells the line; an unknown one is refused."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    line: int


class Question(Entry):
    """A question and what may answer it; docs/new-edition.md describes its entries.

    `titles`, `items`, `options` and `answers` hold spellings, the first for readers; in a title,
    ``{item}`` and ``{option}`` stand for a label. With `options` each item has several columns, and
    the variable is ``variable_option``.
    """

    variable: Name
    type: Kind
    titles: Some = Field(alias="question")
    items: Listed = {}
    spellings: dict[str, Texts] = {}
    options: Labels = {}
    answers: Listed = Field({}, validate_default=True)
    units: Annotated[dict[str, FiniteFloat], AfterValidator(_folded_once)] = {}
    # A number below zero may be a code for no answer.
    minimum: FiniteFloat = 0.0
    maximum: FiniteFloat = Field(default_factory=lambda known: _most(known.get("type")))
    unusable: Folded = frozenset()
    separator: str = ""
    month_first: bool = False
    theme: str = OTHER_THEME
    optional: bool = False

    @pydantic.model_validator(mode="after")
    def _add_spellings(self):
        for code, more in self.spellings.items():
            if code not in self.items:
                raise RefusedError("no_service", code=code)
            self.items[code] += more
        return self

    @property
    def label(self) -> str:
        """The question for readers."""
        return self.titles[0].split("{")[0].rstrip(" |[/-") or self.variable

    @cached_property
    def columns(self) -> dict[Target, Column]:
        """Every column that an export may show, by the target that it fills."""
        found = {}
        for item, shown in (self.items or {"": ("",)}).items():
            for option, ticked in (self.options or {"": ("",)}).items():
                target = Target(f"{self.variable}_{option}" if option else self.variable, item)
                titles = [
                    title.replace("{item}", one).replace("{option}", other)
                    for title, one, other in product(self.titles, shown, ticked)
                ]
                own = set(map(folded, ticked if option else shown)) - {""}
                found[target] = Column(titles, (shown[0], ticked[0]), own)
        return found

    @property
    def separators(self) -> list[str]:
        """What may part a list, as regular expressions of which one alone does."""
        return [re.escape(self.separator)] if self.separator else table("kinds")["lists"][self.type]

    @property
    def labels(self) -> dict[str, str]:
        """Spelling of each answer for readers, by its code."""
        return {code: spellings[0] for code, spellings in self.answers.items()}

    @cached_property
    def codes(self) -> dict[str, str]:
        """Code by folded spelling of an answer."""
        return {folded(label): code for code, labels in self.answers.items() for label in labels}

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers, or the codes of a scale."""
        scale = self.type == "choice" and all(map(str.isdecimal, self.answers))
        return scale or self.type in NUMERIC


class SetAside(Entry):
    """A rule of rows that are no responses."""

    rule: Literal["test_row", "total_row", "note_row", "unfinished_row", "late_row"]
    column: Texts = ()
    starts_with: Folded = frozenset()
    same: Folded = Field(frozenset(), alias="is")
    empty: bool = False

    @pydantic.model_validator(mode="after")
    def _says_which(self):
        ways = [bool(self.starts_with), bool(self.same), self.empty]
        if ways.count(True) != 1 or not (self.column or self.starts_with):
            raise RefusedError("which_rows")
        return self


class Correction(Entry):
    """What one cell must hold, what it becomes, and why."""

    response: Text
    variable: Text
    item: str = ""
    value: Text
    becomes: str = ""
    reason: Text


class Head(Entry):
    """What the export is: `key` links the rows of one response, `date` tells the later of two."""

    year: Annotated[int, Field(ge=1900, le=2200)]
    file: Text
    key: Text
    date: str = ""
    services: Services = []
    header_rows: Annotated[int, Field(ge=1, le=3)] | None = None


class Mapping(Entry):
    """The mapping of a survey; `name` is the path of its file, for errors."""

    survey: Head
    ignore_sheets: Titles = frozenset()
    ignore_questions: Titles = frozenset()
    no_answer: Folded = frozenset()
    approximately: Folded = frozenset()
    answers: dict[str, Labels] = {}
    set_aside: tuple[SetAside, ...] = ()
    corrections: tuple[Correction, ...] = ()
    other_operators: Texts = ()
    questions: tuple[Question, ...]
    name: str

    @cached_property
    def titles(self) -> dict[str, Target]:
        """Target by comparable column title."""
        columns = [column for one in self.questions[::-1] for column in one.columns.items()]
        return {comparable(title): target for target, one in columns for title in one.titles}

    @cached_property
    def question_of(self) -> dict[Target, Question]:
        """Question by target, in the order of the questionnaire."""
        return {target: question for question in self.questions for target in question.columns}


def read_mapping(path: Path, name: str | None = None) -> Mapping:
    """Return the mapping that a file declares.

    Parameters
    ----------
    path : Path
        A YAML file; docs/new-edition.md describes its entries.
    name : str, optional
        Name of the file in errors.

    Raises
    ------
    DataError
        If the file cannot be read, an entry is unknown or missing, a value cannot be meant, two
        questions share a variable or a title, or two answers of one question share a spelling.
    """
    name, lines, depth = name or path.name, {}, 0
    try:
        content = path.read_bytes()
        # Refused before anything is composed: a few aliases can stand for millions of values.
        for event in yaml.parse(content, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
                problem = "an alias (*), or too many levels"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
        root = yaml.compose(content, Loader=_LOADER)
        if not isinstance(root, yaml.MappingNode):
            raise DataError.of(name, "no_entries")
        found = _plain(root, (), lines) | {"name": name}
    except OSError as error:
        raise DataError.of(name, "no_file", reason=error.strerror) from None
    except yaml.YAMLError as error:
        mark, told = getattr(error, "problem_mark", None), getattr(error, "problem", None) or error
        raise DataError.of(name, "mapping_line", row=mark and mark.line + 1, error=told) from None
    lists = dict(found["answers"]) if isinstance(found.get("answers"), dict) else {}
    try:
        mapping = Mapping.model_validate(found, context={"lists": lists, "folder": path.parent})
    except pydantic.ValidationError as error:
        raise _located(error.errors(), lines, name) from None
    _check_whole(mapping)
    return mapping


def _plain(node, path: tuple, lines: dict):
    """Return a node with all values as text, and enter the line of each part of it by its path."""
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, i), lines) for i, child in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return node.value
    # Labels have no line of their own.
    found = {"line": lines[path]} if not path or (path[0] != "answers" and len(path) < 3) else {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in found:
            problem = f"'{str(key.value)[:80]}' stands twice, or is no name"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
        lines[(*path, key.value)] = key.start_mark.line + 1
        blank = isinstance(value, yaml.ScalarNode) and not (value.value or value.style)
        # A list that was emptied is one that is not there.
        if not blank or key.value not in _EMPTIED:
            found[key.value] = _plain(value, (*path, key.value), lines)
    return found


def _located(errors: list[dict], lines: dict, name: str) -> DataError:
    """Return the first error of pydantic with its line and a remedy; a strange name goes first."""
    error = min(errors, key=lambda error: error["type"] != "extra_forbidden")
    path, kind, context = error["loc"], error["type"], error.get("ctx", {})
    row = max(lines.get(path[:end], 1) for end in range(len(path) + 1))
    if isinstance(refused := context.get("error"), RefusedError):
        return DataError.of(name, refused, row=row)
    entry = next(step for step in path[::-1] if isinstance(step, str) and step != "[key]")
    value, known = error["input"], context.get("expected", "").split("'")[1::2]
    if kind == "extra_forbidden":
        part = Mapping.model_fields[path[0]].annotation if len(path) > 1 else Mapping
        (part, *_) = get_args(part) or [part]
        value = entry
        known = [field.alias or key for key, field in part.model_fields.items() if key != "line"]
    advice = nearest(str(value), known, "did you mean '{}'? ")
    advice += f"Known: {', '.join(known)}" if known else "correct the entry"
    what = table("messages")["entries"]
    problem = what.get(kind, what["other"]).format(entry=entry[:80], told=error["msg"])
    return DataError(name, problem, advice, row=row, value=value if known else None)


def _check_whole(mapping: Mapping) -> None:
    """Refuse what only the whole mapping shows: what stands twice, or is not declared."""
    head = mapping.survey
    needed = [(Target(name), head.line) for name in ("operator", head.key, head.date) if name]
    corrected = set()
    for one in mapping.corrections:
        needed.append((Target(one.variable, one.item), one.line))
        cell = (one.response, one.variable, one.item)
        if cell in corrected or one.variable == head.key:
            raise DataError.of(mapping.name, "corrected_twice", row=one.line, correction=one)
        corrected.add(cell)
    for target, line in needed:
        if target.variable != ROW_NUMBER and target not in mapping.question_of:
            raise DataError.of(mapping.name, "not_filled", row=line, target=target)
    for question, target in ((one, target) for one in mapping.questions for target in one.columns):
        told = {"row": question.line, "target": target}
        if mapping.question_of[target] is not question:
            raise DataError.of(mapping.name, "filled_twice", **told)
        for title in question.columns[target].titles:
            if (other := mapping.titles[comparable(title)]) != target:
                raise DataError.of(mapping.name, "title_twice", title=title, other=other, **told)
