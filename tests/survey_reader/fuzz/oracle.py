"""Whether clean tables are right for a mutated input: read apart from the code under test, cell by cell.

An answer may differ from that of the untouched file only where the mutation changed the cell that holds it, or one on
which it depends.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import defaultdict

import pandas as pd

from survey_reader import read_mapping
from tests.survey_reader.fuzz.base import LEDGERS, Project
from tests.survey_reader.fuzz.cases import SAME, SAME_OR_REFUSED, Case

# Whoever answers under another name, number or date is another operator, or another response of one.
IDENTITY = {"response", "operator", "siret", "response_date"}
PARTNERS = {"alliance", "shared_platform"}
Cells = dict[tuple[str, str, str], str]


def read_text(content: bytes) -> list[tuple[str, list[list[str]]]]:
    """Return the cells of a text file in the plainest way there is."""
    for encoding in (
        ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    ):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        first = max(text.splitlines()[:8] or [""], key=len)
        delimiter = max(";,\t|", key=first.count)
        return [("", list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))]
    return []


def read_workbook(content: bytes) -> list[tuple[str, list[list[str]]]]:
    """Return the cells of a workbook as the library streams them."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True)
    sheets = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        rows = [
            ["" if value is None else str(value) for value in row]
            for row in sheet.iter_rows(values_only=True)
        ]
        sheets.append((sheet.title, rows))
    return sheets


def merged_cells(content: bytes) -> dict[tuple[str, int], set[int]]:
    """Return the columns that merged cells cover, by sheet and row: a spreadsheet shows one value in all of them."""
    from openpyxl import load_workbook

    found: dict[tuple[str, int], set[int]] = {}
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        for area in sheet.merged_cells.ranges:
            for row in range(area.min_row - 1, min(area.max_row, 200)):
                found.setdefault((sheet.title, row), set()).update(
                    range(area.min_col - 1, min(area.max_col, 200))
                )
    return found


def cells_of(file: str, content: bytes, keys: set[str]) -> Cells:
    """Return every cell by sheet, row and column: rows by the response that they name, columns by title or place."""
    found: Cells = {}
    merged = merged_cells(content) if file.endswith(".xlsx") else {}
    for name, rows in (read_workbook if file.endswith(".xlsx") else read_text)(content):
        header = next((row for row in rows if sum(bool(cell.strip()) for cell in row) > 10), [])
        for place, row in enumerate(rows):
            named = next((cell.strip() for cell in row if cell.strip() in keys), f"row {place}")
            for column in sorted(merged.get((name, place), ())):
                found[name, named, str(column)] = "merged "
            for column, cell in enumerate(row):
                if cell.strip():
                    title = (
                        header[column].strip() if not name and column < len(header) else str(column)
                    )
                    found[name, named, title] = found.get((name, named, title), "") + cell
    return found


