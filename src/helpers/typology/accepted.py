"""Classes that reviewers accepted, so that a class keeps its name when rows move or a few data change."""

from __future__ import annotations

# Edition -> name of a class -> its members when it was accepted.
ACCEPTED: dict[str, dict[str, tuple[str, ...]]] = {}
