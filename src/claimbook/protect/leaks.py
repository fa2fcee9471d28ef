"""What exported pages, downloads and ledgers tell of single operators, read as parsers see them.

It shares nothing with the protection but the list of columns and the rule of too few. Office
documents are made from the pages and are not read.
"""

import csv
import html
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import dropwhile, product
from pathlib import PurePath
from typing import NamedTuple
from urllib.parse import unquote
from urllib.request import urlopen

import numpy as np
import pandas as pd
from bs4 import BeautifulSoup

from claimbook.protect.frames import few
from claimbook.protect.pseudonyms import NAMES, partners, plain_name

YES, NO = ({"oui", "yes", "true", "vrai", "1", "x"}, {"non", "no", "false", "faux", "0", ""})
# Fewer answers side by side could be those of a group.
LEAST_ANSWERS = 3
# Shorter names are sought in capitals only, and shorter parts of names not at all.
SHORTEST = 4
# Shorter numbers, such as that of a response, could be any number of a report; a SIREN has nine.
LEAST_DIGITS = 9
# A share that was rounded to a hundredth tells a count of so many at most.
MOST_TOLD = 100
_INLINE = re.compile("^(?:a|abbr|b|code|del|em|i|ins|mark|s|small|span|strong|su[bp]|tspan|u|wbr)$")
_SEPARATORS = re.compile(r"[^\w\u00ad\u200b-\u200f\u2060-\u2064]|_")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_EMBEDDED = re.compile(r"data:\w+/(csv|html|json|plain|svg\+xml)\b", re.I)
_UNREAD = re.compile(r"data:(?!,|(?:image|font)/(?!svg))", re.I)
# What a cell may add to a number: a mark, a share in brackets, of how many.
_BESIDE = re.compile(r"(?<=\d)\s*(?:[*†‡]|\(.*\)|/\s*\d+|sur \d+)$")
# What stands above the headings of a download: what it is, and how to cite it.
_NOTICE = re.compile(r'\A(?:"?# [^\n]*\n)+')
_KINDS = ("attribute", "variable", "question", "item", "service_code")
_VALUES = ("value", "answer", "state")


class Leak(NamedTuple):
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
    # Headings of columns and words of cells, by kind, as roles.yml lists them.
    words: dict[str, set[str]]
    # Name, address or number without spaces, to the kind of leak and the operator.
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    # Every beginning of a name.
    beginnings: set[str] = field(default_factory=set)
    # Heading, to the forms in which the answers of each operator may be shown under it.
    answers: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    # Words for groups of operators: values of quasi-identifiers, and labels of codes.
    groups: set[str] = field(default_factory=set)
    # A small number of operators, in words or digits.
    few: re.Pattern = re.compile("(?!)")


def knowledge_of(tables, roles, threshold: int, labels, territories=()) -> Knowledge:
    """Return what the confidential tables know; `labels` are what readers call their codes."""
    operators = set(tables["operators"]["operator"])
    known = Knowledge(operators, threshold, {k: set(map(fold, w)) for k, w in vars(roles).items()})
    names = {(body, fold(body)) for body in operators | partners(tables)}
    told = pd.concat([_told(frame) for frame in tables.values() if "operator" in frame])
    told = told[told["operator"].isin(operators) & (told["value"] != "")].drop_duplicates()
    for variable, rows in told.groupby("variable"):
        values = list(zip(rows["operator"], rows["value"], strict=True))
        if variable in NAMES:
            names |= {(operator, fold(name)) for operator, v in values for name in v.split("|")}
        elif variable in roles.identifiers:
            known.names |= {run: ("identifier", o) for o, v in values for run in _runs(v)}
        elif variable not in {*roles.tokens, *roles.operators} and rows["operator"].is_unique:
            _add_answers(known, variable, values, roles, labels)
    words = fold(" ".join([*labels.values(), *territories])).split()
    _add_names(known, names, {*known.words["common_words"], *words, *map(fold, territories)})
    known.groups |= set(map(fold, labels.values()))
    numbers = (entry.partition(" ")[::2] for entry in known.words["numbers"])
    small = {word for pair in numbers if int(pair[0]) < threshold for word in pair}
    known.few = re.compile(rf"\b(?:{'|'.join(small)}) (?:{'|'.join(known.words['bodies'])})\b")
    known.beginnings = {name[:end] for name in known.names for end in range(1, len(name) + 1)}
    return known


def _told(frame: pd.DataFrame) -> pd.DataFrame:
    """Return operator, variable, value of a table with a row per operator or a row per answer."""
    frame = frame.astype(object).fillna("").astype(str).apply(lambda column: column.str.strip())
    kind = next((column for column in _KINDS if column in frame), None)
    value = next((column for column in _VALUES if column in frame), None)
    if kind is None or value is None:
        return frame.melt("operator", var_name="variable").astype(str)
    item = frame["item"] if "item" in frame and kind != "item" else ""
    variable = (frame[kind] + ":" + item).str.rstrip(":")
    return frame[["operator"]].assign(variable=variable, value=frame[value])


