"""A new spreadsheet goes through every notebook without a change of code."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys

import pytest
import yaml

from helpers.layout import layout_of
from helpers.paths import project_root
from helpers.survey import inspect_export
from helpers.survey.needs import NEEDED, failing

EXAMPLE = project_root() / "data" / "raw" / "survey-simulated"
IDENTITY = ("response", "response_date", "operator")
N_RESPONSES = 26
# Its row slipped by one cell in the example: with other columns nothing says where.
SLIPPED = "R023"
LEFT_OUT = ("[En projet]", "[Avec un partenaire]", "[Souhaité]")


def write_edition(folder, *, without="", count=N_RESPONSES, confidential=False):
    """Write the example with the questions and responses that the notebooks need, and no other."""
    folder.mkdir(parents=True, exist_ok=True)
    declared = (EXAMPLE / "mapping.yml").read_text(encoding="utf-8")
    mapping = yaml.load(declared, Loader=yaml.BaseLoader)
    wanted = {*IDENTITY, *(name.removesuffix("_offered") for name in NEEDED)} - {without}
    asked = [question for question in mapping["questions"] if question["variable"] in wanted]
    for question in asked:
        if "options" in question:
            question["options"] = {"offered": question["options"]["offered"]}
    text = (EXAMPLE / "reponses.csv").read_bytes().decode("cp1252")
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=";") if row[0] != SLIPPED]
    questions = [question["question"] for question in asked]
    titles = [title for one in questions for title in ([one] if isinstance(one, str) else one)]
    starts = tuple(title.split("{item}")[0] for title in titles if "[{item}]" in title)
    kept = [
        place
        for place, title in enumerate(rows[0])
        if title in titles or (title.startswith(starts) and not title.endswith(LEFT_OUT))
    ]
    names = [row[rows[0].index("Dénomination de votre structure")].strip() for row in rows[1:]]
    mapping["survey"]["file"], mapping["corrections"] = "reponses.csv", []
    mapping |= {"questions": asked, "other_operators": sorted(set(names) - set(names[:count]))}
    with (folder / "reponses.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerows([row[place] for place in kept] for row in rows[: count + 1])
    dumped = yaml.dump(mapping, allow_unicode=True, sort_keys=False)
    (folder / "mapping.yml").write_text(dumped, encoding="utf-8")
    shutil.copy(EXAMPLE / "services.csv", folder)
    declared = "kind: survey\ntitle: Enquête d’essai\n" + "confidential: true\n" * confidential
    (folder / "edition.yml").write_text(declared, encoding="utf-8")
    return folder / "reponses.csv"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return a copy of the project with two new editions: one open, one confidential."""
    root, here = tmp_path_factory.mktemp("study"), project_root()
    for name in ("src", "notebooks", "data/raw/territories"):
        shutil.copytree(here / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (
        "pyproject.toml",
        "requirements.lock",
        "CITATION.cff",
        "references.bib",
        "data/datapackage.json",
    ):
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
    path = write_edition(tmp_path)
    mapping = yaml.load((tmp_path / "mapping.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
    scale = mapping["answers"]["five_points"]
    mapping["answers"]["five_points"] = {
        f"point_{'abcde'[int(n) - 1]}": v for n, v in scale.items()
    }
    dumped = yaml.dump(mapping, allow_unicode=True, sort_keys=False)
    (tmp_path / "mapping.yml").write_text(dumped, encoding="utf-8")
    shown, ready = inspect_export(project_root(), path)
    assert not ready and "is an answer to 'demand' that is no number" in shown


@pytest.fixture(scope="module")
def tables():
    return layout_of("survey-simulated").cleaned_tables()


def reasons(tables) -> list[str]:
    return [problem for problem, _ in failing(tables)]


def test_what_the_example_holds_is_enough(tables):
    assert reasons(tables) == []


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
    found = reasons(tables | {table: change(tables[table])})
    assert found and any(reason in one for one in found), found


def test_operators_without_neighbours_stop_nothing(tables):
    assert reasons(tables | {"operator_departements": tables["operator_departements"][:0]}) == []


def test_an_edition_is_shown_and_nothing_is_written(capsys):
    from helpers.__main__ import main

    before = sorted(EXAMPLE.rglob("*"))
    for file in ("reponses.xlsx", "reponses.csv"):
        assert main(["inspect", str(EXAMPLE / file)]) == 0
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
        ("operators, separator: ', '", "text", "no question of the mapping fills it"),
    ],
)
def test_types_and_codes_that_the_tables_would_not_read_stop_the_build(tmp_path, old, new, told):
    shutil.copytree(project_root() / "examples" / "google_forms", tmp_path, dirs_exist_ok=True)
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(mapping.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    shown, passes = inspect_export(project_root(), tmp_path / "reponses.csv")
    assert told in shown and not passes
