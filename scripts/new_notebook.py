"""Make a notebook from the usual cells: ``make new NAME=11_ma_question TITLE="Ma question"``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
IMPORTS = """%load_ext claimbook
from helpers import charts, indicators
from helpers.estimates import Estimate
from helpers.study import Study"""
RATES = """study = Study(edition, seed=seed)
rates = indicators.coverage(study.profiles)
first = Estimate.of(rates, rates.index[0])
first_name = study.labels[rates.index[0]]"""
FIGURE = """study.figure(
    charts.rows(study.labelled(rates.head(5)), "Part des opérateurs, par service"),
    "premiers-services",
    title="Le service « {{ first_name | text }} » est vu chez {{ first | percent }} des opérateurs",
    reading="une page montre ce service chez {{ first | percent }} des opérateurs.",
)"""
ANSWER = """%%narrative
Le service « {{ first_name | text }} » est vu chez {{ first | percent }} des opérateurs."""
LIMITS = "## Limites\n\nNon vu ne veut pas dire absent."


def notebook(title: str):
    """Return a notebook with a question to write, one figure, an answer and limits."""

    def code(name: str, source: str, *tags: str):
        return new_code_cell(source, id=name, metadata={"tags": list(tags)} if tags else {})

    cells = [
        new_markdown_cell(f"# {title}\n\n**Question.** {title} ?", id="title"),
        code("imports", IMPORTS),
        code("parameters", 'edition, seed = "public-2026", 2026', "parameters"),
        code("rates", RATES),
        code("first-figure", FIGURE),
        code("answer", ANSWER, "answer"),
        new_markdown_cell(LIMITS, id="limits", metadata={"tags": ["limits"]}),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    about = {"title": title, "question": f"{title} ?", "group": "Aller plus loin"}
    about["runtime"] = "moins d’une minute"
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "opsn": about}
    return new_notebook(cells=cells, metadata=metadata)


def main(arguments: list[str]) -> int:
    """Write the notebook; return the exit code."""
    if len(arguments) != 2 or not re.fullmatch(r"\d{2}_[a-z0-9_]+", arguments[0]):
        print('Usage: make new NAME=11_ma_question TITLE="Ma question"', file=sys.stderr)
        return 2
    path = NOTEBOOKS / f"{arguments[0]}.ipynb"
    if path.exists():
        print(f"notebooks/{path.name} is there already: choose another name.", file=sys.stderr)
        return 1
    nbformat.write(notebook(arguments[1]), path)
    print(f"notebooks/{path.name} is written; 'make reports' builds its page.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
