"""A survey's answers in the shape of evidence: one response is the one page on which an operator is read in full."""

from __future__ import annotations

import pandas as pd

from helpers.cleaning import Ledger
from survey_reader.mapping import NO, YES, Mapping, Target
from survey_reader.responses import Response

SERVICE = "service"
# Self-declared ties between operators; neither end is the first, unless one of them did not answer.
TIES = ("alliance", "shared_platform")
_COLUMNS = {
    "statements": "evidence_id operator service_code status page year weak weak_reason source_url note batch n_raw",
    "states": "operator service_code state n_pages n_firm_pages n_planned_pages first_year last_year",
    "pages": "operator page year n_statements any_firm",
    "cooperation": "row_id source target kind topic year status source_is_operator target_is_operator page source_url "
    "note n_raw",
    "links": "operator predecessor kind year predecessor_is_operator source_url",
    "second_reading": "evidence_id opsn_name service_code found supports comment",
    "published_figures": "figure_id theme population statement_fr value unit n year source_title source_url page",
}
_TYPES = {
    **dict.fromkeys(("year", "first_year", "last_year", "n"), "Int64"),
    **dict.fromkeys(
        ("n_raw", "n_pages", "n_firm_pages", "n_planned_pages", "n_statements"), "int64"
    ),
    **dict.fromkeys(
        ("weak", "any_firm", "source_is_operator", "target_is_operator", "predecessor_is_operator"),
        "bool",
    ),
    "value": "float64",
}


def frame(table: str, rows: list[tuple]) -> pd.DataFrame:
    """Return rows as a table of every edition, with its columns and types."""
    columns = _COLUMNS[table].split()
    types = {column: _TYPES.get(column, "object") for column in columns}
    return pd.DataFrame(rows, columns=columns).astype(types)


def empty_tables() -> dict[str, pd.DataFrame]:
    """Return the tables on which a survey has nothing to say."""
    return {name: frame(name, []) for name in ("links", "second_reading", "published_figures")}


def service_state(answers: dict[str, str]) -> tuple[str, bool, str]:
    """Return what an operator says of one service.

    Parameters
    ----------
    answers : dict of str to str
        "yes", "no" or nothing, by what the box says: offered, partner, planned, wished.

    Returns
    -------
    state : str
        ``offered``, alone or with a partner; else ``planned``; else ``not_offered`` if the operator says so; else
        empty, for an operator that did not answer. A plan or a wish never revokes an offer.
    with_partner : bool
        Whether the service is offered with a partner alone.
    conflict : str
        Name of an answer that the state overrules.
    """
    own, partner = answers.get("offered", ""), answers.get("partner", "")
    later = next((name for name in ("planned", "wished") if answers.get(name) == YES), "")
    if YES in (own, partner):
        return "offered", own != YES, later
    if answers.get("planned") == YES:
        return "planned", False, ""
    if NO in (own, partner) and (own == NO or "offered" not in answers):
        return "not_offered", False, ""
    return "", False, ""


def evidence_tables(
    standing: list[Response], mapping: Mapping, ledger: Ledger
) -> dict[str, pd.DataFrame]:
    """Return statements, states and pages: one statement for each service of which an operator said something.

    A service that is offered with a partner alone is marked as weak, so that an analysis can leave it out.
    """
    question = next((q for q in mapping.questions if q.variable == SERVICE), None)
    statements, states, pages = [], [], []
    year = mapping.year
    for response in standing if question else []:
        operator, page = response.value(Target("operator")), f"reponse/{response.key}"
        firm, count = False, 0
        for code in question.items:
            answers = _service_answers(response, question, code)
            state, with_partner, conflict = service_state(answers)
            if not state:
                continue
            if conflict:
                _tell_conflict(response, code, conflict, ledger)
            count, firm = count + 1, firm or not with_partner
            weak_reason = "with_partner" if with_partner else ""
            identifier = f"{response.key}-{code}"
            statements.append(
                (
                    identifier,
                    operator,
                    code,
                    state,
                    page,
                    year,
                    with_partner,
                    weak_reason,
                    "",
                    "",
                    "",
                    1,
                )
            )
            offered, planned = state == "offered", state == "planned"
            states.append(
                (
                    operator,
                    code,
                    state,
                    int(offered),
                    int(offered and not with_partner),
                    int(planned),
                    year,
                    year,
                )
            )
        if count:
            pages.append((operator, page, year, count, firm))
    states.sort()
    return {
        "statements": frame("statements", statements),
        "states": frame("states", states),
        "pages": frame("pages", pages),
    }


def _service_answers(response: Response, question, code: str) -> dict[str, str]:
    if question.options:
        return {o: response.value(Target(f"{SERVICE}_{o}", code)) for o in question.options}
    # One column per service: its answer is the name of the box that would be ticked.
    value = response.value(Target(SERVICE, code))
    if not value:
        return {}
    return {"offered": NO} | {value: YES} if value != NO else {"offered": NO}


def _tell_conflict(response: Response, code: str, conflict: str, ledger: Ledger) -> None:
    row = response.sources[Target(f"{SERVICE}_{conflict}", code)]
    column = f"{SERVICE}_{conflict}[{code}]"
    ledger.change(row.table.sheet.table, row.identifier, column, "oui", "offert", "status_conflict")


def cooperation_table(standing: list[Response], mapping: Mapping) -> pd.DataFrame:
    """Return who cooperates with whom: ties between operators once each, and memberships of networks."""
    ties: dict[tuple[str, str, str], list[Response]] = {}
    known = {response.value(Target("operator")) for response in standing}
    for kind in TIES:
        for response in standing:
            own, answer = response.value(Target("operator")), response.answers.get(Target(kind))
            for other in answer.parts if answer else ():
                if other != own:
                    first, second = sorted((own, other), key=lambda name: (name not in known, name))
                    ties.setdefault((kind, first, second), []).append(response)
    rows = []
    for (kind, first, second), told in ties.items():
        key, partner = told[0].key, second if told[0].value(Target("operator")) == first else first
        row_id = f"{key}-{kind}-{partner}"
        rows.append(
            _tie(row_id, first, second, kind, key, second in known, mapping.year, len(told))
        )
    question = mapping.question_of.get(Target("network"))
    for response in standing if question and question.type == "several" else []:
        answer = response.answers.get(Target("network"))
        for code in answer.parts if answer else ():
            own, network = response.value(Target("operator")), question.answers[code][0]
            rows.append(
                _tie(
                    f"{response.key}-membership-{code}",
                    own,
                    network,
                    "membership",
                    response.key,
                    False,
                    mapping.year,
                    1,
                )
            )
    return frame("cooperation", rows)


def _tie(row_id, source, target, kind, key, target_is_operator, year, n_raw) -> tuple:
    page = f"reponse/{key}"
    return (
        row_id,
        source,
        target,
        kind,
        "general",
        year,
        "active",
        True,
        target_is_operator,
        page,
        "",
        "",
        n_raw,
    )
