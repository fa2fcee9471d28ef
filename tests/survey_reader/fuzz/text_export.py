"""Mutations of a survey's text file."""

from __future__ import annotations

import csv
import io

import numpy as np

from tests.survey_reader.fuzz import cases
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

FILE = "reponses.csv"
# Columns in which a writing means one value whatever the row: title, writing, value, variable, item.
KNOWN = (
    ("Effectif au 31 décembre (ETP)", "environ 1 200,5 ETP", "1200.5", "staff_fte", ""),
    ("Effectif au 31 décembre (ETP)", "22,5", "22.5", "staff_fte", ""),
    ("Budget annuel (€)", "1,25 M€", "1250000", "budget_eur", ""),
    ("Budget annuel (€)", "350 k€", "350000", "budget_eur", ""),
    ("Part des recettes propres dans le budget", "12,5 %", "12.5", "own_revenue_share", ""),
    ("Département(s) d’intervention", "Ain ; 2a ; 38 - Isère", "01|2A|38", "departements", ""),
    ("Date de réponse", "1er février 2026", "2026-02-01", "response_date", ""),
    ("Date de réponse", "03/02/2026 10:22", "2026-02-03", "response_date", ""),
    ("Forme juridique", "GROUPEMENT D'INTERET  PUBLIC", "gip", "legal_form", ""),
    ("Souhaitez-vous coopérer davantage ?", "ooui"[1:], "yes", "cooperation_wished", ""),
    ("Demande de vos adhérents [Hébergement]", "4 - forte ", "4", "demand", "hebergement"),
    ("Demande de vos adhérents [Formation]", "TrÃ¨s forte", "5", "demand", "formation"),
    ("Services [Cybersécurité][Proposé]", " x ", "yes", "service_offered", "cybersecurite"),
)
LAYOUT_ONLY = (
    "Forme juridique",
    "Périmètre d’intervention",
    "Sécurité",
    "Inclusion",
    "Demande",
    "Services",
    "Freins",
)


def table(content: bytes) -> list[list[str]]:
    """Return the cells of the untouched file."""
    return list(csv.reader(io.StringIO(content.decode("cp1252"), newline=""), delimiter=";"))


def written(
    rows: list[list[str]], *, delimiter=";", encoding="utf-8", end="\r\n", quoting=csv.QUOTE_MINIMAL
) -> bytes:
    """Return rows as the bytes of a text file; UTF-8 if the encoding lacks a character."""
    text = io.StringIO(newline="")
    csv.writer(
        text, delimiter=delimiter, lineterminator=end, quoting=quoting, escapechar=None
    ).writerows(rows)
    try:
        return text.getvalue().encode(encoding)
    except UnicodeEncodeError:
        return text.getvalue().encode("utf-8", "surrogatepass")


def bytes_changed(content: bytes, rng: np.random.Generator) -> Case:
    change = pick(rng, [cases.flipped, cases.truncated, cases.spliced, cases.inserted])
    return Case(f"bytes {change.__name__}", FILE, change(content, rng), JUDGED)


def stranger(content: bytes, rng: np.random.Generator) -> Case:
    return Case("another file", FILE, pick(rng, STRANGERS), REFUSED)


def encoded(content: bytes, rng: np.random.Generator) -> Case:
    name, expect = pick(
        rng,
        [
            ("utf-8", SAME),
            ("utf-8-sig", SAME),
            ("utf-16", SAME),
            ("cp1252", SAME),
            ("utf-32", REFUSED),
            ("utf-16-le", REFUSED),
            ("cp850", SAME_OR_REFUSED),
            ("mac-roman", SAME_OR_REFUSED),
            ("utf-7", SAME_OR_REFUSED),
        ],
    )
    text = content.decode("cp1252")
    return Case(
        f"encoding {name}", FILE, text.encode(name, "replace"), expect if name != "cp1252" else SAME
    )


def decoded_wrongly(content: bytes, rng: np.random.Generator) -> Case:
    # UTF-8 read as cp1252 and saved again: what can be read one way only is mended, the rest is refused.
    text = content.decode("cp1252").encode("utf-8").decode("cp1252", "ignore")
    return Case("decoded wrongly", FILE, text.encode("utf-8"), JUDGED)


def delimited(content: bytes, rng: np.random.Generator) -> Case:
    delimiter = pick(rng, [",", "\t", "|", ";", ":", " ", "¤"])
    expect = SAME if delimiter in ",\t|;" else REFUSED
    return Case(
        f"delimiter {delimiter!r}", FILE, written(table(content), delimiter=delimiter), expect
    )


