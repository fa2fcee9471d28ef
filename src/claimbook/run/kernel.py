"""An ordinary kernel in a fixed environment, for one notebook."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import os
import signal
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbformat import NotebookNode

from claimbook.run.notebook import INJECTED, NotebookFailure, inject_parameters

# The exception says all that Jupyter would report here.
_LOG = logging.getLogger("claimbook.jupyter")
_LOG.setLevel(logging.CRITICAL + 1)
_VARIABLES = yaml.safe_load(Path(__file__).with_name("variables.yml").read_text("utf-8"))
#: Names the folder in which `claimbook.memory` keeps results.
MEMORY = "CLAIMBOOK_MEMORY"


def kernel_environment() -> dict[str, str]:
    """Return the variables of a kernel: the caller's, less what would make two machines differ."""
    removed, fixed = _VARIABLES["removed"], _VARIABLES["fixed"]
    environ = {name: value for name, value in os.environ.items() if name not in removed}
    # Lasting folders, for the font cache too, where nobody keeps settings or start-up files.
    folder = f"{tempfile.gettempdir()}/claimbook-{getattr(os, 'getuid', int)()}"
    own = {"MPLCONFIGDIR": f"{folder}/matplotlib", "IPYTHONDIR": f"{folder}/ipython"}
    return environ | fixed | own


class Kernel:
    """The kernel of one notebook, in a fixed environment.

    Parameters
    ----------
    cwd : Path
        Folder in which it starts.
    roots : list of Path
        Folders of the project: what the kernel reads there is recorded.
    timeout : float
        Seconds that a cell may take.
    memory : Path, optional
        Where results of long functions are kept (see `claimbook.memory`); by default nowhere.

    Attributes
    ----------
    used : dict
        Paths ``read`` (or looked for in vain), ``written``, and of ``modules``, once it has ended.
    began : float
        When it started.
    """

    def __init__(
        self, cwd: Path, roots: list[Path] = (), *, timeout: float = 900, memory: Path | None = None
    ):
        self.memory = memory
        self.cwd, self.roots, self.timeout = cwd, list(roots), max(1, math.ceil(timeout))
        self.used: dict[str, list[str]] = {"read": [], "written": [], "modules": []}
        self.began = 0.0

    def execute(
        self, notebook: NotebookNode, *, name: str, parameters: Mapping[str, Any] | None = None
    ) -> NotebookNode:
        """Return a notebook executed: no time, no run metadata and no trace of the kernel.

        Raises
        ------
        NotebookFailure
            If a cell raises, shows an error that its tag ``raises-exception`` does not announce,
            writes to stderr or takes too long; or if the kernel dies.
        UserError
            If a parameter does not fit the notebook.
        """
        notebook = inject_parameters(notebook, parameters, name=name)
        with tempfile.TemporaryDirectory(prefix="claimbook-", ignore_cleanup_errors=True) as place:
            folder = Path(place)
            try:
                # In a thread of its own: the caller's may have a loop already.
                with ThreadPoolExecutor(1) as pool:
                    run = _Run(self, notebook, name, folder).execute()
                    return pool.submit(asyncio.run, run).result()
            finally:
                with contextlib.suppress(OSError, ValueError):
                    self.used = json.loads((folder / "used.json").read_text(encoding="utf-8"))


