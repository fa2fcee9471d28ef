"""What makes a fork of the zygote a kernel like any other: nothing of the zygote's own must show."""

from __future__ import annotations

import ctypes
import faulthandler
import multiprocessing.process
import os
import signal
import sys
import tempfile
import time

from helpers.kernels import kernel

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
    os.close(descriptor)
    faulthandler.enable(file=sys.__stderr__)


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


def run(order: dict, *, zygote: int) -> None:
    """Turn this process, just forked, into a kernel. Returns when the kernel was shut down.

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
