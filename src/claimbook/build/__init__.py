"""The pipeline: which task needs which file, and running what has to run."""

from __future__ import annotations

from claimbook.build.build import build
from claimbook.build.layout import Chapter, Layout

__all__ = ["Chapter", "Layout", "build"]
