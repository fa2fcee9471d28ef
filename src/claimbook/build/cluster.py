"""Notebooks executed on a Dask cluster that already runs: ``OPSN_DASK=tcp://scheduler:8786`` or ``--dask``.

The tasks are the same. Only the kernels are elsewhere: each worker forks them from a zygote of its own; cleaning,
exports and all decisions stay here. Workers must see this folder under the same path, and have the same versions.
"""

from __future__ import annotations

import hashlib
import os
import platform
from pathlib import Path

from claimbook.build.states import environment
from claimbook.errors import UserError

VARIABLE = "OPSN_DASK"
_CONNECTING = 20.0  # seconds

# Notebooks that this process has executed for a build elsewhere.
executed_here: list[str] = []


def address_of(option: str | None) -> str | None:
    """Return the address of the scheduler: the option, else the environment variable, else None."""
    return option or os.environ.get(VARIABLE) or None


def run_notebook(text: str, settings: dict) -> str:
    """Execute a notebook in a kernel of this worker; both ways as the text of the file."""
    import nbformat

    from claimbook.run import shared_kernels

    executed_here.append(settings["name"])
    return nbformat.writes(shared_kernels().execute(nbformat.reads(text, as_version=4), **settings))


def seen_from_here(root: str) -> dict[str, str]:
    """Return what a worker must have in common with the build: the folder's content, and the versions."""
    lock = Path(root) / "requirements.lock"
    notebooks = sorted(Path(root, "notebooks").glob("*.ipynb"))
    content = hashlib.sha256(b"".join(path.read_bytes() for path in notebooks)).hexdigest()
    return {
        "folder": content if lock.is_file() else "missing",
        "Python": platform.python_version(),
        "versions": environment(lock),
    }


class ClusterPool:
    """Kernels on the workers of a cluster, with what the build asks of a pool.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://scheduler:8786``.
    root : Path
        Root of the project, which workers must see under the same path.
    """

    def __init__(self, address: str, root: Path):
        self.address, self.root = address, root
        self._client = None

    def connect(self) -> int:
        """Connect, and check that the workers can do the work.

        Returns
        -------
        int
            How many notebooks may run at once.

        Raises
        ------
        UserError
            If `distributed` is not installed, nobody answers, there is no worker, or one sees another folder or has
            other versions.
        """
        try:
            from distributed import Client
        except ImportError:
            raise UserError(
                "A cluster was asked for, but 'distributed' is not installed. Remedy: pip install 'opsn-study[dask]'."
            ) from None
        try:
            self._client = Client(self.address, timeout=_CONNECTING, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise UserError(
                f"No Dask scheduler answers at '{self.address}' ({type(error).__name__}). "
                f"Remedy: start one, correct the address, or unset {VARIABLE} to build here."
            ) from None
        here, there = (
            seen_from_here(str(self.root)),
            self._client.run(seen_from_here, str(self.root)),
        )
        if not there:
            raise UserError(
                f"The Dask cluster at '{self.address}' has no worker. Remedy: start some, then run again."
            )
        for worker, seen in sorted(there.items()):
            differing = [what for what in here if seen.get(what) != here[what]]
            if differing:
                raise UserError(
                    f"The Dask worker {worker} differs from this build in: {', '.join(differing)}. "
                    "Remedy: let workers see this folder under the same path, with the versions of requirements.lock."
                )
        return sum(self._client.nthreads().values())

    def begin(self) -> None:
        """Nothing to warm up here."""

    def execute(self, notebook, **settings):
        """Execute a notebook on some worker.

        Raises
        ------
        NotebookFailure
            As a kernel of this machine would.
        UserError
            If the cluster lost the notebook.
        """
        import nbformat

        settings["cwd"] = str(settings["cwd"])
        future = self._client.submit(run_notebook, nbformat.writes(notebook), settings, pure=False)
        try:
            text = future.result()
        except UserError:
            raise
        except Exception as error:
            raise UserError(
                f"{settings['name']}: the cluster at '{self.address}' lost it ({type(error).__name__}: {error}). "
                "Remedy: look at its workers, then run the same command again."
            ) from None
        return nbformat.reads(text, as_version=4)

    def close(self) -> None:
        """Leave the cluster as it was found."""
        if self._client is not None:
            self._client.close()
            self._client = None
