"""Set-up: the lock is exact, hashed and silent about where packages come from; conda users get the same versions."""

from __future__ import annotations

import re
from importlib.metadata import version

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from helpers.paths import project_root

ROOT = project_root()
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = [
    Requirement(line.rstrip(" \\")) for line in LOCK.splitlines() if re.match(r"^[a-zA-Z0-9]", line)
]


def test_every_requirement_is_pinned_exactly_and_hashed():
    assert len(PINS) > 100
    assert all(re.fullmatch(r"==[^*]+", str(pin.specifier)) for pin in PINS)
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", LOCK.strip())
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_lock_names_no_address():
    assert "://" not in LOCK
    assert "index" not in LOCK


def test_one_version_serves_every_supported_python():
    names = [pin.name.lower() for pin in PINS]
    assert len(names) == len(set(names))


def test_what_runs_here_is_what_the_lock_says():
    for pin in PINS:
        if pin.marker is None or pin.marker.evaluate():
            assert version(pin.name) in pin.specifier, pin.name


def test_conda_users_get_the_same_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["channels"][0] == "conda-forge"
    plain = [d for d in environment["dependencies"] if isinstance(d, str)]
    (nested,) = [d for d in environment["dependencies"] if isinstance(d, dict)]
    assert sorted(d.split("=")[0] for d in plain) == ["pip", "python"]
    assert nested == {"pip": ["--require-hashes", "-r requirements.lock"]}
    (python,) = [d for d in plain if d.startswith("python=")]
    supported = re.search(
        r'requires-python = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    )[1]
    assert python.split("=")[1] in SpecifierSet(supported)


def test_every_declared_dependency_is_in_the_lock():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    pins = {pin.name.lower(): pin for pin in PINS}
    for text in declared:
        wanted = Requirement(text)
        (pinned,) = pins[wanted.name.lower()].specifier
        assert pinned.version in wanted.specifier, text


@pytest.mark.parametrize("name", ["reports", "test", "lab", "baseline", "clean"])
def test_make_has_the_target(name):
    assert re.search(rf"^{name}:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M)
