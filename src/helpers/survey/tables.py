"""The tables of every edition, made from a survey: one response is the one page of an operator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd

import survey_reader
from claimbook.errors import UserError
from helpers import texts
from helpers.cleaning import rules_of
from helpers.cleaning.operators import identity_row, operator_departements
from survey_reader import Ledger, Survey, answer_tables, enter
from survey_reader.mapping import NO, YES, Question, Target
from survey_reader.responses import Response

IDENTITY = ("operator", "full_name", "legal_form", "departements")
ATTRIBUTES = ("founded_year", "members", "communes_members", "staff_fte", "budget_eur", "siret")
SERVICE, DEMAND, NETWORK = "service", "demand", "network"
# Ties between operators that either end may name.
TIES = ("alliance", "shared_platform")
# Columns of the tables of every edition, with their types.
_TABLES: dict[str, dict[str, str]] = texts.read("survey_tables")


@contextmanager
def study_errors() -> Iterator[None]:
    """Raise errors of the reader as errors of the study, with the same message."""
    try:
        yield
    except survey_reader.UserError as error:
        raise UserError(str(error)) from None


def _frame(table: str, rows: list[dict]) -> pd.DataFrame:
    """Return rows as a table of every edition, with its columns and types; what lacks is empty."""
    columns = _TABLES[table]
    filled = [[row.get(column, "") for column in columns] for row in rows]
    return pd.DataFrame(filled, columns=list(columns), dtype=object).astype(columns)


def tidy_tables(survey: Survey, departements: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tidy tables of a survey that has no problem.

    Parameters
    ----------
    survey : Survey
    departements : DataFrame
        The 101 départements: code, name, region.

    Returns
    -------
    dict of DataFrame
        The tables of `helpers.cleaning.clean` with the same columns, empty where a survey has
        nothing to say, and what a survey has beside them; docs/new-edition.md describes them.

    Raises
    ------
    survey_reader.DataError
        If the survey has a problem.
    """
    survey.check()
    ledger = Ledger(rules_of("survey"))
    enter(survey, ledger)
    services = pd.DataFrame(survey.mapping.survey.services).astype(str)
    ledger.open_table("services", services["service_code"])
    for code in services["service_code"]:
        ledger.settle("services", code, "kept")
    said, statements = answer_tables(survey), _statements(survey, ledger)
    operators = _operators(survey, departements, statements)
    tables = {
        "operators": operators,
        "operator_departements": operator_departements(operators, departements),
        "attributes": _attributes(said["answers"], survey.mapping.survey.year),
        "statements": statements,
        "states": _states(statements),
        "pages": _pages(statements),
        "cooperation": cooperation_table(survey),
        **{name: _frame(name, []) for name in ("links", "second_reading", "published_figures")},
        "services": services,
        "demand": _demand(said["answers"]),
        **said,
    }
    ledger.close()
    history = {"changes": ledger.changes(), "fates": ledger.fates(), "balance": ledger.balance()}
    return tables | history


def _operators(survey, departements, statements) -> pd.DataFrame:
    official = dict(zip(departements["code"], departements["region"], strict=True))
    read = set(statements["operator"])
    rows = []
    for response in survey.standing:
        told = [response.value(variable) for variable in IDENTITY]
        row = identity_row(*told, official)
        if row["scope"] == "unknown":
            row["scope"] = response.value("perimeter") or "unknown"
        row |= {"website": response.value("website"), "source_url": ""}
        # Who answered is counted: a stratum of one or two would single them out.
        rows.append(row | {"n_pages": int(row["operator"] in read), "stratum": "main"})
    return pd.DataFrame(rows)


def _attributes(answers: pd.DataFrame, year: int) -> pd.DataFrame:
    own = answers[answers["variable"].isin(ATTRIBUTES)]
    members = answers.query("variable == @NETWORK and item == 'declic' and value == @YES")
    found = pd.concat([own, members.assign(variable="declic_member")])
    found = found.sort_values(["operator", "variable"]).rename(columns={"variable": "attribute"})
    found = found.assign(minimum=found["number"], maximum=found["number"], year=year, n_values=1)
    return _frame("attributes", found.to_dict("records"))


def _demand(answers: pd.DataFrame) -> pd.DataFrame:
    scores = answers[(answers["variable"] == DEMAND) & answers["value"].str.isdecimal()]
    found = scores.assign(theme=scores["item"], score=scores["value"])
    return _frame("demand", found.to_dict("records"))