def _runs(value: str) -> list[str]:
    """Return the forms of an identifier: an address without its path, the SIREN of a SIRET."""
    run = fold(re.sub(r"^(?:https?://)?(?:www\.)?|/.*$", "", value)).replace(" ", "")
    if run.isdigit() and len(run) < LEAST_DIGITS:
        return []
    return [run, run[:9]] if run.isdigit() and len(run) == 14 else [run]


def _add_names(known, names, common) -> None:
    """Add names, and what is left of an operator's short name without its common words."""
    shared = Counter(word for _, name in names for word in set(name.split()))
    # A word that as many names share as a published cell needs operators names none of them.
    common |= {word for word, count in shared.items() if count >= known.threshold}
    for operator, name in sorted(names):
        whole = "" if name in common else name.replace(" ", "")
        core = "".join(word for word in name.split() if word not in common)
        core = core if name == fold(operator) and len(core) > SHORTEST else ""
        rest = list(dropwhile(known.words["common_words"].__contains__, name.split()))
        bare = "".join(rest) if len(rest) > 1 and " ".join(rest) not in common else ""
        for found in (whole, core, bare):
            if found and not found.isdigit():
                known.names.setdefault(found, ("name", operator))


def _add_answers(known, variable, values, roles, labels) -> None:
    question = variable.partition(":")[0]
    forms = {v: {v, labels.get(v, v), labels.get(f"{question}:{v}", v)} for _, v in values}
    for heading in {fold(variable), fold(labels.get(variable, variable))}:
        shown = known.answers.setdefault(heading, {})
        for operator, value in values:
            shown.setdefault(operator, set()).update(map(normal, forms[value]))
    if variable in roles.quasi_identifiers:
        shown = {form for forms_of_one in forms.values() for form in forms_of_one}
        known.groups |= {fold(part) for form in shown for part in form.split("|")}


def fold(text: str) -> str:
    """Return the words of a text without case, accents, punctuation and invisible characters."""
    text = unicodedata.normalize("NFKC", text.casefold()).replace("œ", "oe").replace("æ", "ae")
    return plain_name(_SEPARATORS.sub(" ", text))


def number(cell: str) -> float:
    """Return the number that a cell holds, or NaN; that of a percentage is a share."""
    plain = re.sub(r"[\s€]", "", _BESIDE.sub("", cell.strip())).replace(",", ".")
    text, percent = re.subn(r"%$", "", plain)
    known = re.fullmatch(r"-?\d+(?:\.\d+)?", text)
    return float(text) / (100 if percent else 1) if known else float("nan")


def normal(cell: str) -> str:
    """Return an answer in the form in which answers are compared."""
    value, word = number(cell), fold(cell)
    word = word if np.isnan(value) else f"{value:.10g}"
    return "oui" if word in YES else "non" if word in NO else word


