"""What a save leaves: sources, tags and readable ids, and nothing that the lint complains of."""

import json

import nbformat
import nbformat.v4 as v4
import pytest

from claimbook.lint import lint_notebook
from claimbook.tidy import before_save, is_readable, tidy, tidy_file
from helpers.paths import project_root
from tests.loading import cases

NOTEBOOKS = sorted(project_root().glob("notebooks/**/[0-9]*.ipynb"))
UUID = "0b3a7c1e-9d4f-4b7e-8c55-1f2e3d4c5b6a"


def saved(path):
    """Return a notebook as JupyterLab sends it after a run, with a new and an empty cell."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(4, v4.new_code_cell("x = 1", id="8f3a2b1c"))
    notebook.cells.append(v4.new_code_cell("", id=UUID))
    times = {"iopub.execute_input": "2026-01-01T00:00:00Z"}
    for cell in notebook.cells:
        cell.metadata.update(scrolled=True, execution=times)
        if cell.cell_type == "code":
            cell.update(outputs=[v4.new_output("stream", text="1\n")], execution_count=3)
    notebook.metadata.update(toc={"base_numbering": 1})
    notebook.metadata.kernelspec.display_name = "Python 3 (ipykernel)"
    notebook.metadata.language_info.version = "3.11.7"
    return notebook


def test_the_lint_never_complains_of_what_a_save_produces():
    notebook = saved(NOTEBOOKS[3])
    before_save(model={"type": "notebook", "content": notebook}, path="a", contents_manager=None)
    assert [str(f) for f in lint_notebook(notebook) if not f.advice] == []
    nbformat.validate(notebook)


def test_only_the_new_cell_differs_after_a_save(tmp_path):
    path = tmp_path / "book.ipynb"
    nbformat.write(saved(NOTEBOOKS[3]), path)
    assert tidy_file(path) and not tidy_file(path)
    before, after = (json.loads(p.read_text("utf-8")) for p in (NOTEBOOKS[3], path))
    assert after["cells"].pop(4)["source"] == ["x = 1"]
    assert after == before


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebooks_of_the_collection_are_tidy(path, tmp_path):
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    assert not tidy_file(copy)


@pytest.mark.parametrize(("source", "expected"), cases(__file__)["named"])
def test_a_new_cell_is_named_by_its_first_words(source, expected):
    cells = [v4.new_code_cell(source, id=UUID), v4.new_code_cell(source, id="1234abcd")]
    notebook = v4.new_notebook(cells=cells)
    tidy(notebook)
    assert [cell["id"] for cell in notebook.cells] == [expected, f"{expected}-2"]


@pytest.mark.parametrize("name", [UUID, "1234567", "8f3a2b1c", "Cell_4", "", "a--b"])
def test_an_id_of_chance_is_not_readable(name):
    assert not is_readable(name)


def test_files_that_are_no_notebooks_are_saved_as_they_are():
    model = {"type": "file", "content": "a = 1"}
    before_save(model=model, path="a.py", contents_manager=None)
    assert model == {"type": "file", "content": "a = 1"}
