"""The engine on a small project: what runs again, in which order, and what a person is told."""

import contextlib
import errno
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from claimbook.build import engine
from claimbook.build.engine import build_lock
from claimbook.build.steps import Step
from claimbook.depend import Sources
from claimbook.errors import StorageError, UserError
from claimbook.tables import copy_all, replace_all
from tests.claimbook.build.tiny import EDITS, PROJECT, Tiny

ALL = set(PROJECT["notebooks"])
NUMBERS = "data/raw/small/numbers.csv"

RUN_AGAIN = ("raw file in a %%capture cell", "module by importlib in a %%capture cell")


def start_and_kill(root: Path, after: float) -> None:
    """Start a build of the small project and kill it outright after some seconds."""
    build = subprocess.Popen([sys.executable, "-m", "tests.claimbook.build.tiny", str(root)])
    with contextlib.suppress(subprocess.TimeoutExpired):
        build.wait(after)
    build.kill()
    build.wait()


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Build the small project once."""
    root = tmp_path_factory.mktemp("finished") / "project"
    assert Tiny(root).build() == (0, ALL)
    return root


@pytest.fixture
def tiny(finished, tmp_path):
    """Return a copy of the finished build, somewhere else."""
    shutil.copytree(finished, tmp_path / "project")
    return Tiny(tmp_path / "project")


def test_what_steps_import_is_imported_by_one_thread(tiny, monkeypatch):
    tiny.write("steps/late_one.py", PROJECT["late"])
    tiny.write("steps/late_two.py", PROJECT["late"])
    monkeypatch.syspath_prepend(tiny.path("steps"))
    names = ("late_one", "late_two")
    steps = [Step(name=name, run=f"{name}:run", given=(name,)) for name in names]
    sources = Sources(tiny.layout.cache / "syntax.json")
    code, executed = engine.run(tiny.layout, sources, steps, whole=False, workers=2, quiet=True)
    assert (code, sorted(executed)) == (0, [*names])
    threads = [sys.modules[name].THREAD for name in names]
    assert threads == [threading.current_thread().name] * 2


def test_a_notebook_runs_after_the_one_that_writes_what_it_reads(tiny):
    assert tiny.last() == "35\nin all\n"
    assert "35" in tiny.path("reports/small/00_all.ipynb").read_text()


def test_what_must_run_again_does_and_nothing_else(tiny):
    assert tiny.build() == (0, set())  # although it was moved
    for name in RUN_AGAIN:
        expected = tiny.edit(name)
        assert tiny.build() == (0, expected), name
    for name in ("docstring", "comment", "style sheet", "outputs of a notebook"):
        tiny.edit(name)
    assert tiny.build() == (0, set())


@pytest.mark.slow
def test_every_edit_runs_again_what_it_must(tiny):
    for name in EDITS:
        expected = tiny.edit(name)
        assert tiny.build() == (0, expected), name


def test_a_table_that_no_notebook_writes_any_more_is_removed_and_missed(tiny, capsys):
    before = tiny.reports()
    tiny.notebook("01_one", "x = 1")
    assert tiny.build()[0] == 2
    assert not tiny.path("data/processed/small/first.csv").exists()
    error = capsys.readouterr().err
    assert "notebooks/02_two.ipynb reads the table 'first', which no notebook writes" in error
    assert tiny.reports() == before


def test_a_table_that_comes_back_with_the_same_bytes_stays(tiny):
    write = "import pathlib\nfrom claimbook.tables import replace_text"
    call = "_ = replace_text(pathlib.Path('../data/processed/small/more.csv').resolve(), 'x')"
    tiny.notebook("03_more", write, call)
    assert tiny.build() == (0, {"03_more"})
    tiny.notebook("03_more", write, call, "y = 1")
    assert tiny.build() == (0, {"03_more"})
    assert tiny.path("data/processed/small/more.csv").read_text() == "x"


def test_two_notebooks_that_write_one_table_are_refused(tiny):
    write = "with open('../data/processed/small/first.csv', 'w') as file:\n    _ = file.write('3')"
    tiny.notebook("03_more", write)
    with pytest.raises(UserError, match=r"01_one\.ipynb and notebooks/03_more\.ipynb both write"):
        tiny.build()
    tiny.remove("notebooks/03_more.ipynb")
    assert tiny.build()[0] == 0
    assert tiny.last() == "35\nin all\n"


def test_the_report_of_a_deleted_notebook_goes_and_the_others_run_if_forced(tiny):
    tiny.remove("notebooks/00_all.ipynb", "notebooks/02_two.ipynb")
    assert tiny.build() == (0, set())
    assert [*tiny.reports()] == ["01_one.ipynb"]
    assert tiny.build(force=True) == (0, {"01_one"})


def test_some_steps_alone_remove_nothing(tiny):
    before = tiny.reports()
    assert engine.run(tiny.layout, Sources(), [], quiet=True, whole=False) == (0, [])
    assert tiny.reports() == before


def test_a_script_that_raises_fails_the_build_and_names_the_cell(tiny, capsys):
    before = tiny.reports()
    tiny.write("notebooks/broken.py", "raise ValueError('broken')")
    tiny.notebook("03_more", "%run broken.py")
    assert tiny.build()[0] == 1
    error = capsys.readouterr().err
    assert "03_more, cell 'c1' (number 2)" in error and "ValueError: broken" in error
    assert ".cache/failures/03_more.txt" in error
    assert tiny.reports() == before
    tiny.write("notebooks/broken.py", "x = 1")
    assert tiny.build() == (0, {"03_more"})


@pytest.mark.parametrize("name", ["12 mon essai", "3_short", "04_Upper"])
def test_a_notebook_whose_name_breaks_the_rule_is_refused(tiny, name):
    tiny.notebook(name, "x = 1")
    with pytest.raises(UserError, match=f"{name}.ipynb cannot be built: a notebook is named like"):
        tiny.build()


def test_a_notebook_without_a_name_is_left_out_with_a_notice(tiny, capsys):
    tiny.notebook("Untitled1", "x = 1")
    assert tiny.build() == (0, set())
    assert "Untitled1.ipynb is left out" in capsys.readouterr().out


def test_raw_data_may_stand_behind_a_link(tiny, tmp_path):
    raw, elsewhere = tiny.path("data/raw/small"), tmp_path / "elsewhere"
    raw.rename(elsewhere)
    raw.symlink_to(elsewhere)
    assert tiny.build() == (0, set())
    (elsewhere / "others.csv").write_text("6\n")
    assert tiny.build() == (0, {"00_all", "02_two"})


def test_an_input_that_changes_while_a_notebook_runs_makes_it_run_again(tiny):
    change = (
        "from pathlib import Path\nimport time\n"
        "path = Path('../data/raw/small/others.csv')\ntext = path.read_text()\n"
        "import subprocess\n"
        "_ = subprocess.run(['sh', '-c', f'echo 8 > {path}']) if text != '8\\n' else None"
    )
    tiny.notebook("03_more", change, "text")
    assert tiny.build()[0] == 0
    assert "8" in tiny.path("reports/small/03_more.ipynb").read_text().rpartition("text/plain")[2]
    assert tiny.build() == (0, set())


def test_why_steps_would_run_is_explained_and_none_runs(tiny, capsys):
    tiny.write("data/raw/small/others.csv", "6\n")
    tiny.write("src/tiny/late.py", "VALUE = 5\n")
    assert tiny.build(explain=True) == (0, set())
    out = capsys.readouterr().out
    assert "chapter 02_two" in out and "data/raw/small/others.csv changed" in out
    assert "src/tiny/late.py changed" in out and "chapter 01_one" not in out


def test_a_killed_build_shows_no_mixture_and_recovers(tiny):
    before = tiny.reports()
    tiny.write(NUMBERS, "7\n")
    start_and_kill(tiny.root, 2)
    seen = tiny.reports()
    assert tiny.build(wait=True)[0] == 0
    assert tiny.last() == "75\nin all\n"
    assert "75" in tiny.path("reports/small/00_all.ipynb").read_text()
    assert seen in (before, tiny.reports())


@pytest.mark.slow
def test_builds_killed_at_any_moment_recover(tmp_path):
    project, rng, seen = Tiny(tmp_path / "project"), random.Random(20231123), {}
    for text in ("7\n", "1\n2\n"):
        project.write(NUMBERS, text)
        began = time.monotonic()
        project.build()
        seconds = time.monotonic() - began
        seen[text] = project.reports()
    for number in range(10):
        cold = number % 2 == 0
        if cold:
            for name in (".cache", "data/processed", "reports", ".pytask"):
                shutil.rmtree(project.path(name))
            project.remove("pytask.lock")
        text = "7\n" if cold else "1\n2\n"
        project.write(NUMBERS, text)
        before, after = project.reports(), rng.random() * seconds * 1.3
        start_and_kill(project.root, after)
        # What readers see is no mixture, and that of a build that nobody killed in the end.
        assert project.reports() in (before, seen[text]), (number, after)
        assert project.build(wait=True)[0] == 0, (number, after)
        assert project.reports() == seen[text], (number, after)


def test_a_second_build_is_refused_or_waits(tiny):
    with build_lock(tiny.root, "small"), pytest.raises(UserError, match="Another build is running"):
        tiny.build()
    assert tiny.build() == (0, set())


@pytest.fixture
def full_after(monkeypatch):
    """Make the disk full after some files."""
    real, written = Path.write_bytes, []

    def fill(count: int) -> None:
        def write(path, content):
            written.append(path)
            if len(written) > count:
                real(path, content[:1])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(path, content)

        monkeypatch.setattr(Path, "write_bytes", write)

    return fill


def test_a_full_disk_is_one_error_and_the_reports_stay(tiny, full_after):
    before = tiny.reports()
    tiny.write(NUMBERS, "4\n")
    full_after(2)
    with pytest.raises(StorageError, match=r"cannot be written .No space left"):
        tiny.build()
    assert tiny.reports() == before


def test_pages_are_published_together_or_not_at_all(tmp_path, full_after):
    pages, reports = tmp_path / "pages", tmp_path / "reports"
    for path in (pages / "a", pages / "b", reports / "a", reports / "b"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{path.parent.name} {path.name}")
    full_after(1)
    with pytest.raises(StorageError, match=r"'b' cannot be written .* \(No space left on device\)"):
        copy_all(pages, reports, [pages / "a", pages / "b"])
    found = {path.name: path.read_text() for path in reports.iterdir()}
    assert found == {"a": "reports a", "b": "reports b"}


def test_a_file_whose_content_stays_is_not_touched(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"x")
    before = path.stat()
    assert replace_all({path: b"x", tmp_path / "b": b"y"}) == [tmp_path / "b"]
    assert path.stat() == before


def test_a_journal_that_another_build_left_does_not_count(tiny):
    lock = tiny.path("pytask.lock")
    stale = tiny.path("pytask.lock.journal")
    entry = '{{"lock-version":"1","id":"{}","state":"x","depends_on":{{}},"produces":{{}}}}\n'
    stale.write_text("".join(entry.format(f"chapter {name} (small)") for name in ALL))
    os.utime(stale, ns=(0, lock.stat().st_mtime_ns - 1))
    assert tiny.build() == (0, set())
