"""What the hash of a task's parts stood for, so that ``--explain`` can name the definition that changed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

from claimbook.build.states import parts_hash
from claimbook.build.tasks import Task
from claimbook.errors import StorageError
from claimbook.tables import replace_text


def _folder(root: Path) -> Path:
    return root / ".cache" / "parts"


def load(root: Path, key: str) -> dict[str, str] | None:
    """Return the parts behind a hash; None if they are not known."""
    with contextlib.suppress(OSError, ValueError):
        return json.loads((_folder(root) / f"{key}.json").read_text(encoding="utf-8"))
    return None


def keep(root: Path, tasks: Iterable[Task]) -> None:
    """Keep the parts of tasks; losing them costs an explanation, nothing else."""
    parts = {id(part): part for task in tasks for part in task.parts.values()}
    for part in parts.values():
        path = _folder(root) / f"{parts_hash(part)}.json"
        if not path.is_file():
            with contextlib.suppress(StorageError):
                replace_text(path, json.dumps(part) + "\n")
