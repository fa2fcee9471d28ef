from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from claimbook.run.bytecode import hash_byte_code


def value(folder):
    command = [sys.executable, "-c", "import study; print(study.VALUE)"]
    environ = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.run(
        command, env=environ, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_an_edit_of_the_same_size_and_date_is_seen(tmp_path):
    source = tmp_path / "study.py"
    source.write_text("VALUE = 1\n")
    os.utime(source, (1_000_000_000, 1_000_000_000))
    assert hash_byte_code(tmp_path) == 1
    assert value(tmp_path) == "1"
    source.write_text("VALUE = 2\n")
    os.utime(source, (1_000_000_000, 1_000_000_000))
    assert value(tmp_path) == "2"


def test_only_what_changed_is_compiled_again(tmp_path):
    for name in ("study", "other"):
        (tmp_path / f"{name}.py").write_text("VALUE = 1\n")
    assert hash_byte_code(tmp_path) == 2
    assert hash_byte_code(tmp_path) == 0
    (tmp_path / "study.py").write_text("VALUE = 2\n")
    assert hash_byte_code(tmp_path) == 1


def test_dated_byte_code_is_replaced(tmp_path):
    source = tmp_path / "study.py"
    source.write_text("VALUE = 1\n")
    assert value(tmp_path) == "1"
    assert Path(importlib.util.cache_from_source(str(source))).exists()
    assert hash_byte_code(tmp_path) == 1


def test_a_module_that_does_not_compile_is_passed_over(tmp_path):
    (tmp_path / "broken.py").write_text("def (:\n")
    assert hash_byte_code(tmp_path) == 0
