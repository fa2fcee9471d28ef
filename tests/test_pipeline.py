"""The build: what runs again, why, and that it always gives the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.pipeline import Layout

KEPT = ["src", "notebooks", "data", "reports", ".cache/executed", "tests/baseline"]
FILES = ["pytask.lock", "pyproject.toml", "requirements.lock", "CITATION.cff"]


@pytest.fixture
def copy(built, tmp_path):
    """A finished build somewhere else: what it remembers must not depend on where it is."""
    for folder in KEPT:
        if (built.root / folder).exists():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(built.root / folder, tmp_path / folder, ignore=ignore)
    for name in FILES:
        shutil.copy(built.root / name, tmp_path / name)
    return tmp_path


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "OPSN_ROOT": str(root), "COLUMNS": "200"}
    command = [sys.executable, "-m", "helpers", *arguments]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=600, check=False)


def would_run(root: Path) -> set[str]:
    """Return the tasks that a build would run, read from its explanation."""
    done = run(root, "reports", "--explain")
    assert done.returncode == 0, done.stderr
    tasks, current = set(), None
    for line in done.stdout.splitlines():
        if line.startswith("  • ") and current:
            tasks.add(current)
        elif line.strip() and not line.startswith(" "):
            current = line.strip()
    return tasks


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_build_succeeds(built):
    assert built.code == 0
    assert {"index.html", "changes.html"} <= {p.name for p in built.reports}


def test_a_second_build_runs_nothing_wherever_it_is(copy):
    assert would_run(copy) == set()


def test_editing_profiles_runs_only_what_imports_it(copy):
    edit(copy / "src/helpers/profiles.py", '"unseen")', '"unseen")  # every state')
    tasks = would_run(copy)
    notebooks = {t.removeprefix("execute ") for t in tasks if t.startswith("execute ")}
    importing = {
        c.name for c in Layout(copy, "public-2026").chapters if "helpers.profiles" in c.path.read_text(encoding="utf-8")
    }
    assert notebooks == importing
    assert notebooks
    assert "tables" not in tasks


def test_a_template_change_exports_again_without_executing(copy):
    sheet = next((copy / "src/helpers/report").rglob("*.css"))
    sheet.write_text(sheet.read_text(encoding="utf-8") + "/* */\n", encoding="utf-8")
    tasks = would_run(copy)
    assert {t.split()[0] for t in tasks} <= {"export", "index", "changes", "claims"}
    assert "export 03_service_map" in tasks


def test_editing_a_notebook_runs_that_notebook_and_what_shows_it(copy):
    edit(copy / "notebooks/01_sources.ipynb", "n_figures = len(published)", "n_figures = len(published)  # all")
    tasks = would_run(copy)
    assert {t for t in tasks if t.startswith("execute")} == {"execute 01_sources"}


def test_bad_input_is_one_line_exit_code_2_and_nothing_written(copy):
    before = {p: p.read_bytes() for p in (copy / "data/processed").rglob("*") if p.is_file()}
    edit(copy / "data/raw/public-2026/service_evidence.csv", "E0005,Adico,achat_groupe", "E0005,Adico,achat_groupé")
    done = run(copy, "reports")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "line 6, column 'service_code'" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert {p: p.read_bytes() for p in (copy / "data/processed").rglob("*") if p.is_file()} == before


def test_an_unknown_edition_is_one_line_and_exit_code_2(built):
    done = run(built.root, "reports", "--edition", "public-1999")
    assert done.returncode == 2
    assert done.stderr.startswith("error: There is no edition 'public-1999'")


@pytest.mark.slow
def test_a_build_from_scratch_with_another_number_of_workers_gives_the_same_bytes(built, copy):
    for folder in ("reports", ".cache", "data/processed"):
        shutil.rmtree(copy / folder)
    (copy / "pytask.lock").unlink()
    done = run(copy, "reports", "--workers", "1")
    assert done.returncode == 0, done.stderr
    ours = {p.relative_to(built.layout.reports): p.read_bytes() for p in built.layout.reports.rglob("*") if p.is_file()}
    again = copy / "reports" / "public-2026"
    theirs = {p.relative_to(again): p.read_bytes() for p in again.rglob("*") if p.is_file()}
    assert ours.keys() == theirs.keys()
    assert [str(name) for name in ours if ours[name] != theirs[name]] == []
