"""What exported pages, downloads and ledgers tell of single operators, read as parsers see them.

It shares nothing with the protection but the list of columns and the bounds of hidden cells. Office
documents are made from the pages and are not read.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import PurePath
from urllib.parse import unquote
from urllib.request import urlopen

import numpy as np
import pandas as pd
from bs4 import BeautifulSoup

from claimbook.protect.pseudonyms import NAMES, Roles, plain_name
from claimbook.protect.suppression import feasible_interval, unsafe

HIDDEN = frozenset({"s", "secret", "n p", "non publie"})
TOTALS = frozenset({"total", "ensemble", "tous", "toutes", "tous les operateurs", "france"})
# Fewer answers side by side could be those of a group.
LEAST_ANSWERS = 3
# Shorter names are sought in capitals only, and shorter parts of names not at all.
SHORTEST = 4
_INLINE = ["a", "abbr", "b", "code", "em", "i", "mark", "small", "span", "strong", "tspan", "wbr"]
_SAME = {"yes": "oui", "true": "oui", "vrai": "oui", "1": "oui", "x": "oui"} | {
    "no": "non", "false": "non", "faux": "non", "0": "non", "": "non"}  # fmt: skip
_SEPARATORS = re.compile(r"[^\w\u00ad\u200b-\u200f\u2060-\u2064]|_")
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class Leak:
    """One thing that a file tells and must not."""

    file: str
    line: int
    kind: str
    what: str
    why: str

    def __str__(self) -> str:
        what = " ".join(self.what.split())[:80]
        return f"{self.file}:{self.line}: {self.kind}: {what!r}: {self.why}."


@dataclass
class Knowledge:
    """The confidential tables, arranged for looking up: all words are folded."""

    operators: set[str]
    threshold: int
    # Headings of columns that count operators.
    counts: set[str]
    # Name, address or number without spaces, to the kind of leak and the operator.
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    # Every beginning of a name.
    beginnings: set[str] = field(default_factory=set)
    # Heading, to the forms in which the answers of each operator may be shown under it.
    answers: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    # Quasi-identifier, to its values and their labels, to the value.
    groups: dict[str, dict[str, str]] = field(default_factory=dict)


def knowledge_of(
    tables: Mapping[str, pd.DataFrame],
    roles: Roles,
    threshold: int,
    labels: Mapping[str, str],
    territories: Iterable[str] = (),
) -> Knowledge:
    """Return what the confidential tables know."""
    operators = set(tables["operators"]["operator"])
    known = Knowledge(operators, threshold, {fold(heading) for heading in roles.counts})
    names, answers = {(operator, fold(operator)) for operator in operators}, {}
    for operator, variable, value in _answers(tables, operators):
        if variable in NAMES:
            names |= {(operator, fold(name)) for name in value.split("|")}
        elif variable in roles.identifiers:
            run = fold(re.sub(r"^(?:https?://)?(?:www\.)?|/.*$", "", value)).replace(" ", "")
            siret = run.isdigit() and len(run) == 14
            for found in [run, run[:9]] if siret else [run]:
                known.names[found] = ("identifier", operator)
        elif variable not in {*roles.tokens, *roles.operators}:
            answers.setdefault(variable, {}).setdefault(operator, set()).add(value)
    words = " ".join([*roles.common_words, *labels.values(), *territories])
    _add_names(known, names, {*fold(words).split(), *map(fold, territories)})
    for variable, values in answers.items():
        if max(map(len, values.values())) == 1:
            _add_answers(known, variable, values, roles, labels)
    known.beginnings = {name[:end] for name in known.names for end in range(1, len(name) + 1)}
    return known


def _answers(tables, operators) -> Iterator[tuple[str, str, str]]:
    """Yield (operator, variable, value) of tables with a row per operator or a row per answer."""
    for frame in tables.values():
        if "operator" not in frame.columns:
            continue
        frame = frame[frame["operator"].isin(operators)].set_index("operator").astype(object)
        frame = frame.fillna("").astype(str)
        kinds = ("attribute", "variable", "question", "item", "service_code")
        kind = next((column for column in kinds if column in frame.columns), None)
        value = next((column for column in ("value", "answer", "state") if column in frame), None)
        if kind is None or value is None:
            yield from ((o, str(c), v.strip()) for c in frame for o, v in frame[c].items() if v)
            continue
        variables = frame[kind]
        if "item" in frame.columns and kind != "item":
            variables = variables + (":" + frame["item"]).where(frame["item"] != "", "")
        rows = zip(frame.index, variables, frame[value].str.strip(), strict=True)
        yield from (row for row in rows if row[2])


def _add_names(known, names, common) -> None:
    """Add names, and what is left of an operator's short name without its common words."""
    shared = Counter(word for _, name in names for word in set(name.split()))
    # A word that as many names share as a published cell needs operators names none of them.
    common |= {word for word, count in shared.items() if count >= known.threshold}
    found = sorted((o, name.replace(" ", "")) for o, name in names if name not in common)
    for operator in sorted(known.operators):
        core = "".join(word for word in fold(operator).split() if word not in common)
        if len(core) > SHORTEST:
            found.append((operator, core))
    for operator, name in found:
        if name and not name.isdigit():
            known.names.setdefault(name, ("name", operator))


