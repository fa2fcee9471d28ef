"""What was read from a module's source, kept between builds: parsing the whole package takes longer than a build."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from claimbook.depend._definitions import Definition, Module

_HERE = Path(__file__).parent
_folder: Path | None = None


def keep_in(folder: Path | None) -> None:
    """Say where to keep what is read; None to keep nothing, as at the start."""
    global _folder
    _folder = folder


@lru_cache(maxsize=1)
def _reader() -> str:
    """Return what tells one reader from another: its own source, and the version of Python that parses."""
    sources = b"".join((_HERE / name).read_bytes() for name in ("_definitions.py", "_store.py"))
    return hashlib.sha256(sources + sys.version.encode()).hexdigest()


def remembered(text: str, package: str, read: Callable[[str, str], Module]) -> Module:
    """Return ``read(text, package)``, from the store if it was read before."""
    if _folder is None:
        return read(text, package)
    key = hashlib.sha256("\0".join((_reader(), package, text)).encode()).hexdigest()
    path = _folder / f"{key}.json"
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        content = json.loads(path.read_text(encoding="utf-8"))
        definitions = {name: Definition(**found) for name, found in content["definitions"].items()}
        return Module(Definition(**content["body"]), definitions, content["imports"])
    module = read(text, package)
    # A store that cannot be written costs time, nothing else.
    with contextlib.suppress(OSError):
        _folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{key}.{os.getpid()}")
        temporary.write_text(json.dumps(asdict(module)), encoding="utf-8")
        temporary.replace(path)
    return module
