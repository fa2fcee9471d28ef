"""What the documentation says of the tidy tables holds: its script runs in any folder."""

import re
import subprocess
import sys

import pytest

from claimbook.depend import read_notebook
from helpers.paths import project_root
from tests.loading import script

ROOT = project_root()


def test_the_script_for_a_blank_notebook_runs_in_another_folder(built, tmp_path):
    page = (ROOT / "docs" / "extend.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```python\n(from helpers.*?)```", page, flags=re.DOTALL)
    assert len([line for line in script.splitlines() if line.strip()]) <= 10
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^cluster\n0 +\d+\n1 +\d+$", done.stdout, flags=re.MULTILINE)
    assert re.search(r"^[^\d\n]+( +0\.\d+){3}$", done.stdout, flags=re.MULTILINE)
    assert "<svg" in (tmp_path / "types.svg").read_text(encoding="utf-8")


def test_the_dictionary_describes_the_tables_as_they_are(built, built_survey):
    module = script("data_dictionary")
    if built.code or built_survey.code:
        pytest.skip("the build failed")
    made = module.dictionary(ROOT)
    assert (ROOT / module.PAGE).read_text(encoding="utf-8") == made, "run 'make docs'"


def test_the_imports_of_every_notebook_do_without_the_compiler():
    program = ["import sys", "sys.modules['numba'] = None"]
    for path in (ROOT / "notebooks").rglob("[0-9]*.ipynb"):
        cells = [cell.source for cell in read_notebook(path).cells if cell.cell_type == "code"]
        imports = re.findall(r"(?m)^(?:import|from) .*", "\n".join(cells))
        assert imports, path
        program += imports
    command = [sys.executable, "-c", "\n".join(program)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
