"""What makes a fork of the zygote a kernel like any other: nothing of the zygote's own must show."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import faulthandler
import gc
import multiprocessing.process
import os
import signal
import sys
import tempfile
import threading
import time
from typing import NoReturn

from claimbook.run import kernel

_PR_SET_PDEATHSIG = 1


def _die_with(zygote: int) -> None:
    """End this process when the zygote ends, however it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != zygote:
        os._exit(1)


def _redirect(log: str) -> None:
    """Send what is written past the kernel's own streams to a log, and the last words of a crash too."""
    descriptor = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    # To the file itself: the kernel will soon put a pipe, which dies with it, in the place of standard error.
    faulthandler.enable(file=descriptor)


def _renew(environ: dict[str, str], cwd: str) -> None:
    """Undo what the standard library and NumPy remembered while the zygote imported."""
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    os.chdir(cwd)
    tempfile.tempdir = None
    multiprocessing.process.ORIGINAL_DIR = cwd
    multiprocessing.process.current_process().authkey = os.urandom(32)
    # The standard library seeds its own generator again in every fork; NumPy's would be the zygote's, twin of every
    # other kernel's. As after an ordinary start, no two kernels share a state, and none is reproducible.
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()


def _leave() -> NoReturn:
    """End this process as :mod:`multiprocessing` ends a forked one.

    Threads are joined, exit handlers run (IPython's drops the notebook's variables, and so closes its files), and the
    modules of the zygote are left where they are: taking them down would take as long as the fork has saved.
    """
    threading._shutdown()
    atexit._run_exitfuncs()
    gc.collect()
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(0)


def run(order: dict, *, zygote: int) -> NoReturn:
    """Turn this process, just forked, into a kernel, until that is shut down.

    Parameters
    ----------
    order : dict
        ``argv`` for ipykernel, ``environ``, ``cwd``, and ``log``, a file for what precedes the kernel's streams.
    zygote : int
        Process that this one must not outlive.
    """
    os.setsid()
    _die_with(zygote)
    _redirect(order["log"])
    _renew(order["environ"], order["cwd"])
    sys.argv = ["ipykernel", *order["argv"]]
    kernel.start(order["argv"], parent_handle=zygote)
    _leave()