def _add_answers(known, variable, values, roles, labels) -> None:
    question, forms = variable.partition(":")[0], {}
    for value in set.union(*values.values()):
        forms[value] = {value, labels.get(value, value), labels.get(f"{question}:{value}", value)}
    for heading in {fold(variable), fold(labels.get(variable, variable))}:
        shown = known.answers.setdefault(heading, {})
        for operator, (value,) in values.items():
            shown.setdefault(operator, set()).update(map(normal, forms[value]))
    if variable in roles.quasi_identifiers:
        known.groups[variable] = {fold(form): v for v, shown in forms.items() for form in shown}


def fold(text: str) -> str:
    """Return the words of a text without case, accents, punctuation and invisible characters."""
    text = unicodedata.normalize("NFKC", text.casefold()).replace("œ", "oe").replace("æ", "ae")
    return plain_name(_SEPARATORS.sub(" ", text))


def number(cell: str) -> float:
    """Return the number that a cell holds, or NaN."""
    text = re.sub(r"[\s€]", "", cell).replace(",", ".")
    return float(text) if re.fullmatch(r"-?\d+(?:\.\d+)?", text) else float("nan")


def normal(cell: str) -> str:
    """Return an answer in the form in which answers are compared."""
    value, word = number(cell), fold(cell)
    word = word if np.isnan(value) else f"{value:.10g}"
    return _SAME.get(word, word)


@dataclass
class Table:
    """A table that a file shows or lets one save: cells by row, with the line of each row."""

    headings: list[str]
    rows: list[list[str]]
    lines: list[int]


def read(file: str, data: bytes) -> tuple[list[tuple[int, str]], list[Table]]:
    """Return the texts of a file with their lines, and its tables."""
    kind = PurePath(file).suffix.lower()
    if kind in (".docx", ".pdf"):  # made from the pages
        return [], []
    text = data.decode("utf-8-sig")
    if kind in (".html", ".svg"):
        return _read_page(text)
    if kind == ".csv":
        return _read_csv(text)
    lines = list(enumerate(text.splitlines(), start=1))
    if kind != ".json":
        return lines, []
    records: list[dict] = []
    json.loads(text, object_hook=records.append)
    texts = [(n, json.loads(found)) for n, line in lines for found in _LITERAL.findall(line)]
    return texts, [Table(list(r), [[str(v) for v in r.values()]], [1]) for r in records]


_NOTICE = re.compile(r'\A(?:"?# [^\n]*\n)+')


def _read_csv(text: str) -> tuple[list[tuple[int, str]], list[Table]]:
    text = _NOTICE.sub("", text)
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines, rows = zip(*((reader.line_num, row) for row in reader if row), strict=True)
    texts = [(line, " ; ".join(row)) for line, row in zip(lines, rows, strict=True)]
    return texts, [Table(rows[0], rows[1:], lines[1:])]


