"""An ipykernel that keeps the rules of the study: ``python -m claimbook.run.kernel -f CONNECTION_FILE``.

Warnings are errors, and the study's own package is read anew. Forked kernels go the same way, so that a notebook
cannot tell how its kernel was started.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from claimbook.run import preload


def forget_helpers() -> None:
    """Take the study's package out of the imported modules, so that the notebook meets its present sources."""
    for name in [
        name
        for name in sys.modules
        if name.partition(".")[0] in ("helpers", "claimbook", "survey_reader")
    ]:
        del sys.modules[name]
    importlib.invalidate_caches()


def start(argv: list[str], **settings) -> None:
    """Run a kernel until it is told to shut down.

    Parameters
    ----------
    argv : list of str
        Arguments of ``ipykernel``.
    **settings
        Traits of the application.
    """
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(**settings)
    app.initialize(argv)
    # After IPython, which sets filters of its own when its shell starts.
    preload.warnings_as_errors()
    forget_helpers()
    app.start()
    # ipykernel closes its streams at exit while its control thread may still be writing to them, and then waits for
    # itself until its manager kills it.
    app.control_thread.join(5.0)


def main() -> None:
    """Start an ordinary kernel."""
    if sys.path[0] in ("", str(Path.cwd())):
        del sys.path[
            0
        ]  # put there by "python -m"; IPython adds the folder of the notebook in its own place
    start(sys.argv[1:])


if __name__ == "__main__":
    main()
