from __future__ import annotations

from pathlib import Path

import pytest

from claimbook.run.environment import kernel_environment, matplotlib_directory


def test_what_would_make_two_machines_differ_is_taken_out(monkeypatch):
    for name in ("COLUMNS", "PYTHONWARNINGS", "PYTHONSTARTUP", "IPYTHONDIR"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("MATPLOTLIBRC", "/somewhere/else")
    environ = kernel_environment()
    assert not {"COLUMNS", "PYTHONWARNINGS", "PYTHONSTARTUP", "IPYTHONDIR"} & set(environ)
    assert Path(environ["MATPLOTLIBRC"]).name == "matplotlibrc"
    assert Path(environ["MATPLOTLIBRC"]).is_file()


def test_hashes_threads_text_and_backend_are_fixed(monkeypatch):
    monkeypatch.setenv("PYTHONHASHSEED", "random")
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    environ = kernel_environment()
    assert environ["PYTHONHASHSEED"] == "0"
    assert environ["PYTHONUTF8"] == "1"
    assert environ["MPLBACKEND"] == "agg"
    assert {environ[f"{name}_NUM_THREADS"] for name in ("OMP", "OPENBLAS", "MKL")} == {"1"}


def test_the_caller_has_the_last_word(monkeypatch):
    monkeypatch.setenv("EDITION", "a")
    assert kernel_environment({"EDITION": "b", "MPLBACKEND": "svg"})["EDITION"] == "b"
    assert kernel_environment()["EDITION"] == "a"


def test_matplotlib_keeps_its_fonts_in_the_same_folder_each_time(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert (
        matplotlib_directory() == matplotlib_directory() == tmp_path / "opsn-study" / "matplotlib"
    )


@pytest.mark.parametrize("home", ["a-file", "a-file/below"])
def test_without_a_usable_cache_folder_a_temporary_one_is_used(monkeypatch, tmp_path, home):
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / home))
    assert matplotlib_directory().is_dir()
    assert tmp_path / "a-file" not in matplotlib_directory().parents
