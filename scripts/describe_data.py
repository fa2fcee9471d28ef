"""Refresh what data/datapackage.json says of its files: SHA-256, bytes and number of rows.

``python scripts/describe_data.py`` rewrites the descriptor; with ``--check`` it writes nothing and exits with 1
when the descriptor and the files disagree.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import sys
from pathlib import Path


def described(resource: dict, data: Path) -> dict:
    """Return the descriptor of a resource with its hash, bytes and, for a table, rows as the file has them."""
    content = (data / resource["path"]).read_bytes()
    fresh = resource | {
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "bytes": len(content),
    }
    if "schema" in resource:
        text = io.StringIO(content.decode(resource["encoding"]), newline="")
        fresh["rows"] = (
            sum(1 for _ in csv.reader(text, delimiter=resource["dialect"]["delimiter"])) - 1
        )
    return fresh


def main(arguments: list[str] | None = None) -> int:
    """Refresh or check the descriptor; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing, exit with 1 on a difference"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(__file__).resolve().parents[1] / "data",
        help="data folder",
    )
    options = parser.parse_args(arguments)
    path = options.data / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    fresh = [described(resource, options.data) for resource in package["resources"]]
    changed = [
        new["name"] for old, new in zip(package["resources"], fresh, strict=True) if old != new
    ]
    if not changed:
        return 0
    if options.check:
        print(f"data/datapackage.json does not describe: {', '.join(changed)}", file=sys.stderr)
        return 1
    text = json.dumps(package | {"resources": fresh}, ensure_ascii=False, indent=2) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"Described again: {', '.join(changed)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
