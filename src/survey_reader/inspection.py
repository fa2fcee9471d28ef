"""What an export holds, before anything runs: sheets, columns, answers, repairs, problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from survey_reader.mapping import CODED
from survey_reader.rows import NAME, Row
from survey_reader.sheets import blank, column_letter, shown
from survey_reader.survey import Survey, repairs
from survey_reader.tables import Table

MOST_SHOWN = 40
WIDEST = 60


def inspect(survey: Survey) -> str:
    """Return what was recognised in an export, with or without problems, as plain text."""
    parts = [_head(survey), *(_sheet(survey, table) for table in survey.structure.tables)]
    parts += [_answers(survey), _lost(survey), _aside(survey), _repairs(survey), _verdict(survey)]
    return "\n\n".join("\n".join(lines) for lines in map(list, parts) if lines) + "\n"


def _head(survey: Survey) -> Iterator[str]:
    mapping = survey.mapping
    yield f"{survey.name}: {survey.structure.export.form}"
    yield f"{mapping.name}: {len(mapping.questions)} questions, {len(mapping.targets)} columns"
    if survey.structure.ignored:
        yield f"Sheets left out: {', '.join(map(repr, survey.structure.ignored))}"


def _sheet(survey: Survey, table: Table) -> Iterator[str]:
    rows = [row for row in survey.rows if row.table is table]
    first = table.sheet.lines[table.first]
    header = f"rows {first} to {table.header_line}" if table.depth > 1 else f"row {first}"
    name = f"Sheet {table.sheet.name!r}" if table.sheet.name else "The only sheet"
    total, responses = len(table.columns), sum(not row.rule for row in rows)
    yield f"{name}: header in {header}, {table.recognised} of {total} columns recognised"
    yield f"  {len(rows)} rows below it, {responses} of them responses"
    for question in survey.mapping.questions:
        places = [c.position for c in table.columns if c.target in question.columns]
        if places:
            span = "-".join(map(column_letter, sorted({min(places), max(places)})))
            count = len(question.columns)
            shape = f", {len(places)} of {count} columns" if count > 1 else ""
            yield _column(span, question.label, f"{question.variable} ({question.type}{shape})")
    for column in table.columns:
        if column.target is None:
            what = "left out" if column.ignored else "UNKNOWN"
            yield _column(column_letter(column.position), column.title, what)


def _column(span: str, title: str, what: str) -> str:
    return f"  {span:<8} {title[:WIDEST]:<{WIDEST}} -> {what}"


def _answers(survey: Survey) -> Iterator[str]:
    outcomes, codes = Counter(), Counter()
    for row in survey.rows:
        for column in row.table.columns if not row.rule else ():
            if column.target not in row.answers:
                continue
            answer = row.answers[column.target]
            question = survey.mapping.question_of[column.target]
            outcome = "answered" if answer.value else "silent"
            if answer.problem:
                outcome = "unknown"
            elif blank(row.cell(column)):
                outcome = "blank"
            outcomes[question.variable, outcome] += 1
            if question.type in CODED and answer.value:
                for code in answer.parts or [answer.value]:
                    codes[question.variable, code] += 1
    if outcomes:
        yield "Cells by question: answered, without answer, blank, not recognised"
    for question in survey.mapping.questions:
        name = question.variable
        counts = [outcomes[name, kind] for kind in ("answered", "silent", "blank", "unknown")]
        if any(counts):
            spread = [f"{c} {codes[name, c]}" for c in question.answers if codes[name, c]]
            numbers = " ".join(f"{count:>6}" for count in counts)
            yield f"  {name:<20}{numbers}   {', '.join(spread)}".rstrip()


def _place(row: Row) -> str:
    return (
        f"sheet '{row.table.sheet.name}', " if row.table.sheet.name else ""
    ) + f"line {row.line}"


def _listed(title: str, lines: list[str]) -> Iterator[str]:
    """Yield a title with a count, and the first lines."""
    if lines:
        yield f"{title}: {len(lines)}"
        yield from (f"  {line}" for line in lines[:MOST_SHOWN])


def _lost(survey: Survey) -> Iterator[str]:
    lost = [
        f"{_place(row)}, {column.target}: {shown(row.cell(column))[:WIDEST]!r}"
        for row in survey.rows
        for column in row.table.columns
        if not row.rule and column.target in row.answers and row.answers[column.target].lost
    ]
    return _listed("Answers from which no value is drawn", lost)


def _aside(survey: Survey) -> Iterator[str]:
    aside = []
    for row in survey.rows:
        if row.rule:
            first = next(shown(value) for value in row.values if not blank(value))
            aside.append(f"{_place(row)}: {row.rule} ({first[:WIDEST]!r})")
    merged = [
        f"{one.key} goes into {one.into} ({one.value(NAME)[:WIDEST]}), "
        f"{len(one.replaced)} answers replaced by later ones"
        for one in survey.responses
        if one.into
    ]
    yield from _listed("Rows set aside", aside)
    yield from _listed("Responses of operators that answered more than once", merged)


def _repairs(survey: Survey) -> Iterator[str]:
    counts, examples = Counter(), {}
    for _, _, before, after, rule, _ in repairs(survey):
        counts[rule] += 1
        examples.setdefault(rule, f"{before[:WIDEST]!r} -> {after[:WIDEST]!r}")
    if counts:
        total = sum(counts.values())
        yield f"Repairs that the build would make and enter in the ledger: {total}"
    for rule, count in counts.most_common():
        yield f"  {rule:<22}{count:>6}   such as {examples[rule]}"


def _verdict(survey: Survey) -> Iterator[str]:
    if not survey.problems:
        yield f"Nothing stops the build: {len(survey.standing)} operators."
        return
    yield f"What stops the build: {len(survey.problems)}"
    alike = Counter((p.column, p.value, p.problem) for p in survey.problems)
    first = {(p.column, p.value, p.problem): p for p in reversed(survey.problems)}
    for kind in list(alike)[:MOST_SHOWN]:
        times = f" ({alike[kind]} times)" if alike[kind] > 1 else ""
        yield f"  {first[kind]}{times}"
    if len(alike) > MOST_SHOWN:
        yield f"  ... and {len(alike) - MOST_SHOWN} others; correct these first"
