"""What an export holds, before anything runs: sheets, columns, answers, repairs, problems."""

from __future__ import annotations

from collections import Counter

from survey_reader.mapping import CODED
from survey_reader.rows import NAME, Row
from survey_reader.sheets import blank, column_letter, shown
from survey_reader.survey import Survey, repairs
from survey_reader.tables import Table

MOST_SHOWN = 40
WIDEST = 60


def inspect(survey: Survey) -> str:
    """Return what was recognised in an export, with or without problems, as plain text."""
    mapping, rows = survey.mapping, [row for row in survey.rows if not row.rule]
    cells = [(row, c) for row in rows for c in row.table.columns if c.target in row.answers]
    head = [
        f"{survey.name}: {survey.form}",
        f"{mapping.name}: {len(mapping.questions)} questions, {len(mapping.targets)} columns",
    ]
    if survey.ignored:
        head.append(f"Sheets left out: {', '.join(map(repr, survey.ignored))}")
    lost = [
        f"{_place(row)}, {column.target}: {shown(row.cell(column))[:WIDEST]!r}"
        for row, column in cells
        if row.answers[column.target].lost
    ]
    aside = [
        f"{_place(row)}: {row.rule} ({shown(next(v for v in row.values if not blank(v)))!r:.60})"
        for row in survey.rows
        if row.rule
    ]
    merged = [
        f"{one.key} goes into {one.into} ({one.value(NAME)[:WIDEST]}), "
        f"{len(one.replaced)} answers replaced by later ones"
        for one in survey.responses
        if one.into
    ]
    parts = [
        head,
        *(_sheet(survey, table) for table in survey.tables),
        _answers(survey, cells),
        _listed("Answers from which no value is drawn", lost),
        _listed("Rows set aside", aside),
        _listed("Responses of operators that answered more than once", merged),
        _repairs(survey),
        _verdict(survey),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _place(row: Row) -> str:
    sheet = row.table.sheet.name
    return f"sheet '{sheet}', line {row.line}" if sheet else f"line {row.line}"


def _listed(title: str, lines: list[str], total: int | None = None) -> list[str]:
    """Return a title with a count, and the first lines."""
    count = len(lines) if total is None else total
    return [f"{title}: {count}", *(f"  {line}" for line in lines[:MOST_SHOWN])] if lines else []


def _sheet(survey: Survey, table: Table) -> list[str]:
    rows = [row for row in survey.rows if row.table is table]
    name = f"Sheet {table.sheet.name!r}" if table.sheet.name else "The only sheet"
    first, last = table.sheet.lines[table.first], table.header_line
    header = f"row {first}" if first == last else f"rows {first} to {last}"
    lines = [
        f"{name}: header in {header}, "
        f"{table.recognised} of {len(table.columns)} columns recognised",
        f"  {len(rows)} rows below it, {sum(not row.rule for row in rows)} of them responses",
    ]
    found = [
        ([column.position], column.title, "left out" if column.ignored else "UNKNOWN")
        for column in table.columns
        if column.target is None
    ]
    for question in survey.mapping.questions:
        places = [c.position for c in table.columns if c.target in question.columns]
        count = len(question.columns)
        shape = f", {len(places)} of {count} columns" if count > 1 else ""
        what = f"{question.variable} ({question.type}{shape})"
        found += [(places, question.label, what)] if places else []
    for places, title, what in sorted(found):
        span = "-".join(map(column_letter, sorted({min(places), max(places)})))
        lines.append(f"  {span:<8} {title[:WIDEST]:<{WIDEST}} -> {what}")
    return lines


def _answers(survey: Survey, cells) -> list[str]:
    outcomes, codes = Counter(), Counter()
    for row, column in cells:
        answer, question = row.answers[column.target], survey.mapping.question_of[column.target]
        outcome = "answered" if answer.value else "silent"
        outcome = "blank" if blank(row.cell(column)) else outcome
        outcomes[question.variable, "unknown" if answer.problem else outcome] += 1
        if question.type in CODED and answer.value:
            codes.update((question.variable, code) for code in answer.parts or [answer.value])
    lines = ["Cells by question: answered, without answer, blank, not recognised"]
    for question in survey.mapping.questions:
        name = question.variable
        counts = [outcomes[name, kind] for kind in ("answered", "silent", "blank", "unknown")]
        spread = [f"{code} {codes[name, code]}" for code in question.answers if codes[name, code]]
        numbers = " ".join(f"{count:>6}" for count in counts)
        line = f"  {name:<20}{numbers}   {', '.join(spread)}".rstrip()
        lines += [line] if any(counts) else []
    return lines if cells else []


def _repairs(survey: Survey) -> list[str]:
    counts, examples = Counter(), {}
    for _, _, before, after, rule, _ in repairs(survey):
        counts[rule] += 1
        examples.setdefault(rule, f"{before[:WIDEST]!r} -> {after[:WIDEST]!r}")
    lines = [f"{rule:<22}{n:>6}   such as {examples[rule]}" for rule, n in counts.most_common()]
    title = "Repairs that the build would make and enter in the ledger"
    return _listed(title, lines, counts.total())


def _verdict(survey: Survey) -> list[str]:
    if not survey.problems:
        return [f"Nothing stops the build: {len(survey.standing)} operators."]
    alike = Counter((p.column, p.value, p.problem) for p in survey.problems)
    first = {(p.column, p.value, p.problem): p for p in reversed(survey.problems)}
    lines = [
        f"{first[kind]} ({count} times)" if count > 1 else str(first[kind])
        for kind, count in alike.items()
    ]
    more = len(lines) - MOST_SHOWN
    rest = [f"  ... and {more} others; correct these first"] if more > 0 else []
    return _listed("What stops the build", lines, len(survey.problems)) + rest
