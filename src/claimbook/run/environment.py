"""The environment that kernels start in: the caller's, less what would make two machines differ."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

_REMOVED = {
    "COLUMNS",  # the width of the caller's terminal would reach printed tables
    "LINES",
    "IPYTHONDIR",
    "JPY_PARENT_PID",
    "MATPLOTLIBRC",
    "PYTEST_CURRENT_TEST",  # ipykernel would not capture what libraries write to the descriptors themselves
    "PYTHONBREAKPOINT",
    "PYTHONINSPECT",
    "PYTHONSTARTUP",
    "PYTHONWARNINGS",
}

_FIXED = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "MPLBACKEND": "agg",
    # One thread per kernel: a pool of threads does not survive a fork, notebooks already run side by side, and the
    # order of additions, hence the last digits, depends on the number of threads.
    "BLIS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    # debugpy, imported by ipykernel, otherwise writes about frozen modules to stderr.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def matplotlib_directory() -> Path:
    """Return a lasting folder for Matplotlib's font cache, where nobody keeps a personal ``matplotlibrc``.

    Returns
    -------
    Path
        A writable folder below the user's cache folder, or below the temporary one if there is none.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or ""
    homes = [Path(cache)] if Path(cache).is_absolute() else [Path("~/.cache").expanduser()]
    for home in [*homes, Path(tempfile.gettempdir())]:
        folder = home / "opsn-study" / "matplotlib"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError):
            continue
        if os.access(folder, os.W_OK):
            return folder
    raise PermissionError(
        "no writable folder for Matplotlib's font cache: set XDG_CACHE_HOME to one"
    )


def _matplotlibrc() -> str | None:
    """Return the settings file that Matplotlib ships, found without importing it."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        return None
    return str(Path(found.origin).parent / "mpl-data" / "matplotlibrc")


def kernel_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment variables of a kernel.

    Parameters
    ----------
    extra : mapping of str to str, optional
        Variables to add or replace, last of all.

    Returns
    -------
    dict of str to str
    """
    environ = {name: value for name, value in os.environ.items() if name not in _REMOVED}
    environ.update(_FIXED, MPLCONFIGDIR=str(matplotlib_directory()))
    if rc := _matplotlibrc():
        environ["MATPLOTLIBRC"] = rc
    environ.update(extra or {})
    return environ