class Table(NamedTuple):
    """A table that a file shows or lets one save: cells by row, with the line of each row."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]


def read(kind: str, data: bytes) -> tuple[list[tuple[int, str]], list[Table]]:
    """Return the texts of a file of a kind, such as "csv", with their lines, and its tables."""
    text = data.decode("utf-8-sig")
    if kind in ("html", "htm", "xhtml", "svg", "svg+xml"):
        return _read_page(text)
    if kind == "csv":
        delimiter = ";" if ";" in _NOTICE.sub("", text).partition("\n")[0] else ","
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows = [(reader.line_num, row) for row in reader if row]
        return [(line, " ; ".join(row)) for line, row in rows], _table(rows)
    lines, records = list(enumerate(text.splitlines(), start=1)), []
    if kind == "json":
        json.loads(text, object_hook=records.append)
    return lines, [Table(["", *r], [(1, ["", *map(str, r.values())])]) for r in records if r]


def _table(rows: list[tuple[int, list[str]]]) -> list[Table]:
    """Return the table that rows make: headings that span columns and ragged rows are left out."""
    width = max((len(row) for _, row in rows), default=0)
    full = [(line, row) for line, row in rows if len(row) == width > 1]
    return [Table(full[0][1], full[1:])] if full[1:] else []


def _read_page(text: str) -> tuple[list[tuple[int, str]], list[Table]]:
    """Return texts and attributes of a page, and its tables with what it embeds."""
    page = BeautifulSoup(text, "html.parser", multi_valued_attributes=None)
    texts, tables = [], []
    for tag in page.find_all(True):
        texts += [(tag.sourceline, unquote(value)) for value in tag.attrs.values()]
        found = [(_EMBEDDED.match(value), value) for value in tag.attrs.values()]
        embedded = [(kind[1].lower(), urlopen(value).read()) for kind, value in found if kind]
        if any(_UNREAD.match(value) for kind, value in found if not kind):
            raise ValueError(f"line {tag.sourceline} embeds a file of another kind")
        embedded += [("html", tag["srcdoc"].encode())] if "srcdoc" in tag.attrs else []
        if tag.name == "script" and tag.get("type", "").endswith("json"):
            embedded.append(("json", tag.get_text().encode()))
        for kind, data in embedded:
            lines, saved = read(kind, data)
            texts += [(tag.sourceline, line) for _, line in lines]
            for headings, rows in saved:
                tables.append(Table(headings, [(tag.sourceline, row) for _, row in rows]))
    for table in page.find_all("table"):
        rows = [(row, row.find_all(["th", "td"])) for row in table.find_all("tr")]
        tables += _table([(r.sourceline, [c.get_text().strip() for c in own]) for r, own in rows])
    for tag in page.find_all(_INLINE):
        tag.unwrap()
    page.smooth()
    # Comments and text that was escaped twice are read too.
    strings = page.find_all(string=True)
    return [*texts, *((s.parent.sourceline or 1, html.unescape(s)) for s in strings)], tables


def check_files(files: Mapping[str, bytes], known: Knowledge) -> list[Leak]:
    """Return what files tell and must not, by file and line."""
    found: list[Leak] = []
    for file, data in sorted(files.items()):
        kind = PurePath(file).suffix.lower().removeprefix(".")
        try:
            # Made from the pages, and read there.
            texts, tables = ([], []) if kind in ("docx", "pdf") else read(kind, data)
        except (ValueError, csv.Error) as error:
            texts, tables = [], []
            found.append(Leak(file, 1, "unread", file, f"it cannot be read: {error}"))
        for line, text in [(1, file), *texts]:
            found += [*_named(file, line, text, known), *_counted(file, line, text, known)]
        for table in [*tables, *map(_turned, tables)]:
            found += [*_small_cells(file, table, known), *_raw_rows(file, table, known)]
    return sorted(set(found))


def _turned(table: Table) -> Table:
    """Return a table whose rows are the columns of another one."""
    columns = zip(table.headings, *(row for _, row in table.rows), strict=True)
    headings, *rows = map(list, columns)
    return Table(headings, [(table.rows[0][0], row) for row in rows])


def _named(file: str, line: int, text: str, known: Knowledge) -> Iterator[Leak]:
    """Yield the operators that a text names, and those to whom its numbers lead."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
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


def _counted(file: str, line: int, text: str, known: Knowledge) -> Iterator[Leak]:
    """Yield the numbers of operators under the threshold that a sentence states."""
    for found in known.few.finditer(fold(text)):
        why = f"it states a number of operators under {known.threshold}"
        yield Leak(file, line, "small cell", found[0], why)


def _small_cells(file: str, table: Table, known: Knowledge) -> Iterator[Leak]:
    """Yield counts under the threshold, all but so few, and shares that tell such counts."""
    values = np.array([[number(cell) for cell in row[1:]] for _, row in table.rows])
    names, columns = {fold(row[0]) for _, row in table.rows}, [fold(h) for h in table.headings[1:]]
    crossed = {*names, *columns} - known.words["totals"] <= known.groups
    counts = [n for n, name in enumerate(columns) if crossed or name in known.words["counts"]]
    shares = [n for n, name in enumerate(columns) if name in known.words["shares"]]
    found = set()
    for part, whole in product([*counts, *shares], [*counts, None]):
        k = values[:, part]
        n = np.full(len(k), np.inf) if whole is None else values[:, whole]
        if part in shares:
            told = whole is not None and columns[whole] in known.words["asked"]
            k = np.round(k * np.where(told & (n <= MOST_TOLD), n, np.nan))
        elif part == whole or (np.nan_to_num(n - k) < 0).any():
            continue
        found |= {(row, part) for row in np.flatnonzero(few(k, n, known.threshold))}
    why = f"fewer than {known.threshold} operators are behind this cell, or all but so few"
    for row, column in sorted(found):
        line, cells = table.rows[row]
        what = f"{cells[0]} / {table.headings[column + 1]}: {cells[column + 1]}"
        yield Leak(file, line, "small cell", what, why)


def _raw_rows(file: str, table: Table, known: Knowledge) -> Iterator[Leak]:
    """Yield rows that hold what fewer operators than the threshold answered."""
    for line, cells in table.rows:
        answers = [
            (known.answers[fold(name)], normal(cell))
            for name, cell in zip(table.headings, cells, strict=True)
            if fold(name) in known.answers and fold(cell) not in known.words["hidden"]
        ]
        owners = sorted(known.operators)
        for shown, cell in answers:
            owners = [owner for owner in owners if cell in shown.get(owner, {"non"})]
        if len(answers) >= LEAST_ANSWERS and 0 < len(owners) < known.threshold:
            why = f"these are the answers of {', '.join(owners)}"
            yield Leak(file, line, "raw row", " | ".join(cells), why)
