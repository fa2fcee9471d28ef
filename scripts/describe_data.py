"""Refresh what data/datapackage.json says of its files: SHA-256, bytes and number of rows.

``python scripts/describe_data.py`` rewrites the descriptor; with ``--check`` it writes nothing and
exits with 1 when the descriptor and the files disagree.
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
    """Return a resource with hash, bytes and, for a table, rows as its file has them."""
    content = (data / resource["path"]).read_bytes()
    fresh = {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}
    if "schema" in resource:
        text = io.StringIO(content.decode(resource["encoding"]), newline="")
        lines = csv.reader(text, delimiter=resource["dialect"]["delimiter"])
        fresh["rows"] = sum(1 for _ in lines) - 1
    return resource | fresh


def main(arguments: list[str] | None = None) -> int:
    """Refresh or check the descriptor; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit with 1 if wrong")
    default = Path(__file__).resolve().parents[1] / "data"
    parser.add_argument("--data", type=Path, default=default, help="data folder")
    options = parser.parse_args(arguments)
    path = options.data / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    old = package["resources"]
    package["resources"] = [described(resource, options.data) for resource in old]
    changed = [new["name"] for new in package["resources"] if new not in old]
    if changed and options.check:
        print(f"data/datapackage.json does not describe: {', '.join(changed)}", file=sys.stderr)
        return 1
    if changed:
        text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"Described again: {', '.join(changed)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
