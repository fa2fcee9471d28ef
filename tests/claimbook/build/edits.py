"""Hard edits of the small project, and the notebooks that each must run again."""

from __future__ import annotations

from tests.claimbook.build.tiny import Tiny

ALL = {"00_all", "01_one", "02_two"}
TWO = {"00_all", "02_two"}


#: Name, edit, and what must run: each on the state that the one before has left.
EDITS = {
    "raw file, read by its path": (lambda p: p.write("data/raw/small/numbers.csv", "4\n4\n"), ALL),
    "raw file in a %%capture cell": (lambda p: p.write("data/raw/small/others.csv", "6\n"), TWO),
    "module by importlib in a %%capture cell": (
        lambda p: p.write("src/tiny/late.py", "VALUE = 4\n"),
        {"02_two"},
    ),
    "template of a package": (lambda p: p.write("src/tiny/template.txt", "at all\n"), TWO),
    "docstring": (lambda p: p.replace("src/tiny/maths.py", '"""Sums."""', '"""Adds."""'), set()),
    "comment": (lambda p: p.replace("src/tiny/maths.py", "# adds", "# sums up\n"), set()),
    "style sheet": (lambda p: p.write("src/tiny/style.css", "p { color: blue }\n"), set()),
    "outputs of a notebook": (
        lambda p: p.replace("notebooks/01_one.ipynb", '"outputs": []', '"outputs":  []'),
        set(),
    ),
}
