"""A new spreadsheet goes through every notebook with no change of code: few questions, few answers."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys

import pytest
import yaml

from helpers.paths import project_root
from survey_reader.needed import NEEDED

EXAMPLE = project_root() / "data" / "raw" / "survey-simulated"
IDENTITY = ("response", "response_date", "operator")
N_RESPONSES = 26
# Its row slipped by one cell in the example: with other columns nothing says where.
SLIPPED = "R023"


def thin_mapping(without: str = "") -> dict:
    """Return the example's mapping with nothing that the notebooks can do without, and less one variable."""
    mapping = yaml.load(
        (EXAMPLE / "mapping.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
    )
    wanted = {*IDENTITY, *(variable.removesuffix("_offered") for variable in NEEDED)} - {without}
    mapping["questions"] = [
        question for question in mapping["questions"] if question["variable"] in wanted
    ]
    for question in mapping["questions"]:
        if "options" in question:
            question["options"] = {"offered": question["options"]["offered"]}
    mapping["survey"]["file"], mapping["corrections"] = "reponses.csv", []
    return mapping


def thin_rows(mapping: dict, count: int = N_RESPONSES) -> list[list[str]]:
    """Return the questions of a mapping and the first responses to them, as the survey tool exports them."""
    text = (EXAMPLE / "reponses.csv").read_bytes().decode("cp1252")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    asked = [question["question"] for question in mapping["questions"]]
    titles = [title for one in asked for title in ([one] if isinstance(one, str) else one)]
    starts = tuple(title.split("{item}")[0] for title in titles if "[{item}]" in title)
    left_out = ("[En projet]", "[Avec un partenaire]", "[Souhaité]")
    kept = [
        place
        for place, title in enumerate(rows[0])
        if title in titles or (title.startswith(starts) and not title.endswith(left_out))
    ]
    rows = [row for row in rows if row[0] != SLIPPED]
    return [[row[place] for place in kept] for row in rows[: count + 1]]


def write_edition(folder, *, confidential: bool) -> None:
    """Write an edition of a thin survey."""
    folder.mkdir(parents=True)
    mapping = thin_mapping()
    rows = thin_rows(mapping)
    place = rows[0].index("Dénomination de votre structure")
    everyone = [row[place].strip() for row in thin_rows(mapping, 66)[1:]]
    mapping["other_operators"] = sorted(set(everyone) - {row[place].strip() for row in rows[1:]})
    with (folder / "reponses.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    (folder / "mapping.yml").write_text(
        yaml.dump(mapping, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    shutil.copy(EXAMPLE / "services.csv", folder)
    declared = "kind: survey\ntitle: Enquête d’essai\n" + "confidential: true\n" * confidential
    (folder / "edition.yml").write_text(declared, encoding="utf-8")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return a copy of the project with two new editions: one open, one confidential."""
    root, here = tmp_path_factory.mktemp("study"), project_root()
    for name in ("src", "notebooks", "data/raw/territories"):
        shutil.copytree(here / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.lock", "CITATION.cff", "data/datapackage.json"):
        shutil.copy(here / name, root / name)
    write_edition(root / "data/raw/ouverte", confidential=False)
    write_edition(root / "data/raw/secrete", confidential=True)
    return root


def run(root, *arguments: str) -> subprocess.CompletedProcess:
    environment = {
        **os.environ,
        "PYTHONPATH": str(root / "src"),
        "OPSN_ROOT": str(root),
        "COLUMNS": "200",
    }
    command = [sys.executable, "-m", "helpers", *arguments]
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, timeout=900, check=False
    )


@pytest.mark.parametrize("edition", ["ouverte", "secrete"])
def test_every_notebook_runs_on_the_least_that_a_survey_may_ask(study, edition):
    done = run(study, "reports", "--edition", edition)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 notebooks executed. 0 unchanged, 0 failed" in done.stdout
    assert (study / "reports" / edition / "00_synthesis.html").is_file()


def test_nothing_leaks_from_a_new_confidential_edition(study):
    done = run(study, "disclosure", "reports/secrete")
    assert done.returncode == 0 and "-> 0 leaks" in done.stdout, done.stdout


@pytest.mark.parametrize(
    "variable", [variable for variable in NEEDED if variable != "service_offered"]
)
def test_a_survey_that_lacks_what_the_notebooks_need_is_refused_before_anything_runs(
    tmp_path, variable
):
    from survey_reader.edition import inspect_export

    mapping = thin_mapping(variable)
    rows = thin_rows(mapping)
    with (tmp_path / "reponses.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    (tmp_path / "mapping.yml").write_text(yaml.dump(mapping, allow_unicode=True), encoding="utf-8")
    shutil.copy(EXAMPLE / "services.csv", tmp_path)
    told, ready = inspect_export(project_root(), tmp_path / "reponses.csv")
    assert not ready
    assert (
        f"the notebooks need '{variable}'" in told
        and f"add the question with 'variable: {variable}'" in told
    )


def test_a_survey_of_a_handful_of_operators_is_refused(tmp_path):
    from survey_reader.edition import inspect_export

    write_edition(tmp_path / "petite", confidential=False)
    path = tmp_path / "petite" / "reponses.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    mapping = yaml.load(
        (tmp_path / "petite/mapping.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
    )
    mapping["other_operators"] += [line.split(";")[2].strip() for line in lines[11:]]
    (tmp_path / "petite/mapping.yml").write_text(
        yaml.dump(mapping, allow_unicode=True), encoding="utf-8"
    )
    path.write_text("".join(lines[:11]), encoding="utf-8")
    told, ready = inspect_export(project_root(), path)
    assert not ready and "10 operators answered, and the notebooks need 20" in told