class _Run:
    """One notebook in its kernel."""

    def __init__(self, kernel: Kernel, notebook: NotebookNode, name: str, folder: Path):
        self.kernel, self.notebook, self.name, self.folder = kernel, notebook, name, folder
        self.cell: NotebookNode | None = None
        self.position: int | None = None

    def _client(self) -> NotebookClient:
        settings = {}
        if os.name == "posix":
            # No port to run out of; "-1" to "-5" are added to the address.
            settings = {"transport": "ipc", "ip": str(self.folder / "s")}
        self.manager = AsyncKernelManager(
            kernel_name="python3",
            # That of this Python, whatever kernels are installed.
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            connection_file=str(self.folder / "c.json"),
            autorestart=False,
            log=_LOG,
            **settings,
        )
        given = (str(self.folder / "used.json"), [str(root) for root in self.kernel.roots])
        begin = f"__import__('claimbook.run.observe', fromlist=['']).begin{given}"
        return NotebookClient(
            self.notebook,
            km=self.manager,
            extra_arguments=[
                "--HistoryManager.enabled=False",
                f"--ipython-dir={self.folder}",
                f"--InteractiveShellApp.exec_lines={begin}",
            ],
            timeout=self.kernel.timeout,
            startup_timeout=120,
            record_timing=False,
            store_widget_state=False,
            on_cell_execute=self._started,
            on_cell_executed=self._executed,
            log=_LOG,
        )

    async def execute(self) -> NotebookNode:
        """Execute it."""
        source_info = self.notebook.metadata.get("language_info", {"name": "python"})
        environ = kernel_environment()
        environ |= {MEMORY: str(self.kernel.memory)} if self.kernel.memory else {}
        self.kernel.began = time.time()
        try:
            with (self.folder / "kernel.log").open("wb") as log:
                streams = {"stdout": log, "stderr": log}
                await self._client().async_execute(
                    cleanup_kc=True, cwd=str(self.kernel.cwd), env=environ, **streams
                )
            # What came after the end of its cell.
            for index, cell in enumerate(self.notebook.cells):
                self._check(cell, index)
        except CellExecutionError as error:
            problem = f"{error.ename}: {error.evalue}"
            raise self._failure("error", problem, error.traceback) from None
        except CellTimeoutError:
            problem = f"no end after {self.kernel.timeout} s"
            raise self._failure("timeout", problem, "") from None
        except (DeadKernelError, RuntimeError) as error:
            words = (self.folder / "kernel.log").read_text(errors="replace").strip()
            if self.cell is None:
                reason = words.splitlines()[-1] if words else str(error)
                raise self._failure("start", f"no kernel started: {reason}", words) from None
            problem = f"the kernel died ({self.death or error})"
            raise self._failure("died", problem, words) from None
        self.notebook.metadata["language_info"] = source_info
        # How text written to the same stream in a row was cut depends on time alone.
        return CoalesceStreamsPreprocessor().preprocess(self.notebook, {})[0]

    def _started(self, cell: NotebookNode, cell_index: int) -> None:
        self._enter(cell, cell_index)
        self.process = getattr(self.manager.provisioner, "process", None)

    def _enter(self, cell: NotebookNode, index: int) -> None:
        # Counted as the author sees them: the injected cell is in no file.
        before = self.notebook.cells[:index]
        self.cell, self.position = cell, 1 + sum(c.get("id") != INJECTED for c in before)

    def _executed(self, cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        if execute_reply["content"]["status"] == "ok":
            self._check(cell, cell_index)

    def _check(self, cell: NotebookNode, index: int) -> None:
        expected = "raises-exception" in cell.metadata.get("tags", ())
        for output in cell.get("outputs", ()):
            found = None
            if output.output_type == "stream" and output.name == "stderr":
                found = ("stderr", f"wrote to stderr: {output.text.strip()}", output.text)
            elif output.output_type == "error" and not expected:
                # "%run" of a script that raises, for one: the kernel replies that all is well.
                words = "\n".join(output.traceback)
                found = ("error", f"{output.ename}: {output.evalue}", words)
            if found:
                self._enter(cell, index)
                raise self._failure(*found)

    def _failure(self, kind: str, problem: str, traceback: str) -> NotebookFailure:
        where = {"cell": self.cell, "position": self.position, "traceback": traceback}
        return NotebookFailure(self.name, kind, problem, **where)

    @property
    def death(self) -> str:
        """How the process ended, if that is known."""
        code = self.process and self.process.poll()
        if code is None:
            return ""
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
