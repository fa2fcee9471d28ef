"""A hundred realistic mistakes, made in copies of the project: nearly all fail `make test`."""

import math
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.loading import run_in
from tests.trials.mistakes import KINDS, Site, drawn, sites

SEED = 2026
CITED = "notebooks/05_demand.ipynb"
#: Mistakes that may pass; each is printed.
MOST = 5


@pytest.fixture(scope="session")
def mistaken(copy_of_build):
    """Return a function that makes mistakes in a copy, and gives the exit code and what is told."""

    def run(*made: Site) -> tuple[str, int, str]:
        root = copy_of_build()
        told = "\n".join(site.made(root) for site in made)
        done = run_in(root, "tests.trials.rerun", made[0].file)
        shutil.rmtree(root)
        return told, done.returncode, done.stdout + done.stderr

    return run


def whole(number: re.Match) -> str:
    """Return a French number with one decimal as a whole one, halves upwards."""
    return str(math.floor(float(number[0].replace(",", ".")) + 0.5))


def test_a_format_a_word_of_a_caption_and_one_of_a_heading_are_told_before_and_after(
    built, mistaken
):
    made = [
        next(site for site in sites(built.root, kind) if site.file == CITED and site.edit[2] == new)
        for kind, new in (
            ("format", "| percent "),
            ("caption", "baissé"),
            ("prose, word", "baissé"),
        )
    ]
    _, code, told = mistaken(*made)
    before, after = (re.findall(rf"(?m)^[{sign}]([\w#].*)$", told) for sign in "-+")
    assert code == 1 and len(before) == len(after) == 3, told
    changed = [re.sub(r"\d+,\d(?=\W%)", whole, line) for line in before]
    assert [line.replace("augmenté", "baissé") for line in changed] == after


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
