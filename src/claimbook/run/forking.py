"""The pool's end of the zygote: start it, ask it for kernels, be told how they ended."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from claimbook.run.environment import kernel_environment
from claimbook.run.runtime import RuntimeFolder

log = logging.getLogger("claimbook.run")

_IMPORTING = 300.0  # seconds: a first import compiles the byte code of the whole stack
_ANSWERING = 30.0


class ZygoteError(RuntimeError):
    """The zygote cannot give kernels."""


class ForkedKernel:
    """A kernel forked by the zygote, with the methods of ``subprocess.Popen`` that a provisioner uses.

    Parameters
    ----------
    zygote : ZygoteClient
        The parent of the kernel.
    pid : int
        The kernel's process, and the group of all that it starts.
    """

    stdin = stdout = stderr = None

    def __init__(self, zygote: ZygoteClient, pid: int):
        self.zygote, self.pid, self.returncode = zygote, pid, None

    def poll(self) -> int | None:
        """Return the exit code, None while the kernel runs."""
        if self.returncode is None:
            self.returncode = self.zygote.poll(self.pid)
        return self.returncode

    def wait(self) -> int:
        """Wait for the end and return the exit code."""
        while self.poll() is None:
            time.sleep(0.02)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Signal the kernel, unless it is known to have ended: its number may then be another's."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class ZygoteClient:
    """A running zygote.

    The process starts at once and imports while the caller goes on; the first kernel waits for it.

    Parameters
    ----------
    preload : iterable of str
        Modules to import.
    folder : RuntimeFolder
        Where it runs and logs.

    Attributes
    ----------
    failed : dict of str to str
        Modules that could not be imported, and why; known once :meth:`ready` has returned.
    """

    def __init__(self, preload: Iterable[str], folder: RuntimeFolder):
        self.failed: dict[str, str] = {}
        self._lock = threading.Lock()
        self._ready = False
        self._log = folder.path / "zygote.log"
        self._socket, theirs = socket.socketpair()
        self._lines = self._socket.makefile("rwb")
        command = [
            sys.executable,
            "-m",
            "claimbook.run.zygote",
            str(theirs.fileno()),
            str(folder.lock),
        ]
        with theirs, self._log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                env=kernel_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[theirs.fileno(), folder.lock],
                # Ctrl-C is for the build, which then closes the pool.
                start_new_session=True,
            )
        self._send(preload=list(preload), folder=str(folder.path))

    @property
    def pid(self) -> int:
        """Process of the zygote."""
        return self._process.pid

    def alive(self) -> bool:
        """Say whether the zygote runs."""
        return self._process.poll() is None

    def _send(self, **request) -> None:
        try:
            self._lines.write(json.dumps(request).encode() + b"\n")
            self._lines.flush()
        except (OSError, ValueError) as error:
            raise ZygoteError(f"the zygote is gone: {self.last_words()}") from error

    def _receive(self, patience: float) -> dict:
        try:
            self._socket.settimeout(patience)
            line = self._lines.readline()
        except (OSError, ValueError) as error:
            self._process.kill()  # an answer that comes late would be taken for the next one
            raise ZygoteError(f"the zygote does not answer ({error})") from error
        if not line:
            raise ZygoteError(f"the zygote is gone: {self.last_words()}")
        return json.loads(line)

    def _ensure_ready(self) -> None:
        if self._ready:
            return
        reply = self._receive(_IMPORTING)
        self.failed = reply["failed"]
        for name, problem in self.failed.items():
            log.info("%s is not preloaded: %s", name, problem)
        if reply["threads"] != 1:
            raise ZygoteError(
                f"its imports started {reply['threads'] - 1} thread(s), which no fork survives"
            )
        self._ready = True

    def ready(self) -> None:
        """Wait until the imports are done.

        Raises
        ------
        ZygoteError
            If the zygote ended, or if something that it imported started a thread.
        """
        with self._lock:
            self._ensure_ready()

    def fork(
        self, argv: list[str], *, environ: dict[str, str], cwd: str, log_file: Path
    ) -> ForkedKernel:
        """Fork a kernel.

        Parameters
        ----------
        argv : list of str
            Arguments for ipykernel.
        environ : dict of str to str
            All of its environment.
        cwd : str
            Its working directory, absolute.
        log_file : Path
            File for what it writes before its streams are its client's.

        Returns
        -------
        ForkedKernel

        Raises
        ------
        ZygoteError
            If the zygote cannot.
        """
        with self._lock:
            self._ensure_ready()
            self._send(fork={"argv": argv, "environ": environ, "cwd": cwd, "log": str(log_file)})
            reply = self._receive(_ANSWERING)
        if "error" in reply:
            raise ZygoteError(f"the zygote cannot fork: {reply['error']}")
        return ForkedKernel(self, reply["pid"])

    def poll(self, pid: int) -> int | None:
        """Return the exit code of a kernel, None while it runs. No kernel outlives its zygote."""
        try:
            with self._lock:
                self._send(poll=pid)
                return self._receive(_ANSWERING)["returncode"]
        except ZygoteError:
            return -signal.SIGKILL

    def last_words(self) -> str:
        """Return the end of the zygote's log."""
        with contextlib.suppress(OSError):
            lines = self._log.read_text(errors="replace").strip().splitlines()
            if lines:
                return lines[-1]
        return "it left no message"

    def close(self) -> None:
        """End the zygote and every kernel that it still has."""
        # Shut down first: a thread that waits for an answer holds what closing needs.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        if not self._ready:
            self._process.kill()  # it has no kernels to end, and would not notice before its imports are done
        with contextlib.suppress(OSError, ValueError):
            self._lines.close()
        self._socket.close()
        try:
            self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
