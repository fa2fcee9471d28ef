"""The folder of a pool: sockets, connection files and logs of its kernels, gone when the pool is."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

try:
    import fcntl
except ImportError:
    fcntl = None  # Windows: no sockets in the file system either, so nothing to sweep

_PREFIX = "opsn-kernels-"
_LONGEST = 80  # of 104 bytes (macOS) in a socket's address, less what a kernel's own folder adds


def _base() -> Path:
    """Return a temporary folder whose path is short enough for a socket's address."""
    base = Path(tempfile.gettempdir()).resolve()
    if len(os.fsencode(base)) + len(_PREFIX) + 8 > _LONGEST and sys.platform != "win32":
        return Path(os.sep, "tmp")
    return base


def _sweep(base: Path) -> None:
    """Remove what pools killed outright have left: their lock is free, since a lock ends with its process."""
    for lock in base.glob(f"{_PREFIX}*/lock"):
        with contextlib.suppress(OSError):
            if lock.stat().st_uid != os.getuid():
                continue
            with lock.open("rb") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.parent, ignore_errors=True)


class RuntimeFolder:
    """A private temporary folder, locked by the processes that use it.

    Attributes
    ----------
    path : Path
        The folder, readable by its owner only.
    lock : int or None
        Descriptor that holds the lock; to be handed to the zygote, which must keep the folder for itself too.
    """

    def __init__(self):
        base = _base()
        if fcntl is not None:
            _sweep(base)
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
        self.lock = None
        self._kernels = 0
        if fcntl is not None:
            # Locked before it is called "lock", so that another pool's sweep never finds it free.
            fresh = self.path / "new"
            self.lock = os.open(fresh, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self.lock, fcntl.LOCK_EX)
            fresh.rename(self.path / "lock")

    def kernel(self) -> Path:
        """Make a folder for one kernel (called under the pool's lock)."""
        self._kernels += 1
        folder = self.path / f"k{self._kernels}"
        folder.mkdir(mode=0o700)
        return folder

    def remove(self) -> None:
        """Remove the folder and all in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None