def _read_page(text: str) -> tuple[list[tuple[int, str]], list[Table]]:
    """Return texts and attributes of a page, and its tables with those that it lets one save."""
    page = BeautifulSoup(text, "html.parser", multi_valued_attributes=None)
    texts, tables = [], []
    for tag in page.find_all(True):
        texts += [(tag.sourceline, unquote(value)) for value in tag.attrs.values()]
        if tag.get("href", "").startswith("data:text/csv"):
            with urlopen(tag["href"]) as download:
                lines, saved = _read_csv(download.read().decode("utf-8-sig"))
            texts += [(tag.sourceline, line) for _, line in lines]
            tables += [Table(t.headings, t.rows, [tag.sourceline] * len(t.rows)) for t in saved]
    for table in page.find_all("table"):
        rows = table.find_all("tr")
        cells = [[c.get_text().strip() for c in row.find_all(["th", "td"])] for row in rows]
        tables.append(Table(cells[0], cells[1:], [row.sourceline for row in rows[1:]]))
    for tag in page.find_all(_INLINE):
        tag.unwrap()
    page.smooth()
    # Comments and text that was escaped twice are read too.
    strings = page.find_all(string=True)
    return [*texts, *((s.parent.sourceline or 1, html.unescape(s)) for s in strings)], tables


def check_files(files: Mapping[str, bytes], known: Knowledge) -> list[Leak]:
    """Return what files tell and must not, alone or together, by file and line."""
    found: list[Leak] = []
    shown: set[tuple[str, str]] = set()
    hidden: dict[tuple[str, str], Leak] = {}
    for file, data in sorted(files.items()):
        try:
            texts, tables = read(file, data)
        except (ValueError, csv.Error) as error:
            texts, tables = [], []
            found.append(Leak(file, 1, "unread", file, f"it cannot be read: {error}"))
        for line, text in [(1, file), *texts]:
            found += _named(file, line, text, known)
        for table in tables:
            if table.rows and {len(row) for row in table.rows} == {len(table.headings)} != {1}:
                grid = _Grid(file, table, known)
                found += [*grid.raw_rows(), *grid.small_cells(), *grid.recoverable()]
                grid.remember(shown, hidden)
    found += [leak for cell, leak in hidden.items() if cell in shown]
    return sorted(set(found), key=lambda leak: (leak.file, leak.line, leak.kind, leak.what))


def _named(file: str, line: int, text: str, known: Knowledge) -> Iterator[Leak]:
    """Yield the operators that a text names, and those to whom its numbers lead."""
    words = fold(text).split()
    for start in range(len(words)):
        run = ""
        for word in words[start:]:
            run += word
            if run not in known.beginnings:
                break
            if run in known.names and (len(run) >= SHORTEST or run.upper() in text):
                kind, operator = known.names[run]
                why = "it names" if kind == "name" else "this leads to"
                yield Leak(file, line, kind, run, f"{why} {operator}")


