"""Set up ``.venv`` with the exact versions of requirements.lock; do nothing where that is done.

Needs nothing but Python 3.11-3.13. What counts is what the files say, not their dates, and where
the project lies: a copy or a moved project is linked again without a download. The installer uv
is taken from the same lock, so that its hash is checked too.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
RECORD = VENV / "set-up.json"
OLDEST, NEWEST = (3, 11), (3, 13)


def fail(message):
    """Stop with one line and exit code 2."""
    print(f"error: {message}", file=sys.stderr)
    raise SystemExit(2)


def venv_python():
    """Return the interpreter of the virtual environment."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def version_of(python):
    """Return the version of an interpreter as text, empty if it does not run."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([str(python), "-c", code], capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip()


def digest(name):
    """Return the SHA-256 of a file of the project."""
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def block(lock, package):
    """Return the lines of one package in a hashed lock."""
    match = re.search(rf"^{re.escape(package)}==.*?(?=^\S|\Z)", lock, flags=re.M | re.S)
    if match is None:
        fail(f"requirements.lock does not pin {package}.")
    return match.group(0)


def run(*command):
    """Run a command; stop with its output when it fails."""
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_LINK_MODE": "copy"}
    command = [str(part) for part in command]
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        fail(
            "the set-up did not finish (see above). Check the network, then run the same command "
            "again."
        )


def install(python):
    """Install what the lock says, and nothing else."""
    print("Setting up .venv (again only when requirements.lock changes) …", flush=True)
    if not version_of(python):
        run(sys.executable, "-m", "venv", "--clear", VENV)
    if subprocess.run([str(python), "-c", "import uv"], capture_output=True).returncode:
        lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            requirement = Path(folder) / "uv.txt"
            requirement.write_text(block(lock, "uv"), encoding="utf-8")
            pip = (python, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps")
            run(*pip, "-r", requirement)
    options = ("--quiet", "--require-hashes", "--python", python)
    run(python, "-m", "uv", "pip", "sync", *options, "requirements.lock")
    # Byte code is compiled once here, rather than by each process that imports the libraries; that
    # of the libraries' own tests would take 90 MB.
    run(python, "-m", "compileall", "-qq", "-j", "0", "-x", r"[\\/]tests?[\\/]", VENV)


def link(python):
    """Make the packages of this folder importable in the environment; needs no network."""
    options = ("--quiet", "--offline", "--no-deps", "--no-build-isolation", "--python", python)
    run(python, "-m", "uv", "pip", "install", *options, "--editable", ".")


def relocate(old):
    """Write where the project lies now into the scripts of the environment."""
    before, now = os.fsencode(old), os.fsencode(ROOT)
    # A first line can hold neither blanks nor more than 127 bytes: a shell starts the script.
    head = f"#!/bin/sh\n'''exec' \"{venv_python()}\" \"$0\" \"$@\"\n' '''\n"
    for path in venv_python().parent.iterdir():
        content = b"" if path.is_symlink() or path.is_dir() else path.read_bytes()
        if before not in content or b"\0" in content:
            continue
        content = content.replace(before, now)
        if content.startswith(b"#!" + now):
            content = os.fsencode(head) + content.partition(b"\n")[2]
        path.write_bytes(content)


def main():
    """Do what is missing, and record what was done."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(map(str, sys.version_info[:2]))
        fail(f"Python {found} is not supported; use 3.11, 3.12 or 3.13: make PYTHON=python3.12 …")
    python = venv_python()
    wanted = {
        "lock": digest("requirements.lock"),
        "project": digest("pyproject.toml"),
        "root": str(ROOT),
        "python": version_of(python),
    }
    try:
        done = json.loads(RECORD.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        done = {}
    if done == wanted and wanted["python"]:
        return
    # A half-done set-up must not pass for a finished one.
    RECORD.unlink(missing_ok=True)
    if wanted["python"] and done.get("root", wanted["root"]) != wanted["root"]:
        relocate(done["root"])
    if any(done.get(key) != wanted[key] for key in ("lock", "python")) or not wanted["python"]:
        install(python)
    link(python)
    wanted["python"] = version_of(python)
    RECORD.write_text(json.dumps(wanted), encoding="utf-8")


if __name__ == "__main__":
    main()
