"""Hard edits of the small project, and the notebooks that each must run again."""

from __future__ import annotations

from tests.claimbook.build.tiny import NOTEBOOKS, Tiny

ALL = {"00_all", "01_one", "02_two"}
TWO = {"00_all", "02_two"}
TWICE = "def total(text, factor=2):"


def _move(project: Tiny, old: str, new: str) -> None:
    project.path(f"notebooks/{old}.ipynb").rename(project.path(f"notebooks/{new}.ipynb"))


def _cells(project: Tiny, name: str, *more: str) -> None:
    project.notebook(name, *NOTEBOOKS[name], *more)


#: Name, edit, and what must run: each on the state that the one before has left.
EDITS = {
    "nothing": (lambda p: None, set()),
    "raw file, read by its path": (lambda p: p.write("data/raw/small/numbers.csv", "4\n4\n"), ALL),
    "raw file in a %%capture cell": (lambda p: p.write("data/raw/small/others.csv", "6\n"), TWO),
    "module by importlib in a %%capture cell": (
        lambda p: p.write("src/tiny/late.py", "VALUE = 4\n"),
        {"02_two"},
    ),
    "template of a package": (lambda p: p.write("src/tiny/template.txt", "at all\n"), TWO),
    "default of a function": (
        lambda p: p.replace("src/tiny/maths.py", "def total(text, factor=1):", TWICE),
        ALL,
    ),
    "constant of a module": (lambda p: p.replace("src/tiny/maths.py", "R = 1", "R = 7"), ALL),
    "same value, other syntax": (
        lambda p: p.replace("src/tiny/maths.py", "R = 7", "R = 3 + 4"),
        {"01_one"},
    ),
    "docstring": (lambda p: p.replace("src/tiny/maths.py", '"""Sums."""', '"""Adds."""'), set()),
    "comment": (lambda p: p.replace("src/tiny/maths.py", "# adds", "# sums up\n"), set()),
    "style sheet": (lambda p: p.write("src/tiny/style.css", "p { color: blue }\n"), set()),
    "changelog": (lambda p: p.write("CHANGELOG.md", "Something.\n"), set()),
    "lock": (lambda p: p.write("requirements.lock", "numpy==1\n"), ALL),
    "module that nobody imports": (lambda p: p.write("src/tiny/other.py", "X = 1\n"), set()),
    "outputs of a notebook": (
        lambda p: p.replace("notebooks/01_one.ipynb", '"outputs": []', '"outputs":  []'),
        set(),
    ),
    "kernel that Jupyter notes": (
        lambda p: p.replace(
            "notebooks/01_one.ipynb",
            '"metadata": {},',
            '"metadata": {"kernelspec": {"name": "python3"}},',
        ),
        set(),
    ),
    "cell added": (lambda p: _cells(p, "01_one", "x = 1"), {"01_one"}),
    "cell taken away": (lambda p: _cells(p, "01_one"), {"01_one"}),
    "notebook added": (lambda p: p.notebook("03_more", "y = 2"), {"03_more"}),
    "notebook renamed": (lambda p: _move(p, "03_more", "04_more"), {"04_more"}),
    "notebook deleted": (lambda p: p.path("notebooks/04_more.ipynb").unlink(), set()),
    "table deleted": (
        lambda p: p.path("data/processed/small/first.csv").unlink(),
        {"01_one"},
    ),
    "table edited by hand": (
        lambda p: p.write("data/processed/small/last.csv", "9"),
        {"02_two"},
    ),
    "executed notebook deleted": (
        lambda p: p.path(".cache/executed/small/00_all.ipynb").unlink(),
        {"00_all"},
    ),
    "script run by a notebook": (
        lambda p: (p.write("notebooks/s.py", "a = 1"), p.notebook("05_run", "%run s.py")),
        {"05_run"},
    ),
    "that script": (lambda p: p.write("notebooks/s.py", "a = 2"), {"05_run"}),
    "folder that is listed": (
        lambda p: p.notebook("05_run", "import os", "n = os.listdir('../data/raw/small')"),
        {"05_run"},
    ),
    "file added to that folder": (lambda p: p.write("data/raw/small/z.csv", "1"), {"05_run"}),
    "folder of code that is listed": (
        lambda p: p.notebook("05_run", "import os, tiny", "n = os.listdir('../src/tiny')"),
        {"05_run"},
    ),
    "file added to that code": (lambda p: p.write("src/tiny/another.py", "X = 1\n"), set()),
    "file that was looked for": (
        lambda p: p.notebook(
            "05_run",
            "try:\n    open('../data/raw/small/late.txt').close()\n"
            "except FileNotFoundError:\n    pass",
        ),
        {"05_run"},
    ),
    "that file added": (lambda p: p.write("data/raw/small/late.txt", "1"), {"05_run"}),
    "table read by a name that is made": (
        lambda p: p.notebook(
            "00_all",
            "which = 'fir' + 'st'\nfrom pathlib import Path",
            "t = Path(f'../data/processed/small/{which}.csv').read_text()",
        ),
        {"00_all"},
    ),
    "what it does not read any more": (
        lambda p: p.write("data/raw/small/others.csv", "8\n"),
        {"02_two"},
    ),
}
