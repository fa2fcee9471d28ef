"""Write docs/data-dictionary.md from the data package and the tidy tables: ``make docs``.

Columns that a raw table has keep the title and the description of their Table Schema; what others
mean is in data_dictionary.yml.
"""

from __future__ import annotations

import json
from collections import ChainMap
from collections.abc import Iterable
from pathlib import Path

import yaml

from helpers import texts
from helpers.paths import project_root

PAGE = Path("docs") / "data-dictionary.md"
_HEAD = """# Dictionary of the tidy tables

Made by `make docs` from `data/datapackage.json` and the tables in `data/processed`; do not edit it.
`study.load("states")` gives a table with its types, `study.tables()` lists them.
Raw tables, their sources and licences: [data](../data/README.md) and `data/datapackage.json`.
"""


def _described(root: Path) -> dict[str, str]:
    """Return what each column means."""
    package = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for resource in package["resources"]:
        for field in resource.get("schema", {}).get("fields", []):
            parts = filter(None, (field.get("title"), field.get("description")))
            found.setdefault(field["name"], ": ".join(parts))
    own = Path(__file__).with_suffix(".yml").read_text(encoding="utf-8")
    return found | yaml.safe_load(own)


def _rows(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [list(heading), ["---" for _ in heading], *cells]
    return [f"| {' | '.join(line)} |" for line in lines]


def dictionary(root: Path) -> str:
    """Return the page; `KeyError` if nothing says what a column or a table is."""
    tables: dict[str, list[str]] = {}
    types: dict[str, set[str]] = {}
    for path in sorted((root / "data" / "processed").glob("*/*.schema.json")):
        fields = json.loads(path.read_text(encoding="utf-8"))["fields"]
        names = tables.setdefault(path.name.removesuffix(".schema.json"), [])
        names += [field["name"] for field in fields if field["name"] not in names]
        for field in fields:
            types.setdefault(field["name"], set()).add(field["type"])
    lines, meaning = ChainMap(*texts.read("tables").values()), _described(root)
    listed = [(f"`{n}`", lines[n], ", ".join(f"`{c}`" for c in tables[n])) for n in sorted(tables)]
    columns = [(f"`{c}`", " or ".join(sorted(types[c])), meaning[c]) for c in sorted(types)]
    page = [_HEAD, "## Tables", "", *_rows(("table", "a row is", "columns"), listed), ""]
    page += ["## Columns", "", *_rows(("column", "type", "meaning"), columns)]
    return "\n".join(page) + "\n"


if __name__ == "__main__":
    (project_root() / PAGE).write_text(dictionary(project_root()), encoding="utf-8")
    print(f"{PAGE} is written.")
