"""Read a survey's mapping from its file and refuse one that cannot be meant."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from rapidfuzz import process

from claimbook.errors import DataError
from survey_reader.mapping import CODED, TYPES, Correction, Mapping, Question, Target
from survey_reader.spelling import comparable, folded
from survey_reader.yaml_text import Lines, read_yaml

FILE = "mapping.yml"
OTHER_THEME = "Autres questions"
_TOP = (
    "survey",
    "ignore_sheets",
    "ignore_questions",
    "no_answer",
    "approximately",
    "set_aside",
    "answers",
)
_TOP = (*_TOP, "questions", "corrections", "other_operators")
_SURVEY = ("year", "file", "key", "date", "services")
_QUESTION = (
    "variable",
    "type",
    "question",
    "items",
    "spellings",
    "options",
    "answers",
    "units",
    "minimum",
    "maximum",
)
_QUESTION = (*_QUESTION, "unusable", "theme", "optional")
_CORRECTION = ("response", "variable", "item", "value", "becomes", "reason")
ROW_RULES = ("test_row", "total_row", "note_row")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")


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
        If the file cannot be read, an entry is unknown or missing, a value cannot be meant, two questions share a
        variable or a column title, or two answers of one question share a spelling.
    """
    name = name or path.name
    reader = _Reader(name)
    content = read_yaml(path, name)
    reader.known(content, _TOP)
    survey = reader.entry(content, "survey", Lines)
    reader.known(survey, _SURVEY)
    services = (
        _services(path.parent / reader.text(survey, "services"), name)
        if "services" in survey
        else []
    )
    vocabularies = {
        key: reader.spellings(value, content["answers"].lines[key], key)
        for key, value in reader.entry(content, "answers", Lines, Lines()).items()
    }
    listed = reader.entry(content, "questions", list)
    questions = tuple(
        _question(reader, entry, content.lines["questions"], vocabularies, services)
        for entry in listed
    )
    mapping = Mapping(
        name=name,
        year=int(reader.number(survey, "year")),
        file=reader.text(survey, "file"),
        key=reader.text(survey, "key"),
        date=reader.text(survey, "date", ""),
        services=services,
        questions=questions,
        ignore_sheets=frozenset(map(comparable, reader.texts(content, "ignore_sheets"))),
        ignore_questions=frozenset(map(comparable, reader.texts(content, "ignore_questions"))),
        no_answer=frozenset(map(folded, reader.texts(content, "no_answer"))),
        approximately=tuple(folded(text) for text in reader.texts(content, "approximately")),
        set_aside=tuple(
            _row_rule(reader, entry, content)
            for entry in reader.entry(content, "set_aside", list, [])
        ),
        other_operators=reader.texts(content, "other_operators"),
        corrections=tuple(
            _correction(reader, entry, content)
            for entry in reader.entry(content, "corrections", list, [])
        ),
    )
    _check_whole(mapping, reader, content)
    return mapping


