"""A report that someone holds is re-run and compared; a change of data tells its consequences."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from claimbook.build import acceptance, steps
from claimbook.claims import collect, seal
from helpers.__main__ import main


@pytest.fixture(scope="module")
def rebuilt(built):
    """What a re-run of one report gives: made once, the tests below compare with it."""
    layout = built.layout
    chapter = layout.chapters[0] if layout.chapters[0].name == "01_sources" else layout.chapters[1]
    page = layout.report(chapter).read_text(encoding="utf-8")
    from claimbook.claims import read_stamp

    return chapter, page, acceptance.rebuild(built.root, read_stamp(page))


def verdict(page, rebuilt):
    from claimbook.claims import verify

    return verify(page, lambda stamp: rebuilt)


def test_a_report_re_run_in_a_fresh_kernel_is_identical(rebuilt):
    _, page, again = rebuilt
    assert verdict(page, again).code == 0


def test_a_tampered_number_is_found_and_named(rebuilt):
    _, page, again = rebuilt
    found = re.search(r'data-claim="(?P<id>[^"]+)"[^>]*>(?P<text>\d[^<]*)<', page)
    tampered = page[: found.start("text")] + "987" + page[found.end("text") :]
    answer = verdict(tampered, again)
    assert answer.code == 2
    assert found["id"] in answer.claims


def test_a_word_changed_outside_any_value_is_found(rebuilt):
    _, page, again = rebuilt
    assert verdict(page.replace("opérateurs", "operateurs", 1), again).code == 2


def test_a_value_that_moved_within_its_tolerance_is_told_apart(built, rebuilt):
    chapter, page, again = rebuilt
    executed = steps.read_executed(built.layout, chapter)
    claims = collect(executed, name=chapter.name)
    moved = next(c for c in claims if c["kind"] == "share")
    content = steps.context(built.layout, chapter, executed)["stamp"]
    content["claims"]["values"][moved["id"]]["value"] += moved["tolerance"] / 2
    answer = verdict(seal(page, content), again)
    assert answer.code == 1
    assert moved["id"] in answer.claims


def test_what_is_no_report_is_one_line_and_exit_code_2(tmp_path, capsys):
    page = tmp_path / "page.html"
    page.write_text("<p>bonjour</p>", encoding="utf-8")
    assert main(["verify", str(page)]) == 2
    assert main(["verify", str(tmp_path / "none.html")]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_changes_of_an_unknown_place_is_one_line_and_exit_code_2(capsys):
    assert main(["changes", "no-such-edition", "public-2026"]) == 2
    assert "neither a claims file" in capsys.readouterr().err


def test_an_unchanged_build_tells_that_nothing_changed(built, capsys):
    assert main(["changes", f"{built.layout.baseline}", built.layout.edition]) == 0
    assert capsys.readouterr().out == "Rien n’a changé.\n"
    page = (built.layout.reports / "changes.html").read_text(encoding="utf-8")
    assert "Rien n’a changé" in page


@pytest.mark.slow
def test_one_changed_raw_row_tells_its_consequences_in_sentences(built, copy_of_build):
    copy, run = copy_of_build
    for heavy in (copy / "notebooks").glob("*.ipynb"):
        if heavy.stem not in {"01_sources", "02_cleaning", "03_service_map"}:
            heavy.unlink()
            shutil.rmtree(copy / "tests/baseline/public-2026/data" / heavy.stem, ignore_errors=True)
            (copy / f"tests/baseline/public-2026/{heavy.stem}.json").unlink(missing_ok=True)
    table = copy / "data/raw/public-2026/service_evidence.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text(
        text.replace("E0010,Adico,dpo_rgpd,offered", "E0010,Adico,sauvegarde,offered"),
        encoding="utf-8",
    )
    shutil.copytree(built.root / "scripts", copy / "scripts")
    command = [sys.executable, str(copy / "scripts/describe_data.py"), "--data", str(copy / "data")]
    subprocess.run(command, check=True, capture_output=True)
    done = run("reports")
    assert done.returncode == 0, done.stderr
    page = (copy / "reports/public-2026/changes.html").read_text(encoding="utf-8")
    plain = re.sub(r"<[^>]+>", "", page)
    assert "Sauvegarde et continuité" in plain
    assert "Avant" in plain
    assert "Après" in plain
    told = run("changes", str(copy / "tests/baseline/public-2026"), "public-2026")
    assert told.returncode == 1
    assert "Avant :" in told.stdout.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.slow
def test_every_notebook_runs_green_in_an_ordinary_kernel_without_the_pipeline(built):
    assert built.code == 0
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--nbmake",
        "--nbmake-timeout=900",
        "-p",
        "no:cacheprovider",
    ]
    command += ["-o", "addopts=", "-o", "filterwarnings=default", "-n", "2", "notebooks"]
    done = subprocess.run(
        command, cwd=built.root, capture_output=True, text=True, timeout=1800, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    # and the sheet, for the operator that it names by default
    assert f"{len(built.layout.chapters) + 1} passed" in done.stdout
