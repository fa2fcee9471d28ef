"""A confidential edition from raw tables to reports: nothing leaks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbformat import v4, write

from claimbook.build import Layout
from claimbook.build.acceptance import accept
from claimbook.errors import UserError
from claimbook.protect import policy
from claimbook.protect.pseudonyms import PSEUDONYM
from helpers.paths import project_root
from helpers.sources import open_edition

EDITION = "secrete"
CELLS = {
    "imports": "%load_ext claimbook\nfrom claimbook import figures\n"
    "from helpers.sources import open_edition",
    "parameters": 'edition = "public-2026"',
    "tables": 'study = open_edition(edition)\noperators = study.load("operators")',
    "forms": "forms = operators['legal_family'].value_counts()\n"
    "forms = forms.rename_axis('Forme').reset_index(name='Opérateurs')\n"
    "n, first = len(operators), operators['operator'].min()",
    "forms-table": 'figures.table(forms, name="formes", caption="Selon la forme", scope="tous.",\n'
    '    source="essai.", respondents="Opérateurs")',
    "answer": "%%narrative\n{{ n | count }} opérateurs, dont {{ first | name }}.",
}
DATA, CLAIMS = "application/vnd.opsn.data+json", "application/vnd.opsn.claims+json"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return a study with a confidential edition, a copy of the evidence, and one notebook."""
    root, here = tmp_path_factory.mktemp("study"), project_root()
    shutil.copytree(here / "data/raw/public-2026", root / "data/raw" / EDITION)
    shutil.copytree(here / "data/raw/territories", root / "data/raw/territories")
    package = json.loads((here / "data/datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        resource["path"] = resource["path"].replace("raw/public-2026/", f"raw/{EDITION}/")
    (root / "data/datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    declaration = "kind: evidence\ntitle: Enquête d’essai\nconfidential: true\n"
    (root / "data/raw" / EDITION / "edition.yml").write_text(declaration, encoding="utf-8")
    for name in ("pyproject.toml", "requirements.lock", "CITATION.cff"):
        shutil.copy(here / name, root / name)
    shutil.copytree(here / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "notebooks").mkdir()
    rewrite(root)
    return root


def rewrite(root: Path, **more: str) -> None:
    """Write the notebook, with one more cell or none."""
    cells = [v4.new_markdown_cell("# Formes\n\nQuelles formes ont-ils ?", id="title")]
    for name, source in (CELLS | more).items():
        tags = [name] if name in ("parameters", "answer") else []
        cells.append(v4.new_code_cell(source, id=name, metadata={"tags": tags}))
    meta = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    write(v4.new_notebook(cells=cells, metadata=meta), root / "notebooks" / "01_forms.ipynb")


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run the command line in the study, with its own copy of the packages."""
    here = {"PYTHONPATH": str(root / "src"), "OPSN_ROOT": str(root), "COLUMNS": "200"}
    command, options = [sys.executable, "-m", "helpers", *arguments], {"env": os.environ | here}
    return subprocess.run(command, cwd=root, **options, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def built(study):
    done = run(study, "reports", "--edition", EDITION)
    assert done.returncode == 0, done.stderr
    return Layout(study, EDITION)


def test_the_reports_name_nobody_and_the_check_says_so(built):
    done = run(built.root, "disclosure", f"reports/{EDITION}", "--edition", EDITION)
    assert (done.returncode, done.stdout) == (0, "5 files checked -> 0 leaks\n")
    page = (built.reports / "01_forms.html").read_text(encoding="utf-8")
    assert PSEUDONYM.search(page) and "Édition confidentielle" in page and "INTERNE" not in page


def test_a_planted_name_is_found_with_its_line(built, tmp_path):
    folder = shutil.copytree(built.reports, tmp_path / EDITION)
    page = (folder / "01_forms.html").read_text(encoding="utf-8")
    planted = page.replace("</main>", "<p>\nSoluris</p></main>")
    (folder / "01_forms.html").write_text(planted, encoding="utf-8")
    done = run(built.root, "disclosure", str(folder))
    assert done.returncode == 1 and "it names Soluris" in done.stdout
    assert done.stdout.startswith("01_forms.html:")
    assert done.stdout.endswith("5 files checked -> 1 leaks\n")


def test_the_tables_that_notebooks_read_hold_no_name(built):
    operators = open_edition(EDITION, built.root).load("operators")
    assert operators["operator"].str.fullmatch(r"Opérateur [A-Z]\d\d").all()
    assert (operators["website"].fillna("") == "").all()


def test_a_notebook_keeps_the_policy_of_a_confidential_edition(built, monkeypatch):
    assert open_edition(EDITION, built.root) and policy.current_policy() == policy.OPEN
    shell = SimpleNamespace()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    open_edition(EDITION, built.root)
    open_edition("public-2026")
    assert policy.current_policy() == policy.Policy(EDITION, confidential=True)


def test_the_internal_view_has_names_a_watermark_and_the_same_numbers(built):
    done = run(built.root, "reports", "--internal", "--edition", EDITION)
    inside = Layout(built.root, f"{EDITION}-internal")
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
        accept(built.root, inside.edition)


def test_an_open_edition_has_no_internal_view_and_nothing_to_check(study):
    shutil.copytree(study / "data/raw" / EDITION, study / "data/raw/ouverte")
    (study / "data/raw/ouverte/edition.yml").unlink()
    for arguments, message in [
        (["reports", "--edition", "ouverte", "--internal"], "has no internal view"),
        (["disclosure", "reports/ouverte"], "is open"),
        (["disclosure", "reports", "--edition", "nulle"], "no edition 'nulle'"),
        (["disclosure", "reports/vide", "--edition", EDITION], "no file to check in 'vide'"),
    ]:
        done = run(study, *arguments)
        assert done.returncode == 2 and message in done.stderr


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("operators.head()", "a value of its own"),
        ('figures.table(forms, name="a", caption="a", scope="a", source="a")', "is confidential"),
        ("%%narrative\nUn nom tapé à la main, Soluris, ne passe pas.", "it names Soluris"),
    ],
)
def test_what_an_author_forgets_stops_the_build_and_leaves_the_old_report(built, cell, message):
    before = (built.reports / "01_forms.html").read_bytes()
    try:
        rewrite(built.root, more=cell)
        done = run(built.root, "reports", "--edition", EDITION)
        assert done.returncode in (1, 2) and message in done.stderr
        assert (built.reports / "01_forms.html").read_bytes() == before
    finally:
        rewrite(built.root)


def refuse(**data) -> None:
    """Refuse a notebook with one output, unless it is protected."""
    output = v4.new_output("display_data", data)
    book = v4.new_notebook(cells=[v4.new_code_cell("x", id="shown", outputs=[output])])
    policy.refuse_unprotected(book, "03_map", EDITION)


@pytest.mark.parametrize("kind", [DATA, CLAIMS])
def test_an_output_must_be_protected_for_its_edition(kind):
    refuse(**{"text/html": "<table>", kind: {"protected": EDITION}})
    for bundle in ({}, {"protected": "autre"}):
        with pytest.raises(
            UserError, match=r"03_map, cell 'shown': .*not protected.* Remedy: open"
        ):
            refuse(**{"text/html": "<table>", kind: bundle})


@pytest.mark.parametrize("kind", ["text/plain", "image/png", "text/markdown"])
def test_an_output_of_its_own_and_a_printed_text_are_refused(kind):
    with pytest.raises(UserError, match="a value of its own"):
        refuse(**{kind: "42"})
    printed = v4.new_code_cell("x", outputs=[v4.new_output("stream", text="Soluris\n")])
    with pytest.raises(UserError, match="printed text"):
        policy.refuse_unprotected(v4.new_notebook(cells=[printed]), "03_map", EDITION)
