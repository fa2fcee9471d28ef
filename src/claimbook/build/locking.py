"""One build at a time in one folder: the lock belongs to the process, however that ends."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from claimbook.errors import StorageError, UserError

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    fcntl = None


def _take(file) -> bool:
    """Take the lock; False if another process has it."""
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            # Windows locks bytes that nobody else can read then: far behind the text.
            file.seek(1 << 20)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        pass  # a file system without locks lets everybody in
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

    def __enter__(self) -> BuildLock:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("a+", encoding="utf-8")
        except OSError as error:
            raise StorageError(
                f"The build cannot write in this folder (.cache: {error.strerror}). "
                "The reports are as they were. Allow writing, or build in a copy of the folder."
            ) from None
        while not _take(self._file):
            if not self.wait:
                self._file.seek(0)
                holder = self._file.read(200).strip() or "it has not said which"
                self._file.close()
                raise UserError(
                    f"Another build is running in this folder ({holder}). "
                    "Wait until it ends, or stop it, then run the same command again."
                )
            time.sleep(0.2)
        with contextlib.suppress(OSError):
            self._file.truncate(0)
            self._file.write(f"process {os.getpid()}, edition {self.edition}\n")
            self._file.flush()
        return self

    def __exit__(self, *exc_info) -> None:
        self._file.close()
