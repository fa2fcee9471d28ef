"""What one notebook tells another beside its tables: its answer, and the values that its sentences state."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from claimbook.errors import UserError
from claimbook.protect.masks import Masked


@dataclass(frozen=True)
class Told:
    """What a notebook told: the hand-over from one notebook to another that is not a table.

    Attributes
    ----------
    notebook, title : str
        Name and H1.
    answer : str
        Its answer, as plain text.
    values : dict
        Value by expression, as written in the holes of its sentences.
    """

    notebook: str
    title: str
    answer: str
    values: dict

    def __getitem__(self, expression: str):
        """Return the value that a hole of that notebook states.

        Raises
        ------
        UserError
            If no sentence there states it.
        """
        if expression not in self.values:
            raise UserError(
                f"No sentence of '{self.notebook}' states '{expression}'. Name a hole of that notebook."
            )
        return self.values[expression]

    def get(self, expression: str):
        """Return the value that a hole of that notebook states; None if no sentence states it, or not for all to see.

        Another kind of edition may have no such value, and a confidential one may hold it back.
        """
        value = self.values.get(expression)
        parts = value if isinstance(value, list) else [value]
        return None if any(part is None or isinstance(part, Masked) for part in parts) else value


def told_path(processed_dir: Path, notebook: str) -> Path:
    """Return the file that holds what a notebook told."""
    return processed_dir / "told" / f"{notebook}.json"


def read_told(processed_dir: Path, notebook: str) -> Told:
    """Return what a notebook told; a value that a confidential edition protects comes back as a mask.

    Raises
    ------
    UserError
        If that notebook has not been built yet.
    """
    path = told_path(processed_dir, notebook)
    if not path.is_file():
        raise UserError(
            f"The notebook '{notebook}' has not been built yet. Run 'make reports' first."
        )
    content = json.loads(path.read_text(encoding="utf-8"))
    values = {name: Masked.from_plain(value) or value for name, value in content["values"].items()}
    return Told(notebook, content["title"], content["answer"], values)
