"""Whether tampered tables are noticed: by a claim, by what a figure shows, or by an invariant.

``python -m tests.claimbook.mutation.run 100`` prints the share caught and lists what was not, with the reason.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from claimbook import figures
from claimbook.build.steps import Used
from claimbook.claims import (
    accepted_data,
    collect,
    compare,
    data_changes,
    read_baseline,
    shown_data,
)
from claimbook.depend import Sources, read_notebook
from claimbook.tables import write_table
from helpers.layout import layout_of
from helpers.sources import DEFAULT_EDITION, open_edition
from helpers.layout import CLEAN_TABLES
from tests.claimbook.mutation.perturbations import Perturbation, Result, perturbations, tell
from tests.invariants import INVARIANTS

# Notebooks that fit models take minutes where these take a second; what they read is read here too.
NOTEBOOKS = ("01_sources", "02_cleaning", "03_service_map", "05_demand", "06_uneven_mutualisation")
SEED = 20231123


def run_in_process(path: Path, shell: InteractiveShell):
    """Run a notebook's cells in this process and return it with its outputs; nothing is drawn as SVG."""
    notebook = read_notebook(path)
    shell.reset(new_session=False)
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        with capture_output(stdout=True, stderr=True, display=True) as captured:
            result = shell.run_cell(cell["source"])
        result.raise_error()
        bundles = [output.data for output in captured.outputs]
        if isinstance(result.result, figures.Display):
            bundles.append(result.result._repr_mimebundle_())
        cell["outputs"] = [
            type(notebook)(output_type="display_data", data=data) for data in bundles
        ]
    return notebook


def noticed(root: Path, names: list[str], shell: InteractiveShell) -> str | None:
    """Return what noticed that the tables under `root` are not those accepted, or None."""
    baseline = project_root_of_tests() / "tests" / "baseline" / DEFAULT_EDITION
    for name in names:
        try:
            notebook = run_in_process(
                project_root_of_tests() / "notebooks" / f"{name}.ipynb", shell
            )
            claims, shown = collect(notebook, name=name), shown_data(notebook)
        except Exception as error:
            return f"{name} stops: {type(error).__name__}"
        comparison = compare(read_baseline(baseline, name), claims)
        if not comparison.accepted:
            return f"{name}: {len(comparison.changed) + len(comparison.new) + len(comparison.gone)} claims"
        accepted = accepted_data(baseline, name)
        changed = [
            figure
            for figure in accepted
            if data_changes(figure, accepted[figure], shown.get(figure, ""))
        ]
        if changed:
            return f"{name}: shown data of {', '.join(changed)}"
    return None


def broken_invariant(tables) -> str | None:
    """Return the name of the first invariant that the tables break, or None."""
    for invariant in INVARIANTS:
        try:
            invariant(tables)
        except Exception:
            return f"invariant: {invariant.__name__}"
    return None


def results(n: int, *, seed: int = SEED) -> Iterator[Result]:
    """Yield whether each of `n` seeded perturbations of the tidy tables of the default edition is noticed."""
    edition = open_edition(DEFAULT_EDITION, project_root_of_tests())
    tables = {name: edition.load(name) for name in CLEAN_TABLES}
    available = [
        name
        for name in NOTEBOOKS
        if (project_root_of_tests() / "notebooks" / f"{name}.ipynb").exists()
    ]
    layout = layout_of(DEFAULT_EDITION, project_root_of_tests())
    reads = {
        name: {path.stem for path in Used(layout.record(name), layout.root, Sources()).read}
        for name in available
    }
    shell = InteractiveShell.instance()
    plain_picture = mock.patch.object(figures.svg, "svg_of", lambda *_, **__: "<svg></svg>")
    with (
        tempfile.TemporaryDirectory() as folder,
        plain_picture,
        mock.patch.dict(os.environ, OPSN_ROOT=folder),
    ):
        root = Path(folder)
        (root / "data").mkdir()
        for part in ("raw", "datapackage.json"):
            (root / "data" / part).symlink_to(project_root_of_tests() / "data" / part)
        processed = root / "data" / "processed" / DEFAULT_EDITION
        for name, frame in tables.items():
            write_table(processed, name, frame)
        untouched = noticed(root, available, shell)
        assert untouched is None, (
            f"the tables as they are do not give the accepted values: {untouched}"
        )
        for change in perturbations(tables, np.random.default_rng(seed), n):
            yield _result(
                change,
                tables,
                processed,
                [m for m in available if reads[m] & set(change.touched)],
                shell,
            )


def _result(change: Perturbation, tables, processed: Path, names: list[str], shell) -> Result:
    for name in change.touched:
        write_table(processed, name, change.tables[name])
    try:
        why = noticed(processed, names, shell) or broken_invariant(change.tables)
    finally:
        for name in change.touched:
            write_table(processed, name, tables[name])
    return Result(change.name, why is not None, why or "no claim, figure or invariant reads it")


def project_root_of_tests() -> Path:
    """Return the project that these tests belong to, whatever the environment says."""
    return Path(__file__).resolve().parents[3]


if __name__ == "__main__":
    found = []
    for number, result in enumerate(results(int(sys.argv[1]) if len(sys.argv) > 1 else 100), 1):
        found.append(result)
        print(
            f"{number:3d} {'caught' if result.caught else 'MISSED'}  {result.name}: {result.why}",
            flush=True,
        )
    print(tell(found))
