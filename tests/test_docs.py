"""The documentation names tests and files that exist."""

import re

import pytest

from helpers import texts
from helpers.__main__ import COMMANDS, parser
from helpers.paths import project_root

ROOT = project_root()
FOLDERS = ("*.md", "docs/*.md", "benchmarks/*.md")
PAGES = [path for folder in FOLDERS for path in sorted(ROOT.glob(folder))]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)


@each_page
def test_every_test_that_is_named_exists(page):
    for file, name in re.findall(r"(tests/[\w/]+\.py)(?:::(\w+))?", page.read_text("utf-8")):
        assert (ROOT / file).is_file(), file
        assert not name or f"def {name}(" in (ROOT / file).read_text("utf-8"), f"{file}::{name}"


@each_page
def test_every_relative_link_leads_to_a_file(page):
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        assert re.match(r"[a-z]+:", link) or (page.parent / link).exists(), link


def test_every_command_has_its_function_and_its_words():
    assert texts.read("commands").keys() == COMMANDS.keys()


@each_page
def test_every_command_that_is_named_exists(page):
    text, commands = page.read_text("utf-8"), parser().format_help()
    for command in re.findall(r"python -m helpers ([a-z]+)", text):
        assert re.search(rf"^ +{command}\b", commands, flags=re.MULTILINE), command
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`make ([a-z-]+)", text):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_every_rule_that_the_page_on_accessibility_names_exists():
    rules = re.findall(r"rule `(\w+)`", (ROOT / "docs" / "accessibility.md").read_text("utf-8"))
    checks = (ROOT / "tests" / "claimbook" / "page" / "checks.py").read_text("utf-8")
    assert rules and all(f"def {rule}(" in checks for rule in rules)
