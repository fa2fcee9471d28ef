"""Run one notebook from its first cell to its last, and say what went wrong."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import os
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from claimbook.errors import UserError
from claimbook.run.environment import kernel_environment
from claimbook.run.failure import NotebookFailure
from claimbook.run.forking import ZygoteError
from claimbook.run.parameters import inject_parameters
from claimbook.run.pool import WarmKernels
from claimbook.run.provisioner import Manager, jupyter_log

log = logging.getLogger("claimbook.run")

_ATTEMPTS = 2
_WORTH_RETRYING = {"died", "timeout", "start"}


class _StderrError(Exception):
    """A cell wrote to stderr."""


def execute(
    notebook: NotebookNode | str | os.PathLike,
    *,
    parameters: Mapping[str, Any] | None = None,
    cwd: str | os.PathLike | None = None,
    timeout: float | None = 600,
    environ: Mapping[str, str] | None = None,
    name: str | None = None,
    kernels: WarmKernels | None = None,
) -> NotebookNode:
    """Execute a notebook in a new kernel and return it with its outputs.

    The result holds no time, no run metadata and no trace of the kernel: the same notebook, parameters and data give
    the same bytes.

    Parameters
    ----------
    notebook : NotebookNode or path
        The notebook; it is left as it is.
    parameters : mapping of str to literal, optional
        See :func:`claimbook.run.inject_parameters`.
    cwd : path, optional
        Working directory. By default the folder of the notebook, if it was given as a path, else the caller's.
    timeout : float, optional
        Seconds that one cell may take, rounded up; None for as long as it takes.
    environ : mapping of str to str, optional
        Environment variables to add. What Python or a library reads when it is imported has been read already.
    name : str, optional
        What errors call the notebook. By default its path as given.
    kernels : WarmKernels, optional
        Where the kernel comes from. By default an ordinary one is started.

    Returns
    -------
    NotebookNode

    Raises
    ------
    NotebookFailure
        If a cell raises or writes to stderr; or if, with two kernels, the kernel died, a cell exceeded ``timeout``,
        or no kernel started.
    UserError
        If the notebook cannot be read, a parameter does not fit it, or the folder does not exist.
    """
    if not isinstance(notebook, NotebookNode):
        path = Path(notebook)
        name, cwd = name or path.as_posix(), cwd or path.parent
        notebook = _read(path)
    name = name or "notebook"
    folder = Path(cwd or ".").resolve()
    if not folder.is_dir():
        raise UserError(
            f"{name}: the folder '{cwd}' does not exist. Remedy: create it, or pass another as cwd."
        )
    prepared = inject_parameters(notebook, parameters, name=name)
    with (
        contextlib.nullcontext(kernels)
        if kernels is not None
        else WarmKernels(start="ordinary") as pool
    ):
        for attempt in range(1, _ATTEMPTS + 1):
            run = _Run(prepared, name, attempt, folder, timeout, kernel_environment(environ))
            try:
                return run.in_thread(pool)
            except NotebookFailure as failure:
                if failure.kind not in _WORTH_RETRYING or attempt == _ATTEMPTS:
                    raise
                log.info("%s: trying once more", failure)
    raise AssertionError("unreachable")


def _read(path: Path) -> NotebookNode:
    where = path.as_posix()
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{where}: {error.strerror}. Remedy: give the path of a notebook."
        ) from None
    try:
        if not all("id" in cell for cell in json.loads(text)["cells"]):
            # nbformat would invent one, another at each run.
            raise ValueError("a cell has no id; nbformat 4.5 gives one to each")
        return nbformat.reads(text, as_version=4)
    except (ValueError, TypeError, KeyError, AttributeError, nbformat.ValidationError) as error:
        problem = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UserError(f"{where}: not a notebook ({problem}). Remedy: restore the file.") from None


class _Run:
    """One attempt to execute a notebook.

    nbclient runs in a thread of its own, with an event loop of its own: the caller may have a loop that runs, and
    nbclient would take over the signals of a main thread.
    """

    def __init__(self, prepared, name, attempt, cwd, timeout, environ):
        self.notebook = nbformat.from_dict(prepared)
        self.name, self.attempt, self.cwd, self.environ = name, attempt, cwd, environ
        self.timeout = None if timeout is None else max(1, math.ceil(timeout))
        self.cell: NotebookNode | None = None
        self.position: int | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.task: asyncio.Task | None = None
        self.outcome: NotebookNode | None = None
        self.error: BaseException | None = None

    def in_thread(self, pool: WarmKernels) -> NotebookNode:
        """Execute, and end the kernel first if the caller is interrupted."""
        manager = pool.manager()
        try:
            return self._threaded(manager)
        finally:
            pool.release(manager)

    def _threaded(self, manager: Manager) -> NotebookNode:
        thread = threading.Thread(target=self._work, args=(manager,), name=f"notebook {self.name}")
        thread.start()
        try:
            thread.join()
        except BaseException:
            if self.loop is not None and self.task is not None:
                with contextlib.suppress(RuntimeError):
                    self.loop.call_soon_threadsafe(self.task.cancel)
            thread.join()
            raise
        if self.error is not None:
            raise self.error
        return self.outcome

    def _work(self, manager: Manager) -> None:
        try:
            self.outcome = asyncio.run(self._execute(manager))
        except BaseException as error:
            self.error = error

    async def _execute(self, manager: Manager) -> NotebookNode:
        self.loop, self.task = asyncio.get_running_loop(), asyncio.current_task()
        source_info = self.notebook.metadata.get("language_info", {"name": "python"})
        client = NotebookClient(
            self.notebook,
            km=manager,
            timeout=self.timeout,
            startup_timeout=120,
            extra_arguments=manager.arguments(),
            record_timing=False,
            store_widget_state=False,
            on_cell_execute=self._started,
            on_cell_executed=self._executed,
            log=jupyter_log,
        )
        finished = False
        try:
            # Started here, since nbclient leaves a handler behind at exit when a start fails within its execution.
            await client.async_start_new_kernel(cwd=str(self.cwd), env=self.environ)
            await client.async_start_new_kernel_client()
            await client.async_execute(cleanup_kc=False)
            self._reject_stderr(self.notebook.cells)
            finished = True
        except CellExecutionError as error:
            raise self._failure(
                "error", f"{error.ename}: {error.evalue}", error.traceback
            ) from None
        except _StderrError as error:
            raise self._failure("stderr", str(error), str(error.args[1])) from None
        except CellTimeoutError:
            where = await self._interrupt(client)
            raise self._failure("timeout", f"no end after {self.timeout} s", where) from None
        except (DeadKernelError, RuntimeError, ZygoteError) as error:
            raise await self._dead(manager, error) from None
        finally:
            await _cancel_others()
            if client.kc is not None:
                client.kc.stop_channels()
            await manager.stop(now=not finished)
        self.notebook.metadata["language_info"] = source_info
        return _tidied(self.notebook)

    def _started(self, cell: NotebookNode, cell_index: int) -> None:
        self.cell, self.position = cell, cell_index + 1

    def _executed(self, cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        if execute_reply["content"]["status"] == "ok":
            self._reject_stderr([cell])

    def _reject_stderr(self, cells: list[NotebookNode]) -> None:
        for cell in cells:
            for output in cell.get("outputs", ()):
                if output.output_type == "stream" and output.name == "stderr":
                    self.cell = cell
                    self.position = 1 + next(
                        i for i, other in enumerate(self.notebook.cells) if other is cell
                    )
                    raise _StderrError(f"wrote to stderr: {output.text.strip()}", output.text)

    def _failure(self, kind: str, problem: str, traceback: str) -> NotebookFailure:
        return NotebookFailure(
            self.name,
            kind,
            problem,
            cell=self.cell,
            position=self.position,
            traceback=traceback,
            attempts=self.attempt,
        )

    async def _dead(self, manager: Manager, error: Exception) -> NotebookFailure:
        """Say how a kernel ended that was not told to."""
        if self.cell is None:
            words = manager.last_words()
            reason = words.splitlines()[-1] if words else str(error)
            return self._failure("start", f"no kernel started: {reason}", words)
        code = await manager.ended_with()
        if code is not None and code < 0:
            how = f"killed by {signal.Signals(-code).name}"
        else:
            how = f"exit code {code}" if code is not None else str(error)
        return self._failure("died", f"the kernel died ({how})", manager.last_words())

    async def _interrupt(self, client: NotebookClient) -> str:
        """Interrupt a cell that hangs, to learn where. Returns its traceback, empty if it does not even answer that."""
        with contextlib.suppress(Empty, RuntimeError, OSError):
            await client.km.interrupt_kernel()
            while True:
                reply = await client.kc.get_shell_msg(timeout=2)
                if reply["msg_type"] == "execute_reply":
                    return "\n".join(reply["content"].get("traceback", []))
        return ""


async def _cancel_others() -> None:
    """End what nbclient was still listening to, before its channels are closed."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _tidied(notebook: NotebookNode) -> NotebookNode:
    """Merge text written in several pieces to the same stream, in a row: how it was cut depends on time alone."""
    for cell in notebook.cells:
        merged: list[NotebookNode] = []
        for output in cell.get("outputs", ()):
            last = merged[-1] if merged else None
            if (
                last
                and output.output_type == last.output_type == "stream"
                and output.name == last.name
            ):
                last.text += output.text
            else:
                merged.append(output)
        if cell.cell_type == "code":
            cell.outputs = merged
    return notebook
