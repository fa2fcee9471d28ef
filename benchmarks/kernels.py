"""Time warm kernels against ordinary ones: ``python benchmarks/kernels.py [ROUNDS]``.

The same notebooks run in turn in both, in one process and on one machine; the ratios can be compared with those of
another machine, the seconds cannot. Prints a Markdown table.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from nbformat.v4 import new_code_cell, new_notebook

from claimbook.run import WarmKernels

# What the kernel holds for itself; pages that it shares count for their share (Linux only).
MEMORY = """
from pathlib import Path
rollup = Path("/proc/self/smaps_rollup")
lines = rollup.read_text().splitlines() if rollup.exists() else []
print(sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")))
"""

NOTEBOOKS = {
    "nothing but `1 + 1`": "1 + 1",
    "pandas": "import pandas",
    "pandas, seaborn, scikit-learn": "import pandas, seaborn, sklearn.cluster",
    "the whole stack": "import pandas, seaborn, sklearn.cluster, statsmodels.api, networkx, numba, stepmix, prince",
}


def notebook(source):
    """Return a notebook of two cells: the source, and a look at the memory."""
    return new_notebook(
        cells=[new_code_cell(text, id=f"cell-{i}") for i, text in enumerate((source, MEMORY))]
    )


def run(pool, source):
    """Execute once; return seconds and mebibytes."""
    started = time.perf_counter()
    executed = pool.execute(notebook(source))
    return time.perf_counter() - started, int(executed.cells[-1].outputs[0].text) / 1024


def main(rounds: int = 5) -> None:
    """Time and print."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(
        f"Python {platform.python_version()}, {platform.system()}, {cores} cores, median of {rounds} rounds.\n"
    )
    with WarmKernels() as warm, WarmKernels(start="ordinary") as ordinary:
        started = time.perf_counter()
        warm.execute(notebook("1"))
        first = time.perf_counter() - started
        print(
            "| notebook imports | ordinary (s) | warm (s) | ratio | ordinary (MiB) | warm (MiB) |"
        )
        print("|---|--:|--:|--:|--:|--:|")
        cold_stack = warm_stack = 0.0
        for label, source in NOTEBOOKS.items():
            pairs = [(run(ordinary, source), run(warm, source)) for _ in range(rounds)]
            (cold_stack, cold_memory), (warm_stack, warm_memory) = (
                [statistics.median(values) for values in zip(*side, strict=True)]
                for side in zip(*pairs, strict=True)
            )
            print(
                f"| {label} | {cold_stack:.2f} | {warm_stack:.2f} | {cold_stack / warm_stack:.1f} "
                f"| {cold_memory:.0f} | {warm_memory:.0f} |"
            )
        seconds = []
        for pool in (ordinary, warm):
            started = time.perf_counter()
            with ThreadPoolExecutor(cores) as threads:
                list(
                    threads.map(
                        lambda source, pool=pool: run(pool, source),
                        [NOTEBOOKS["the whole stack"]] * 4 * cores,
                    )
                )
            seconds.append(time.perf_counter() - started)
        print(
            f"| the whole stack, {4 * cores} notebooks, {cores} at once | {seconds[0]:.2f} | {seconds[1]:.2f} ",
            end="",
        )
        print(f"| {seconds[0] / seconds[1]:.1f} | | |\n")
        saved = cold_stack - warm_stack
        print(
            f"The first warm notebook, with the zygote's imports, took {first:.2f} s: repaid after ",
            end="",
        )
        print(f"{first / saved:.1f} notebooks that import the whole stack.")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
