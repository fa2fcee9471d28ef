"""Where the study lives on disk."""

from __future__ import annotations

import os
from pathlib import Path

from claimbook.errors import UserError

ROOT_VARIABLE = "OPSN_ROOT"
_MARK = Path("data") / "datapackage.json"


def project_root() -> Path:
    """Return the folder that holds ``data/datapackage.json``.

    It is the folder named by the environment variable ``OPSN_ROOT`` if that is set; else the
    nearest one upwards from the working directory, or from the package itself. Raises `UserError`
    if there is none.
    """
    named = os.environ.get(ROOT_VARIABLE)
    if named:
        root = Path(named).resolve()
        if not (root / _MARK).is_file():
            raise UserError(
                f"{ROOT_VARIABLE} names '{named}', which holds no {_MARK.as_posix()}. "
                "Remedy: set it to the root of the study, or unset it."
            )
        return root
    for start in (Path.cwd(), Path(__file__).resolve().parent):
        for folder in (start, *start.parents):
            if (folder / _MARK).is_file():
                return folder
    raise UserError(
        f"No folder upwards from the working directory holds {_MARK.as_posix()}. "
        f"Remedy: run from inside the study, or set {ROOT_VARIABLE} to its root."
    )
