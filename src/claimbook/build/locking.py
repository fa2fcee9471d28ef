"""One build at a time in one folder.

The lock belongs to the process: however a build ends, also killed outright, the system lets it go.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from pathlib import Path

from claimbook.errors import StorageError, UserError

try:
    import fcntl
except ImportError:
    fcntl = None
    with contextlib.suppress(ImportError):
        import msvcrt

_TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
# Windows locks bytes that nobody else can read then: far behind the text that says who holds the lock.
_FAR = 1 << 20


def _take(descriptor: int) -> bool:
    """Take the lock; False if another process has it. A file system without locks lets everybody in."""
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            os.lseek(descriptor, _FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
    return True


class BuildLock:
    """The right to build in a folder, as a context manager.

    Parameters
    ----------
    root : Path
        Root of the project.
    edition : str
        What is built, for the message to whoever comes second.
    wait : bool
        Wait for the other build instead of refusing.

    Raises
    ------
    UserError
        On entering, if another build is running.
    StorageError
        On entering, if the folder is read-only.
    """

    def __init__(self, root: Path, edition: str, *, wait: bool = False):
        self.path, self.edition, self.wait = root / ".cache" / "build.lock", edition, wait
        self._descriptor: int | None = None

    def __enter__(self) -> BuildLock:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o644)
        except OSError as error:
            raise StorageError(
                f"The build cannot write in this folder (.cache: {error.strerror}). The reports are as they were. "
                "Allow writing, or build in a copy of the folder."
            ) from None
        while not _take(descriptor):
            if not self.wait:
                holder = self._holder(descriptor)
                os.close(descriptor)
                raise UserError(
                    f"Another build is running in this folder ({holder}). Wait until it ends, or stop it, "
                    "then run the same command again."
                )
            time.sleep(0.2)
        self._descriptor = descriptor
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(
                descriptor, f"process {os.getpid()}, edition {self.edition}\n".encode(), 0
            ) if hasattr(os, "pwrite") else os.write(
                descriptor, f"process {os.getpid()}\n".encode()
            )
        return self

    @staticmethod
    def _holder(descriptor: int) -> str:
        with contextlib.suppress(OSError):
            os.lseek(descriptor, 0, os.SEEK_SET)
            return (
                os.read(descriptor, 200).decode("utf-8", errors="replace").strip()
                or "it has not said which"
            )
        return "it has not said which"

    def __exit__(self, *exc_info) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
