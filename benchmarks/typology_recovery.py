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
from joblib import Parallel, delayed
from scipy.stats import entropy, spearmanr
from simulation import planted_classes
from sklearn.metrics import adjusted_rand_score

from helpers.typology import DetectionMixture, choose_n_classes, gibbs_classes, latent_classes

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


def eta_squared(values, labels):
    """Share of the variance of a quantity that lies between classes."""
    groups = [values[labels == c] for c in np.unique(labels)]
    between = sum(len(own) * (own.mean() - values.mean()) ** 2 for own in groups)
    return between / ((values - values.mean()) ** 2).sum()


def recovery(seed, options):
    """Compare the aware and the naive mixture with the truth and with depth of reading."""
    truth = planted_classes(N, M, np.random.default_rng([seed, 21]), **options)
    k, out = len(options["shares"]), []
    rng = np.random.default_rng([seed, 22])
    aware = DetectionMixture(k, 1.0, random_state=rng, **CHAINS).fit((truth.mentions, truth.visits))
    naive = latent_classes(truth.mentions > 0, k, n_init=20, rng=np.random.default_rng([seed, 23]))
    for labels, memberships in (
        (aware.labels_, aware.memberships_),
        (naive.labels, naive.memberships),
    ):
        unsure = np.round(entropy(memberships, axis=1), 12)
        out += [
            adjusted_rand_score(truth.classes, labels),
            eta_squared(np.log(truth.visits), labels),
            spearmanr(unsure, truth.visits).statistic,
        ]
    return out


def verdict(seed, options):
    """Give the verdict of the written rule and the agreement of the partition with the truth."""
    truth = planted_classes(N, M, np.random.default_rng([seed, 11]), **options)
    posterior = gibbs_classes(
        truth.mentions, truth.visits, rng=np.random.default_rng([seed, 12]), **CHAINS
    )
    choice = choose_n_classes(posterior)
    known = {"no classes": "no classes", "k classes": f"{choice.candidate} classes"}
    label = known.get(choice.verdict, f"undecided ({'+'.join(choice.failed)})")
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
