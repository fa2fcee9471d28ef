"""Texts and tables of the study that are data: one YAML file each, read by name."""

from __future__ import annotations

from importlib.resources import files
from typing import Any


def read(name: str) -> Any:
    """Return the content of ``helpers/texts/<name>.yml``, a fresh copy at each call.

    Raises
    ------
    ValueError
        If there is no such file; the message lists those that there are.
    """
    import yaml

    folder = files(__name__)
    file = folder / f"{name}.yml"
    if not file.is_file():
        known = sorted(item.name[:-4] for item in folder.iterdir() if item.name.endswith(".yml"))
        raise ValueError(f"helpers.texts has no file '{name}.yml'; it has {', '.join(known)}")
    return yaml.safe_load(file.read_text(encoding="utf-8"))
