"""What a kernel does beside its notebook: warnings are errors, and what is used is recorded."""

from __future__ import annotations

import atexit
import inspect
import json
import os
import sys
import warnings
from pathlib import Path

_MACHINERY = (
    r"(asyncio|comm|ipykernel|IPython|jupyter_client|jupyter_core|tornado|traitlets|zmq)(\.|$)"
)
# A deprecation raised in the message loop of the kernel would break the loop. stepmix writes LaTeX
# in a plain docstring, which the compiler reports when no byte code is cached yet.
_FORGIVEN: tuple[tuple[str, type[Warning], str], ...] = (
    ("", DeprecationWarning, _MACHINERY),
    ("", PendingDeprecationWarning, _MACHINERY),
    ("", ResourceWarning, _MACHINERY),
    ("invalid escape sequence", DeprecationWarning, r".*[/\\]stepmix[/\\]"),
    ("invalid escape sequence", SyntaxWarning, r".*[/\\]stepmix[/\\]"),
)


def warnings_as_errors() -> None:
    """Make every warning an error, but for the short list that is not the notebook's fault."""
    warnings.resetwarnings()
    warnings.simplefilter("error")
    for message, category, module in _FORGIVEN:
        warnings.filterwarnings("ignore", message=message, category=category, module=module)


class Recorder:
    """Files and folders that this process opens, files that it writes, modules that it imports.

    Parameters
    ----------
    roots : list of str
        Folders of the project: what lies elsewhere, or in a hidden folder of it, does not count.
    """

    def __init__(self, roots: list[str]):
        self.roots = [f"{os.path.abspath(root)}{os.sep}" for root in roots]  # noqa: PTH100
        source = f"src{os.sep}"
        self.code = tuple(r if r.endswith(os.sep + source) else r + source for r in self.roots)
        self.paused = False
        self.read: set[str] = set()
        self.written: set[str] = set()

    def own(self, path) -> str | None:
        """Return the absolute path of a file of the project, None for any other."""
        if not isinstance(path, (str, bytes, os.PathLike)):
            return None
        found = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - links are not followed
        root = next((root for root in self.roots if found.startswith(root)), None)
        if root is None or found.endswith((".pyc", ".part")):
            return None
        parts = Path(found[len(root) :]).parts
        hidden = any(part.startswith(".") for part in parts)
        return None if hidden or "site-packages" in parts or "__pycache__" in parts else found

    def __call__(self, event: str, arguments: tuple) -> None:
        """Take note of an audit event."""
        if event == "claimbook.pause":
            self.paused = arguments[0]
        elif self.paused:
            return
        elif event == "open":
            path, mode, flags = arguments
            writes = isinstance(mode, str) and any(letter in mode for letter in "wax+")
            if mode is None and isinstance(flags, int):
                writes = bool(flags & (os.O_WRONLY | os.O_RDWR))
            if found := self.own(path):
                (self.written if writes else self.read).add(found)
        elif event in ("os.rename", "claimbook.write"):
            if found := self.own(arguments[event == "os.rename"]):
                self.written.add(found)
        elif event in ("os.listdir", "os.scandir"):
            # Looking for a module lists folders, too: of code, the files that are opened count.
            caller = inspect.currentframe().f_back.f_code.co_filename
            found = self.own(arguments[0] or ".")
            imports = "importlib" in caller or "pkgutil" in caller
            if found and not imports and not f"{found}{os.sep}".startswith(self.code):
                self.read.add(found)

    def content(self) -> dict:
        """Return what was recorded, for JSON."""
        files = {self.own(getattr(m, "__file__", None)) for m in list(sys.modules.values())}
        modules = {path for path in files if path and path.endswith(".py")}
        return {
            "read": sorted(self.read - self.written - modules),
            "written": sorted(self.written),
            "modules": sorted(modules),
        }


def begin(record: str, roots: list[str]) -> None:
    """Prepare the kernel of a notebook; what it used is written to `record` when it ends."""
    # After IPython, which sets filters of its own when its shell starts.
    warnings_as_errors()
    recorder = Recorder(roots)
    sys.addaudithook(recorder)

    def keep() -> None:
        Path(record).write_text(json.dumps(recorder.content()), encoding="utf-8")

    atexit.register(keep)
