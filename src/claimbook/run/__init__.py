"""Notebook execution in kernels that start warm.

A kernel that imports the scientific stack costs up to fifteen seconds before its first cell. Here one process, the
*zygote*, imports it once; every notebook then runs in a real ipykernel forked from it, driven by nbclient over IPC
sockets. Where the platform cannot fork, the same calls start ordinary kernels.

Nothing is imported until it is asked for: the kernels themselves import this package, and must stay light.
"""

from __future__ import annotations

import importlib

_HOMES = {
    "NotebookFailure": "claimbook.run.failure",
    "WarmKernels": "claimbook.run.pool",
    "execute": "claimbook.run.executor",
    "inject_parameters": "claimbook.run.parameters",
    "shared_kernels": "claimbook.run.pool",
}

__all__ = ["NotebookFailure", "WarmKernels", "execute", "inject_parameters", "shared_kernels"]


def __getattr__(name: str):
    """Import a public name from its module when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
