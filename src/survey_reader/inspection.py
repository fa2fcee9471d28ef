"""What an export holds, told before anything runs: sheets, columns, answers, repairs, and whatever stops the build."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from survey_reader.headers import Table
from survey_reader.mapping import CODED, Question, Target
from survey_reader.reading import Survey
from survey_reader.repairs import repairs
from survey_reader.sheets import blank, column_letter, shown

MOST_SHOWN = 40
WIDEST = 60


def inspection(survey: Survey) -> str:
    """Return what was recognised in an export, as plain text.

    Parameters
    ----------
    survey : Survey
        With or without problems.
    """
    parts = [_head(survey), *(_sheet(survey, table) for table in survey.structure.tables)]
    parts += [
        _answers(survey),
        _lost(survey),
        _set_aside(survey),
        _repairs(survey),
        _verdict(survey),
    ]
    return "\n\n".join("\n".join(lines) for lines in map(list, parts) if lines) + "\n"


def _head(survey: Survey) -> Iterator[str]:
    mapping = survey.mapping
    yield f"{survey.name}: {survey.structure.export.form}"
    yield f"{mapping.name}: {len(mapping.questions)} questions, {len(mapping.targets)} columns"
    if survey.structure.ignored:
        yield f"Sheets left out: {', '.join(map(repr, survey.structure.ignored))}"


def _sheet(survey: Survey, table: Table) -> Iterator[str]:
    rows = [row for row in survey.rows if row.table is table]
    lines = table.sheet.lines
    first, last = lines[table.first], lines[table.data_start - 1]
    header = f"row {first}" if first == last else f"rows {first} to {last}"
    name = f"Sheet {table.sheet.name!r}" if table.sheet.name else "The only sheet"
    responses = sum(not row.rule for row in rows)
    yield f"{name}: header in {header}, {table.recognised} of {len(table.columns)} columns recognised"
    yield f"  {len(rows)} rows below it, {responses} of them responses"
    for question, columns in _by_question(survey, table):
        places = [column.position for column in columns]
        span = column_letter(min(places)) + (
            f"-{column_letter(max(places))}" if len(places) > 1 else ""
        )
        shape = (
            f", {len(columns)} of {len(question.columns)} columns"
            if len(question.columns) > 1
            else ""
        )
        yield f"  {span:<8} {question.label[:WIDEST]:<{WIDEST}} -> {question.variable} ({question.type}{shape})"
    for column in table.columns:
        if column.target is None:
            what = "left out" if column.ignored else "UNKNOWN"
            yield f"  {column_letter(column.position):<8} {column.title[:WIDEST]:<{WIDEST}} -> {what}"


def _by_question(survey: Survey, table: Table) -> list[tuple[Question, list]]:
    found: dict[str, tuple[Question, list]] = {}
    for column in table.columns:
        question = survey.mapping.question_of.get(column.target)
        if question is not None:
            found.setdefault(question.variable, (question, []))[1].append(column)
    return list(found.values())


def _answers(survey: Survey) -> Iterator[str]:
    counted = {}
    for row in survey.rows:
        if row.rule:
            continue
        for column in row.table.columns:
            question = survey.mapping.question_of.get(column.target)
            if question is None or column.target not in row.answers:
                continue
            codes, tally = counted.setdefault(question.variable, (Counter(), Counter()))
            answer = row.answers[column.target]
            tally[_outcome(answer, row.at(column.position))] += 1
            if question.type in CODED and answer.value and not answer.problem:
                codes.update(answer.parts or [answer.value])
    if not counted:
        return
    yield "Cells by question: answered, without answer, blank, not recognised"
    for question in survey.mapping.questions:
        if question.variable in counted:
            codes, tally = counted[question.variable]
            numbers = " ".join(
                f"{tally[name]:>6}" for name in ("answered", "silent", "blank", "unknown")
            )
            spread = ", ".join(f"{code} {codes[code]}" for code in question.answers if codes[code])
            yield f"  {question.variable:<20}{numbers}   {spread}".rstrip()


def _outcome(answer, value) -> str:
    if answer.problem:
        return "unknown"
    if blank(value):
        return "blank"
    return "answered" if answer.value else "silent"


def _lost(survey: Survey) -> Iterator[str]:
    lost = [
        (row, column)
        for row in survey.rows
        if not row.rule
        for column in row.table.columns
        if column.target in row.answers and row.answers[column.target].lost
    ]
    if lost:
        yield f"Answers from which no value is drawn: {len(lost)}"
    for row, column in lost[:MOST_SHOWN]:
        written = shown(row.at(column.position))[:WIDEST]
        yield f"  {_place(row.table.sheet.name, row.line)}, {column.target}: {written!r}"


def _set_aside(survey: Survey) -> Iterator[str]:
    aside = [row for row in survey.rows if row.rule]
    merged = [response for response in survey.responses if response.into]
    if aside:
        yield f"Rows set aside: {len(aside)}"
    for row in aside[:MOST_SHOWN]:
        first = next((shown(value) for value in row.values if not blank(value)), "")
        yield f"  {_place(row.table.sheet.name, row.line)}: {row.rule} ({first[:WIDEST]!r})"
    if merged:
        yield f"Responses of operators that answered more than once: {len(merged)}"
    for response in merged[:MOST_SHOWN]:
        name = response.value(Target("operator"))
        changed = f"{len(response.replaced)} answers replaced by later ones"
        yield f"  {response.key} goes into {response.into} ({name[:WIDEST]}), {changed}"


def _repairs(survey: Survey) -> Iterator[str]:
    counts, examples = Counter(), {}
    for repair in repairs(survey):
        counts[repair.rule] += 1
        examples.setdefault(repair.rule, f"{repair.before[:WIDEST]!r} -> {repair.after[:WIDEST]!r}")
    if counts:
        yield f"Repairs that the build would make and enter in the ledger: {sum(counts.values())}"
    for rule, count in counts.most_common():
        yield f"  {rule:<22}{count:>6}   such as {examples[rule]}"


def _verdict(survey: Survey) -> Iterator[str]:
    if not survey.problems:
        standing = sum(not response.into for response in survey.responses)
        yield f"Nothing stops the build: {standing} operators."
        return
    yield f"What stops the build: {len(survey.problems)}"
    alike = Counter((p.column, p.value, p.problem) for p in survey.problems)
    seen = set()
    for problem in survey.problems:
        kind = (problem.column, problem.value, problem.problem)
        if kind in seen:
            continue
        seen.add(kind)
        if len(seen) > MOST_SHOWN:
            yield f"  ... and {len(alike) - MOST_SHOWN} others; mend these first"
            break
        where = _place(problem.sheet, problem.line)
        where = ", ".join(
            part for part in (where, f"column '{problem.column}'" if problem.column else "") if part
        )
        times = f" ({alike[kind]} times)" if alike[kind] > 1 else ""
        told = problem.value and problem.value not in problem.problem + problem.column
        value = f" {problem.value[:WIDEST]!r}" if told else ""
        yield f"  {where or 'export'}: {problem.problem}{value}{times}"
        yield f"      Remedy: {problem.remedy}."


def _place(sheet: str, line: int | None) -> str:
    parts = [f"sheet '{sheet}'" if sheet else "", f"line {line}" if line is not None else ""]
    return ", ".join(part for part in parts if part)
