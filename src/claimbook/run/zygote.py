"""The process that kernels are forked from: ``python -m claimbook.run.zygote SOCKET LOCK``.

It imports, and does nothing else: one thread, no event loop, no ZeroMQ context. It obeys one socket (a descriptor
that it inherits, like that of the lock on its folder), whose other end the pool holds, and answers each line of JSON
by one line of JSON:

- ``{"preload": [...], "folder": ...}``, once, gives ``{"pid", "threads", "failed"}``;
- ``{"fork": {"argv", "environ", "cwd", "log"}}`` gives ``{"pid"}``, of a new kernel;
- ``{"poll": PID}`` gives ``{"returncode"}``, None as long as that kernel lives.

When the socket closes, or its parent is gone, it kills its kernels and ends. When it is killed itself, its kernels
end by themselves.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from claimbook.run import forked, preload


def _threads() -> int:
    """Count the threads of this process, those of native libraries included where the system tells."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return threading.active_count()


def _settled_threads(patience: float = 2.0) -> int:
    """Count the threads once those that were already ending have ended (Matplotlib's timer, for one)."""
    deadline = time.monotonic() + patience
    while (count := _threads()) > 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    return count


def _returncode(pid: int, options: int) -> int | None:
    try:
        done, status = os.waitpid(pid, options)
    except ChildProcessError:
        return -signal.SIGKILL
    return os.waitstatus_to_exitcode(status) if done else None


def _kill_group(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            kill(pid, signal.SIGKILL)


class Zygote:
    """The loop that forks kernels and tells how they ended.

    Parameters
    ----------
    control : socket.socket
        Connected to the pool.
    """

    def __init__(self, control: socket.socket):
        self.control = control
        self.lines = control.makefile("rwb")
        self.parent = os.getppid()
        self.kernels: set[int] = set()

    def receive(self) -> dict | None:
        """Wait for the next request; None when there is nobody left to serve."""
        while not select.select([self.control], [], [], 1.0)[0]:
            if os.getppid() != self.parent:
                return None
        try:
            line = self.lines.readline()
        except OSError:
            return None
        return json.loads(line) if line else None

    def answer(self, **reply) -> None:
        """Send one reply."""
        with contextlib.suppress(OSError):
            self.lines.write(json.dumps(reply).encode() + b"\n")
            self.lines.flush()

    def serve(self) -> dict | None:
        """Answer requests. Returns the order in each forked kernel, and None in the zygote when it is over."""
        while (request := self.receive()) is not None:
            if "fork" in request:
                try:
                    pid = os.fork()
                except OSError as error:
                    self.answer(error=str(error))
                    continue
                if pid == 0:
                    self.lines.close()
                    self.control.close()
                    return request["fork"]
                self.kernels.add(pid)
                self.answer(pid=pid)
            else:
                self.answer(returncode=self.poll(request["poll"]))
        for pid in self.kernels:
            _kill_group(pid)
        for pid in self.kernels:
            _returncode(pid, 0)
        return None

    def poll(self, pid: int) -> int | None:
        """Return the exit code of a kernel, None while it runs."""
        returncode = _returncode(pid, os.WNOHANG)
        if returncode is not None:
            self.kernels.discard(pid)
            if returncode != 0:
                # What the kernel started has lost its parent; while it lives, its group keeps the number.
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
        return returncode


def main() -> None:
    """Import what the first request lists, then serve until the pool is gone."""
    if sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]
    zygote = Zygote(socket.socket(fileno=int(sys.argv[1])))
    lock = int(sys.argv[2])
    setup = zygote.receive()
    if setup is None:
        return
    os.chdir(setup["folder"])  # a matplotlibrc in the caller's folder would be read
    failed = preload.import_all(setup["preload"])
    gc.collect()
    gc.freeze()  # objects that no collection visits are pages that stay shared
    zygote.answer(pid=os.getpid(), threads=_settled_threads(), failed=failed)
    own = os.getpid()
    order = zygote.serve()
    if order is not None:
        os.close(lock)
        forked.run(order, zygote=own)


if __name__ == "__main__":
    main()
