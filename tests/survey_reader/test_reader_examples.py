"""The same invented answers, as seven exports of six tools write them, are read alike."""

import re
import time
from pathlib import Path

import pytest
import yaml

from helpers import territory
from helpers.cleaning import rules_of
from survey_reader import Ledger, answer_tables, enter, inspect, read_mapping, read_survey

EXAMPLES = Path(__file__).parents[2] / "examples"
ROOT = EXAMPLES.parent
DEPARTEMENTS = territory.departements(ROOT)[["code", "name"]].to_numpy().tolist()
EXPORTS = sorted(path for path in EXAMPLES.glob("*/*") if path.suffix in (".csv", ".xlsx"))
EXPECTED = yaml.safe_load((EXAMPLES / "answers.yml").read_text(encoding="utf-8"))


def read(path):
    mapping = read_mapping(path.parent / "mapping.yml")
    return read_survey(path, mapping, DEPARTEMENTS, scales=["demand"])


def written(answers):
    """Return the answers of an operator in one text by variable."""
    found = {}
    for variable, rows in answers.groupby("variable", sort=False):
        if variable == "need":
            found[variable] = " ".join(rows.loc[rows["value"] == "yes", "item"])
        elif variable == "alliance":
            found[variable] = ", ".join(sorted(rows["item"]))
        else:
            given = zip(rows["item"], rows["value"], strict=True)
            found[variable] = " ".join(f"{item}:{value}".lstrip(":") for item, value in given)
    return found


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_an_export_of_each_tool_makes_the_same_tidy_answers(path):
    start = time.perf_counter()
    survey = read(path)
    shown = inspect(survey)
    seconds = time.perf_counter() - start
    assert list(map(str, survey.problems)) == [] and "Nothing stops the build: 3 op" in shown
    answers = answer_tables(survey)["answers"]
    answers = answers[~answers["variable"].isin(["response", "sent"])]
    assert {name: written(rows) for name, rows in answers.groupby("operator")} == EXPECTED
    assert answers.loc[answers["variable"] == "demand", "number"].notna().all()
    ledger = Ledger(rules_of("survey"))
    enter(survey, ledger)
    ledger.close()
    assert list(ledger.fates()["fate"]).count("merged") == 1
    lines, questions = lines_of_mapping(path)
    print(
        f"{path.parent.name}/{path.name}: {lines / questions:.1f} lines a question, {seconds:.2f} s"
    )
    assert lines <= 3 * questions


def lines_of_mapping(path):
    """Return the lines that declare questions and their answers, and the number of questions."""
    text = (path.parent / "mapping.yml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("  ") and line.strip()]
    return len(lines), len(re.findall(r"^  - \{?variable", text, flags=re.M))


def test_an_export_of_a_form_without_identifiers_is_read():
    survey = read(Path(__file__).parent / "cases" / "google_forms_shape" / "reponses.csv")
    assert list(map(str, survey.problems)) == []
    assert len(survey.standing) == 66