def service_state(answers: dict[str, str]) -> tuple[str, bool, str]:
    """Return what an operator says of one service.

    Parameters
    ----------
    answers : dict of str to str
        "yes", "no" or nothing, by what the box says: offered, partner, planned, wished.

    Returns
    -------
    state : str
        ``offered``, alone or with a partner; else ``planned``; else ``not_offered`` if the operator
        says so; else empty. A plan or a wish never revokes an offer.
    with_partner : bool
        Whether the service is offered with a partner alone.
    conflict : str
        Name of an answer that the state overrules.
    """
    own, partner = answers.get("offered", ""), answers.get("partner", "")
    later = next((name for name in ("planned", "wished") if answers.get(name) == YES), "")
    if YES in (own, partner):
        return "offered", own != YES, later
    if later == "planned":
        return "planned", False, ""
    refused = own == NO or (partner == NO and "offered" not in answers)
    return "not_offered" if refused else "", False, ""


def _statements(survey: Survey, ledger: Ledger) -> pd.DataFrame:
    """Return one statement for each service of which an operator said something.

    A service that is offered with a partner alone is weak, so that an analysis can leave it out.
    """
    questions = [one for one in survey.mapping.questions if one.variable == SERVICE]
    codes = dict.fromkeys(code for one in questions for code in one.items)
    rows = []
    for response in survey.standing:
        for code in codes:
            own = [_service_answers(response, one, code) for one in questions if code in one.items]
            state, partner, conflict = service_state({k: v for one in own for k, v in one.items()})
            if conflict:
                target = Target(f"{SERVICE}_{conflict}", code)
                row = response.answers[target].row
                change = (row.sheet.table, row.identifier, str(target), "oui", "offert")
                ledger.change(*change, "status_conflict")
            row = {"evidence_id": f"{response.key}-{code}", "operator": response.value("operator")}
            row |= {"service_code": code, "status": state, "page": f"reponse/{response.key}"}
            row |= {"weak": partner, "weak_reason": "with_partner" if partner else ""}
            rows += [row | {"year": survey.mapping.survey.year, "n_raw": 1}] if state else []
    return _frame("statements", rows)


def _states(statements: pd.DataFrame) -> pd.DataFrame:
    """Return the state of each service: an operator says one thing of it, on one page."""
    offered, year = statements["status"] == "offered", statements["year"]
    found = statements.assign(state=statements["status"], first_year=year, last_year=year)
    found["n_pages"], found["n_firm_pages"] = offered, offered & ~statements["weak"].astype(bool)
    found["n_planned_pages"] = statements["status"] == "planned"
    found = found.sort_values(["operator", "service_code"])
    return _frame("states", found.to_dict("records"))


def _service_answers(response: Response, question: Question, code: str) -> dict[str, str]:
    if question.options:
        return {o: response.value(Target(f"{SERVICE}_{o}", code)) for o in question.options}
    # One column per service: its answer is the name of the box that would be ticked.
    value = response.value(Target(SERVICE, code))
    return ({"offered": NO} | ({value: YES} if value != NO else {})) if value else {}


def _pages(statements: pd.DataFrame) -> pd.DataFrame:
    pages = statements.astype({"weak": bool}).groupby(["operator", "page"], as_index=False)
    counted = pages.agg(n_statements=("weak", "size"), year=("year", "max"), weak=("weak", "all"))
    return _frame("pages", counted.assign(any_firm=~counted["weak"]).to_dict("records"))


def cooperation_table(survey: Survey) -> pd.DataFrame:
    """Return who cooperates with whom: ties between operators once each, and memberships."""
    known = {response.value("operator") for response in survey.standing}
    question = survey.mapping.question_of.get(Target(NETWORK))
    kinds = [(kind, kind) for kind in TIES]
    kinds += [(NETWORK, "membership")] if question and question.type == "several" else []
    rows: dict[tuple[str, str, str], dict] = {}
    for variable, kind in kinds:
        for response, part in _parts(survey, variable):
            own = response.value("operator")
            other = part if kind in TIES else question.answers[part][0]
            # An operator that did not answer comes second.
            ends = sorted((own, other), key=lambda name: (name not in known, name))
            ends = ends if kind in TIES else (own, other)
            first = {"row_id": f"{response.key}-{kind}-{part}", "page": f"reponse/{response.key}"}
            row = rows.setdefault((kind, *ends), first | {"n_raw": 0})
            row["n_raw"] += 1
    shared = {"topic": "general", "status": "active", "source_is_operator": True}
    shared["year"] = survey.mapping.survey.year
    found = [
        {"kind": kind, "source": source, "target": target, **row, **shared}
        | {"target_is_operator": kind in TIES and target in known}
        for (kind, source, target), row in rows.items()
    ]
    return _frame("cooperation", found)


def _parts(survey: Survey, variable: str) -> Iterator[tuple[Response, str]]:
    """Yield the partners or codes that each response names, but never the operator itself."""
    for response in survey.standing:
        answer = response.answers.get(Target(variable))
        for part in answer.parts if answer else ():
            if part != response.value("operator"):
                yield response, part