class Oracle:
    """Judges the tables of mutated inputs of a small survey.

    Parameters
    ----------
    project : Project
    """

    def __init__(self, project: Project):
        self.project = project
        self.mapping = read_mapping(project.layout.raw / "mapping.yml")
        self.before = answers(project.tables)
        self.keys = {key for key, *_ in self.before}
        self.columns: dict[str, dict[tuple[str, str], str]] = {}
        for file, content in project.files.items():
            if not file.endswith(".yml"):
                self.columns[file] = self._variables(cells_of(file, content, self.keys))
                self.cells = cells_of(file, content, self.keys)

    def _variables(self, cells: Cells) -> dict[tuple[str, str], str]:
        """Return the question of each column, by sheet and column, from the titles that the untouched file has."""
        from survey_reader.headers import find_table
        from survey_reader.reading import read_export

        (file,) = [name for name in self.project.files if not name.endswith(".yml")]
        export = read_export(self.project.layout.raw / file, self.mapping, file)
        found = {}
        for sheet in export.sheets:
            table = find_table(sheet, self.mapping)
            for column in table.columns if table else ():
                if column.target:
                    question = self.mapping.question_of[column.target].variable
                    titles = sheet.rows[table.data_start - 1]
                    name = (
                        str(titles[column.position]).strip()
                        if not sheet.name
                        else str(column.position)
                    )
                    found[sheet.name, name] = question
        return found

    def complaints(self, case: Case, tables: dict[str, pd.DataFrame]) -> list[str]:
        """Return what is wrong with the tables of a case; nothing if they are right."""
        after = answers(tables)
        wrong = [
            f"{key} is {after.get(key)!r}, not {to!r}"
            for key, to in case.known.items()
            if after.get(key) != to
        ]
        wrong += [
            f"{key} hides something: {value!a:.80}" for key, value in after.items() if hides(value)
        ]
        if case.expect in (SAME, SAME_OR_REFUSED):
            wrong += [f"table {name} differs" for name in different(self.project.tables, tables)]
            return wrong
        touched, free = (
            self._touched(case) if case.file in self.columns else self._declared_otherwise(case)
        )
        for cell in self.before.keys() | after.keys():
            key, variable, _ = cell
            question = question_of(variable, self.mapping)
            allowed = key in free or (key, question) in touched or ("*", question) in touched
            if self.before.get(cell) != after.get(cell) and not allowed:
                wrong.append(
                    f"{cell} was {self.before.get(cell)!r}, is {after.get(cell)!r}, and nothing touched it"
                )
        return wrong

    def _declared_otherwise(self, case: Case) -> tuple[set[tuple[str, str]], set[str]]:
        """Return what may differ because a mutated mapping declares it otherwise."""
        folder = self.project.layout.root / "mutated"
        folder.mkdir(exist_ok=True)
        (folder / case.file).write_bytes(case.content)
        (folder / "services.csv").write_bytes(
            (self.project.layout.raw / "services.csv").read_bytes()
        )
        other = read_mapping(folder / case.file)
        shared = ("key", "date", "no_answer", "approximately", "set_aside")
        if any(getattr(other, name) != getattr(self.mapping, name) for name in shared):
            return set(), self.keys
        new = {question.variable: question for question in other.questions}
        old = {question.variable: question for question in self.mapping.questions}
        changed = {name for name in new.keys() | old.keys() if new.get(name) != old.get(name)}
        return {("*", name) for name in changed}, self.keys if changed & IDENTITY else set()

    def _touched(self, case: Case) -> tuple[set[tuple[str, str]], set[str]]:
        """Return the (response, question) pairs that may differ, and the responses that may differ altogether."""
        variables = self.columns[case.file]
        now = cells_of(case.file, case.content, self.keys)
        rows = defaultdict(set)
        for sheet, row, column in self.cells.keys() | now.keys():
            if self.cells.get((sheet, row, column)) != now.get((sheet, row, column)):
                rows[row].add(variables.get((sheet, column), ""))
        touched, free = set(), set()
        for row, questions in rows.items():
            touched |= {(row, question) for question in questions}
            if row not in self.keys:
                # A changed title, or a row that was none before.
                touched |= {("*", question) for question in questions}
            if questions & IDENTITY or row not in self.keys:
                free.add(row)
                touched |= {("*", question) for question in PARTNERS}
        # A row that gives another identifier answers under that one.
        keyed = {place for place, question in variables.items() if question == self.mapping.key}
        free |= {
            cell.strip()
            for (sheet, row, column), cell in now.items()
            if row in free and (sheet, column) in keyed
        }
        gone = self.keys - {row for _, row, _ in now}
        merged = {row for row, questions in rows.items() if questions & IDENTITY}
        # An operator that now has another's name or number answers in its place.
        if merged:
            free |= {key for key in self.keys if self._shares(key, now)}
        return touched, free | gone

    def _shares(self, key: str, now: Cells) -> bool:
        own = {cell.strip().casefold() for (_, row, _), cell in now.items() if row == key}
        others = [cell.strip().casefold() for (_, row, _), cell in now.items() if row != key]
        names = {
            name.casefold()
            for (k, v, _), name in self.before.items()
            if v in ("operator", "siret") and k == key
        }
        return bool(names & set(others)) or not names & own


def answers(tables: dict[str, pd.DataFrame]) -> dict[tuple[str, str, str], str]:
    """Return values by response, variable and item, the name of the operator among them."""
    frame = tables["answers"]
    keys = dict(
        frame.loc[frame["variable"] == "response", ["operator", "value"]].itertuples(index=False)
    )
    found = {(keys[name], "operator", ""): name for name in tables["operators"]["operator"]}
    for row in frame.itertuples():
        found[keys[row.operator], row.variable, row.item] = row.value
    return found


def hides(text: str) -> bool:
    """Tell whether a text holds a character that a reader does not see but whose effect it has."""
    marks = ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI")
    return any(
        (unicodedata.category(c) == "Cc" and c != "\n") or unicodedata.bidirectional(c) in marks
        for c in text
    )


def question_of(variable: str, mapping) -> str:
    """Return the question to which a variable of the tables belongs."""
    return next(
        (q.variable for q in mapping.questions if q.variable == variable), variable.split("_")[0]
    )


def different(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame]) -> list[str]:
    """Return the names of the tables that differ; the ledgers tell of the file, and may."""
    return [name for name in before if name not in LEDGERS and not before[name].equals(after[name])]
