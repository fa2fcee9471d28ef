"""Byte code of the study's own package, made valid by the hash of its source.

By default byte code is valid by the size and the date, in whole seconds, of its source. A digit edited within a second
of the last run would go unseen; a build that decides by content hashes would then keep what an old helper computed.
"""

from __future__ import annotations

import importlib.util
import py_compile
from pathlib import Path

# PEP 552: validated by hash, and checked against the source at each import.
_MARK = importlib.util.MAGIC_NUMBER + (0b11).to_bytes(4, "little")


def _is_current(source: Path, compiled: Path) -> bool:
    """Say whether byte code names the hash of this very source."""
    try:
        with compiled.open("rb") as file:
            header = file.read(16)
        return header == _MARK + importlib.util.source_hash(source.read_bytes())
    except OSError:
        return False


def hash_byte_code(package: Path) -> int:
    """Compile those modules of a package whose byte code is not that of their source, by hash.

    Where a source changes afterwards, Python sees it, and replaces hashed byte code by hashed byte code.

    Parameters
    ----------
    package : Path
        Folder of the package, with its subpackages.

    Returns
    -------
    int
        How many modules were compiled. One that does not compile, or whose folder is read-only, is passed over: to
        say so is for the notebook that imports it.
    """
    count = 0
    for source in sorted(package.rglob("*.py")):
        compiled = Path(importlib.util.cache_from_source(str(source)))
        if _is_current(source, compiled):
            continue
        try:
            py_compile.compile(
                str(source),
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
            )
        except (OSError, UnicodeError, py_compile.PyCompileError):
            continue
        count += 1
    return count
