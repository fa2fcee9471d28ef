"""What one notebook hands to another beside tables: its answer, and the values it states."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from claimbook.errors import NotBuiltError, UserError
from claimbook.protect.masks import Masked, from_ledger


@dataclass(frozen=True)
class NotebookResults:
    """The results of a notebook, for other notebooks.

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
        """Return the value of an expression; UserError if no sentence states it."""
        if expression not in self.values:
            raise UserError(
                f"No sentence of '{self.notebook}' states '{expression}'. "
                "Name a hole of that notebook."
            )
        return self.values[expression]

    def get(self, expression: str):
        """Return the value of an expression; None if it is not stated, or withheld.

        Another kind of edition may have no such value, and a confidential one may withhold it.
        """
        value = self.values.get(expression)
        parts = value if isinstance(value, list) else [value]
        return None if any(part is None or isinstance(part, Masked) for part in parts) else value


def results_path(processed_dir: Path, notebook: str) -> Path:
    """Return the file that holds the results of a notebook."""
    return processed_dir / "results" / f"{notebook}.json"


def read_results(processed_dir: Path, notebook: str) -> NotebookResults:
    """Return the results of a notebook; a protected value comes back as a mask.

    Raises
    ------
    NotBuiltError
        If that notebook has not been built yet.
    """
    try:
        text = results_path(processed_dir, notebook).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotBuiltError(
            f"The notebook '{notebook}' has not been built yet. Run 'make reports' first."
        ) from None
    content = json.loads(text)
    values = {name: from_ledger(value) for name, value in content["values"].items()}
    return NotebookResults(notebook, content["title"], content["answer"], values)
