"""Cells of notebooks, and hashes of what results depend on."""

import json
import shutil

import pytest

from claimbook import depend
from claimbook.depend import Sources, assigned_names, environment, notebook_digest
from tests.claimbook.build.tiny import cell
from tests.loading import cases


@pytest.mark.parametrize(("source", "names"), cases(__file__)["assigned"])
def test_names_that_a_cell_assigns_are_those_that_outlive_it(source, names):
    assert assigned_names(source) == set(names)


SAME = (
    "def f(x=1):\n    return x\n",
    '"""Doc."""\n\n\ndef f(x=1):\n    """Doc."""\n    # x\n    return x\n',
)


@pytest.mark.parametrize(
    ("other", "same"),
    [(SAME[1], True), (SAME[0].replace("=1", "=2"), False), (SAME[0] + "Y = 1\n", False)],
)
def test_docstrings_and_comments_of_a_module_do_not_count(tmp_path, other, same):
    (tmp_path / "a.py").write_text(SAME[0])
    (tmp_path / "b.py").write_text(other)
    for _ in "twice":
        sources = Sources(tmp_path / "store.json")
        one, two = (sources.module(tmp_path / name) for name in ("a.py", "b.py"))
        assert (one == two) == same
        sources.keep()


@pytest.fixture
def read_from(monkeypatch):
    """Return a function that lets packages be read from a folder, for one test."""

    def read(folder):
        monkeypatch.setattr(depend, "SOURCES", folder)
        depend.module_file.cache_clear()

    yield read
    depend.module_file.cache_clear()


def test_a_module_reaches_what_it_imports_at_any_depth(tmp_path, read_from):
    package = tmp_path / "pack"
    (package / "room").mkdir(parents=True)
    texts = dict.fromkeys(("late.py", "aside.py", "unrelated.py"), "") | {
        "__init__.py": "def f():\n    import pack.aside",
        "room/__init__.py": "from pack.room.inner import f",
        "room/inner.py": "def f():\n    from .. import late\n    import pack.other as o",
        "other.py": "import json\nfrom pack.gone import x",
    }
    for name, text in texts.items():
        (package / name).write_text(text)
    read_from(tmp_path)
    sources = Sources()
    names = {"pack", "pack.room", "pack.room.inner", "pack.late", "pack.other"}
    assert sources.reached("pack.room.inner").keys() >= names
    assert "pack.unrelated" not in sources.reached("pack.room.inner")
    before = sources.code("pack.room.inner")
    (package / "room" / "page.css").write_text("x")
    assert sources.code("pack.room.inner") != before


def test_outputs_and_kernel_of_a_notebook_do_not_count(tmp_path):
    def written(**changes):
        book = {"cells": [cell("a = 1", "a") | changes], "metadata": changes.get("about", {})}
        (tmp_path / "a.ipynb").write_text(json.dumps(book))
        return notebook_digest(tmp_path / "a.ipynb")

    first = written()
    assert written(outputs=["x"], execution_count=3) == first
    assert written(about={"kernelspec": {}}) == first
    assert len({first, written(source="a = 2"), written(id="b"), written(cell_type="raw")}) == 4


def test_the_lock_and_the_installed_versions_it_pins_count(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("numpy==2\n")
    first = environment(lock)
    assert environment(lock) == first
    lock.write_text("numpy==2\npandas==2\n")
    assert environment(lock) != first


def test_texts_and_templates_of_a_package_count_for_the_steps_that_use_them(tmp_path, read_from):
    copy = tmp_path / "src"
    shutil.copytree(depend.SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    read_from(copy)

    def code(step):
        sources = Sources(tmp_path / "syntax.json")  # each module is parsed once
        found = sources.code(step)
        sources.keep()
        return found

    run = code("claimbook.run.kernel")
    for data, step in cases(__file__)["used"].items():
        before = code(step)
        (copy / data).write_text("changed", encoding="utf-8")
        assert code(step) != before, data
    # What runs notebooks knows no text: their kernels record those that they open.
    assert code("claimbook.run.kernel") == run


def test_a_folder_is_its_visible_names(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    before = Sources(tmp_path / "known.json").file(folder)
    (folder / ".ipynb_checkpoints").mkdir()
    assert Sources(tmp_path / "known.json").file(folder) == before
    (folder / "11_new.ipynb").write_text("{}")
    assert Sources(tmp_path / "known.json").file(folder) != before
