"""Describe changed files anew in data/datapackage.json, as ``python -m helpers prepare`` does.

``python scripts/describe_data.py`` checks changed tables against their schemas, then rewrites their
SHA-256, bytes and number of rows.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from claimbook.errors import UserError
from helpers.sources import describe


def main(arguments: list[str] | None = None) -> int:
    """Describe the files; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(__file__).resolve().parents[1] / "data"
    parser.add_argument("--data", type=Path, default=default, help="data folder")
    options = parser.parse_args(arguments)
    try:
        changed = describe(options.data.resolve().parent)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for path in changed:
        print(f"Described anew: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
