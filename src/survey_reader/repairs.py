"""Every repair that reading an export makes, one by one, for the ledger and for whoever inspects a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from survey_reader.reading import Survey
from survey_reader.responses import Response
from survey_reader.rows import Row
from survey_reader.sheets import shown


@dataclass(frozen=True)
class Repair:
    """One repair.

    Attributes
    ----------
    row : Row
    column : str
        Variable, with its item; or the title of a column for a repair that concerns a row.
    before, after : str
    rule : str
    reason : str or None
        Only where it says more than the rule's own.
    """

    row: Row
    column: str
    before: str
    after: str
    rule: str
    reason: str | None = None


def repairs(survey: Survey) -> Iterator[Repair]:
    """Yield the repairs of a survey: row by row those of the row and of its cells, then those of whole responses."""
    for row in survey.rows:
        if not row.rule:
            yield from (Repair(row, *repair) for repair in row.repairs)
            yield from _of_cells(row)
    for response in survey.responses:
        yield from _of_response(response)


def _of_cells(row: Row) -> Iterator[Repair]:
    for column in row.table.columns:
        answer = row.answers.get(column.target)
        if answer is None or answer.problem:
            continue
        before = shown(row.at(column.position))
        for rule, after, *reason in answer.steps:
            if before != after:
                yield Repair(row, str(column.target), before, after, rule, *reason)
            before = after


def _of_response(response: Response) -> Iterator[Repair]:
    for variable, count in response.unticked.items():
        row = next(row for target, row in response.sources.items() if target.variable == variable)
        yield Repair(
            row, variable, "", f"non ({count} case{'s' if count > 1 else ''})", "unticked_box"
        )
    for target, before, after in response.replaced:
        yield Repair(response.sources[target], str(target), before, after, "duplicate_response")
