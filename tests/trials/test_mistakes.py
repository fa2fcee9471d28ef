"""A hundred realistic mistakes, made in copies of the project: nearly all fail `make test`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.trials.mistakes import KINDS, Site, drawn, sites

SEED = 2026
#: Mistakes that may pass; each is printed.
MOST = 5


@pytest.fixture(scope="session")
def mistaken(copy_of_build):
    """Return a function that makes mistakes in a copy, and gives the exit code and what is told."""

    def run(*made: Site) -> tuple[str, int, str]:
        root = copy_of_build()
        told = "\n".join(site.made(root) for site in made)
        done = subprocess.run(
            [sys.executable, "-m", "tests.trials.rerun", made[0].file],
            cwd=root,
            env={**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}", "OPSN_ROOT": str(root)},
            capture_output=True,
            text=True,
            check=False,
        )
        shutil.rmtree(root)
        return told, done.returncode, done.stdout + done.stderr

    return run


def in_file(root: Path, kind: str, file: str) -> list[Site]:
    """Return the mistakes of a kind that can be made in a file."""
    return [site for site in sites(root, kind) if site.file == file]


def test_a_format_in_one_hole_and_a_word_of_one_caption_are_told_before_and_after(built, mistaken):
    file = "notebooks/05_demand.ipynb"
    shown = next(s for s in in_file(built.root, "format", file) if s.edit[2] == "| percent ")
    word = next(s for s in in_file(built.root, "caption", file) if s.edit[2] == "baissé")
    _, code, told = mistaken(shown, word)
    assert code == 1
    before, after = (
        [line[1:] for line in told.splitlines() if re.match(rf"[{sign}]\w", line)] for sign in "-+"
    )
    assert len(before) == len(after) == 2, told
    assert "augmenté" in before[0] and after[0] == before[0].replace("augmenté", "baissé")
    assert re.sub(r",\d", "", before[1], count=1) == after[1] != before[1]


def test_bars_with_reversed_names_are_caught(built, mistaken):
    charts = in_file(built.root, "chart", "src/helpers/charts/forms.py")
    _, code, told = mistaken(next(s for s in charts if "names[::-1]" in s.edit[2]))
    assert code == 1 and "unit tests" in told, told


@pytest.mark.slow
def test_nearly_all_of_a_hundred_mistakes_are_caught(built, built_survey, mistaken, capsys):
    every = drawn(built.root, SEED)
    assert len(every) == sum(number for number, *_ in KINDS.values()) == 100
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(mistaken, every))
    passed = [told for told, code, _ in outcomes if code == 0]
    with capsys.disabled():
        print(f"\nmistakes caught: {len(every) - len(passed)} of {len(every)}", *passed, sep="\n")
    assert len(passed) <= MOST
