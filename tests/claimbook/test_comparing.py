"""Two editions compared in a terminal, and operators matched between them."""

import os
import subprocess
import sys

import pandas as pd
import pytest

from claimbook.claims import ledger_text
from claimbook.tables import read_table, replace_text
from helpers.__main__ import main
from helpers.acceptance import decisions_file
from helpers.layout import StudyLayout, layout_of
from tests.claimbook.claims.books import claim

DECLARED = {
    "reelle": "kind: evidence\ntitle: Base publique\n",
    "enquete": "kind: survey\ntitle: Enquête\n",
    "simulee": "kind: survey\nsimulated: true\n",
}


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Return a study of several editions, each with claims of its own."""
    replace_text(tmp_path / "data" / "datapackage.json", "{}")
    for position, (name, text) in enumerate(DECLARED.items()):
        ledger = ledger_text([claim(value=0.3 + position / 10)])
        replace_text(tmp_path / "data" / "raw" / name / "edition.yml", text)
        replace_text(tmp_path / "reports" / name / "claims.json", ledger)
    monkeypatch.setenv("OPSN_ROOT", str(tmp_path))
    return tmp_path


def test_matching_refuses_editions_that_are_not_there_or_not_of_one_world(study, capsys):
    assert main(["match", "reelle", "nulle"]) == 2
    assert "no edition 'nulle'" in capsys.readouterr().err
    assert main(["match", "reelle", "simulee"]) == 2
    assert "an invented operator is nobody's past" in capsys.readouterr().err


def tidy(*names):
    operators = pd.DataFrame({"operator": list(names), "departements": "22"})
    states = pd.DataFrame({"operator": list(names), "service_code": "paie", "state": "offered"})
    return {"operators": operators, "states": states}


@pytest.fixture
def tables(monkeypatch):
    """Let the cleaning of two editions give these tables."""
    found = {
        "reelle": tidy("Soluna", "Mégara Numérique"),
        "enquete": tidy("Syndicat Soluna", "Mégalis Numérique"),
    }
    monkeypatch.setattr(StudyLayout, "cleaned_tables", lambda layout: found[layout.edition])


def test_doubtful_pairs_are_listed_written_and_decided(study, tables, capsys):
    assert main(["match", "reelle", "enquete", "--write"]) == 1
    out = capsys.readouterr().out
    assert "1 operators matched (1 by name)" in out
    assert "Mégara Numérique = Mégalis Numérique? near name" in out
    decisions = study / "data" / "raw" / "enquete" / "matches-reelle.yml"
    text = decisions.read_text(encoding="utf-8")
    decisions.write_text(text.replace("decision: ''", "decision: same"), encoding="utf-8")
    assert main(["match", "reelle", "enquete"]) == 0
    assert "2 operators matched (1 by decision, 1 by name)" in capsys.readouterr().out
    panel = read_table(study / "data" / "processed" / "enquete", "panel-reelle")
    assert sorted(panel["how"]) == ["decision", "name"]


def test_a_table_that_says_who_answered_stays_with_the_team(study, tables, capsys):
    declared = study / "data" / "raw" / "enquete" / "edition.yml"
    declared.write_text("kind: survey\nconfidential: true\n", encoding="utf-8")
    main(["match", "reelle", "enquete"])
    assert "data/processed/enquete-internal/matches-reelle.csv" in capsys.readouterr().out
    assert not (study / "data" / "processed" / "enquete").exists()


@pytest.mark.parametrize(
    ("old", "new"), [(False, False), (False, True), (True, True), (True, False)]
)
def test_decisions_that_name_operators_stay_in_the_folder_of_a_confidential_edition(
    tmp_path, old, new
):
    for name, confidential in (("a", old), ("b", new)):
        text = "kind: survey\n" + "confidential: true\n" * confidential
        replace_text(tmp_path / "data/raw" / name / "edition.yml", text)
    found = decisions_file(layout_of("a", tmp_path), layout_of("b", tmp_path))
    where = "a/matches-b.yml" if old and not new else "b/matches-a.yml"
    assert found == tmp_path / "data/raw" / where


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_terminal_that_is_not_utf8_reads_plain_letters(study, encoding):
    done = subprocess.run(
        [sys.executable, "-m", "helpers", "changes", "reelle", "simulee"],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1 and done.stderr == b""
    first = done.stdout.decode(encoding).splitlines()[0]
    assert first in ("DONNÉES SIMULÉES : simulee", "DONNEES SIMULEES : simulee")
