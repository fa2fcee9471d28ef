"""A notebook as it is kept: sources alone, and an id of words for each cell."""

from __future__ import annotations

import json
import re
from pathlib import Path

from claimbook.depend import read_notebook
from claimbook.french import reserve, unaccented
from claimbook.tables import replace_text

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_RANDOM = re.compile(r"(?=.*\d)(?=.*[a-z])[0-9a-f]{6,}|\d{6,}")
_NO_WORDS = re.compile(r"^%.*|\{\{.*?\}\}|\{%.*?%\}", re.MULTILINE)
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def is_readable(cell_id: str) -> bool:
    """Tell whether the id of a cell is made of words."""
    random = any(map(_RANDOM.fullmatch, cell_id.split("-")))
    return bool(_SLUG.fullmatch(cell_id)) and not random


def _id_of(cell: dict, taken: set[str]) -> str:
    """Return the id of a cell; one without words gets the first words of its source."""
    text = unaccented(_NO_WORDS.sub("", "".join(cell["source"]))).lower()
    named = "-".join(re.findall(r"[a-z]{2,}", text)[:3]) or "cell"
    wanted = cell.get("id", "") if is_readable(cell.get("id", "")) else named
    return reserve(wanted, taken)


def tidy(notebook: dict) -> None:
    """Take from a notebook what running and looking at it leaves there.

    Outputs, counts and all metadata but tags, kernel and what the pages show go, and so do empty
    cells at the end. A cell whose id says nothing gets one of words.

    Parameters
    ----------
    notebook : dict
        A notebook of nbformat 4, changed in place.
    """
    cells, taken = notebook["cells"], set()
    while cells and cells[-1]["cell_type"] == "code" and not "".join(cells[-1]["source"]).strip():
        cells.pop()
    for cell in cells:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
        tags = cell["metadata"].get("tags")
        cell["metadata"] = {"tags": tags} if tags else {}
        cell["id"] = _id_of(cell, taken)
    shown = {k: v for k, v in notebook["metadata"].items() if k == "opsn"}
    notebook["metadata"] = {"kernelspec": _KERNEL, "language_info": {"name": "python"}, **shown}
    notebook["nbformat_minor"] = 5


def tidy_file(path: Path) -> bool:
    """Tidy a notebook where it is; return whether it changed, `UserError` if it is none."""
    notebook = read_notebook(path)
    tidy(notebook)
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    return replace_text(path, f"{text}\n")


def before_save(model: dict, **options) -> None:
    """Tidy what JupyterLab is about to write (``FileContentsManager.pre_save_hook``)."""
    if model["type"] == "notebook" and model["content"]["nbformat"] == 4:
        tidy(model["content"])
