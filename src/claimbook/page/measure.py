"""What pages weigh, beside stock nbconvert, and which criteria of RGAA they answer.

``python -m claimbook.page.measure [NOTEBOOK.ipynb ...]``: executed notebooks; without any, the sample of this package.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from claimbook.page import template
from claimbook.page.exporter import export
from claimbook.page.sample import sample_context, sample_notebook

CRITERIA = Path("docs") / "accessibility.md"


def weights(notebook, context: dict | None = None) -> dict[str, int]:
    """Return the bytes of a notebook's page by this package (``ours``) and by stock nbconvert (``stock``)."""
    from nbconvert import HTMLExporter

    stock, _ = HTMLExporter().from_notebook_node(notebook)
    return {"ours": len(export(notebook, context).encode()), "stock": len(stock.encode())}


def criteria(text: str) -> list[tuple[str, str]]:
    """Return the numbers and subjects of the RGAA criteria that the list of this project states."""
    return re.findall(r"^\| (\d+\.\d+) \| ([^|]+?) \|", text, flags=re.MULTILINE)


def report(notebooks: dict, root: Path) -> str:
    """Return the measures as text.

    Parameters
    ----------
    notebooks : dict of str to (nbformat.NotebookNode, dict or None)
        Name to executed notebook and its context.
    root : pathlib.Path
        Root of the project, where the list of criteria lies.

    Returns
    -------
    str
    """
    lines = [
        f"Theme: {template.theme_bytes():,} bytes (template and style sheet)",
        "",
        "Page weight, bytes:",
    ]
    total = dict.fromkeys(("ours", "stock"), 0)
    for name, (notebook, context) in notebooks.items():
        size = weights(notebook, context)
        total = {which: total[which] + size[which] for which in total}
        share = 100 * size["ours"] / size["stock"]
        lines.append(
            f"  {name}: {size['ours']:,}; stock nbconvert {size['stock']:,} ({share:.0f} %)"
        )
    lines.append(
        f"  total of {len(notebooks)}: {total['ours']:,}; stock nbconvert {total['stock']:,}"
    )
    path = root / CRITERIA
    if path.is_file():
        found = criteria(path.read_text(encoding="utf-8"))
        lines += ["", f"RGAA 4.1.2: {len(found)} criteria apply ({CRITERIA.as_posix()}):"]
        lines += [f"  {number} {subject}" for number, subject in found]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Print the measures and return an exit code."""
    import nbformat

    notebooks = {Path(a).stem: (nbformat.read(a, as_version=4), None) for a in arguments}
    if not notebooks:
        notebooks = {"sample": (sample_notebook(hostile=False), sample_context())}
    print(report(notebooks, Path(__file__).parents[3]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
