"""A new spreadsheet goes through every notebook without a change of code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pandas as pd
import pytest
import yaml

from helpers.__main__ import main
from helpers.paths import project_root
from helpers.survey import inspect_export
from helpers.survey.needs import NEEDED, failing

EXAMPLE = project_root() / "data" / "raw" / "survey-simulated"
IDENTITY = {"response", "response_date", "operator"}
NAME = "Dénomination de votre structure"
N_RESPONSES = 26
LEFT_OUT = ("[En projet]", "[Avec un partenaire]", "[Souhaité]")


def write_edition(folder, *, without="", count=N_RESPONSES, confidential=False):
    """Write the example with the questions and responses that the notebooks need, and no other."""
    folder.mkdir(parents=True, exist_ok=True)
    declared = (EXAMPLE / "mapping.yml").read_text(encoding="utf-8")
    mapping = yaml.load(declared, Loader=yaml.BaseLoader)
    wanted = IDENTITY | {name.removesuffix("_offered") for name in NEEDED} - {without}
    asked = [question for question in mapping["questions"] if question["variable"] in wanted]
    for question in asked:
        if "options" in question:
            question["options"] = {"offered": question["options"]["offered"]}
    # A row that slipped by one cell is left out: with other columns nothing says where.
    options = {"sep": ";", "dtype": str, "encoding": "cp1252", "keep_default_na": False}
    rows = pd.read_csv(EXAMPLE / "reponses.csv", on_bad_lines="skip", **options)
    titles = pd.Series([one["question"] for one in asked]).explode()
    starts = tuple(titles[titles.str.contains("[{item}]", regex=False)].str.split("{").str[0])
    boxes = rows.columns.str.startswith(starts) & ~rows.columns.str.endswith(LEFT_OUT)
    names = rows[NAME].str.strip()
    mapping["survey"]["file"], mapping["corrections"] = "reponses.csv", []
    mapping |= {"questions": asked, "other_operators": sorted({*names} - {*names[:count]})}
    kept = rows.loc[: count - 1, rows.columns.isin(titles) | boxes]
    kept.to_csv(folder / "reponses.csv", sep=";", index=False)
    dumped = yaml.dump(mapping, allow_unicode=True, sort_keys=False)
    (folder / "mapping.yml").write_text(dumped, encoding="utf-8")
    shutil.copy(EXAMPLE / "services.csv", folder)
    declared = "kind: survey\ntitle: Enquête d’essai\n" + "confidential: true\n" * confidential
    (folder / "edition.yml").write_text(declared, encoding="utf-8")
    return folder / "reponses.csv"


def changed(path, old, new):
    """Write another text into the mapping beside an export."""
    mapping = path.with_name("mapping.yml")
    text = mapping.read_text(encoding="utf-8")
    assert old in text
    mapping.write_text(text.replace(old, new), encoding="utf-8")
    return inspect_export(project_root(), path)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return a copy of the project with two new editions: one open, one confidential."""
    root, here = tmp_path_factory.mktemp("study"), project_root()
    for name in ("src", "notebooks", "data/raw/territories"):
        shutil.copytree(here / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    files = "pyproject.toml requirements.lock CITATION.cff references.bib data/datapackage.json"
    for name in files.split():
        shutil.copy(here / name, root / name)
    write_edition(root / "data/raw/ouverte")
    write_edition(root / "data/raw/secrete", confidential=True)
    return root


def run(root, *arguments: str) -> subprocess.CompletedProcess:
    paths = {"PYTHONPATH": str(root / "src"), "OPSN_ROOT": str(root), "COLUMNS": "200"}
    command = [sys.executable, "-m", "helpers", *arguments]
    options = {"capture_output": True, "text": True, "timeout": 900, "check": False}
    return subprocess.run(command, cwd=root, env={**os.environ, **paths}, **options)


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["ouverte", "secrete"])
def test_every_notebook_runs_on_the_least_that_a_survey_may_ask(study, edition):
    done = run(study, "reports", "--edition", edition)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "notebooks executed. 0 unchanged." in done.stdout
    assert (study / "reports" / edition / "00_synthesis.html").is_file()


