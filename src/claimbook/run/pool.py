"""A pool of warm kernels: started once by a build, shared by all its threads."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from claimbook.run.bytecode import hash_byte_code
from claimbook.run.forking import ZygoteClient, ZygoteError
from claimbook.run.preload import PRELOAD
from claimbook.run.provisioner import Manager
from claimbook.run.runtime import RuntimeFolder

if TYPE_CHECKING:
    from nbformat import NotebookNode

log = logging.getLogger("claimbook.run")

Start = Literal["auto", "fork", "ordinary"]

_HELPERS = Path(__file__).resolve().parents[1]


def _forks(start: Start) -> bool:
    """Say whether kernels are to be forked."""
    if start not in ("auto", "fork", "ordinary"):
        raise ValueError(f"start must be 'auto', 'fork' or 'ordinary', not {start!r}")
    if start == "auto":
        start = os.environ.get("OPSN_KERNEL_START", "auto")
    if start in ("fork", "ordinary"):
        if start == "fork" and not hasattr(os, "fork"):
            raise ValueError(f"start='fork': {sys.platform} has no fork")
        return start == "fork"
    # macOS has fork, but its own numerical and graphical libraries do not survive it.
    return sys.platform == "linux"


class WarmKernels:
    """Kernels that start warm, as a context manager.

    Nothing is started until the first notebook, or :meth:`start`. Any number of threads may execute at once; each
    notebook has a kernel of its own, which ends with it.

    Parameters
    ----------
    preload : iterable of str, optional
        Modules that the zygote imports.
    start : {"auto", "fork", "ordinary"}
        How kernels start. "auto" forks on Linux and starts ordinary kernels elsewhere, unless the environment
        variable ``OPSN_KERNEL_START`` says "fork" or "ordinary".

    Examples
    --------
    >>> with WarmKernels() as kernels:  # doctest: +SKIP
    ...     executed = kernels.execute("notebooks/04_typology.ipynb", parameters={"edition": "public-2026"})
    """

    def __init__(self, *, preload: Iterable[str] = PRELOAD, start: Start = "auto"):
        self._preload = tuple(preload)
        self._fork = _forks(start)
        self._lock = threading.Lock()
        self._folder: RuntimeFolder | None = None
        self._zygote: ZygoteClient | None = None
        self._closed = False
        self._owner = os.getpid()

    def __enter__(self) -> WarmKernels:
        return self

    def __exit__(self, *exc_info) -> None:
        self.close()

    @property
    def warm(self) -> bool:
        """Whether kernels are forked (it may turn out, once started, that they cannot be)."""
        return self._fork

    @property
    def zygote_pid(self) -> int | None:
        """Process of the zygote, None if it was not started."""
        return None if self._zygote is None else self._zygote.pid

    def _check_usable(self) -> None:
        if self._closed:
            raise RuntimeError("these kernels are closed")
        if self._owner != os.getpid():
            raise RuntimeError(
                "these kernels belong to another process: use shared_kernels() in each process"
            )

    def start(self) -> None:
        """Start the zygote without waiting for its imports: a build can do something else meanwhile."""
        with self._lock:
            self._start()

    def _start(self) -> ZygoteClient | None:
        self._check_usable()
        if self._folder is None:
            self._folder = RuntimeFolder()
        if self._fork and (self._zygote is None or not self._zygote.alive()):
            if self._zygote is not None:
                self._zygote.close()
            self._zygote = ZygoteClient(self._preload, self._folder)
        return self._zygote if self._fork else None

    def manager(self) -> Manager:
        """Return a manager for one new kernel, not started yet.

        Returns
        -------
        Manager
            To be given back to :meth:`release` once its kernel has ended.
        """
        with self._lock:
            zygote = self._start()
            folder = self._folder.kernel()
            hash_byte_code(_HELPERS)
        if zygote is not None:
            try:
                zygote.ready()
            except ZygoteError as error:
                with self._lock:
                    self._check_usable()
                    log.warning("kernels start cold: %s", error)
                    self._fork = False
                zygote = None
        return Manager(folder, zygote)

    def release(self, manager: Manager) -> None:
        """Remove what a kernel that has ended leaves behind."""
        shutil.rmtree(manager.folder, ignore_errors=True)

    def execute(self, notebook: NotebookNode | str | os.PathLike, **settings: Any) -> NotebookNode:
        """Execute a notebook in a kernel of this pool: see :func:`claimbook.run.execute`."""
        from claimbook.run.executor import execute

        return execute(notebook, kernels=self, **settings)

    def close(self) -> None:
        """End every kernel and the zygote, and remove their folder. A second call does nothing."""
        with self._lock:
            if self._closed or self._owner != os.getpid():
                return
            self._closed = True
            if self._zygote is not None:
                self._zygote.close()
            if self._folder is not None:
                self._folder.remove()


_shared: WarmKernels | None = None
_sharing = threading.Lock()


def shared_kernels() -> WarmKernels:
    """Return the pool of this process, started at first use and closed at its exit.

    For workers that a scheduler starts, which have no other place to keep one.

    Returns
    -------
    WarmKernels
    """
    global _shared
    with _sharing:
        if _shared is None or _shared._closed or _shared._owner != os.getpid():
            _shared = WarmKernels()
            atexit.register(_shared.close)
        return _shared
