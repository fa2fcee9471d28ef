"""Texts and tables of the study that are data: one YAML file each, read by name."""

from __future__ import annotations

from importlib.resources import files
from typing import Any


def read(name: str) -> Any:
    """Return the content of ``helpers/texts/<name>.yml``, a fresh copy at each call."""
    import yaml

    text = (files(__name__) / f"{name}.yml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