class _Grid:
    """The numbers and hidden cells of a table, and what they give away."""

    def __init__(self, file: str, table: Table, known: Knowledge):
        self.file, self.table, self.known = file, table, known
        self.names = [fold(row[0]) for row in table.rows]
        self.columns = [fold(heading) for heading in table.headings[1:]]
        self.values = np.array([[number(cell) for cell in row[1:]] for row in table.rows])
        self.hidden = np.array([[fold(cell) in HIDDEN for cell in r[1:]] for r in table.rows])
        self.group = self._group(self.names)
        crossed = self.group and self._group(self.columns)
        self.counts = [n for n, c in enumerate(self.columns) if crossed or c in known.counts]

    def _group(self, names: list[str]) -> dict[str, str] | None:
        """Return the groups of operators that the names stand for."""
        named = set(names) - TOTALS
        groups = self.known.groups.values()
        return next((group for group in groups if named and named <= group.keys()), None)

    def _leak(self, row: int, column: int, kind: str, why: str) -> Leak:
        cells, heading = self.table.rows[row], self.table.headings[column + 1]
        what = f"{cells[0]} / {heading}: {cells[column + 1]}"
        return Leak(self.file, self.table.lines[row], kind, what, why)

    def small_cells(self) -> Iterator[Leak]:
        """Yield counts under the threshold, and counts of all but so few."""
        few = f"fewer than {self.known.threshold} operators stand behind this cell"
        found = [(column, self.values[:, column], few) for column in self.counts]
        for part, whole in permutations(self.counts, 2):
            others = self.values[:, whole] - self.values[:, part]
            if (np.nan_to_num(others) >= 0).all():
                found.append((part, others, f"all but {few}"))
        for column, counts, why in found:
            for row in np.flatnonzero(unsafe(counts, self.known.threshold)):
                yield self._leak(row, column, "small cell", why)

    def recoverable(self) -> Iterator[Leak]:
        """Yield hidden cells that follow from the totals of their table, or of all operators."""
        rows, columns = (
            np.array([n in TOTALS for n in part]) for part in (self.names, self.columns)
        )
        inner = (np.isfinite(self.values) | self.hidden)[~rows].all(axis=0) & ~columns
        # Totals that the table does not show are hidden cells of a table with margins.
        table = np.full((np.sum(~rows) + 1, np.sum(inner) + 1), np.nan)
        table[:-1, :-1] = self.values[~rows][:, inner]
        if rows.sum() == 1:
            table[-1, :-1] = self.values[rows][0, inner]
        elif self.group and set(self.group.values()) == {self.group.get(n) for n in self.names}:
            counted = np.isin(np.flatnonzero(inner), self.counts)
            table[-1, :-1][counted] = len(self.known.operators) if counted.sum() == 1 else np.nan
        if columns.sum() == 1:
            table[:-1, -1] = self.values[~rows][:, columns][:, 0]
        unknown, limit = np.isnan(table), self.known.threshold
        for row, column in np.argwhere(unknown[:-1, :-1]):
            low, high = feasible_interval(np.nan_to_num(table), unknown, (row, column))
            if high - low < limit and low < limit and high > 0:
                why = f"the hidden cell follows from the others: {low:.0f} to {high:.0f}"
                place = np.flatnonzero(~rows)[row], np.flatnonzero(inner)[column]
                yield self._leak(*place, "subtraction", why)

    def remember(self, shown: set, hidden: dict) -> None:
        """Keep the counts of groups, to be compared with those of other tables."""
        for column in self.counts if self.group else []:
            for row, name in enumerate(self.names):
                cell = (self.group.get(name, "total"), self.columns[column])
                if self.hidden[row, column]:
                    why = "another table shows the hidden cell"
                    hidden.setdefault(cell, self._leak(row, column, "subtraction", why))
                elif np.isfinite(self.values[row, column]):
                    shown.add(cell)

    def raw_rows(self) -> Iterator[Leak]:
        """Yield rows and columns that hold what fewer operators than the threshold answered."""
        headings, rows, lines = self.table.headings, self.table.rows, self.table.lines
        turned, *columns = zip(headings, *rows, strict=True)
        records = [(headings, row, line) for row, line in zip(rows, lines, strict=True)]
        for names, cells, line in [*records, *((turned, column, lines[0]) for column in columns)]:
            answers = [
                (self.known.answers[fold(name)], normal(cell))
                for name, cell in zip(names, cells, strict=True)
                if fold(name) in self.known.answers and fold(cell) not in HIDDEN
            ]
            if len(answers) < LEAST_ANSWERS:
                continue
            owners = [
                operator
                for operator in sorted(self.known.operators)
                if all(cell in shown.get(operator, {"non"}) for shown, cell in answers)
            ]
            if 0 < len(owners) < self.known.threshold:
                why = f"these are the answers of {', '.join(owners)}"
                yield Leak(self.file, line, "raw row", " | ".join(cells), why)
