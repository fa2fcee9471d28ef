"""What a notebook meets in its kernel, and what a person is told when it fails."""

import nbformat.v4 as v4
import pytest

from claimbook.errors import UserError
from claimbook.run.kernel import Kernel, kernel_environment
from claimbook.run.notebook import NotebookFailure, read
from tests.loading import cases

NAMES = ("PYTHONHASHSEED", "OMP_NUM_THREADS", "TZ", "MPLBACKEND", "PYTHONUTF8")
CASES = cases(__file__)


def notebook(*sources, **tags):
    cells = [
        v4.new_code_cell(s, id=f"c{n}", metadata={"tags": tags.get(f"c{n}", [])})
        for n, s in enumerate(sources, 1)
    ]
    return v4.new_notebook(cells=cells)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a small project."""
    root = tmp_path_factory.mktemp("project")
    for name in ("data", "listed_for_modules"):
        (root / name).mkdir()
    for name in ("own.py", "a.txt", ".hidden"):
        (root / name).write_text("")
    return root


@pytest.fixture(scope="module")
def twice(folder):
    """Execute one notebook twice: return both, and what it used."""
    environment = f"import os\n[os.environ[name] for name in {NAMES}]"
    sources = ["operator = 'a'", "operator", environment, "print('a')\nprint('b')", "{'x', 'y'}"]
    book = notebook(
        *sources, CASES["uses"], "1 / 0", "'after'", c1=["parameters"], c7=["raises-exception"]
    )
    kernel = Kernel(folder, [folder], timeout=60)
    return [kernel.execute(book, name="book", parameters={"operator": "b"}) for _ in "ab"], kernel


def test_parameters_and_the_environment_are_those_that_are_given(twice, monkeypatch):
    shown = {
        cell.id: [output.get("text") or output.data["text/plain"] for output in cell.outputs]
        for cell in twice[0][0].cells
        if cell.id in ("c2", "c3")
    }
    assert shown == {"c2": ["'b'"], "c3": ["['0', '1', 'UTC', 'agg', '1']"]}
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("MATPLOTLIBRC", "/elsewhere/matplotlibrc")
    monkeypatch.setenv("IPYTHONDIR", "/elsewhere")
    assert not {"COLUMNS", "MATPLOTLIBRC"} & kernel_environment().keys()
    assert kernel_environment()["IPYTHONDIR"] != "/elsewhere"


def test_the_same_notebook_gives_the_same_bytes(twice):
    first, second = twice[0]
    assert first == second
    (printed,) = (cell for cell in first.cells if cell.id == "c4")
    assert len(printed.outputs) == 1 and "execution" not in printed.metadata


def test_an_error_that_a_tag_announces_is_shown(twice):
    raising, after = twice[0][0].cells[-2:]
    assert raising.outputs[0].ename == "ZeroDivisionError"
    assert after.outputs[0].data["text/plain"] == "'after'"


def test_what_a_notebook_uses_is_recorded(twice, folder):
    used = twice[1].used
    found = {kind: [p.removeprefix(f"{folder}/") for p in paths] for kind, paths in used.items()}
    wanted = {"read": ["a.txt", "d.txt", "data"], "written": ["b.txt", "c.txt"]}
    assert found == {**wanted, "modules": ["own.py"]}


@pytest.mark.parametrize(("source", "kind", "message"), CASES["failures"])
def test_a_failure_names_notebook_cell_line_and_cause(folder, source, kind, message):
    with pytest.raises(NotebookFailure) as caught:
        Kernel(folder, timeout=2).execute(notebook("a = 1", source), name="03_book")
    assert caught.value.kind == kind and message in str(caught.value)
    assert str(caught.value).startswith("03_book, cell 'c2' (number 2)")
    # A file that is not there may come: the build tries again.
    assert caught.value.absent == ("nowhere" in source)


@pytest.mark.parametrize("text", ["", "{}", '{"cells": [{"cell_type": "code"}]}'])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, text):
    (tmp_path / "01_a.ipynb").write_text(text)
    with pytest.raises(UserError, match=r"notebooks/01_a\.ipynb: not a notebook"):
        read(tmp_path / "01_a.ipynb")
