"""Mutations of a survey's mapping: the file that a person writes by hand."""

from __future__ import annotations

import numpy as np

from tests.survey_reader.fuzz import cases
from tests.survey_reader.fuzz.cases import JUDGED, REFUSED, Case, pick

FILE = "mapping.yml"
SPOILT = (
    "",
    "null",
    "[]",
    "just text",
    "a: *b",
    "a: &x [1, 2]\nb: *x",
    "&a [*a]",
    "a: 1\na: 2",
    "? [a, b]\n: c",
    "!!python/object/apply:os.system ['true']",
    "%YAML 9.9\n---\na: b",
    "a: b\n---\nc: d",
    "\t- a",
    "{" * 5000,
    "a: " * 3000,
    "[" * 20000 + "]" * 20000,
    "x" * 2_000_000,
    "survey: {year: 2026, file: ../../../etc/passwd, key: response}",
    "a: \u202eb",
    "a: b\x00",
)
LINES = (
    "nonsense: 1",
    "  - {variable: members, type: integer, question: Encore}",
    "  - {variable: Bad Name, type: text, question: Q}",
    "  - {variable: x, type: nombre, question: Q}",
    "  - {variable: x, type: choice, question: Q}",
    "  - {variable: x, type: text}",
    "  - []",
    "  - text",
    "no_answer: {a: b}",
    "set_aside: 3",
    "corrections: [{response: R001}]",
    "corrections: [{response: R001, variable: nothing, value: a, reason: b}]",
    "answers: {a: {}}",
)


def spoilt(files: dict[str, bytes], rng: np.random.Generator) -> Case:
    return Case("mapping spoilt", FILE, pick(rng, SPOILT).encode(), REFUSED)


def bytes_changed(files: dict[str, bytes], rng: np.random.Generator) -> Case:
    change = pick(rng, [cases.flipped, cases.truncated, cases.spliced, cases.inserted])
    return Case(f"mapping {change.__name__}", FILE, change(files[FILE], rng), JUDGED)


def line_changed(files: dict[str, bytes], rng: np.random.Generator) -> Case:
    lines = files[FILE].decode().split("\n")
    at = int(rng.integers(len(lines)))
    kind = rng.random()
    if kind < 0.35:
        lines.insert(at, pick(rng, LINES))
    elif kind < 0.6:
        del lines[at]
    elif kind < 0.8:
        lines.insert(at, lines[int(rng.integers(len(lines)))])
    else:
        lines[at] = lines[at].replace(":", pick(rng, ["", " :", ": -", ": [", ": {"]), 1)
    return Case("mapping line", FILE, "\n".join(lines).encode(), JUDGED)


MUTATIONS = (spoilt, *(bytes_changed,) * 3, *(line_changed,) * 3)
