"""Coverage of the intervals of occupancy on simulated services.

Prints Markdown; ``benchmarks/typology.md`` holds a run. From the root of the repository::

    python benchmarks/occupancy_coverage.py --sets 400

Each set has 100 operators with log-normal numbers of pages (median 3, from 1 to 25) and 10 services
whose occupancy and per-page detection are given: every line is a fixed truth, so that coverage is
not averaged over a prior.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from joblib import Parallel, delayed
from simulation import uneven_visits

from helpers.occupancy import fit_occupancy
from helpers.typology.simulation import ClassModel, simulate_evidence

OCCUPANCY = np.array([0.1, 0.3, 0.5, 0.7, 0.9, 0.3, 0.5, 0.7, 0.5, 0.5])
DETECTION = np.array([0.3, 0.3, 0.3, 0.3, 0.3, 0.1, 0.1, 0.1, 0.05, 0.5])


def one_set(seed, level):
    """Return whether intervals hold the truth, their width, if rates are identified, and errors."""
    rng = np.random.default_rng([seed, 31])
    model = ClassModel(np.ones(1), OCCUPANCY[None], DETECTION)
    drawn = simulate_evidence(model, uneven_visits(100, rng), rng)
    fit = fit_occupancy(drawn.mentions, drawn.visits, level=level)
    low, high = fit.psi_interval.T
    return np.array(
        [
            (low - 1e-9 <= OCCUPANCY) & (high + 1e-9 >= OCCUPANCY),
            high - low,
            fit.identified,
            fit.psi_mean - OCCUPANCY,
            fit.naive,
        ]
    )


def main(arguments):
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=400)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--level", type=float, default=0.95)
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    runs = np.array(
        Parallel(n_jobs=options.workers)(
            delayed(one_set)(s, options.level) for s in range(options.sets)
        )
    )
    mean = runs.mean(axis=0)
    print(f"{options.sets} sets, nominal {options.level:.0%}\n")
    print("| ψ | p | coverage of ψ | mean width | identified | naive share | bias of mean ψ |")
    print("|---|---|---|---|---|---|---|")
    for j, (psi, p) in enumerate(zip(OCCUPANCY, DETECTION, strict=True)):
        print(
            f"| {psi:.1f} | {p:.2f} | {mean[0, j]:.1%} | {mean[1, j]:.2f} | {mean[2, j]:.0%} "
            f"| {mean[4, j]:.2f} | {mean[3, j]:+.3f} |"
        )
    print(f"| all | | {mean[0].mean():.1%} | {mean[1].mean():.2f} | {mean[2].mean():.0%} | | |")
    print(f"\n{time.perf_counter() - start:.0f} s, {options.workers} worker(s)")


if __name__ == "__main__":
    main(sys.argv[1:])
