"""Whether the interval of `completeness` covers the truth, where its model holds and where not.

Worlds keep the real operators and as many true pairs for each as the two readings saw, scaled to
the estimate. Each world is read twice:

- *independent*: every true pair has the same chance in a reading, as Chapman's estimate supposes;
- *unequal*: pairs differ in how visible they are, for both readings alike;
- *by service*: reading A looks for services one by one and finds some services more easily.

Run: ``python benchmarks/readings_coverage.py [worlds]``.
"""

import sys

import numpy as np
import pandas as pd
from readings_data import real_readings

from helpers.readings import completeness

CHANCES = {"A": 0.78, "B": 0.66}


def visible(rng, world, kind):
    """Return, for each true pair, its chances in the readings A and B."""
    chances = pd.DataFrame(CHANCES, index=world.index)
    if kind == "unequal":
        ease = rng.beta(3, 1.2, len(world)) / (3 / 4.2)
        chances = chances.mul(ease, axis=0)
    if kind == "by service":
        services = world["service_code"].unique()
        ease = pd.Series(rng.uniform(0.4, 1.2, len(services)), services)
        chances["A"] *= world["service_code"].map(ease)
    return chances.clip(upper=0.99)


def main():
    """Print coverage and bias over simulated worlds."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rng = np.random.default_rng(2026)
    operators, families, pairs = real_readings()
    seen = pairs[pairs["A"] | pairs["B"]]
    per_operator = seen.groupby("operator").size().reindex(operators, fill_value=0)
    weight = seen.groupby("service_code").size().reindex(list(families), fill_value=0) + 0.5
    for kind in ("independent", "unequal", "by service"):
        covered, ratios = [], []
        for _ in range(worlds):
            rows = [
                (operator, service)
                for operator, n in per_operator.items()
                for service in rng.choice(
                    weight.index,
                    size=min(rng.poisson(n * 1.08), len(weight)),
                    replace=False,
                    p=weight / weight.sum(),
                )
            ]
            world = pd.DataFrame(rows, columns=["operator", "service_code"])
            read = rng.random((len(world), 2)) < visible(rng, world, kind).to_numpy()
            found = world.assign(A=read[:, 0], B=read[:, 1], C=False)
            found = found[found["A"] | found["B"]].set_index(["operator", "service_code"])
            out = completeness(found, operators, families, rng=rng, n_resamples=400).loc["all"]
            seen_share = len(found) / len(world)
            covered.append(out["low"] <= seen_share <= out["high"])
            ratios.append(out["n"] / len(world))
        print(
            f"{kind:12} coverage {np.mean(covered):.3f}  estimate over truth {np.mean(ratios):.3f}"
        )


if __name__ == "__main__":
    main()
