"""The words of a PDF, by Poppler: what a reader can select, and its metadata."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

TIMEOUT = 120


def pdf_texts(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield (page, text) for each page of a PDF, and (0, text) for its metadata.

    Parameters
    ----------
    data : bytes
        The file.

    Raises
    ------
    ValueError
        If Poppler is not installed, or cannot read the file.
    """
    missing = [tool for tool in ("pdftotext", "pdfinfo") if shutil.which(tool) is None]
    if missing:
        raise ValueError(f"{' and '.join(missing)} not found; install the package 'poppler-utils'")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.pdf"
        path.write_bytes(data)
        yield 0, _run("pdfinfo", "-enc", "UTF-8", path)
        yield from enumerate(_run("pdftotext", "-enc", "UTF-8", path, "-").split("\f"), start=1)


def _run(*command) -> str:
    try:
        done = subprocess.run(
            list(map(str, command)), capture_output=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise ValueError(f"{command[0]} took more than {TIMEOUT} s") from None
    if done.returncode:
        raise ValueError(
            (
                done.stderr.decode("utf-8", "replace").strip().splitlines()
                or [f"{command[0]} failed"]
            )[-1]
        )
    return done.stdout.decode("utf-8", "replace")