def quoted(content: bytes, rng: np.random.Generator) -> Case:
    quoting = pick(rng, [csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    end = pick(rng, ["\r\n", "\n", "\r"])
    return Case(
        "quotes and line ends", FILE, written(table(content), quoting=quoting, end=end), SAME
    )


def cell_replaced(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    r, c = int(rng.integers(len(rows))), int(rng.integers(len(rows[0])))
    rows[r][c] = pick(rng, HOSTILE)
    encoding = pick(rng, ["utf-8", "cp1252", "utf-16"])
    return Case("cell replaced", FILE, written(rows, encoding=encoding), JUDGED)


def known_writing(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    title, text, value, variable, item = pick(rng, KNOWN)
    r = int(rng.integers(1, len(rows)))
    rows[r][rows[0].index(title)] = text
    return Case("known writing", FILE, written(rows), JUDGED, {(rows[r][0], variable, item): value})


def cells_swapped(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    r = int(rng.integers(len(rows)))
    a, b = (int(place) for place in rng.choice(len(rows[0]), size=2, replace=False))
    rows[r][a], rows[r][b] = rows[r][b], rows[r][a]
    return Case("cells swapped", FILE, written(rows), JUDGED)


def columns_moved(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    order = rng.permutation(len(rows[0]))
    return Case("columns moved", FILE, written([[row[i] for i in order] for row in rows]), SAME)


def titles_swapped(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    a, b = (int(place) for place in rng.choice(len(rows[0]), size=2, replace=False))
    rows[0][a], rows[0][b] = rows[0][b], rows[0][a]
    return Case("titles swapped", FILE, written(rows), JUDGED)


def column_doubled(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    a = int(rng.integers(len(rows[0]) - 1))
    return Case(
        "column doubled", FILE, written([[*row[:a], row[a], *row[a:]] for row in rows]), REFUSED
    )


def title_doubled(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    a, b = (int(place) for place in rng.choice(len(rows[0]) - 1, size=2, replace=False))
    rows[0][a] = rows[0][b]
    return Case("title doubled", FILE, written(rows), REFUSED)


def column_dropped(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    a = int(rng.integers(len(rows[0]) - 1))
    return Case(
        "column dropped", FILE, written([[*row[:a], *row[a + 1 :]] for row in rows]), REFUSED
    )


def column_added(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    a = int(rng.integers(len(rows[0])))
    title = pick(
        rng,
        [
            "Une question nouvelle ?",
            "Budget annuel",
            "Services [Drones][Proposé]",
            "\u202eabc",
            "x" * 5000,
        ],
    )
    new = [[*rows[0][:a], title, *rows[0][a:]], *([*row[:a], "Oui", *row[a:]] for row in rows[1:])]
    return Case("column added", FILE, written(new), REFUSED)


def rows_moved(content: bytes, rng: np.random.Generator) -> Case:
    head, *rows = table(content)
    return Case(
        "rows moved", FILE, written([head, *(rows[i] for i in rng.permutation(len(rows)))]), SAME
    )


def row_doubled(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    r = int(rng.integers(1, len(rows)))
    return Case("row doubled", FILE, written([*rows, rows[r]]), REFUSED)


def row_dropped(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    del rows[int(rng.integers(1, len(rows)))]
    return Case("row dropped", FILE, written(rows), JUDGED)


def row_shifted(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    r, c = int(rng.integers(1, len(rows))), int(rng.integers(len(rows[0]) + 1))
    rows[r].insert(c, "")
    return Case("row shifted", FILE, written(rows), SAME_OR_REFUSED)


def row_too_long(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    r = int(rng.integers(1, len(rows)))
    rows[r] += [pick(rng, HOSTILE[:40])] * int(rng.integers(1, 4))
    return Case("row too long", FILE, written(rows), REFUSED)


def blank_rows(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    for _ in range(int(rng.integers(1, 6))):
        rows.insert(int(rng.integers(len(rows) + 1)), pick(rng, [[], [""], ["", " ", "\u00a0"]]))
    notes = pick(rng, [[], [["Enquête simulée"]], [["Notes"], [], ["Lire la consigne", "", "svp"]]])
    return Case("blank rows and notes", FILE, written([*notes, *rows]), SAME)


def layout(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    change = pick(
        rng,
        [
            str.upper,
            str.lower,
            lambda t: f"  {t}\u00a0",
            lambda t: t.replace(" ", "\u202f"),
            lambda t: f"{t}\u200b",
        ],
    )
    for column, title in enumerate(rows[0]):
        if title.startswith(LAYOUT_ONLY):
            for row in rows:
                row[column] = change(row[column])
    return Case("case and spaces", FILE, written(rows), SAME)


def too_large(content: bytes, rng: np.random.Generator) -> Case:
    rows = table(content)
    kind = int(rng.integers(4))
    if kind == 0:
        more = b"R;1;x\r\n" * 1_000_000
    elif kind == 1:
        more = b";" * 3_000_000
    elif kind == 2:
        more = b'"' + b"x" * 3_000_000
    else:
        more = b"\r\n" * 3_000_000
    expect = SAME if kind in (1, 3) else REFUSED
    return Case("too large", FILE, written(rows, encoding="cp1252") + more, expect)


MUTATIONS = (
    *(bytes_changed,) * 6,
    *(cell_replaced,) * 6,
    *(known_writing,) * 2,
    stranger,
    *(encoded,) * 2,
    decoded_wrongly,
    delimited,
    quoted,
    cells_swapped,
    columns_moved,
    titles_swapped,
    column_doubled,
    title_doubled,
    column_dropped,
    column_added,
    rows_moved,
    row_doubled,
    row_dropped,
    *(row_shifted,) * 2,
    row_too_long,
    blank_rows,
    layout,
)
# Large inputs take seconds: a few of them are enough.
RARE = (too_large,)
