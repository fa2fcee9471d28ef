"""The set-up does what is missing and nothing else, whatever the dates of the files."""

import json
import os
import subprocess
import sys

import pytest

from tests.loading import script


@pytest.fixture
def set_up(tmp_path, monkeypatch):
    """Return the set-up of a small project, and the commands that it ran."""
    module, commands = script("bootstrap"), []

    def in_folder(root):
        root.mkdir(parents=True, exist_ok=True)
        module.ROOT, module.VENV = root, root / ".venv"
        module.RECORD = module.VENV / "set-up.json"

    def run(*command):
        words = [str(part) for part in command]
        commands.append(words[words.index("pip") + 1] if "pip" in words else words[2])
        if "venv" in words:
            folder = module.venv_python().parent
            folder.mkdir(parents=True, exist_ok=True)
            module.venv_python().symlink_to(sys.executable)

    monkeypatch.setattr(module, "run", run)
    module.in_folder, module.commands = in_folder, commands
    in_folder(tmp_path / "étude d’OPSN")
    for name in ("requirements.lock", "pyproject.toml"):
        (module.ROOT / name).write_text("uv==1 --hash=sha256:0\n", encoding="utf-8")
    return module


def test_a_first_set_up_makes_installs_and_links(set_up):
    set_up.main()
    assert [c for c in set_up.commands if c != "install"] == ["venv", "sync", "compileall"]
    assert set_up.commands[-1] == "install"
    assert json.loads(set_up.RECORD.read_text())["root"] == str(set_up.ROOT)


@pytest.mark.parametrize("touched", [(), ("requirements.lock",), ("pyproject.toml",)])
def test_nothing_runs_where_no_content_has_changed(set_up, touched):
    set_up.main()
    set_up.commands.clear()
    for name in touched:
        os.utime(set_up.ROOT / name, (0, 0))
    set_up.main()
    assert set_up.commands == []


@pytest.mark.parametrize("changed", [False, True], ids=["same lock", "changed lock"])
def test_the_scripts_of_a_moved_project_start_its_own_python(set_up, changed):
    set_up.main()
    set_up.commands.clear()
    folder, old = set_up.venv_python().parent, set_up.ROOT
    script = "import sys\nprint(sys.executable, *sys.argv[1:])\n"
    (folder / "tool").write_text(f"#!{set_up.venv_python()}\n{script}", encoding="utf-8")
    (folder / "tool").chmod(0o755)
    (folder / "activate").write_text(f'VIRTUAL_ENV="{old}/.venv"\n', encoding="utf-8")
    # The new name begins as the old one.
    moved = old.with_name(f"{old.name}, copie")
    old.rename(moved)
    set_up.in_folder(moved)
    if changed:
        (moved / "requirements.lock").write_text("uv==2 --hash=sha256:0\n", encoding="utf-8")
    set_up.main()
    # Without a changed lock the packages are linked, and nothing is downloaded.
    assert changed or set_up.commands == ["install"]
    folder = set_up.venv_python().parent
    done = subprocess.run([folder / "tool", "a b"], capture_output=True, text=True, check=True)
    assert done.stdout == f"{set_up.venv_python()} a b\n"
    assert (folder / "activate").read_text(encoding="utf-8") == f'VIRTUAL_ENV="{moved}/.venv"\n'


def test_a_changed_lock_is_installed_and_again_where_that_was_interrupted(set_up, monkeypatch):
    set_up.main()
    set_up.commands.clear()
    (set_up.ROOT / "requirements.lock").write_text("uv==2 --hash=sha256:0\n", encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(set_up, "link", lambda python: sys.exit(2))
        with pytest.raises(SystemExit):
            set_up.main()
    assert set_up.commands[-2:] == ["sync", "compileall"]
    set_up.commands.clear()
    set_up.main()
    assert set_up.commands[-3:] == ["sync", "compileall", "install"]
