"""A confidential edition from raw tables to reports: nothing leaks, and the internal view says what it is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import v4, write

from claimbook import protect as disclosure
from claimbook.errors import UserError
from claimbook.protect.pseudonyms import PSEUDONYM
from helpers.__main__ import main
from helpers.acceptance import accept
from helpers.layout import layout_of
from helpers.paths import project_root
from helpers.sources import open_edition

EDITION = "secrete"


def cells(*more):
    """Return the cells of a small notebook that counts operators by legal family."""
    code, prose = v4.new_code_cell, v4.new_markdown_cell
    return [
        prose("# Formes des opérateurs\n\nQuelles formes ont-ils ?", id="title"),
        code("%load_ext claimbook\nfrom helpers import disclosure, figures\nfrom helpers.sources import open_edition",
             id="imports"),
        code('edition = "public-2026"', id="parameters", metadata={"tags": ["parameters"]}),
        code("study = open_edition(edition)\noperators = study.load(\"operators\")", id="tables"),
        code("forms = operators['legal_family'].value_counts().rename_axis('Forme').reset_index(name='Opérateurs')\n"
             "n, first = len(operators), operators['operator'].min()", id="forms"),
        code('figures.table(forms, name="formes", caption="Opérateurs selon leur forme juridique", scope="tous.",\n'
             '    source="essai.", respondents="Opérateurs")', id="forms-table"),
        code("%%narrative\nL’étude compte {{ n | count }} opérateurs, dont {{ first | name }}.", id="answer",
             metadata={"tags": ["answer"]}),
        *more,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return a study with one confidential edition, a copy of the public evidence, and one notebook."""
    root, here = tmp_path_factory.mktemp("study"), project_root()
    shutil.copytree(here / "data" / "raw" / "public-2026", root / "data" / "raw" / EDITION)
    shutil.copytree(here / "data" / "raw" / "territories", root / "data" / "raw" / "territories")
    package = json.loads((here / "data" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        resource["path"] = resource["path"].replace("raw/public-2026/", f"raw/{EDITION}/")
    (root / "data" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    declaration = "kind: evidence\ntitle: Enquête d’essai\nconfidential: true\n"
    (root / "data" / "raw" / EDITION / "edition.yml").write_text(declaration, encoding="utf-8")
    for name in ("pyproject.toml", "requirements.lock", "CITATION.cff"):
        shutil.copy(here / name, root / name)
    shutil.copytree(here / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "notebooks").mkdir()
    rewrite(root)
    return root


def rewrite(root: Path, *more) -> None:
    meta = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    write(v4.new_notebook(cells=cells(*more), metadata=meta), root / "notebooks" / "01_forms.ipynb")


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run the command line in the study, with its own copy of the package: stamps name files of the study alone."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(root / "src"),
        "OPSN_ROOT": str(root),
        "COLUMNS": "200",
    }
    command = [sys.executable, "-m", "helpers", *arguments]
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, timeout=600, check=False
    )


@pytest.fixture(scope="module")
def built(study):
    done = run(study, "reports", "--edition", EDITION)
    assert done.returncode == 0, done.stderr
    return layout_of(EDITION, study)


def test_the_reports_name_nobody_and_the_check_says_so(built):
    done = run(built.root, "disclosure", f"reports/{EDITION}", "--edition", EDITION)
    assert (done.returncode, done.stdout) == (0, "5 files checked -> 0 leaks\n")
    page = (built.reports / "01_forms.html").read_text(encoding="utf-8")
    assert PSEUDONYM.search(page) and "Édition confidentielle" in page and "INTERNE" not in page
    assert (
        built.root / ".cache" / "disclosure" / f"{EDITION}.txt"
    ).read_text() == "5 files, 0 leaks\n"


def test_a_planted_name_is_found_with_its_line(built):
    page = built.reports / "01_forms.html"
    text = page.read_text(encoding="utf-8")
    try:
        page.write_text(text.replace("</main>", "<p>\nSoluris</p></main>"), encoding="utf-8")
        done = run(built.root, "disclosure", str(built.reports))
        assert done.returncode == 1
        out = done.stdout
        assert (
            "01_forms.html:" in out
            and "it names Soluris" in out
            and out.endswith("5 files checked -> 1 leaks\n")
        )
    finally:
        page.write_text(text, encoding="utf-8")


def test_the_tables_that_notebooks_read_hold_no_name(built):
    operators = open_edition(EDITION, built.root).load("operators")
    assert operators["operator"].str.fullmatch(r"Opérateur [A-Z]\d\d").all()
    assert (operators["website"].fillna("") == "").all()
    assert disclosure.active().confidential


def test_the_internal_view_has_names_a_watermark_and_the_same_numbers(built):
    done = run(built.root, "reports", "--internal", "--edition", EDITION)
    inside = layout_of(f"{EDITION}-internal", built.root)
    assert done.returncode == 0 and inside.reports != built.reports, done.stderr
    for name in ("01_forms.html", "index.html", "changes.html"):
        page = (inside.reports / name).read_text(encoding="utf-8")
        assert page.count("INTERNE – NE PAS DIFFUSER") >= 3 and "<title>INTERNE" in page
        assert 'class="watermark"' in page and "position: fixed" in page
    page = (inside.reports / "01_forms.html").read_text(encoding="utf-8")
    first = open_edition(EDITION, built.root).load("operators")["operator"].min()
    assert f"{first} (" in page.replace("&#40;", "(") and "Édition confidentielle" not in page
    assert ">s</td>" not in page
    checked = run(built.root, "disclosure", str(inside.reports))
    assert checked.returncode == 1 and "must not be handed on" in checked.stdout
    with pytest.raises(UserError, match="never accepted"):
        accept(inside)


def test_an_open_edition_has_no_internal_view_and_nothing_to_check(study, capsys, monkeypatch):
    monkeypatch.setenv("OPSN_ROOT", str(study))
    shutil.copytree(
        study / "data" / "raw" / EDITION, study / "data" / "raw" / "ouverte", dirs_exist_ok=True
    )
    (study / "data" / "raw" / "ouverte" / "edition.yml").unlink()
    try:
        assert main(["reports", "--edition", "ouverte", "--internal"]) == 2
        assert "has no internal view" in capsys.readouterr().err
        (study / "reports" / "ouverte").mkdir(parents=True, exist_ok=True)
        assert main(["disclosure", str(study / "reports" / "ouverte")]) == 2
        assert "is open" in capsys.readouterr().err
        assert main(["disclosure", str(study / "reports"), "--edition", "nulle"]) == 2
        assert "no edition 'nulle'" in capsys.readouterr().err
    finally:
        shutil.rmtree(study / "data" / "raw" / "ouverte")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("operators.head()", "a value of its own"),
        (
            'figures.table(forms, name="oubli", caption="Les formes", scope="tous.", source="essai.")',
            "is confidential",
        ),
        ("%%narrative\nUn nom tapé à la main, Soluris, ne passe pas.", "it names Soluris"),
    ],
)
def test_what_an_author_forgets_stops_the_build_and_leaves_the_old_report(built, cell, message):
    before = (built.reports / "01_forms.html").read_bytes()
    try:
        rewrite(built.root, v4.new_code_cell(cell, id="more"))
        done = run(built.root, "reports", "--edition", EDITION)
        assert done.returncode in (1, 2)
        assert message in done.stderr
        assert (built.reports / "01_forms.html").read_bytes() == before
    finally:
        rewrite(built.root)
