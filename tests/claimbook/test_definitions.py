"""What a notebook can reach by name: nothing that it may call is left out, and nothing else runs it again."""

from __future__ import annotations

import nbformat.v4 as v4
import pytest

from claimbook.depend import _modules, definitions_reached
from claimbook.depend._store import keep_in
from claimbook.errors import UserError


def notebook(*sources):
    return v4.new_notebook(
        cells=[v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    )


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Write a package of helpers and return a function that tells what a notebook reaches in it."""
    root = tmp_path / "helpers"
    monkeypatch.setattr(_modules, "ROOT", root)

    def write(**files: str):
        for name, text in {"__init__": "", **files}.items():
            path = root / f"{name.replace('__in__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def reach(*cells: str) -> set[str]:
        found = definitions_reached(notebook(*cells)).definitions
        return {
            f"{module.removeprefix('helpers.')}:{name}"
            for module, name in found
            if name != "<body>"
        }

    def parts(*cells: str) -> dict[str, str]:
        return definitions_reached(notebook(*cells)).parts()

    write.reach, write.parts = reach, parts
    return write


@pytest.mark.parametrize(
    ("module", "reached"),
    [
        ("def f():\n    return g()\ndef g():\n    pass\ndef h():\n    pass", {"f", "g"}),
        ("def f(x=g):\n    pass\ndef g():\n    pass", {"f", "g"}),
        ("LIMIT = 3\nOTHER = 4\ndef f():\n    return LIMIT", {"f", "LIMIT"}),
        (
            "def g():\n    pass\nTABLE = {'a': g}\ndef f():\n    return TABLE['a']()",
            {"f", "TABLE", "g"},
        ),
        ("def g():\n    pass\nTABLE = {'a': g}\ndef f():\n    pass", {"f"}),
        ("def g():\n    return 1\nMADE = g()\ndef f():\n    pass", {"f", "g"}),
        (
            "class A:\n    def m(self):\n        return g()\ndef g():\n    pass\ndef f():\n    return A()",
            {"f", "A", "g"},
        ),
        ("class A:\n    pass\nclass B(A):\n    pass\ndef f():\n    return B", {"f", "B", "A"}),
        (
            "def f():\n    def inner(g):\n        return g\n    return inner\ndef g():\n    pass",
            {"f"},
        ),
        ("def f():\n    return [g for g in ()]\ndef g():\n    pass", {"f"}),
        ("def f():\n    return globals()['g']\ndef g():\n    pass", {"f", "g"}),
        ("@register\ndef g():\n    pass\ndef f():\n    pass", {"f", "g"}),
        (
            "from functools import lru_cache\n@lru_cache\ndef g():\n    pass\ndef f():\n    pass",
            {"f"},
        ),
        ("X = []\nX.append(1)\ndef f():\n    pass", {"f", "X"}),
        ("try:\n    import fast\nexcept ImportError:\n    g = 1\ndef f():\n    pass", {"f"}),
    ],
)
def test_a_function_reaches_what_it_and_the_import_of_its_module_refer_to(package, module, reached):
    package(m=module)
    assert package.reach("from helpers.m import f", "f()") == {f"m:{name}" for name in reached}


def test_names_are_followed_through_packages_aliases_and_late_imports(package):
    package(
        room__in____init__="from helpers.room._a import f as shown, unused",
        room__in___a="def f():\n    from helpers.late import g\n    import helpers.other as o\n    return g(), o.h()\n"
        "def unused():\n    pass",
        late="def g():\n    pass\ndef no():\n    pass",
        other="def h():\n    pass\ndef no():\n    pass",
    )
    assert package.reach("from helpers import room", "room.shown()") == {
        "room._a:f",
        "late:g",
        "other:h",
    }


def test_an_import_that_may_fail_is_followed_as_others_are(package):
    package(
        m="try:\n    from helpers.a import g\nexcept ImportError:\n    g = None\ndef f():\n    return g()",
        a="def g():\n    pass",
    )
    assert package.reach("from helpers.m import f", "f()") == {"m:f", "a:g"}


def test_importing_alone_reaches_what_the_import_runs(package):
    package(m="def g():\n    return 1\nMADE = g()\ndef f():\n    pass", n="def f():\n    pass")
    assert package.reach("from helpers.m import f") == {"m:g"}
    assert package.reach("from helpers.n import f") == set()


def test_a_module_that_is_handed_around_may_be_asked_for_any_name(package):
    package(m="def f():\n    pass\ndef g():\n    pass")
    assert package.reach("from helpers import m", "getattr(m, 'f')()") == {"m:f", "m:g"}
    assert package.reach("NAME = 'helpers.m'") == {"m:f", "m:g"}


def test_loading_the_extension_reaches_what_it_registers(package):
    package(
        __init__="def load_ipython_extension(shell):\n    from helpers import m\n    m.f()",
        m="def f():\n    pass",
    )
    assert package.reach("%load_ext claimbook") == {"helpers:load_ipython_extension", "m:f"}


@pytest.mark.parametrize(
    ("after", "same"),
    [
        ("def f():\n    '''Other.'''\n    return 1  # why\n\n\nX = 2\n", True),
        ("def f():\n    return 1\n\ndef new():\n    return 2\n", True),
        ("def f():\n    return 2\n", False),
        ("def f(x=1):\n    return 1\n", False),
        ("def f():\n    return 1\nprint('x')\n", False),
        ("from numpy import f\n", False),
        ("def f(:\n", False),
    ],
)
def test_comments_docstrings_and_other_definitions_change_nothing(package, after, same):
    package(m="def f():\n    '''Say.'''\n    return 1\n")
    before = package.parts("from helpers.m import f", "f()")
    package(m=after)
    assert (package.parts("from helpers.m import f", "f()") == before) is same


def test_a_name_of_another_library_counts_by_where_it_comes_from(package):
    package(m="from numpy import mean\ndef f():\n    return mean([1])")
    before = package.parts("from helpers.m import f", "f()")
    package(m="from scipy import mean\ndef f():\n    return mean([1])")
    assert package.parts("from helpers.m import f", "f()") != before


def test_what_was_read_once_is_kept_and_gives_the_same(package, tmp_path):
    package(m="def f():\n    return g()\ndef g():\n    return 1")
    cells = ("from helpers.m import f", "f()")
    fresh = package.parts(*cells)
    keep_in(tmp_path / "store")
    try:
        assert package.parts(*cells) == fresh
        from claimbook.depend import _reached

        _reached._read.cache_clear()
        assert package.parts(*cells) == fresh
        for path in (tmp_path / "store").iterdir():
            path.write_text("{}")
        _reached._read.cache_clear()
        assert package.parts(*cells) == fresh
    finally:
        keep_in(None)


def test_a_definition_that_is_not_there_is_refused():
    with pytest.raises(UserError, match="names no definition"):
        definitions_reached("claimbook.french:nothing")
