"""The build: what runs again, why, and that it always gives the same bytes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from claimbook.build import Layout
from claimbook.build.locking import BuildLock
from helpers.__main__ import main


def would_run(run) -> set[str]:
    """Return the tasks that a build would run, read from its explanation."""
    done = run("reports", "--explain")
    assert done.returncode == 0, done.stderr
    tasks, current = set(), None
    for line in done.stdout.splitlines():
        if line.startswith("  • ") and current:
            tasks.add(current)
        elif line.strip() and not line.startswith(" "):
            current = line.strip()
    return tasks


def with_readers(names: set[str], layout: Layout) -> set[str]:
    """Return notebooks and those that read what they told: whether its words change is only known once it has run."""
    while True:
        grown = names | {chapter.name for chapter in layout.chapters if names & set(chapter.cites)}
        if grown == names:
            return names
        names = grown


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def published(copy: Path) -> dict[str, bytes]:
    folder = copy / "reports/public-2026"
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_the_build_succeeds(built):
    assert built.code == 0
    assert {"index.html", "changes.html"} <= {p.name for p in built.reports}


def test_a_second_build_runs_nothing_wherever_it_is(copy_of_build):
    _, run = copy_of_build
    assert would_run(run) == set()


def test_editing_profiles_runs_only_what_reaches_it(copy_of_build):
    copy, run = copy_of_build
    edit(copy / "src/helpers/profiles.py", 'pd.DataFrame("unseen"', 'pd.DataFrame(str("unseen")')
    tasks = would_run(run)
    notebooks = {
        t.removeprefix("execute ") for t in tasks if t.startswith("execute ") and "/" not in t
    }
    layout = Layout(copy, "public-2026")
    importing = {
        c.name for c in layout.chapters if "helpers.profiles" in c.path.read_text(encoding="utf-8")
    }
    assert notebooks == with_readers(importing, layout)
    assert importing and importing < {c.name for c in layout.chapters}
    assert "tables" not in tasks


def test_a_comment_in_a_helper_exports_what_names_its_hash_and_executes_nothing(copy_of_build):
    copy, run = copy_of_build
    edit(copy / "src/helpers/profiles.py", '"unseen")', '"unseen")  # every state')
    assert {t.split()[0] for t in would_run(run)} == {"export", "publish"}


def test_a_template_change_exports_again_without_executing(copy_of_build):
    copy, run = copy_of_build
    sheet = next((copy / "src/helpers/report").rglob("*.css"))
    sheet.write_text(sheet.read_text(encoding="utf-8") + "/* */\n", encoding="utf-8")
    tasks = would_run(run)
    pages = {
        "export",
        "index",
        "changes",
        "claims",
        "status",
        "sheet_frame",
        "sheet_lists",
        "publish",
    }
    assert {t.split()[0] for t in tasks} <= pages
    assert "export 03_service_map" in tasks


def test_editing_a_notebook_runs_that_notebook_and_what_shows_it(copy_of_build):
    copy, run = copy_of_build
    edit(
        copy / "notebooks/01_sources.ipynb",
        "n_figures = len(published)",
        "n_figures = len(published)  # all",
    )
    tasks = would_run(run)
    readers = with_readers({"01_sources"}, Layout(copy, "public-2026"))
    assert {t for t in tasks if t.startswith("execute")} == {f"execute {name}" for name in readers}


def test_a_notebook_that_tells_the_same_as_before_does_not_run_its_readers(copy_of_build):
    copy, run = copy_of_build
    edit(
        copy / "notebooks/01_sources.ipynb",
        "n_figures = len(published)",
        "n_figures = len(published)  # all",
    )
    done = run("reports")
    assert done.returncode == 0, done.stderr
    assert "1 notebook executed." in done.stdout


def test_bad_input_is_one_line_exit_code_2_and_nothing_written(copy_of_build):
    copy, run = copy_of_build
    before = {p: p.read_bytes() for p in (copy / "data/processed").rglob("*") if p.is_file()}
    edit(
        copy / "data/raw/public-2026/service_evidence.csv",
        "E0005,Adico,achat_groupe",
        "E0005,Adico,achat_groupé",
    )
    done = run("reports")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "line 6, column 'service_code'" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert {
        p: p.read_bytes() for p in (copy / "data/processed").rglob("*") if p.is_file()
    } == before


def test_an_unknown_edition_is_one_line_and_exit_code_2(capsys):
    assert main(["reports", "--edition", "public-1999"]) == 2
    assert capsys.readouterr().err.startswith("error: There is no edition 'public-1999'")


@pytest.mark.slow
def test_a_build_from_scratch_with_another_number_of_workers_gives_the_same_bytes(
    built, copy_of_build
):
    copy, run = copy_of_build
    for folder in ("reports", ".cache", "data/processed"):
        shutil.rmtree(copy / folder)
    (copy / "pytask.lock").unlink()
    done = run("reports", "--workers", "1")
    assert done.returncode == 0, done.stderr
    ours = {
        p.relative_to(built.layout.reports): p.read_bytes()
        for p in built.layout.reports.rglob("*")
        if p.is_file()
    }
    again = copy / "reports" / "public-2026"
    theirs = {p.relative_to(again): p.read_bytes() for p in again.rglob("*") if p.is_file()}
    assert ours.keys() == theirs.keys()
    assert [str(name) for name in ours if ours[name] != theirs[name]] == []


def test_the_explanation_names_the_definition_that_changed(copy_of_build):
    copy, run = copy_of_build
    edit(copy / "src/helpers/profiles.py", 'pd.DataFrame("unseen"', 'pd.DataFrame(str("unseen")')
    lines = run("reports", "--explain").stdout.splitlines()
    place = lines.index("execute 03_service_map")
    assert lines[place + 1] == "  • helpers.profiles:build_profiles changed"


def test_a_notebook_that_is_gone_takes_its_report_along_and_one_that_is_new_brings_its_own(
    copy_of_build,
):
    copy, run = copy_of_build
    reports, executed = copy / "reports/public-2026", copy / ".cache/executed/public-2026"
    (copy / "notebooks/00_synthesis.ipynb").unlink()
    shutil.copy(copy / "notebooks/02_cleaning.ipynb", copy / "notebooks/90_again.ipynb")
    (reports / "print").mkdir()
    (reports / "print/mine.pdf").write_bytes(b"x")
    done = run("reports")
    assert done.returncode == 0, done.stderr
    assert "1 notebook executed." in done.stdout
    assert not (reports / "00_synthesis.html").exists()
    assert not (executed / "00_synthesis.ipynb").exists()
    assert (reports / "90_again.html").is_file()
    assert (reports / "print/mine.pdf").is_file(), (
        "only what the build made is the build's to remove"
    )
    assert "00_synthesis" not in (reports / "index.html").read_text(encoding="utf-8")


def test_words_of_a_notebook_that_is_gone_are_not_read_though_they_are_still_there(copy_of_build):
    copy, run = copy_of_build
    (copy / "notebooks/09_robustness.ipynb").unlink()
    done = run("reports")
    assert done.returncode == 2
    assert (
        "notebooks/00_synthesis.ipynb reads the words of '09_robustness', which no notebook writes"
        in done.stderr
    )


@pytest.mark.parametrize(
    ("fault", "kind", "kept_too"),
    [
        ("len(published) / 0", "ZeroDivisionError", "Traceback (most recent call last)"),
        ("len(published", "SyntaxError", "'(' was never closed"),
    ],
)
def test_a_failing_notebook_is_told_and_no_report_changes(copy_of_build, fault, kind, kept_too):
    copy, run = copy_of_build
    before = published(copy)
    edit(copy / "notebooks/01_sources.ipynb", "n_figures = len(published)", f"n_figures = {fault}")
    edit(copy / "notebooks/02_cleaning.ipynb", "# ", "# Edited. ")
    done = run("reports")
    assert done.returncode == 1
    assert "01_sources, cell " in done.stderr and kind in done.stderr
    assert "The reports are those of the last build that succeeded." in done.stderr
    assert "Its whole traceback: .cache/failures/01_sources.txt" in done.stderr
    kept = (copy / ".cache/failures/01_sources.txt").read_text(encoding="utf-8")
    assert f"n_figures = {fault}" in kept and kept_too in kept
    assert published(copy) == before


def test_a_full_disk_is_one_error_and_the_last_good_reports_stay(copy_of_build):
    copy, run = copy_of_build
    before = published(copy)
    sheet = copy / "src/helpers/report/page.css"
    sheet.write_text(sheet.read_text(encoding="utf-8") + "a { color: red }\n", encoding="utf-8")
    done = run("reports", limit=150_000)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("cannot be written") == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert published(copy) == before
    assert not list(copy.rglob(".*.part"))
    assert run("reports").returncode == 0
    assert published(copy) != before


def test_a_folder_that_cannot_be_written_is_told_before_anything_runs(copy_of_build):
    copy, run = copy_of_build
    edit(copy / "CITATION.cff", "title: ", "title: X")
    shutil.rmtree(copy / ".cache/pages")
    (copy / ".cache/pages").write_text("no folder")
    before = published(copy)
    done = run("reports")
    assert done.returncode == 2
    assert "error: The build cannot write in .cache/pages/public-2026" in done.stderr
    assert done.stdout == ""
    assert published(copy) == before


def test_a_build_with_nothing_to_do_needs_no_writing(copy_of_build):
    copy, run = copy_of_build
    shutil.rmtree(copy / ".cache/definitions", ignore_errors=True)
    (copy / ".cache/definitions").write_text("no folder")
    (copy / ".cache/build.lock").mkdir()
    done = run("reports")
    assert done.returncode == 0, done.stderr
    assert "0 notebooks executed." in done.stdout


def test_two_builds_at_once_do_not_disturb_each_other(copy_of_build):
    copy, run = copy_of_build
    edit(
        copy / "notebooks/01_sources.ipynb",
        "n_figures = len(published)",
        "n_figures = len(published)  # all",
    )
    with BuildLock(copy, "public-2026"):
        second = run("reports")
    assert second.returncode == 2
    assert second.stderr.startswith("error: Another build is running in this folder (process ")
    assert run("reports").returncode == 0


def test_an_edit_made_while_the_build_runs_is_seen_by_the_next(copy_of_build):
    copy, run = copy_of_build
    edit(copy / "notebooks/01_sources.ipynb", "n_figures = len(published)", EDITS_ITSELF)
    assert run("reports").returncode == 0
    assert "execute 01_sources" in would_run(run)


# The notebook adds a line to its own file: a build may not record what the file became after it was read.
EDITS_ITSELF = (
    "n_figures = len(published); from pathlib import Path; book = Path('01_sources.ipynb'); "
    "_ = book.write_bytes(book.read_bytes() + bytes([10]))"
)


def test_editions_do_not_overwrite_each_others_states(built):
    tasks = (built.root / "pytask.lock").read_text(encoding="utf-8")
    assert 'id = "execute 01_sources (public-2026)"' in tasks


@pytest.mark.parametrize("edition", ["public-2026/", "../raw", "territories", "", "a b"])
def test_what_is_no_name_of_an_edition_is_refused(edition):
    from claimbook.build import build
    from claimbook.errors import UserError
    from helpers.paths import project_root

    with pytest.raises(UserError, match=r"is no name of an edition|There is no edition"):
        build(project_root(), edition, quiet=True)


def test_the_export_of_a_survey_counts_whatever_it_is_called(tmp_path):
    from claimbook.build import Layout

    raw = tmp_path / "data" / "raw" / "enquete"
    (raw / "exports").mkdir(parents=True)
    (raw / "truth").mkdir()
    (raw / "edition.yml").write_text("kind: survey\n", encoding="utf-8")
    for name in (
        "exports/reponses.XLSX",
        "reponses.tsv",
        "mapping.yml",
        "README.md",
        "pseudonyms.key",
        "truth/classes.csv",
    ):
        (raw / name).write_bytes(b"x")
    found = [path.relative_to(raw).as_posix() for path in Layout(tmp_path, "enquete").raw_tables]
    assert found == ["edition.yml", "exports/reponses.XLSX", "mapping.yml", "reponses.tsv"]


@pytest.mark.parametrize("count", ["0", "-1"])
def test_fewer_than_one_worker_is_refused(count, capsys):
    from helpers.__main__ import main

    with pytest.raises(SystemExit):
        main(["reports", "--workers", count])
    assert "is less than 1" in capsys.readouterr().err
