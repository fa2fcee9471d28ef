"""The pipeline: which task needs which file, and running what has to run."""

from __future__ import annotations

from helpers.pipeline.build import build
from helpers.pipeline.layout import Chapter, Layout

__all__ = ["Chapter", "Layout", "build"]
