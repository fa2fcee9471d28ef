"""Words of the study as data: labels, headings and rule texts, one YAML file for each subject."""

from __future__ import annotations

from importlib import resources

import yaml


def read(name: str) -> dict:
    """Return the content of ``texts/<name>.yml``."""
    return yaml.safe_load((resources.files(__name__) / f"{name}.yml").read_text(encoding="utf-8"))
