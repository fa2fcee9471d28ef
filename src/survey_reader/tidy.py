"""The tidy tables of a survey: those that every edition has, and those of the answers themselves."""

from __future__ import annotations

import math

import pandas as pd

from helpers.cleaning import Ledger, legal_family, perimeter, rules_of
from helpers.cleaning.operators import operator_departements
from survey_reader.evidence import cooperation_table, empty_tables, evidence_tables
from survey_reader.mapping import NO, NUMERIC, YES, Question, Target
from survey_reader.reading import Survey
from survey_reader.repairs import repairs
from survey_reader.responses import Response

# Beside the tables of every edition.
SURVEY_TABLES = ("answers", "demand", "questions", "options")
ATTRIBUTES = ("founded_year", "members", "communes_members", "staff_fte", "budget_eur", "siret")
DEMAND = "demand"


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
        The tables of `helpers.cleaning.clean` with the same columns, empty where a survey has nothing to say, and those
        of `SURVEY_TABLES`; docs/new-edition.md describes them.

    Raises
    ------
    DataError
        If the survey has a problem.
    """
    survey.check()
    ledger = Ledger(rules_of("survey"))
    standing = sorted(
        (r for r in survey.responses if not r.into), key=lambda r: r.value(Target("operator"))
    )
    _write_rows(survey, ledger)
    services = pd.DataFrame(survey.mapping.services).astype(str)
    ledger.open_table("services", services["service_code"] if len(services) else [])
    for code in services["service_code"] if len(services) else []:
        ledger.keep("services", code)
    operators = _operators(standing, departements, ledger)
    tables = {
        "operators": operators,
        "operator_departements": operator_departements(operators, departements),
        "attributes": _attributes(standing, survey),
        **evidence_tables(standing, survey.mapping, ledger),
        "cooperation": cooperation_table(standing, survey.mapping),
        **empty_tables(),
        "services": services,
        "answers": _answers(standing, survey),
        "demand": _demand(standing, survey),
        "questions": _questions(survey),
        "options": _options(survey),
    }
    read = set(tables["pages"]["operator"])
    operators["n_pages"] = [int(name in read) for name in operators["operator"]]
    living = tables["states"][tables["states"]["state"].isin(["offered", "planned"])]
    own = living.groupby("operator")["service_code"].agg(set).to_dict()
    operators["only_rollout"] = [
        own.get(name) == {"amenagement_thd"} for name in operators["operator"]
    ]
    ledger.close()
    return tables | {
        "changes": ledger.changes(),
        "fates": ledger.fates(),
        "balance": ledger.balance(),
    }


def _write_rows(survey: Survey, ledger: Ledger) -> None:
    by_key = {response.key: response for response in survey.responses}
    for table in survey.structure.tables:
        name = table.sheet.table
        rows = [row for row in survey.rows if row.table is table]
        ledger.open_table(name, [row.identifier for row in rows])
        for row in rows:
            if row.rule:
                ledger.set_aside(name, row.identifier, row.rule)
                continue
            response = by_key[row.key]
            if response.into:
                later = next((r for r in by_key[response.into].rows if r.table is table), None)
                ledger.merge(
                    name,
                    row.identifier,
                    later.identifier if later else response.into,
                    "duplicate_response",
                )
            else:
                ledger.keep(name, row.identifier)
    for repair in repairs(survey):
        name, row = repair.row.table.sheet.table, repair.row.identifier
        ledger.change(
            name, row, repair.column, repair.before, repair.after, repair.rule, repair.reason
        )


def _operators(
    standing: list[Response], departements: pd.DataFrame, ledger: Ledger
) -> pd.DataFrame:
    official = dict(zip(departements["code"], departements["region"], strict=True))
    rows = []
    for response in standing:
        codes, outside, scope = perimeter(response.value(Target("departements")), official)
        form, full_name = response.value(Target("legal_form")), response.value(Target("full_name"))
        regions = {official[code] for code in codes}
        rows.append(
            {
                "operator": response.value(Target("operator")),
                "full_name": full_name,
                "former_names": "",
                "legal_form": form,
                "legal_family": legal_family(form, full_name),
                "departements": "|".join(codes),
                "outside_departements": "|".join(outside),
                "n_departements": len(codes),
                "scope": response.value(Target("perimeter")) or "unknown"
                if scope == "unknown"
                else scope,
                "region": regions.pop() if len(regions) == 1 else "",
                "website": response.value(Target("website")),
                "n_pages": 0,
                "only_rollout": False,
            }
        )
    return pd.DataFrame(rows)


def _attributes(standing: list[Response], survey: Survey) -> pd.DataFrame:
    rows = []
    for response in standing:
        found = {name: response.value(Target(name)) for name in ATTRIBUTES}
        networks = response.answers.get(Target("network"))
        found["declic_member"] = YES if networks and "declic" in networks.parts else ""
        for name, value in sorted(found.items()):
            if value:
                question = survey.mapping.question_of.get(Target(name))
                number = float(value) if question and question.type in NUMERIC else math.nan
                rows.append(
                    (
                        response.value(Target("operator")),
                        name,
                        value,
                        survey.mapping.year,
                        number,
                        number,
                        1,
                        "",
                    )
                )
    columns = [
        "operator",
        "attribute",
        "value",
        "year",
        "minimum",
        "maximum",
        "n_values",
        "source_url",
    ]
    types = {"year": "Int64", "minimum": float, "maximum": float, "n_values": int}
    return pd.DataFrame(rows, columns=columns).astype(types)


def _answers(standing: list[Response], survey: Survey) -> pd.DataFrame:
    rows = []
    for response in standing:
        name = response.value(Target("operator"))
        for target, question in survey.mapping.question_of.items():
            if target == Target("operator"):
                continue
            for item, value, number in _values(response, target, question):
                rows.append((name, target.variable, item, value, number))
    columns = ["operator", "variable", "item", "value", "number"]
    return pd.DataFrame(rows, columns=columns).astype({"number": float})


def _values(response: Response, target: Target, question: Question):
    """Yield item, value and number of what a response says of a target; nothing if it does not answer."""
    answer = response.answers.get(target)
    if answer is None or not answer.value:
        return
    if question.type == "several":
        yield from (
            (code, YES if code in answer.parts else NO, math.nan) for code in question.answers
        )
    elif question.type == "operators":
        yield from ((name, YES, math.nan) for name in answer.parts)
    else:
        numeric = question.type in NUMERIC or (
            question.type == "choice" and all(c.isdecimal() for c in question.answers)
        )
        yield target.item, answer.value, float(answer.value) if numeric else math.nan


def _demand(standing: list[Response], survey: Survey) -> pd.DataFrame:
    rows = [
        (response.value(Target("operator")), target.item, int(response.value(target)))
        for response in standing
        for target in survey.mapping.targets
        if target.variable == DEMAND and response.value(target).isdecimal()
    ]
    return pd.DataFrame(rows, columns=["operator", "theme", "score"]).astype({"score": int})


def _questions(survey: Survey) -> pd.DataFrame:
    rows = [
        (
            target.variable,
            target.item,
            question.theme,
            question.type,
            question.label,
            question.items[target.item][0] if target.item else "",
            question.options[target.variable.removeprefix(f"{question.variable}_")][0]
            if question.options
            else "",
        )
        for target, question in survey.mapping.question_of.items()
    ]
    columns = ["variable", "item", "theme", "type", "question", "item_label", "option_label"]
    return pd.DataFrame(rows, columns=columns)


def _options(survey: Survey) -> pd.DataFrame:
    rows = [
        (question.variable, place, code, labels[0])
        for question in survey.mapping.questions
        for place, (code, labels) in enumerate(question.answers.items(), start=1)
    ]
    return pd.DataFrame(rows, columns=["variable", "rank", "code", "label"]).astype({"rank": int})
