"""`python -m helpers inspect` shows what is recognised in an export, and writes nothing."""

import pytest

from helpers.__main__ import main
from helpers.paths import project_root
from survey_reader import needed
from tests.survey_reader.reading.small import FIRST, HEADER, MAPPING, SECOND, text_file, workbook


@pytest.fixture
def any_survey(monkeypatch):
    """Ask nothing of a survey that only shows how answers are read."""
    monkeypatch.setattr(needed, "NEEDED", {})
    monkeypatch.setattr(needed, "FEWEST_OPERATORS", 0)


FOLDER = project_root() / "data" / "raw" / "survey-simulated"


def export(folder, content, name="answers.csv"):
    (folder / "mapping.yml").write_text(MAPPING, encoding="utf-8")
    (folder / name).write_bytes(content)
    return str(folder / name)


@pytest.mark.parametrize("file", ["reponses.xlsx", "reponses.csv"])
def test_the_simulated_export_is_shown_whole(file, capsys):
    assert main(["inspect", str(FOLDER / file)]) == 0
    shown = capsys.readouterr().out
    assert "Nothing stops the build: 66 operators." in shown
    assert "Answers from which no value is drawn: 9" in shown and "'12 à 15'" in shown
    assert "R006 goes into R067" in shown and "test_row" in shown and "shifted_row" in shown
    assert "-> service (box, 108 of 108 columns)" in shown
    assert "syndicat_mixte 30" in shown


def test_what_stops_the_build_is_listed_with_remedies_and_exit_code_2(any_survey, tmp_path, capsys):
    header = [*HEADER[:4], "Statut juridique", "Effectif", "Durée"]
    rows = [header, [*FIRST[:5], "beaucoup", "60"], [*SECOND[:5], "beaucoup", "70"]]
    assert main(["inspect", export(tmp_path, text_file(rows))]) == 2
    shown = capsys.readouterr().out
    assert "Statut juridique" in shown and "UNKNOWN" in shown and "left out" in shown
    assert "if it is 'Forme juridique' (form)" in shown
    assert "'beaucoup' (2 times)" in shown and shown.count("Remedy: ") == 3
    assert "What stops the build: 4" in shown


def test_a_file_that_cannot_be_read_is_told_in_one_line(tmp_path, capsys):
    assert main(["inspect", export(tmp_path, b"PK\x03\x04", "answers.xlsx")]) == 2
    caught = capsys.readouterr()
    assert caught.out == "" and caught.err.count("\n") == 1 and "damaged" in caught.err


def test_the_mapping_may_stand_elsewhere(any_survey, tmp_path, capsys):
    (tmp_path / "a").mkdir()
    path = export(tmp_path / "a", workbook({"A": [HEADER, FIRST]}), "answers.xlsx")
    (tmp_path / "a" / "mapping.yml").rename(tmp_path / "other.yml")
    assert main(["inspect", path]) == 2
    assert "mapping.yml" in capsys.readouterr().err
    assert main(["inspect", path, "--mapping", str(tmp_path / "other.yml")]) == 0


def test_inspecting_writes_nothing(any_survey, tmp_path, capsys):
    path = export(tmp_path, text_file([HEADER, FIRST]))
    before = sorted(tmp_path.rglob("*"))
    assert main(["inspect", path]) == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_a_long_list_of_faults_is_cut(any_survey, tmp_path, capsys):
    rows = [HEADER, *([f"R{i}", "", f"Fictif {i}", "", f"forme {i}", ""] for i in range(90))]
    assert main(["inspect", export(tmp_path, text_file(rows))]) == 2
    shown = capsys.readouterr().out
    assert "What stops the build: 90" in shown and "... and 50 others" in shown
