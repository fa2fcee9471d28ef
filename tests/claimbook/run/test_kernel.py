"""What a notebook meets in its kernel, and what a person is told when it fails."""

from __future__ import annotations

import nbformat.v4 as v4
import pytest

from claimbook.errors import UserError
from claimbook.run.kernel import Kernel, kernel_environment
from claimbook.run.notebook import NotebookFailure, read


def notebook(*sources, **tags):
    cells = [
        v4.new_code_cell(s, id=f"c{n}", metadata={"tags": tags.get(f"c{n}", [])})
        for n, s in enumerate(sources, 1)
    ]
    return v4.new_notebook(cells=cells)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("project")


@pytest.fixture
def kernel(folder):
    return Kernel(folder, [folder], timeout=60)


def texts(executed):
    return [o.get("text") or o.data["text/plain"] for cell in executed.cells for o in cell.outputs]


def test_the_environment_is_the_same_on_every_machine(kernel, monkeypatch):
    names = ("PYTHONHASHSEED", "OMP_NUM_THREADS", "TZ", "MPLBACKEND", "PYTHONUTF8")
    book = notebook(f"import os\n[os.environ[name] for name in {names}]")
    assert texts(kernel.execute(book, name="book")) == ["['0', '1', 'UTC', 'agg', '1']"]
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("MATPLOTLIBRC", "/elsewhere/matplotlibrc")
    found = kernel_environment()
    assert not {"COLUMNS", "MATPLOTLIBRC"} & found.keys()


def test_the_same_notebook_gives_the_same_bytes(kernel):
    book = notebook("print('a')\nprint('b')", "{'x', 'y'}")
    first = kernel.execute(book, name="book")
    assert kernel.execute(book, name="book") == first
    assert len(first.cells[0].outputs) == 1 and "execution" not in first.cells[0].metadata


def test_parameters_follow_their_defaults(kernel):
    book = notebook("operator = 'a'", "operator", c1=["parameters"])
    assert texts(kernel.execute(book, name="book", parameters={"operator": "b"})) == ["'b'"]


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("x = 1\nx / 0", "error", "cell 'c2' (number 2), line 2: ZeroDivisionError: division"),
        ("import warnings\nwarnings.warn('odd')", "error", "line 2: UserWarning: odd"),
        ("import sys\nprint('oh', file=sys.stderr)", "stderr", "wrote to stderr: oh"),
        ("%run broken.py", "error", "cell 'c2' (number 2)"),
        ("%nonsense", "error", "UsageError"),
    ],
)
def test_a_failure_names_notebook_cell_line_and_exception(kernel, folder, source, kind, message):
    (folder / "broken.py").write_text("raise ValueError('broken')")
    with pytest.raises(NotebookFailure) as caught:
        kernel.execute(notebook("a = 1", source), name="03_book")
    assert caught.value.kind == kind and message in str(caught.value)
    assert str(caught.value).startswith("03_book, cell 'c2'")


def test_an_error_that_a_tag_announces_is_shown(kernel):
    book = notebook("1 / 0", "'after'", c1=["raises-exception"])
    executed = kernel.execute(book, name="book")
    assert executed.cells[0].outputs[0].ename == "ZeroDivisionError"
    assert executed.cells[1].outputs[0].data["text/plain"] == "'after'"


def test_a_file_that_is_not_there_is_told_from_other_errors(kernel):
    with pytest.raises(NotebookFailure) as caught:
        kernel.execute(notebook("open('nowhere')"), name="book")
    assert caught.value.absent


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import os\nos._exit(3)", "the kernel died (exit code 3)"),
        ("import os\nos.kill(os.getpid(), 9)", "the kernel died (killed by SIGKILL)"),
        ("import time\ntime.sleep(60)", "no end after 1 s"),
    ],
)
def test_a_kernel_that_dies_or_hangs_is_one_clear_error(tmp_path, source, message):
    with pytest.raises(NotebookFailure) as caught:
        Kernel(tmp_path, timeout=1).execute(notebook(source), name="book")
    assert message in str(caught.value) and "cell 'c1'" in str(caught.value)


def test_what_a_notebook_uses_is_recorded(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("own.py", "a.txt", ".hidden"):
        (tmp_path / name).write_text("")
    source = (
        "from pathlib import Path\nimport own\n_ = Path('a.txt').read_text()\n"
        "_ = Path('.hidden').read_text()\n_ = Path('b.txt').write_text('x')\n"
        "_ = Path('b.txt').rename('c.txt')\n_ = list(Path('data').iterdir())\n"
        "try:\n    Path('d.txt').read_text()\nexcept FileNotFoundError:\n    pass"
    )
    kernel = Kernel(tmp_path, [tmp_path])
    kernel.execute(notebook(source), name="book")
    found = {kind: [p.removeprefix(f"{tmp_path}/") for p in ps] for kind, ps in kernel.used.items()}
    assert found["read"] == ["a.txt", "d.txt", "data"]
    assert found["written"] == ["b.txt", "c.txt"]
    assert found["modules"] == ["own.py"]


@pytest.mark.parametrize("text", ["", "{}", '{"cells": [{"cell_type": "code"}]}'])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, text):
    (tmp_path / "01_a.ipynb").write_text(text)
    with pytest.raises(UserError, match=r"notebooks/01_a\.ipynb: not a notebook"):
        read(tmp_path / "01_a.ipynb")
