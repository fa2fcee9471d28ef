"""What a mapping declares, read from its YAML file; what cannot be meant is refused by line."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import yaml
from rapidfuzz import process

from survey_reader.text import DataError, comparable, folded

NUMERIC = ("integer", "number", "percent")
# Types whose answers are codes that the mapping lists.
CODED = ("yes_no", "box", "choice", "several")
YES, NO = "yes", "no"
# A key for exports without identifier: the line of the row.
ROW_NUMBER = "row number"
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
    separator : str
        What parts several answers in one cell, if it is declared.
    month_first : bool
        Whether the month comes before the day in a date.
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
    separator: str = ""
    month_first: bool = False
    theme: str = ""
    optional: bool = False

    @property
    def label(self) -> str:
        """The question for readers."""
        return self.titles[0].split("{")[0].rstrip(" |[/-") or self.variable

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

    def ticked(self, target: Target) -> set[str]:
        """Return the folded labels of a box: some tools write them for "yes"."""
        option = target.variable.removeprefix(f"{self.variable}_")
        labels = self.options.get(option) or self.items.get(target.item, ())
        return set(map(folded, labels))

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
        Variables that identify a response and date it; `date` may be empty, and `key` may be
        `ROW_NUMBER`.
    services : list of dict
        Rows of the table of services.
    questions : tuple of Question
    ignore_sheets, ignore_questions : frozenset of str
        Comparable names.
    no_answer : frozenset of str
        Folded spellings of "no answer".
    approximately : tuple of str
        Words before an approximate number.
    set_aside : tuple of Entries
        Rules of rows that are no responses, as they are declared.
    corrections : tuple of Entries
        What one cell must hold, what it becomes, and why.
    header_rows : int
        Rows of the header if it is declared, else 0.
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
    set_aside: tuple[Entries, ...] = ()
    corrections: tuple[Entries, ...] = ()
    other_operators: tuple[str, ...] = ()
    header_rows: int = 0

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
    def correction_of(self) -> dict[tuple[str, Target], Entries]:
        """Correction by response and target."""
        return {(one["response"], _target(one)): one for one in self.corrections}

    @property
    def targets(self) -> list[Target]:
        """All targets in the order of the questionnaire."""
        return list(self.question_of)


OTHER_THEME = "Autres questions"
_SERVICE = ("service_code", "label_fr", "label_en", "family_code", "family_fr", "family_en")
_LARGEST, _DEEPEST = 1_000_000, 12
# The compiled parser where the library has it: the same result, some twenty times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
    name = name or path.name
    top = _read_yaml(path, name)
    _check_schema(top, name)
    survey, services = top["survey"], []
    if "services" in survey:
        services = _services(path.parent / survey["services"], name)
    lists = {key: _labels(top["answers"], key) for key in top.get("answers", ())}
    mapping = Mapping(
        name=name,
        year=int(survey["year"]),
        file=survey["file"],
        key=survey["key"],
        date=survey.get("date", ""),
        services=services,
        questions=tuple(_question(entry, lists, services) for entry in top["questions"]),
        ignore_sheets=frozenset(map(comparable, texts(top, "ignore_sheets"))),
        ignore_questions=frozenset(map(comparable, texts(top, "ignore_questions"))),
        no_answer=frozenset(map(folded, texts(top, "no_answer"))),
        approximately=tuple(map(folded, texts(top, "approximately"))),
        set_aside=tuple(top.get("set_aside", ())),
        corrections=tuple(top.get("corrections", ())),
        other_operators=texts(top, "other_operators"),
        header_rows=int(survey.get("header_rows", 0)),
    )
    _check_whole(mapping, top)
    return mapping


class Entries(dict):
    """Entries of a YAML mapping as text, with the line of each, for errors."""

    def __init__(self, file: str, line: int):
        super().__init__()
        self.file, self.line, self.lines = file, line, {}

    def fault(self, entry: str, key: str, /, **fields) -> DataError:
        """Return an error of messages.yml at the line of an entry, or of the mapping itself."""
        return DataError.of(self.file, key, row=self.lines.get(entry, self.line), **fields)


def _read_yaml(path: Path, name: str) -> Entries:
    try:
        content = path.read_bytes()
        if len(content) > _LARGEST:
            raise DataError.of(name, "mapping_too_large", most=_LARGEST)
        text, depth = content.decode("utf-8-sig"), 0
        # Aliases are refused before anything is composed: a few can stand for millions of values.
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
                raise DataError.of(name, "alias", row=event.start_mark.line + 1)
        found = _plain(yaml.compose(text, Loader=_LOADER), name)
    except OSError as error:
        raise DataError.of(name, "no_mapping", reason=error.strerror) from None
    except UnicodeDecodeError:
        raise DataError.of(name, "not_utf8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        row = mark and mark.line + 1
        raise DataError.of(name, "mapping_line", row=row, error=problem) from None
    if not isinstance(found, Entries):
        raise DataError.of(name, "no_entries")
    return found


def _plain(node, name: str):
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, name) for child in node.value]
    if not isinstance(node, yaml.MappingNode):
        return node and node.value
    found = Entries(name, node.start_mark.line + 1)
    for key_node, value_node in node.value:
        key, line = key_node.value, key_node.start_mark.line + 1
        if not isinstance(key, str) or key in found:
            problem = "entry_twice" if isinstance(key, str) else "no_name"
            raise DataError.of(name, problem, row=line, key=key)
        found[key], found.lines[key] = _plain(value_node, name), line
    return found


@cache
def _validator():
    from jsonschema import Draft202012Validator

    path = Path(__file__).with_name("mapping.schema.yml")
    return Draft202012Validator(yaml.safe_load(path.read_text(encoding="utf-8")))


def _check_schema(top: Entries, name: str) -> None:
    """Raise the first difference from the schema, with its line and the nearest known word."""
    error = next(_validator().iter_errors(top), None)
    if error is None:
        return
    node, row, entry = top, 1, "file"
    for step in error.absolute_path:
        row = node.lines[step] if isinstance(node, Entries) else getattr(node[step], "line", row)
        node, entry = node[step], step if isinstance(step, str) else entry
    known, word = error.schema.get("enum", ()), str(node)[:80]
    problem = f"'{entry}' is not {error.schema.get('description', 'as the schema says')}"
    problem += f": '{word}'" if known else ""
    if error.validator == "required":
        word = next(key for key in error.validator_value if key not in node)
        problem, known = f"'{word}' is missing", [word]
    elif error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        word = next(key for key in node if key not in known)
        problem, row = f"unknown entry '{word[:80]}'", node.lines[word]
    remedy = _meant(word, known) + (f"Known: {', '.join(known)}" if known else "correct the entry")
    raise DataError(name, problem, remedy, row=row)


def _meant(word: str, known) -> str:
    """Return a question for the known word that looks most like a word, if one does."""
    near = process.extractOne(word, known, score_cutoff=60)
    return f"did you mean '{near[0]}'? " if near and near[0] != word else ""


def _target(correction: Entries) -> Target:
    return Target(correction["variable"], correction.get("item", ""))


def texts(entry: Entries, key: str) -> tuple[str, ...]:
    """Return the texts of an entry, which may be one text or a list."""
    found = entry.get(key, ())
    return (found,) if isinstance(found, str) else tuple(found)


def _labels(entry: Entries, key: str) -> Labels:
    """Return labels by code; refuse a spelling that stands for two codes."""
    found, seen = {code: texts(entry[key], code) for code in entry[key]}, {}
    for code, label in ((code, label) for code, labels in found.items() for label in labels):
        other = seen.setdefault(folded(label), code)
        if other != code:
            fields = {"label": label, "other": other, "code": code, "key": key}
            raise entry[key].fault(code, "two_codes", **fields)
    return found


def _listed(entry: Entries, key: str, lists: dict[str, Labels], default: str = "") -> Labels:
    """Return the labels that an entry lists, or those of the list that it names."""
    wanted = entry.get(key, default)
    if isinstance(wanted, Entries):
        return _labels(entry, key)
    if wanted not in lists:
        advice = _meant(wanted, list(lists)) or "list the codes under 'answers:'"
        problem = "no_list" if wanted else "no_labels"
        raise entry.fault(key, problem, key=key, wanted=wanted, advice=advice)
    return lists[wanted]


def _question(entry: Entries, lists: dict[str, Labels], services: list[dict]) -> Question:
    kind, items = entry["type"], {}
    if entry.get("items") == "services":
        items = {row["service_code"]: (row["label_fr"],) for row in services}
        for code in entry.get("spellings", ()):
            if code not in items:
                raise entry["spellings"].fault(code, "no_service", code=code)
            items[code] += texts(entry["spellings"], code)
    elif "items" in entry:
        items = _listed(entry, "items", lists)
    if "items" in entry and not items:
        raise entry.fault("items", "no_services")
    answers = {}
    if kind in CODED:
        answers = _listed(entry, "answers", lists, "yes_no" if kind in ("yes_no", "box") else "")
    return Question(
        variable=entry["variable"],
        type=kind,
        titles=texts(entry, "question"),
        items=items,
        options=_labels(entry, "options") if "options" in entry else {},
        answers=answers,
        units={unit: float(factor) for unit, factor in entry.get("units", {}).items()},
        minimum=float(entry["minimum"]) if "minimum" in entry else None,
        maximum=float(entry["maximum"]) if "maximum" in entry else None,
        unusable=texts(entry, "unusable"),
        separator=entry.get("separator", ""),
        month_first=_yes(entry, "month_first"),
        theme=entry.get("theme", OTHER_THEME),
        optional=_yes(entry, "optional"),
    )


def _yes(entry: Entries, key: str) -> bool:
    return entry.get(key, "no").casefold() in ("yes", "true")


def _services(path: Path, name: str) -> list[dict]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError.of(name, "services_file", file=path.name, error=error) from None
    if not rows or any(rows[0].get(column) is None for column in _SERVICE):
        raise DataError.of(path.name, "services_columns", columns=", ".join(_SERVICE))
    return [{column: row[column] or "" for column in _SERVICE} for row in rows]


def _check_whole(mapping: Mapping, top: Entries) -> None:
    """Refuse what only the whole mapping shows: what stands twice, or is not declared."""
    owners, titles = set(), {}
    for target, shown in ((t, s) for one in mapping.questions for t, s in one.columns.items()):
        if target in owners:
            raise top.fault("questions", "filled_twice", target=target)
        owners.add(target)
        for title in shown:
            other = titles.setdefault(comparable(title), target)
            if other != target:
                fields = {"title": title, "other": other, "target": target}
                raise top.fault("questions", "title_twice", **fields)
    names = {target.variable for target in owners} | {"", ROW_NUMBER}
    for name in (mapping.key, "operator", mapping.date):
        if name not in names:
            raise top.fault("questions", "not_filled", name=name)
    for correction in mapping.corrections:
        if _target(correction) not in owners:
            raise correction.fault("variable", "not_corrected", name=_target(correction))
    for rule in mapping.set_aside:
        given = {"starts_with", "is", "empty"} & rule.keys()
        if len(given) != 1 or ("column" not in rule and "starts_with" not in given):
            raise rule.fault("rule", "which_rows")
