import nbformat.v4 as v4
import pytest

from claimbook.depend import (
    _modules,
    assigned_names,
    files_reached,
    modules_reached,
    tables_read,
    tables_written,
)
from claimbook.errors import UserError


def notebook(*sources):
    return v4.new_notebook(
        cells=[v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    )


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = 1", {"a"}),
        ("a, (b, *c) = x", {"a", "b", "c"}),
        ("a += 1", {"a"}),
        ("a: int = 1", {"a"}),
        ("frame['x'] = 1", {"frame"}),
        ("frame.loc[0].y = 1", {"frame"}),
        ("rows.append(1)", {"rows"}),
        ("x = rows.copy()", {"x"}),
        ("for i in z:\n    pass", {"i"}),
        ("with open(f) as g:\n    pass", {"g"}),
        ("import q.r as s, t.u\nfrom v import w", {"s", "t", "w"}),
        ("print(w := 3)", {"w"}),
        ("y = [n for n in z]", {"y"}),
        ("def f(o):\n    inner = 1", {"f"}),
        ("g = lambda h: (m := h)", {"g"}),
        ("%load_ext claimbook\na = 1", {"a"}),
        ("x = (a\n     % b)", {"x"}),
        ("%%narrative\nLa part = {{ x | count }}", set()),
        ("print(a)", set()),
    ],
)
def test_names_that_a_cell_assigns_are_those_that_outlive_it(source, names):
    assert assigned_names(source) == names


def test_a_module_reaches_what_it_imports_at_any_depth(tmp_path, monkeypatch):
    package = tmp_path / "helpers"
    (package / "room").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "room" / "__init__.py").write_text("from helpers.room.inner import f")
    (package / "room" / "inner.py").write_text(
        "def f():\n    from .. import late\n    import helpers.other as o"
    )
    (package / "room" / "page.html.j2").write_text("x")
    (package / "late.py").write_text("NAME = 'helpers.by_name'")
    (package / "other.py").write_text("import json\nfrom helpers.gone import x")
    (package / "by_name.py").write_text("")
    (package / "unrelated.py").write_text("")
    monkeypatch.setattr(_modules, "ROOT", package)
    reached = {
        "helpers",
        "helpers.room",
        "helpers.room.inner",
        "helpers.late",
        "helpers.other",
        "helpers.by_name",
    }
    assert modules_reached("helpers.room") == reached
    assert modules_reached(notebook("x = 1", "from helpers import room")) == reached
    assert modules_reached(notebook("import json", "%%narrative\nimport helpers.other")) == set()
    files = files_reached("helpers.room")
    assert files == sorted(files)
    assert {file.relative_to(package).as_posix() for file in files} == {
        "__init__.py",
        "by_name.py",
        "late.py",
        "other.py",
        "room/__init__.py",
        "room/inner.py",
        "room/page.html.j2",
    }


def test_loading_the_extension_reaches_sentences_and_figures():
    reached = modules_reached(notebook("%load_ext claimbook"))
    assert {"helpers", "claimbook.prose", "claimbook.figures", "claimbook.french"} <= reached
    assert "claimbook.claims" not in reached


def test_an_unknown_module_is_refused():
    with pytest.raises(UserError, match=r"helpers\.nothing"):
        modules_reached("helpers.nothing")


def test_tables_are_read_from_the_literal_names(tmp_path):
    book = notebook(
        'a = edition.load("operators")\nb = edition.load("services", columns=["x"])',
        'edition.save("classes", a)\nother.load("no")\nload("no")',
        '%%narrative\nedition.load("no")',
    )
    assert tables_read(book) == {"operators", "services"}
    assert tables_written(book) == {"classes"}
    path = tmp_path / "book.ipynb"
    path.write_text(v4.writes(book))
    assert tables_read(path) == {"operators", "services"}


@pytest.mark.parametrize(
    "call", ["edition.load(name)", "edition.load()", "edition.load(f'{x}')", "edition.load(3)"]
)
def test_a_table_without_a_literal_name_is_refused_with_its_cell(call):
    with pytest.raises(UserError, match="cell 'cell-1', line 2"):
        tables_read(notebook("a = 1", f"a\n{call}"))


def test_the_edition_may_have_any_name_that_open_edition_gave_it():
    book = notebook(
        "study = open_edition(edition)\nother = pd.read()",
        'x = study.load("operators")\nother.load(x)',
    )
    assert tables_read(book) == {"operators"}


def test_a_module_may_be_given_as_its_file_or_folder():
    root = _modules.ROOT
    assert modules_reached(root / "errors.py") == modules_reached("claimbook.errors")
    assert modules_reached(root / "french") == modules_reached("claimbook.french")


def test_an_import_for_type_checkers_alone_is_no_dependency(tmp_path, monkeypatch):
    package = tmp_path / "helpers"
    package.mkdir()
    (package / "__init__.py").write_text("")
    hidden = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from helpers.typed import T\n"
    )
    (package / "user.py").write_text(f"{hidden}from helpers.needed import f\n")
    (package / "typed.py").write_text("")
    (package / "needed.py").write_text("")
    monkeypatch.setattr(_modules, "ROOT", package)
    assert modules_reached("helpers.user") == {"helpers", "helpers.user", "helpers.needed"}
