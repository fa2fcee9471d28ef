"""Mutated files are refused in one clear sentence or cleaned rightly; the judge itself is put to the test."""

from __future__ import annotations

from unittest import mock

import pytest

from survey_reader import answers, spelling
from tests.survey_reader.fuzz import run, text_export
from tests.survey_reader.fuzz.base import small_survey
from tests.survey_reader.fuzz.cases import JUDGED, Case
from tests.survey_reader.fuzz.oracle import Oracle
from tests.survey_reader.fuzz.run import SEED, outcomes, tell

FEW = 80


def test_mutated_files_are_refused_clearly_or_cleaned_rightly(capsys):
    found = list(outcomes(FEW, SEED))
    with capsys.disabled():
        print(f"\n{tell(found)}")
    assert [outcome for outcome in found if outcome.fault] == []
    assert {outcome.part for outcome in found} == set(run.SHARES)
    assert sum(not outcome.refused for outcome in found) >= FEW / 8


def lax(text):
    """Read a doubtful number as the first digits in it."""
    return "".join(char for char in text if char.isdigit()) or "0"


def test_a_reader_that_lets_hidden_characters_pass_is_found_out(tmp_path):
    survey = small_survey(tmp_path, "reponses.csv")
    rows = text_export.table(survey.files["reponses.csv"])
    rows[3][0] = "12\u202e34"
    case = Case("hidden", "reponses.csv", text_export.written(rows), JUDGED)
    part = run.Part(survey, (), (), Oracle(survey))
    refused, fault = run.handle(part, case)
    assert "direction of reading" in refused and not fault
    with mock.patch.object(answers, "forbidden_character", lambda text: None):
        refused, fault = run.handle(part, case)
    assert "hides something" in fault and not refused


@pytest.mark.parametrize(
    ("target", "name", "broken"),
    [
        (answers.Reading, "_choice", lambda self, value, text, question, answer: None),
        (answers.Reading, "_written", lambda self, text, *rest: float(lax(text)[:15])),
        (spelling, "_MOJIBAKE", mock.Mock(sub=lambda repair, text: text)),
    ],
    ids=["any answer passes", "numbers are guessed", "misread text stays"],
)
def test_a_reader_that_guesses_or_lets_pass_is_found_out(target, name, broken):
    with mock.patch.object(target, name, broken):
        try:
            faults = [outcome.fault for outcome in outcomes(60, SEED, "text")]
        except Exception as error:
            faults = [str(error)]
    assert any(faults)
