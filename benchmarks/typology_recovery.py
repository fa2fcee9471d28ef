"""How often the mixture finds what is there, and how often the rule announces what is not.

Prints Markdown; ``benchmarks/typology.md`` holds a run. From the root of the repository::

    python benchmarks/typology_recovery.py --seeds 50 --workers 2

Every set has 100 operators, 27 services, log-normal numbers of pages (median 3, from 1 to 25) and
per-page detection uniform in 0.05-0.50. Seed s of a scenario is
`numpy.random.default_rng([s, ...])`: results do not depend on workers.
"""

from __future__ import annotations

import argparse
import collections
import sys
import time

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from simulation import planted_classes
from sklearn.metrics import adjusted_rand_score

from helpers.typology import gibbs_classes, latent_classes, latent_classes_with_detection
from helpers.typology.choice import decide
from helpers.typology.sensitivity import entropy_depth_correlation, eta_squared

N, M = 100, 27
THREE, FOUR, ONE = (0.4, 0.3, 0.3), (0.4, 0.28, 0.2, 0.12), (1.0,)
RECOVERY = {
    "three classes": {"shares": THREE},
    "four classes": {"shares": FOUR},
    "three classes, depth follows class": {"shares": THREE, "depth_follows_class": True},
    "three classes, operators differ in detection": {"shares": THREE, "operator_spread": 1.0},
}
VERDICTS = {
    "homogeneous": {"shares": ONE},
    "homogeneous, operators differ in detection": {"shares": ONE, "operator_spread": 1.0},
    "homogeneous, pages have topics": {"shares": ONE, "topic_spread": 1.0},
    "gradient of richness": {"shares": ONE, "richness_spread": 1.0},
    "three classes": {"shares": THREE},
    "three classes, depth follows class": {"shares": THREE, "depth_follows_class": True},
    "three classes, half as far apart": {"shares": THREE, "separation": 0.5},
}
CHAINS = {"n_chains": 2, "n_draws": 300, "burn_in": 800, "thin": 4}
NO_STABILITY = pd.DataFrame({"stability": np.nan, "null_high": np.nan}, index=range(1, 11))


def recovery(seed, options):
    """Compare the aware and the naive mixture with the truth and with depth of reading."""
    truth = planted_classes(N, M, np.random.default_rng([seed, 21]), **options)
    k, out = len(options["shares"]), []
    aware = latent_classes_with_detection(
        truth.mentions, truth.visits, k, n_init=20, rng=np.random.default_rng([seed, 22])
    )
    naive = latent_classes(truth.mentions > 0, k, n_init=20, rng=np.random.default_rng([seed, 23]))
    for fit in (aware, naive):
        out += [
            adjusted_rand_score(truth.classes, fit.labels),
            eta_squared(np.log(truth.visits), fit.labels),
        ]
        out.append(entropy_depth_correlation(fit.memberships, truth.visits))
    return out


def verdict(seed, options):
    """Give the verdict of the written rule and the agreement of the partition with the truth."""
    truth = planted_classes(N, M, np.random.default_rng([seed, 11]), **options)
    posterior = gibbs_classes(
        truth.mentions, truth.visits, rng=np.random.default_rng([seed, 12]), **CHAINS
    )
    word, candidate, checks = decide(posterior, NO_STABILITY)
    reasons = "+".join(check.name for check in checks if not check.passed)
    label = {"no classes": "no classes", "k classes": f"{candidate} classes"}.get(
        word, f"undecided ({reasons})"
    )
    return label, adjusted_rand_score(truth.classes, posterior.partition), posterior.ambiguous_share


def print_recovery(seeds, workers, names):
    """Print one line per scenario."""
    print(
        "| scenario | ARI aware | ARI naive | aware better | ties | naive better "
        "| η² of depth aware / naive |",
        end="",
    )
    print(" entropy-depth ρ aware / naive |\n|---|---|---|---|---|---|---|---|")
    for name in names:
        runs = np.array(
            Parallel(n_jobs=workers)(delayed(recovery)(s, RECOVERY[name]) for s in range(seeds))
        )
        gap = runs[:, 0] - runs[:, 3]
        better, ties, worse = (
            (gap > 1e-9).mean(),
            (np.abs(gap) <= 1e-9).mean(),
            (gap < -1e-9).mean(),
        )
        aware, _, _, naive = runs[:, :4].mean(axis=0)
        print(
            f"| {name} | {aware:.2f} | {naive:.2f} | {better:.0%} | {ties:.0%} | {worse:.0%} "
            f"| {runs[:, 1].mean():.2f} / {runs[:, 4].mean():.2f} "
            f"| {np.nanmean(runs[:, 2]):.2f} / {np.nanmean(runs[:, 5]):.2f} |",
            flush=True,
        )


def print_verdicts(seeds, workers, names):
    """Print one line per scenario."""
    print(
        "| scenario | verdicts | ARI of the point partition | ambiguous pairs |\n|---|---|---|---|"
    )
    for name in names:
        runs = Parallel(n_jobs=workers)(delayed(verdict)(s, VERDICTS[name]) for s in range(seeds))
        counts = collections.Counter(run[0] for run in runs)
        shown = ", ".join(f"{word} {count}" for word, count in counts.most_common())
        ari = (
            "-"
            if len(VERDICTS[name]["shares"]) == 1
            else f"{np.mean([run[1] for run in runs]):.2f}"
        )
        print(f"| {name} | {shown} | {ari} | {np.mean([run[2] for run in runs]):.0%} |", flush=True)


def main(arguments):
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--part", choices=["recovery", "verdicts", "all"], default="all")
    parser.add_argument("--only", action="append", help="name of a scenario; may be repeated")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    for part, table, printer in (
        ("recovery", RECOVERY, print_recovery),
        ("verdicts", VERDICTS, print_verdicts),
    ):
        names = [name for name in table if not options.only or name in options.only]
        if options.part in (part, "all") and names:
            print(f"\n{options.seeds} seeds per line\n")
            printer(options.seeds, options.workers, names)
    print(f"\n{time.perf_counter() - start:.0f} s, {options.workers} worker(s)")


if __name__ == "__main__":
    main(sys.argv[1:])