class _Reader:
    """Takes entries of the expected kind out of a mapping, or says on which line they are not so."""

    def __init__(self, name: str):
        self.name = name

    def fault(self, problem: str, remedy: str, row=None, value=None) -> DataError:
        return DataError(self.name, problem, remedy, row=row, value=value)

    def known(self, entries, names) -> None:
        if not isinstance(entries, Lines):
            raise self.fault(
                "an entry is not a list of names and values", f"give some of {', '.join(names)}"
            )
        for key in entries:
            if key not in names:
                near = process.extractOne(key, names, score_cutoff=60)
                hint = f"did you mean '{near[0]}'? Known here: " if near else "use "
                raise self.fault(
                    f"unknown entry '{key[:80]}'", hint + ", ".join(names), entries.lines[key]
                )

    def entry(self, entries: Lines, key: str, kind, default=None):
        if key not in entries:
            if default is None:
                raise self.fault(f"'{key}' is missing", f"add '{key}:'", entries.line)
            return default
        if not isinstance(entries[key], kind):
            wanted = {str: "text", list: "a list", Lines: "names and values"}[kind]
            raise self.fault(
                f"'{key}' is not {wanted}", f"write {wanted} after '{key}:'", entries.lines[key]
            )
        return entries[key]

    def text(self, entries: Lines, key: str, default=None) -> str:
        found = self.entry(entries, key, str, default)
        if default is None and not found.strip():
            raise self.fault(f"'{key}' is empty", f"write text after '{key}:'", entries.lines[key])
        return found

    def texts(self, entries: Lines, key: str) -> tuple[str, ...]:
        found = entries.get(key, [])
        found = [found] if isinstance(found, str) else found
        if not isinstance(found, list) or not all(
            isinstance(text, str) and text.strip() for text in found
        ):
            raise self.fault(
                f"'{key}' is not a list of texts", "write [one, two]", entries.lines.get(key)
            )
        return tuple(found)

    def number(self, entries: Lines, key: str) -> float:
        found = self.text(entries, key)
        if not _NUMBER.fullmatch(found):
            raise self.fault(
                f"'{key}' is not a number", "write digits, such as 2026", entries.lines[key], found
            )
        return float(found)

    def spellings(self, value, row: int, what: str) -> dict[str, tuple[str, ...]]:
        """Return labels by code; refuse an empty list, or a spelling that stands for two codes."""
        if not isinstance(value, Lines) or not value:
            raise self.fault(
                f"'{what}' lists no codes", "write 'code: [label, other spelling]'", row
            )
        found = {code: self.texts(value, code) for code in value}
        seen: dict[str, str] = {}
        for code, labels in found.items():
            if not labels:
                raise self.fault(
                    f"the code '{code}' of '{what}' has no label", "write one", value.lines[code]
                )
            for label in labels:
                other = seen.setdefault(folded(label), code)
                if other != code:
                    problem = f"'{label}' stands for both '{other}' and '{code}' in '{what}'"
                    raise self.fault(problem, "keep one of them", value.lines[code])
        return found


def _question(reader: _Reader, entry, row: int, vocabularies, services) -> Question:
    if not isinstance(entry, Lines):
        raise reader.fault(
            "a question is not a list of names and values", "give variable, type, question", row
        )
    reader.known(entry, _QUESTION)
    variable, kind = reader.text(entry, "variable"), reader.text(entry, "type")
    if not _NAME.fullmatch(variable):
        remedy = "use small letters, digits and underscores"
        raise reader.fault(
            "a variable cannot have this name", remedy, entry.lines["variable"], variable
        )
    if kind not in TYPES:
        near = process.extractOne(kind, TYPES, score_cutoff=60)
        hint = f"did you mean '{near[0]}'? Known: " if near else "use one of "
        raise reader.fault(
            f"'{kind[:80]}' is no type", hint + ", ".join(TYPES), entry.lines["type"]
        )
    titles = reader.texts(entry, "question")
    if not titles:
        raise reader.fault(
            f"'{variable}' has no question", "write the title of its column", entry.line
        )
    units = reader.entry(entry, "units", Lines, Lines())
    optional = reader.text(entry, "optional", "no").casefold()
    if optional not in ("yes", "no", "true", "false"):
        raise reader.fault(
            "'optional' is neither yes nor no", "write yes or no", entry.lines["optional"], optional
        )
    return Question(
        variable=variable,
        type=kind,
        titles=titles,
        items=_items(reader, entry, vocabularies, services),
        options=reader.spellings(entry["options"], entry.lines["options"], "options")
        if "options" in entry
        else {},
        answers=_answers(reader, entry, kind, vocabularies),
        units={unit: reader.number(units, unit) for unit in units},
        minimum=reader.number(entry, "minimum") if "minimum" in entry else None,
        maximum=reader.number(entry, "maximum") if "maximum" in entry else None,
        unusable=reader.texts(entry, "unusable"),
        theme=reader.text(entry, "theme", OTHER_THEME),
        optional=optional in ("yes", "true"),
    )


def _answers(reader, entry, kind, vocabularies):
    if kind not in CODED:
        return {}
    default = "yes_no" if kind in ("yes_no", "box") else None
    return _vocabulary(reader, entry, "answers", vocabularies, default)


