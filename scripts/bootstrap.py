"""Set up ``.venv`` with the exact versions of requirements.lock. Needs nothing but Python 3.11-3.13.

The installer uv is taken from the same lock, so that its hash is checked too.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST, NEWEST = (3, 11), (3, 13)


def fail(message):
    """Stop with one line and exit code 2."""
    print(f"error: {message}", file=sys.stderr)
    raise SystemExit(2)


def venv_python():
    """Return the interpreter of the virtual environment."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def block(lock, package):
    """Return the lines of one package in a hashed lock."""
    match = re.search(rf"^{re.escape(package)}==.*?(?=^\S|\Z)", lock, flags=re.M | re.S)
    if match is None:
        fail(f"requirements.lock does not pin {package}.")
    return match.group(0)


def run(*command):
    """Run a command; stop with its output when it fails."""
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_LINK_MODE": "copy"}
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=quiet, capture_output=True, text=True
    )
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        fail(
            "the set-up did not finish (see above). Check the network, then run the same command again."
        )


def main():
    """Create the environment if it is missing, install what the lock says, mark it ready."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(map(str, sys.version_info[:2]))
        fail(f"Python {found} is not supported; use 3.11, 3.12 or 3.13: make PYTHON=python3.12 …")
    python = venv_python()
    print("Setting up .venv (once; again only when requirements.lock changes) …", flush=True)
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    if not python.exists():
        run(sys.executable, "-m", "venv", VENV)
    if subprocess.run([str(python), "-c", "import uv"], capture_output=True).returncode:
        with tempfile.TemporaryDirectory() as folder:
            requirement = Path(folder) / "uv.txt"
            requirement.write_text(block(lock, "uv"), encoding="utf-8")
            run(
                python,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--require-hashes",
                "--no-deps",
                "-r",
                requirement,
            )
    uv = (python, "-m", "uv", "pip")
    # Byte code is compiled once here, rather than by each of the many processes that import the libraries.
    options = ("--quiet", "--compile-bytecode", "--require-hashes")
    run(*uv, "sync", *options, "--python", python, "requirements.lock")
    run(
        *uv,
        "install",
        "--quiet",
        "--python",
        python,
        "--no-deps",
        "--no-build-isolation",
        "--editable",
        ".",
    )
    (VENV / ".ready").touch()


if __name__ == "__main__":
    main()
