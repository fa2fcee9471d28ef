"""Mutations of the raw tables of the public evidence, and who judges what becomes of them."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd

from tests.survey_reader.fuzz import cases
from tests.survey_reader.fuzz.base import LEDGERS, Project
from tests.survey_reader.fuzz.cases import (
    HOSTILE,
    JUDGED,
    REFUSED,
    SAME,
    SAME_OR_REFUSED,
    STRANGERS,
    Case,
    pick,
)

# Values that the schemas allow somewhere, so that the cleaning has to live with them.
PLAUSIBLE = (
    "",
    "0",
    "1",
    "2024",
    "1999",
    "offered",
    "not_offered",
    "discontinued",
    "planned",
    "sig",
    "identity",
    "siret",
    "members",
    "budget_eur",
    "national",
    "975",
    "2A|2B",
    "1|01",
    "ARNia",
    "Mégalis Bretagne",
    "https://example.org/",
    "https://example.org:99999/x",
    "http://[::1",
    "https://www",
    "http://web.archive.org/web/2020/https://example.org/?a=%",
    "https://exa mple.org",
    "merger",
    "succession",
    "active",
    "partly",
    "12345678901234",
    "1e3",
    "-1",
)


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def written(
    rows: list[list[str]], end: str = "\n", delimiter: str = ",", quoting=csv.QUOTE_MINIMAL
) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, delimiter=delimiter, quoting=quoting).writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def _drawn(files, rng) -> tuple[str, bytes, str]:
    name = pick(rng, list(files))
    return name, files[name], "\r\n" if name == "second_reading.csv" else "\n"


def bytes_changed(files, rng: np.random.Generator) -> Case:
    name, content, _ = _drawn(files, rng)
    change = pick(rng, [cases.flipped, cases.truncated, cases.spliced, cases.inserted])
    return Case(f"bytes {change.__name__}", name, change(content, rng), JUDGED)


def stranger(files, rng: np.random.Generator) -> Case:
    return Case("another file", _drawn(files, rng)[0], pick(rng, STRANGERS), REFUSED)


def encoded(files, rng: np.random.Generator) -> Case:
    name, content, _ = _drawn(files, rng)
    encoding = pick(rng, ["utf-8-sig", "utf-16", "cp1252", "utf-32", "mac-roman"])
    return Case(f"encoding {encoding}", name, content.decode().encode(encoding, "replace"), JUDGED)


def delimited(files, rng: np.random.Generator) -> Case:
    name, content, end = _drawn(files, rng)
    return Case(
        "delimiter", name, written(table(content), end, pick(rng, [";", "\t", "|"])), REFUSED
    )


def quoted(files, rng: np.random.Generator) -> Case:
    name, content, end = _drawn(files, rng)
    return Case("quotes", name, written(table(content), end, quoting=csv.QUOTE_ALL), SAME)


def cell_replaced(files, rng: np.random.Generator) -> Case:
    name, content, end = _drawn(files, rng)
    rows = table(content)
    r, c = int(rng.integers(len(rows))), int(rng.integers(len(rows[0])))
    rows[r][c] = pick(rng, HOSTILE) if rng.random() < 0.4 else pick(rng, PLAUSIBLE)
    return Case("cell replaced", name, written(rows, end), JUDGED)


def cell_borrowed(files, rng: np.random.Generator) -> Case:
    name, content, end = _drawn(files, rng)
    rows = table(content)
    r, other = (int(i) for i in rng.integers(1, len(rows), size=2))
    c = int(rng.integers(len(rows[0])))
    rows[r][c] = rows[other][c]
    return Case("cell of another row", name, written(rows, end), JUDGED)


def columns_moved(files, rng: np.random.Generator) -> Case:
    name, content, end = _drawn(files, rng)
    rows = table(content)
    a, b = (int(i) for i in rng.choice(len(rows[0]), size=2, replace=False))
    for row in rows[int(rng.integers(2)) :]:
        row[a], row[b] = row[b], row[a]
    return Case("columns swapped", name, written(rows, end), JUDGED)


def title_doubled(files, rng: np.random.Generator) -> Case:
    name, content, end = _drawn(files, rng)
    rows = table(content)
    a, b = (int(i) for i in rng.choice(len(rows[0]), size=2, replace=False))
    rows[0][a] = rows[0][b]
    return Case("title doubled", name, written(rows, end), REFUSED)


def column_changed(files, rng: np.random.Generator) -> Case:
    name, content, end = _drawn(files, rng)
    rows = table(content)
    a = int(rng.integers(len(rows[0])))
    dropped = rng.random() < 0.5
    rows = [[*row[:a], *row[a + 1 :]] if dropped else [*row[:a], "new", *row[a:]] for row in rows]
    return Case("column dropped or added", name, written(rows, end), REFUSED)


def rows_changed(files, rng: np.random.Generator) -> Case:
    name, content, end = _drawn(files, rng)
    rows = table(content)
    r = int(rng.integers(1, len(rows)))
    if rng.random() < 0.5:
        del rows[r]
    else:
        rows.append(rows[r])
    return Case("row dropped or doubled", name, written(rows, end), JUDGED)


def row_shifted(files, rng: np.random.Generator) -> Case:
    name, content, end = _drawn(files, rng)
    rows = table(content)
    rows[int(rng.integers(1, len(rows)))].insert(int(rng.integers(len(rows[0]))), "")
    return Case("row shifted", name, written(rows, end), REFUSED)


def rows_moved(files, rng: np.random.Generator) -> Case:
    head, *rows = table(files["published_figures.csv"])
    return Case("rows moved", "published_figures.csv", written([head, *rows[::-1]]), JUDGED)


def header_alone(files, rng: np.random.Generator) -> Case:
    name, content, end = _drawn(files, rng)
    return Case("header alone", name, written(table(content)[:1], end), JUDGED)


def too_large(files, rng: np.random.Generator) -> Case:
    name, content, end = _drawn(files, rng)
    rows = table(content)
    return Case("a million rows", name, content + written(rows[-1:], end) * 1_000_000, REFUSED)


MUTATIONS = (
    *(bytes_changed,) * 5,
    *(cell_replaced,) * 8,
    *(cell_borrowed,) * 4,
    stranger,
    encoded,
    delimited,
    quoted,
    *(columns_moved,) * 2,
    title_doubled,
    column_changed,
    *(rows_changed,) * 3,
    row_shifted,
    rows_moved,
    header_alone,
)
RARE = (too_large,)


class EvidenceOracle:
    """Judges the tables of mutated evidence: a clean row may differ only if it names what a changed raw row names.

    Parameters
    ----------
    project : Project
    """

    def __init__(self, project: Project):
        self.project = project

    def complaints(self, case: Case, tables: dict[str, pd.DataFrame]) -> list[str]:
        """Return what is wrong with the tables of a case; nothing if they are right."""
        if case.expect in (SAME, SAME_OR_REFUSED):
            changed = set()
        else:
            before, after = rows_of(self.project.files[case.file]), rows_of(case.content)
            changed = {cell for row in before ^ after for cell in row if len(cell) > 1}
        wrong = []
        for name, frame in self.project.tables.items():
            if name in LEDGERS:
                continue
            old, new = lines(frame), lines(tables[name])
            odd = [row for row in old ^ new if not changed & set(row)]
            wrong += [f"table {name}: {row[:4]} differs, and nothing touched it" for row in odd[:2]]
        return wrong


def rows_of(content: bytes) -> set[tuple[str, ...]]:
    """Return the raw rows."""
    return {
        tuple(row)
        for row in csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""))
    }


def lines(frame: pd.DataFrame) -> set[tuple[str, ...]]:
    """Return clean rows without the line of the raw file that carries them."""
    kept = [column for column in frame.columns if column != "row_id"]
    return {tuple(map(str, row)) for row in frame[kept].itertuples(index=False)}
