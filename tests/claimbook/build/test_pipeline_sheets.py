"""The tasks of the sheets: who gets one, what runs again, and what is verified."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from claimbook.build import Layout, acceptance
from claimbook.build.sheets import sheet_tasks, sheets, withheld
from claimbook.build.tasks import CLEAN_TABLES
from claimbook.claims import read_stamp, seal, verify
from helpers.operators import TABLES
from tests.claimbook.build.test_pipeline import edit, would_run


@pytest.fixture
def study(tmp_path, built):
    """A root with the notebooks, one raw table and no build."""
    raw = tmp_path / "data" / "raw"
    (raw / "tiny").mkdir(parents=True)
    shutil.copytree(built.root / "data" / "raw" / "territories", raw / "territories")
    shutil.copytree(built.root / "notebooks", tmp_path / "notebooks")
    header = "opsn_name,attribute\n"
    (raw / "tiny" / "operator_attributes.csv").write_text(
        header + "Bêta,identity\nAlpha,identity\nBêta,members\n", encoding="utf-8"
    )
    return tmp_path


def test_an_edition_of_evidence_has_one_sheet_per_name_of_its_raw_table(study):
    layout = Layout(study, "tiny")
    assert withheld(layout) == ""
    assert [(sheet.operator, sheet.slug) for sheet in sheets(layout)] == [
        ("Alpha", "alpha"),
        ("Bêta", "beta"),
    ]
    assert sheets(layout)[0].report == layout.reports / "operators" / "alpha.html"


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ("confidential: true\n", "confidential"),
        ("kind: survey\n", "survey"),
        ("kind: survey\nsimulated: true\n", "survey"),
    ],
)
def test_a_confidential_or_survey_edition_has_none_and_says_why(study, declared, reason):
    (study / "data" / "raw" / "tiny" / "edition.yml").write_text(declared, encoding="utf-8")
    layout = Layout(study, "tiny")
    assert reason in withheld(layout)
    assert sheets(layout) == [] == sheet_tasks(layout, None)


def test_without_the_notebooks_that_hand_on_its_tables_there_is_none(study):
    (study / "notebooks" / "04_typology.ipynb").unlink()
    assert withheld(Layout(study, "tiny")) == "no notebook writes the table 'classes'"


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"opsn_name\n\xff\xfe\n", b"opsn_name\n\n"]
)
def test_a_raw_table_that_cannot_be_read_gives_no_sheet_and_no_error(study, content):
    (study / "data" / "raw" / "tiny" / "operator_attributes.csv").write_bytes(content)
    assert sheets(Layout(study, "tiny")) == []


def test_the_slices_are_cut_from_tables_that_something_writes(built):
    made = {
        *CLEAN_TABLES,
        *(table for chapter in built.layout.chapters for table in chapter.writes),
    }
    assert set(TABLES) <= made


def of_sheets(tasks):
    return {
        kind: {t for t in tasks if t.startswith(f"{kind} 10_operator_sheet/")}
        for kind in ("execute", "export")
    }


def test_editing_what_the_sheets_reach_executes_all_of_them(copy_of_build):
    copy, run = copy_of_build
    edit(copy / "src/helpers/sheets/tables.py", "_PAGES = 2", "_PAGES = int(2)")
    found = of_sheets(would_run(run))
    assert len(found["execute"]) == len(sheets(Layout(copy, "public-2026")))


def test_editing_the_template_exports_them_again_without_executing(copy_of_build):
    copy, run = copy_of_build
    style = copy / "src/helpers/report/page.css"
    style.write_text(style.read_text(encoding="utf-8") + "/* */\n", encoding="utf-8")
    found = of_sheets(would_run(run))
    assert found["execute"] == set()
    assert len(found["export"]) == len(sheets(Layout(copy, "public-2026")))


def test_a_slice_that_somebody_edits_is_cut_again(copy_of_build):
    copy, run = copy_of_build
    edit(copy / "data/processed/public-2026/sheets/smica.json", '"SMICA"', '"SMICA "')
    assert "sheet_slices" in would_run(run)


@pytest.mark.slow
def test_a_note_in_one_raw_row_runs_one_sheet(built, copy_of_build):
    copy, run = copy_of_build
    table = copy / "data/raw/public-2026/service_evidence.csv"
    text = table.read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if ",SAIGC," in line]
    assert row.count("informatique") >= 1
    table.write_text(text.replace(row, row.replace("informatique", "numérique")), encoding="utf-8")
    shutil.copytree(built.root / "scripts", copy / "scripts")
    command = [sys.executable, str(copy / "scripts/describe_data.py"), "--data", str(copy / "data")]
    subprocess.run(command, check=True, capture_output=True)
    pages = copy / "reports/public-2026/operators"
    before = {p.name: p.read_bytes() for p in pages.iterdir()}
    done = run("reports")
    assert done.returncode == 0, done.stderr
    assert re.findall(r"execute 10_operator_sheet/(\S+) \d", done.stdout) == ["saigc"]
    after = {p.name: p.read_bytes() for p in pages.iterdir()}
    assert {name for name in after if after[name] != before[name]} == {
        "saigc.html",
        "operators.json",
    }


@pytest.fixture(scope="module")
def rebuilt(built):
    sheet = next(sheet for sheet in sheets(built.layout) if sheet.slug == "accyb")
    page = sheet.report.read_text(encoding="utf-8")
    return page, acceptance.rebuild(built.root, read_stamp(page))


def test_a_sheet_re_run_in_a_fresh_kernel_is_identical(rebuilt):
    page, again = rebuilt
    assert verify(page, lambda stamp: again).code == 0


def test_a_tampered_value_of_a_sheet_is_found_and_named(rebuilt):
    page, again = rebuilt
    found = re.search(r'data-claim="(?P<id>population[^"]+)"[^>]*>(?P<text>\d[^<]*)<', page)
    tampered = page[: found.start("text")] + "987" + page[found.end("text") :]
    answer = verify(seal(tampered, read_stamp(page)), lambda stamp: again)
    assert answer.code == 2


def test_the_stamp_of_a_sheet_names_what_it_was_made_from_and_no_other_operator(rebuilt):
    stamp = read_stamp(rebuilt[0])
    assert stamp["parameters"] == {"edition": "public-2026", "operator": "ACCYB"}
    assert list(stamp["raw"]) == ["data/processed/public-2026/sheets/accyb.json"]


def test_a_sheet_that_is_not_here_is_one_clear_error(built):
    with pytest.raises(acceptance.UserError, match="'operators/nobody'"):
        acceptance.rebuild(built.root, {"edition": "public-2026", "name": "operators/nobody"})
