"""Set-up: the lock is exact and hashed, names no address, and is what runs here."""

import re
import tomllib
from importlib.metadata import version
from itertools import chain

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from helpers.paths import project_root

ROOT = project_root()
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^[a-zA-Z0-9].*(?:\n[ #].*)*", LOCK, flags=re.M)
PINS = {
    pin.name.lower(): pin for pin in (Requirement(b.splitlines()[0].rstrip(" \\")) for b in BLOCKS)
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_every_requirement_is_pinned_once_and_hashed_and_no_address_is_named():
    assert len(PINS) == len(BLOCKS)
    assert all(re.fullmatch(r"==[^*]+", str(pin.specifier)) for pin in PINS.values())
    assert all("--hash=sha256:" in block for block in BLOCKS)
    assert "://" not in LOCK and "index" not in LOCK


def test_what_runs_here_is_what_the_lock_says():
    for pin in PINS.values():
        if pin.marker is None or pin.marker.evaluate():
            assert version(pin.name) in pin.specifier, pin.name


def test_every_declared_dependency_is_in_the_lock():
    for text in chain(PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()):
        wanted = Requirement(text)
        (pinned,) = PINS[wanted.name.lower()].specifier
        assert pinned.version in wanted.specifier, text


def test_conda_users_get_the_same_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["channels"][0] == "conda-forge"
    python, pip, locked = environment["dependencies"]
    assert python.split("=")[1] in SpecifierSet(PROJECT["requires-python"])
    assert pip.split("=")[0] == "pip"
    assert locked == {"pip": ["--require-hashes", "-r requirements.lock"]}
