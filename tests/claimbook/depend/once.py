"""One build of a copy of the project, in a process of its own, with executions replaced: ``python once.py ROOT``.

Instead of a kernel, a stub hands back what the notebook showed the last time (a notebook that is new, what its twin of
the same cells showed) and notes that it was asked. Everything else is the real build. Prints one line of JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path

import nbformat


class Stub:
    """Kernels that remember.

    Parameters
    ----------
    executed : Path
        Folder of the executed notebooks, as they were.
    """

    def __init__(self, executed: Path):
        self.outputs = {}
        for path in sorted(executed.rglob("*.ipynb")):
            name = path.relative_to(executed).with_suffix("").as_posix()
            for cell in nbformat.read(path, as_version=4).cells:
                if cell.cell_type == "code":
                    self.outputs[name, cell.id] = self.outputs[None, cell.id] = cell.outputs
        self.asked: list[str] = []

    def connect(self) -> int:
        """Two at once."""
        return 2

    def begin(self) -> None:
        """Nothing to warm up here."""

    def execute(self, notebook, *, name, parameters, **_):
        """Return the notebook with its last outputs."""
        from claimbook.run import inject_parameters

        self.asked.append(name)
        notebook = inject_parameters(notebook, parameters, name=name)
        for place, cell in enumerate(c for c in notebook.cells if c.cell_type == "code"):
            cell.outputs = self.outputs.get((name, cell.id), self.outputs.get((None, cell.id), []))
            cell.execution_count = place + 1
        return notebook

    def close(self) -> None:
        """Nothing to close."""


def main(root: Path, kept: Path, force: bool) -> None:
    """Build, and print what was asked of the kernels."""
    from claimbook.build.build import build

    stub = Stub(kept)
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        code, executed = build(root, "public-2026", kernels=stub, quiet=True, force=force)
    print(
        json.dumps(
            {
                "code": code,
                "asked": sorted(stub.asked),
                "told": sorted(executed),
                "said": said.getvalue(),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), "--force" in sys.argv)
