"""How jupyter_client is told to start our kernels: a kernel specification, a manager, a provisioner.

The provisioner is registered with the factory in this process; no entry point has to be installed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from importlib.metadata import EntryPoint
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client import AsyncKernelManager
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from claimbook.run.forking import ZygoteClient

NAME = "opsn-kernels"

# Jupyter reports on this one what the caller is told by an exception anyway.
jupyter_log = logging.getLogger("claimbook.run.jupyter")
jupyter_log.setLevel(logging.CRITICAL)


class Provisioner(LocalProvisioner):
    """Start a kernel as a fork of the pool's zygote, or as a process of its own if there is none.

    Polling, signals and clean-up are those of a local process: only the start differs.
    """

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict:
        """Start the kernel and return how to connect to it."""
        manager: Manager = self.parent
        log_file = manager.folder / "kernel.log"
        if manager.zygote is None:
            with log_file.open("ab") as output:
                return await super().launch_kernel(cmd, stdout=output, stderr=output, **kwargs)
        arguments = cmd[cmd.index("-f") :]
        self.cwd = kwargs.get("cwd") or str(Path.cwd())
        self.process = manager.zygote.fork(
            arguments, environ=kwargs["env"], cwd=str(self.cwd), log_file=log_file
        )
        self.pid = self.pgid = self.process.pid
        return self.connection_info


class Client(AsyncKernelClient):
    """A client that knows when its kernel is ready from the kernel's own answer, without waiting for silence."""

    def start_channels(self, shell=True, iopub=True, stdin=True, hb=True, control=True) -> None:
        """Open the channels that a notebook needs.

        No heartbeat, whose thread takes up to a second to stop: whether the process lives tells the same. No input.
        """
        super().start_channels(shell=shell, iopub=iopub, stdin=False, hb=False, control=control)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask who the kernel is until both of its channels have answered.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait in all; without, as long as the kernel lives.

        Raises
        ------
        RuntimeError
            If the kernel ends, or does not answer in time.
        """
        deadline = float("inf") if timeout is None else time.monotonic() + timeout
        while time.monotonic() < deadline:
            if await self._answers(self.kernel_info()):
                return
            if not await self.parent.is_alive():
                raise RuntimeError("the kernel ended before it was ready")
        raise RuntimeError(f"the kernel was not ready after {timeout} seconds")

    async def _answers(self, request: str, patience: float = 1.0) -> bool:
        """Say whether the reply came on the shell channel, and then the end of the work on the other."""
        try:
            while (reply := await self.get_shell_msg(timeout=patience))["parent_header"].get(
                "msg_id"
            ) != request:
                pass
            self._handle_kernel_info_reply(reply)
            while True:
                # Published before the reply, unless this subscription came too late: then ask again soon.
                message = await self.get_iopub_msg(timeout=0.1)
                if (
                    message["parent_header"].get("msg_id") != request
                    or message["msg_type"] != "status"
                ):
                    continue
                if message["content"]["execution_state"] == "idle":
                    return True
        except Empty:
            return False


class _Specifications(KernelSpecManager):
    """The one kernel specification of the study, whatever is installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return it."""
        return KernelSpec(
            argv=[sys.executable, "-m", "claimbook.run.kernel", "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": NAME}},
        )


class Manager(AsyncKernelManager):
    """A kernel of the pool.

    Parameters
    ----------
    folder : Path
        The kernel's own folder: sockets, connection file, log, IPython directory.
    zygote : ZygoteClient or None
        What to fork it from; None for an ordinary start.
    """

    def __init__(self, folder: Path, zygote: ZygoteClient | None):
        settings = {}
        if os.name == "posix":
            # No port to run out of or to be overheard on; "-1" to "-5" are added to the address.
            settings = {"transport": "ipc", "ip": str(folder / "s")}
        super().__init__(
            kernel_name="python3",
            kernel_spec_manager=_Specifications(),
            client_factory=Client,
            connection_file=str(folder / "c.json"),
            autorestart=False,
            log=jupyter_log,
            **settings,
        )
        self.folder, self.zygote = folder, zygote

    def arguments(self) -> list[str]:
        """Return what the kernel is told apart from its connection: to keep nothing, and read no personal settings."""
        return ["--HistoryManager.enabled=False", f"--ipython-dir={self.folder}"]

    async def stop(self, *, now: bool) -> None:
        """End the kernel and drop its channels.

        Parameters
        ----------
        now : bool
            Without letting it finish.
        """
        try:
            if await self.is_alive():
                if now:
                    await self.shutdown_kernel(now=True)
                else:
                    await self.request_shutdown()
                    await self.finish_shutdown(pollinterval=0.01)
        finally:
            await self.cleanup_resources()

    async def ended_with(self, patience: float = 1.0) -> int | None:
        """Return the exit code of the kernel, None if it still runs after a while."""
        deadline = time.monotonic() + patience
        while self.provisioner is not None and self.provisioner.process is not None:
            if (code := self.provisioner.process.poll()) is not None or time.monotonic() > deadline:
                return code
            await asyncio.sleep(0.02)
        return None

    def last_words(self) -> str:
        """Return what the kernel wrote outside its notebook."""
        try:
            return (self.folder / "kernel.log").read_text(errors="replace").strip()
        except OSError:
            return ""


KernelProvisionerFactory.provisioners[NAME] = EntryPoint(
    NAME, f"{__name__}:{Provisioner.__name__}", KernelProvisionerFactory.GROUP_NAME
)