def _vocabulary(reader, entry, key, vocabularies, default=None):
    wanted = entry.get(key, default)
    if isinstance(wanted, Lines):
        return reader.spellings(wanted, entry.lines[key], key)
    if wanted is not None and not isinstance(wanted, str):
        remedy = "write 'code: [label, other spelling]', or the name of a list under 'answers:'"
        raise reader.fault(
            f"'{key}' is neither names and values nor the name of a list", remedy, entry.lines[key]
        )
    if wanted not in vocabularies:
        near = (
            process.extractOne(str(wanted), list(vocabularies), score_cutoff=60) if wanted else None
        )
        hint = (
            f"did you mean '{near[0]}'?"
            if near
            else f"list them under 'answers:' and name the list in '{key}:'"
        )
        problem = f"no list of answers is called '{wanted}'" if wanted else f"'{key}' is missing"
        raise reader.fault(problem, hint, entry.lines.get(key, entry.line))
    return vocabularies[wanted]


def _items(reader, entry, vocabularies, services) -> dict[str, tuple[str, ...]]:
    if "items" not in entry:
        return {}
    if entry["items"] != "services":
        return _vocabulary(reader, entry, "items", vocabularies)
    if not services:
        raise reader.fault(
            "the survey names no table of services", "add 'services: services.csv'", entry.line
        )
    found = {row["service_code"]: (row["label_fr"],) for row in services}
    spellings = reader.entry(entry, "spellings", Lines, Lines())
    for code in spellings:
        if code not in found:
            raise reader.fault(
                "no such service",
                "use a code of the table of services",
                spellings.lines[code],
                code,
            )
        found[code] += reader.texts(spellings, code)
    return found


def _services(path: Path, name: str) -> list[dict]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problem = f"the table of services '{path.name}' cannot be read ({error})"
        raise DataError(name, problem, "put it beside the mapping, as UTF-8") from None
    needed = ("service_code", "label_fr", "label_en", "family_code", "family_fr", "family_en")
    if not rows or any(rows[0].get(column) is None for column in needed):
        raise DataError(
            path.name, "the table of services lacks rows or columns", f"give it {', '.join(needed)}"
        )
    return [{column: row[column] or "" for column in needed} for row in rows]


def _row_rule(reader, entry, content):
    row = content.lines["set_aside"]
    reader.known(entry, ("rule", "starts_with"))
    rule, starts = reader.text(entry, "rule"), reader.texts(entry, "starts_with")
    if rule not in ROW_RULES:
        raise reader.fault(f"'{rule}' sets no row aside", f"use one of {', '.join(ROW_RULES)}", row)
    return rule, tuple(map(folded, starts))


def _correction(reader, entry, content) -> Correction:
    reader.known(entry, _CORRECTION)
    target = Target(reader.text(entry, "variable"), reader.text(entry, "item", ""))
    words = [reader.text(entry, key) for key in ("response", "value")]
    return Correction(
        words[0],
        target,
        words[1],
        reader.text(entry, "becomes", ""),
        reader.text(entry, "reason"),
        entry.line,
    )


def _check_whole(mapping: Mapping, reader: _Reader, content: Lines) -> None:
    """Refuse what only the mapping as a whole shows: names and titles that stand twice, or that nothing declares."""
    row = content.lines["questions"]
    owners: dict[Target, Question] = {}
    titles: dict[str, Target] = {}
    for question in mapping.questions:
        for target, shown in question.columns.items():
            if target in owners:
                raise reader.fault(
                    f"two questions fill '{target}'", "give each a variable of its own", row
                )
            owners[target] = question
            for title in shown:
                other = titles.setdefault(comparable(title), target)
                if other != target:
                    problem = f"the column title '{title}' would fill both '{other}' and '{target}'"
                    raise reader.fault(problem, "write one of them differently", row)
    names = {target.variable for target in owners}
    for variable in (mapping.key, "operator", *([mapping.date] if mapping.date else [])):
        if variable not in names:
            raise reader.fault(
                f"no question fills '{variable}'",
                f"add the question with 'variable: {variable}'",
                row,
            )
    for correction in mapping.corrections:
        if correction.target not in owners:
            raise reader.fault(
                f"no question fills '{correction.target}'", "correct the name", correction.line
            )
