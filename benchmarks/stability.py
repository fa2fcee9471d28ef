"""Stability of trees, timed side by side with R's fpc::clusterboot, in one run.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/stability.py [--fpc-runs 3] [--quick]

Needs R with fpc, which the project does not install. Debian: ``apt-get install
--no-install-recommends r-base-core r-cran-fpc``. Another Rscript than that of the path is named by
the environment variable ``RSCRIPT``.

Both are on the same distances, on one thread, and leave out the start of the interpreter. Time is
that of the processor, the least of several runs. Exits with 1 if a requirement is missed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from helpers.typology import jaccard_distances, null_stability
from helpers.typology.stability import draw_bootstrap, resampled_jaccard
from helpers.typology.trees import prepare

HERE = Path(__file__).resolve().parent
KS = range(2, 9)


def profiles(n, seed=20240501):
    """Binary profiles of 27 services and four planted types, read unequally deeply."""
    rng = np.random.default_rng(seed)
    offered = np.clip(rng.beta(0.7, 0.9, size=(4, 27)), 0.05, 0.95)[
        rng.choice(4, size=n, p=[0.4, 0.28, 0.2, 0.12])
    ]
    seen = (rng.random((n, 27)) < offered) & (rng.random((n, 27)) < rng.beta(8, 2, size=(n, 1)))
    seen[np.flatnonzero(~seen.any(axis=1)), 0] = True
    return seen.astype(np.int8)


def seconds(call, repeats):
    """Least processor time of several calls, after one that loads the compiled code."""
    call()
    times = []
    for _ in range(repeats):
        started = time.process_time()
        call()
        times.append(time.process_time() - started)
    return min(times)


def resample(distances, n_resamples):
    """Bootstrap stability by average linkage for all numbers of clusters."""
    ready, rng = prepare(distances, "average"), np.random.default_rng(0)
    drawn = draw_bootstrap(len(ready.scale), n_resamples, rng)
    return resampled_jaccard(ready, np.array(KS), drawn)


def others(n_resamples, fpc_runs, distances):
    """Seconds of one clusterboot analysis."""
    rscript = os.environ.get("RSCRIPT") or shutil.which("Rscript")
    if not rscript:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "distances.csv")
        np.savetxt(file, distances, delimiter=",", fmt="%.17g")
        sizes = [str(file), str(n_resamples), str(KS[0]), str(KS[-1])]
        fpc = _output([rscript, "--vanilla", str(HERE / "stability_fpc.R"), *sizes, str(fpc_runs)])
    return min(float(line.split()[0]) for line in fpc.splitlines())


def _output(command):
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=one_thread)
    if done.returncode:
        sys.exit(f"{command[0]} failed:\n{done.stderr}")
    return done.stdout


def main():
    """Run everything and print ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--fpc-runs", type=int, default=3, help="runs of clusterboot; the fastest counts"
    )
    parser.add_argument(
        "--quick", action="store_true", help="100 resamples and 9 nulls: a trial of the script"
    )
    options = parser.parse_args()
    n_resamples, n_null = (100, 9) if options.quick else (1000, 99)
    sys.exit(compare(n_resamples, n_null, options.fpc_runs))


def compare(n_resamples, n_null, fpc_runs):
    """Print the table; 1 if a requirement is missed."""
    table = profiles(66)
    distances = jaccard_distances(table)
    rng = np.random.default_rng(0)
    same = {"method": "average", "n_resamples": n_resamples, "rng": rng}
    boot = seconds(lambda: resample(distances, n_resamples), 7)
    fpc = others(n_resamples, fpc_runs, distances.values)
    null_stability(table, KS, n_null=1, **same)
    started = time.process_time()
    null_stability(table, KS, n_null=n_null, **same)
    nulls = time.process_time() - started
    checks = [
        ("fpc::clusterboot / resampled_jaccard", fpc / boot, 12),
        (f"ten runs of clusterboot / {n_null} nulls, one worker", 10 * fpc / nulls, 1),
    ]
    print(f"66 x 27, average linkage, k = 2..8, {n_resamples} resamples")
    for name, ratio, needed in checks:
        print(f"  {name}: {ratio:.1f} (needed: {needed})")
    print("growth, time over that of 66 rows, 50 resamples")
    base = None
    for n in (66, 250, 500, 1000, 2000):
        d = jaccard_distances(profiles(n))
        spent = seconds(lambda d=d: resample(d, 50), 3)
        base = base or spent
        print(f"  {n} rows: {spent / base:.0f}, rows squared {(n / 66) ** 2:.0f}")
    return int(any(ratio < needed for _, ratio, needed in checks))


if __name__ == "__main__":
    main()
