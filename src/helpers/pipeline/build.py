"""Run the tasks and tell a person what happened."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from helpers.editions import check_view
from helpers.errors import UserError
from helpers.pipeline.layout import Layout


class LazyPool:
    """A pool of warm kernels that is only started when the first notebook runs."""

    def __init__(self, workers: int):
        self.workers, self._pool, self.executed = workers, None, []
        import threading

        self._lock = threading.Lock()

    def execute(self, notebook, *, name, **options):
        """Execute a notebook in a kernel of the pool."""
        with self._lock:
            if self._pool is None:
                from helpers.kernels import WarmKernels

                self._pool = WarmKernels().__enter__()
            self.executed.append(name)
        return self._pool.execute(notebook, name=name, **options)

    def close(self):
        """Stop the kernels, if any were started."""
        if self._pool is not None:
            self._pool.__exit__(None, None, None)


def build(
    root: Path,
    edition: str,
    *,
    workers: int | None = None,
    explain: bool = False,
    force: bool = False,
    quiet: bool = False,
    select: str = "",
) -> tuple[int, list[str]]:
    """Build the reports of an edition.

    Parameters
    ----------
    root : Path
        Root of the project.
    edition : str
        Folder under ``data/raw``.
    workers : int, optional
        Notebooks that run at once; the available cores by default.
    explain : bool
        Say why each task would run, and run none.
    force : bool
        Run every task.
    quiet : bool
        Show no progress.
    select : str
        Expression on the names of tasks (pytask's ``-k``).

    Returns
    -------
    exit_code : int
        0 when everything is built, 1 when a notebook failed, 2 when the input is at fault.
    executed : list of str
        Names of the notebooks that ran.
    """
    # A build that is told to be quiet must be so from the first import of pytask's console.
    import pytask

    from helpers.pipeline.tasks import all_tasks

    layout = Layout(root, edition)
    if not layout.raw.is_dir():
        known = sorted(p.name for p in (root / "data" / "raw").iterdir() if p.is_dir() and p.name != "territories")
        raise UserError(f"There is no edition '{edition}' under data/raw. Editions that exist: {', '.join(known)}.")
    check_view(edition, layout.declaration)
    workers = workers or os.cpu_count() or 1
    pool = LazyPool(workers)
    options = {} if explain else {"n_workers": workers, "parallel_backend": "threads"}
    console = pytask.console
    console.quiet = quiet
    try:
        session = pytask.build(
            tasks=all_tasks(layout, pool),
            config=root / "pyproject.toml",
            explain=explain,
            force=force,
            capture="no",
            show_traceback=False,
            editor_url_scheme="no_link",
            expression=select,
            verbose=1,
            **options,
        )
    finally:
        pool.close()
        console.quiet = False
    failures = [report.exc_info[1] for report in session.execution_reports if _failed(report)]
    return _tell(layout, session, failures, pool.executed, explain=explain, quiet=quiet), pool.executed


def _failed(report) -> bool:
    return report.exc_info is not None and report.outcome.name == "FAIL"


def _tell(layout, session, failures, executed, *, explain, quiet) -> int:
    for error in failures:
        if isinstance(error, UserError):
            print(f"\n{error}", file=sys.stderr)
        else:
            import traceback

            traceback.print_exception(error)
    if failures:
        return 2 if all(isinstance(e, UserError) and not getattr(e, "notebook", None) for e in failures) else 1
    if session.exit_code != 0:
        return 1
    if not quiet and not explain:
        count = len(executed)
        print(f"{count} notebook{'' if count == 1 else 's'} executed.")
        print(f"Reports: {(layout.reports / 'index.html').relative_to(layout.root).as_posix()}")
    return 0