@pytest.mark.slow
def test_nothing_leaks_from_a_new_confidential_edition(study):
    done = run(study, "disclosure", "reports/secrete")
    assert done.returncode == 0 and "-> 0 leaks" in done.stdout, done.stdout


def test_the_least_that_a_survey_may_ask_is_accepted_before_anything_runs(tmp_path):
    shown, ready = inspect_export(project_root(), write_edition(tmp_path))
    assert ready and f"Nothing stops the build: {N_RESPONSES} operators." in shown


@pytest.mark.parametrize("variable", sorted(NEEDED.keys() - {"service_offered"}))
def test_a_survey_that_lacks_what_the_notebooks_need_is_refused(tmp_path, variable):
    shown, ready = inspect_export(project_root(), write_edition(tmp_path, without=variable))
    assert not ready and f"the notebooks need '{variable}'" in shown
    assert f"add the question with 'variable: {variable}'" in shown


def test_a_survey_of_a_handful_of_operators_is_refused(tmp_path):
    shown, ready = inspect_export(project_root(), write_edition(tmp_path, count=10))
    assert not ready and "the notebooks need 20 operators (10 answered)" in shown


def test_scores_that_are_words_are_refused_before_anything_runs(tmp_path):
    shown, ready = changed(write_edition(tmp_path), "    '4':\n    - ", "    fourth:\n    - ")
    assert not ready and "is an answer to 'demand' that is no number" in shown


@pytest.mark.parametrize("without", [None, "operator_departements"])
def test_what_the_example_holds_is_enough_with_neighbours_or_without(tables, without):
    assert list(failing(tables | ({without: tables[without][:0]} if without else {}))) == []


@pytest.mark.parametrize(
    ("table", "change", "reason"),
    [
        ("states", lambda t: t.assign(state="offered"), "every operator offers every service"),
        ("states", lambda t: t.assign(state="not_offered"), "to run 03_typology: 1 profiles"),
        ("demand", lambda t: t[:0], "to run 04_demand: no score"),
        ("answers", lambda t: t[t["variable"] != "obstacle"], "nobody answered the question"),
        ("options", lambda t: t[:0], "of 'need' has no label"),
        ("cooperation", lambda t: t[:0], "to run 05_cooperation: no operator named a partner"),
    ],
)
def test_each_notebook_that_would_stop_is_told(tables, table, change, reason):
    found = [problem for problem, _ in failing(tables | {table: change(tables[table])})]
    assert any(reason in one for one in found), found


def test_an_edition_is_shown_and_nothing_is_written(capsys):
    before = sorted(EXAMPLE.rglob("*"))
    assert main(["inspect", str(EXAMPLE / "reponses.csv")]) == 0
    shown = capsys.readouterr().out
    assert "Nothing stops the build: 66 operators." in shown and "'12 à 15'" in shown
    assert "R006 goes into R067" in shown and "syndicat_mixte 30" in shown
    assert "-> service (box, 108 of 108 columns)" in shown
    assert main(["inspect", str(EXAMPLE / "reponses.csv"), "--mapping", "none.yml"]) == 2
    assert "none.yml: the file cannot be read" in capsys.readouterr().err
    assert sorted(EXAMPLE.rglob("*")) == before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("date: sent}", "date: sent}", "need a table of services"),
        ("choice, answers: forms", "text", "'legal_form' of another type than 'text'"),
        ("type: departements", "type: text", "'departements' of another type than 'text'"),
        ("{offered: [Proposé]", "{propose: [Proposé]", "another code than 'propose' for 'service'"),
        ("5: [Très forte]", "10: [Très forte]", "another code than '10' for 'demand'"),
        ("{syndicat_mixte:", "{smo:", "another code than 'smo' for 'legal_form'"),
        ('operators, separator: ", "', "text", "'alliance' of another type than 'text'"),
    ],
)
def test_types_and_codes_that_the_tables_would_not_read_stop_the_build(tmp_path, old, new, told):
    shutil.copytree(project_root() / "examples" / "google_forms", tmp_path, dirs_exist_ok=True)
    shown, passes = changed(tmp_path / "reponses.csv", old, new)
    assert told in shown and not passes
