"""Mutated exports are refused in one clear sentence or read rightly; the judge is tested too.

The expected outcome of each mutation is known without the reader: the answers of the untouched
export, a refusal, either of them, or the answers of every row that the mutation did not touch.
"""

import csv
import io
import re
import tempfile
import unicodedata
import warnings
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from survey_reader import DataError, read_survey
from tests.survey_reader.small import DEPARTEMENTS, HEADER, MAPPING, mapping, values, workbook

SAME, REFUSED, EITHER, JUDGED = "same", "refused", "same or refused", "judged"
DATA = yaml.safe_load(Path(__file__).with_name("fuzz.yml").read_text(encoding="utf-8"))
DECLARED, TABLE = DATA["declared"], DATA["table"]
BOOK = workbook({"Réponses": TABLE})
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]
# Columns in which case and spaces do not count.
LOOSE = (4, 7, 9, 10, 11)
STAFF, NOTE = HEADER.index("Effectif"), len(TABLE[0]) - 1
# What makes an export wrong as a whole, or a row of it.
WRONG = ["row", "title", "drop", "add", "long", "unquoted"]
# Column, text, value, variable: a spelling that means one value in every row.
KNOWN = DATA["known"]
LONG = ["9" * 400, "x" * 40_000, "a\x00b", "a\x07b"]
HOSTILE = st.sampled_from(DATA["hostile"] + LONG) | st.text(max_size=12)
NUMBER = re.compile(r"(environ )?[0-9 ]+([.,][0-9]+)?( ?(etp|k))?|nsp")
STRANGERS = (
    *(b"", b"\n", b"\xef\xbb\xbf", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n", b"\xff\xfe"),
    *(b"PK\x05\x06" + b"\0" * 18, b"\xd0\xcf\x11\xe0" + b"\0" * 504, bytes(range(256)) * 40),
    *(b"<html><table><tr><td>Oui</td></tr></table></html>", b'{"answers": []}', b"a;b\n1;2\n"),
)


@dataclass
class Case:
    """A mutated export, what may come of it, and the responses that it does not touch."""

    content: bytes
    expect: str
    untouched: set[str] = field(default_factory=set)
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    number: tuple[str, str] = ("", "")


def written(table, delimiter=";", encoding="utf-8", end="\r\n", quoting=csv.QUOTE_MINIMAL):
    """Return rows as a text file."""
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(table)
    return target.getvalue().encode(encoding, "surrogatepass")


def as_file(draw, table):
    """Return rows as a text file or as a workbook, which holds no control characters."""
    whole = "".join(map(str, (cell for row in table for cell in row)))
    plain = not any(unicodedata.category(char) in ("Cc", "Cs", "Cn", "Co") for char in whole)
    if plain and len(whole) < 20_000 and draw(st.booleans()):
        return workbook({"Réponses": table})
    return written(table)


LAYOUTS = st.one_of(
    st.builds(written, st.just(TABLE), delimiter=st.sampled_from(",\t|;")),
    st.builds(written, st.just(TABLE), encoding=st.sampled_from(ENCODINGS)),
    st.just(written(TABLE, quoting=csv.QUOTE_ALL, end="\n")),
    st.just(written(TABLE, end="\r")),
)
CHANGES = st.sampled_from([str.upper, "  {}\u00a0".format, "{}\u200b".format])


@st.composite
def layouts(draw):
    """Return the same answers in another layout."""
    head, *body = (list(row) for row in TABLE)
    kind = draw(st.sampled_from(["columns", "rows", "notes", "case", "file", "file", "file"]))
    if kind == "file":
        return Case(draw(LAYOUTS), SAME)
    if kind == "columns":
        order = draw(st.permutations(range(len(head))))
        head, *body = [[row[i] for i in order] for row in (head, *body)]
    elif kind == "notes":
        notes = draw(st.lists(st.sampled_from([[""], ["Enquête"], ["", " "]]), max_size=4))
        head, *body = [*notes, head, [""], *body, ["", "\u00a0"]]
    elif kind == "case":
        change = draw(CHANGES)
        for row in (head, *body):
            for place in LOOSE:
                row[place] = change(row[place])
    else:
        body = draw(st.permutations(body))
    return Case(as_file(draw, [head, *body]), SAME)


@st.composite
def tables(draw):
    """Return answers with one cell, row or column changed."""
    table = [list(row) for row in TABLE]
    r, c = draw(st.integers(1, len(TABLE) - 1)), draw(st.integers(0, NOTE))
    row = table[r]
    case = Case(b"", JUDGED, {one[0] for one in TABLE[1:]} - {row[0]})
    kinds = ["cell", "cell", "cell", "known", "swap", "shift"]
    kind = draw(st.sampled_from([*kinds, draw(st.sampled_from(WRONG))]))
    case.expect = {"shift": EITHER}.get(kind, REFUSED if kind in WRONG else JUDGED)
    if kind == "cell":
        row[c] = draw(HOSTILE)
    elif kind == "swap":
        other = draw(st.integers(0, NOTE))
        row[c], row[other] = row[other], row[c]
    elif kind == "known":
        place, row[place], value, variable = draw(st.sampled_from(KNOWN))
        case.known = {(row[0], variable): value}
    elif kind == "shift":
        row.insert(c, "")
    elif kind == "row":
        table.append(row)
    elif kind == "title":
        table[0][c] = TABLE[0][c - 1]
    elif kind == "drop":
        table = [[*one[:c], *one[c + 1 :]] for one in table]
    elif kind == "add":
        table = [[*one[:c], "Une autre question", *one[c:]] for one in table]
    elif kind == "long":
        row += ["x"] * draw(st.integers(1, 3))
    else:
        row[2:3] = [row[2], draw(st.sampled_from([" ", ""])) + "services et conseil"]
    if case.expect == JUDGED:
        case.number = (row[0], row[STAFF])
    case.content = as_file(draw, table)
    return case


@st.composite
def contents(draw):
    """Return an export whose bytes were changed, another file, or one in another encoding."""
    kind = draw(st.sampled_from(["bytes", "bytes", "workbook", "stranger", "encoding"]))
    if kind == "stranger":
        return Case(draw(st.sampled_from(STRANGERS)), REFUSED)
    if kind == "encoding":
        name = draw(st.sampled_from(["utf-32", "utf-16-le", "cp850", "mac_roman"]))
        return Case(written(TABLE).decode().replace("’", "'").encode(name), EITHER)
    content = BOOK if kind == "workbook" else written(TABLE)
    places = draw(st.tuples(*[st.integers(0, len(content))] * 2))
    start, stop = min(places), max(places)
    piece = draw(st.sampled_from([b"", content[start:stop]]) | st.binary(max_size=3))
    stop = draw(st.sampled_from([start, min(stop, start + 1), stop]))
    content = content[:start] + piece[:3000] + content[stop:]
    case = Case(content, JUDGED)
    lines = written(TABLE).split(b"\r\n")
    if kind == "bytes" and content.startswith(lines[0] + b"\r\n"):
        found = content.split(b"\r\n")
        case.untouched = {line[:2].decode() for line in lines[1:] if found.count(line) == 1} - {""}
    return case


@cache
def declared_as(text: str):
    """Return a mapping; most cases share one."""
    with tempfile.TemporaryDirectory() as folder:
        return mapping(Path(folder), text)


def read(content: bytes, declared: str = MAPPING + DECLARED):
    """Return the answers of an export, or raise what a person would read."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        path = Path(folder, "answers.export")
        path.write_bytes(content)
        survey = read_survey(path, declared_as(declared), DEPARTEMENTS)
        survey.check()
        return values(survey)


BEFORE = read(written(TABLE))


def complaint(case: Case, reader=read) -> str:
    """Return what is wrong with the outcome of a case; nothing if it is right."""
    try:
        after = reader(case.content)
    except DataError as error:
        message = str(error)
        clear = len(message) < 1500 and message.isprintable() and "answers.export" in message
        if case.expect == SAME or not clear or "Remedy: " not in message:
            return f"refused: {message[:300]}"
        return ""
    if case.expect == REFUSED:
        return "should have been refused"
    if case.expect in (SAME, EITHER) and after != BEFORE:
        return f"differs: {after}"
    hidden = [v for found in after.values() for v in found.values() if unreadable(v)]
    if hidden:
        return f"hides something: {hidden[0]!a:.80}"
    key, shown = case.number
    plain = " ".join(shown.replace("\u200b", "").casefold().split())
    if after.get(key, {}).get("staff") and not NUMBER.fullmatch(plain):
        return f"{shown!r} is no number, but was read as one"
    for (key, variable), value in case.known.items():
        if after[key].get(variable) != value:
            return f"{variable} is {after[key].get(variable)!r}, not {value!r}"
    for key in case.untouched:
        if without_partners(after.get(key, {})) != without_partners(BEFORE[key]):
            return f"{key} was not touched, but differs: {after.get(key)}"
    return ""


def without_partners(found):
    # Who is meant by a partner may change with the name of an operator.
    return {name: value for name, value in found.items() if name != "alliance"}


def unreadable(value):
    marks = ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI")
    return any(
        (unicodedata.category(char) == "Cc" and char != "\n")
        or unicodedata.bidirectional(char) in marks
        for char in value
    )


CASES = st.one_of(layouts(), tables(), tables(), contents())
SETTINGS = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=300, **SETTINGS)
@given(CASES)
def test_mutated_exports_are_refused_clearly_or_read_rightly(case):
    assert complaint(case) == ""


@pytest.mark.slow
@settings(max_examples=10_000, **SETTINGS)
@given(CASES)
def test_ten_thousand_mutated_exports_are_refused_clearly_or_read_rightly(case):
    assert complaint(case) == ""


@settings(max_examples=100, **SETTINGS)
@given(st.data())
def test_mutated_mappings_are_refused_clearly_or_read(data):
    declared = MAPPING + DECLARED
    start = data.draw(st.integers(0, len(declared)))
    stop = data.draw(st.sampled_from([start, start + 1, start + 8]))
    piece = data.draw(st.text(max_size=3) | st.sampled_from(["\n", ": ", "[", "*a", "- "]))
    try:
        read(written(TABLE), declared[:start] + piece + declared[stop:])
    except DataError as error:
        assert "Remedy: " in str(error) and str(error).isprintable()


def guessing(content: bytes) -> dict:
    """Read an export, and give the answers of the untouched one where a doubt should be told."""
    try:
        return read(content)
    except DataError:
        return BEFORE


def careless(content: bytes) -> dict:
    """Read an export, and lose the last answer of the first response."""
    found = read(content)
    next(iter(found.values())).popitem()
    return found


@pytest.mark.parametrize("reader", [guessing, careless])
def test_a_reader_that_guesses_or_loses_is_found_out(reader):
    @settings(max_examples=300, phases=[Phase.generate], **SETTINGS)
    @given(CASES)
    def property_(case):
        assert complaint(case, reader) == ""

    with pytest.raises(AssertionError):
        property_()
