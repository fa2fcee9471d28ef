"""Whether the intervals of the headline measures cover what they are about.

Simulated worlds draw operators from the real ones, with how many services their pages show, and
how often each reading found them. In a world every operator has true pairs (services that its pages
show); two readings find some of them:

- *independent*: every true pair has the same chance in a reading, as Chapman's estimate supposes;
- *unequal*: pairs differ in how visible they are, for both readings alike;
- *by service*: reading A looks for services one by one and finds some more easily than others.

Two targets: what two such readings would show on average (*shown*), and what is there to be shown
(*true*). A measure is a headline if it covers *shown*, and is told as such; only the completeness
is about what is there. Run: ``python benchmarks/headlines.py [worlds]``.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep

from helpers import readings
from helpers.estimates import shares
from helpers.indicators.inequality import gini, gini_estimate
from helpers.study import Study

CHANCES = {"A": 0.78, "B": 0.66}
KINDS = ("independent", "unequal", "by service")
RESAMPLES = 400


def chances(rng, world: pd.DataFrame, kind: str) -> np.ndarray:
    """Return, for each true pair, its chances in the readings A and B."""
    found = pd.DataFrame(CHANCES, index=world.index)
    if kind == "unequal":
        found = found.mul(rng.beta(3, 1.2, len(world)) / (3 / 4.2), axis=0)
    if kind == "by service":
        services = world["service_code"].unique()
        ease = pd.Series(rng.uniform(0.4, 1.2, len(services)), services)
        found["A"] *= world["service_code"].map(ease)
    return found.clip(upper=0.99).to_numpy()


def worlds(rng, counts: np.ndarray, weight: pd.Series, kind: str, n: int):
    """Yield places of the operators drawn, and true pairs with what readings A and B found.

    `counts` are the services seen of each operator, `weight` says how common each service is.
    """
    for _ in range(n):
        drawn = rng.integers(len(counts), size=len(counts))
        rows = [
            (place, service)
            for place, count in enumerate(counts[drawn])
            for service in rng.choice(
                weight.index,
                size=min(rng.poisson(count * 1.08), len(weight)),
                replace=False,
                p=(weight / weight.sum()).to_numpy(),
            )
        ]
        world = pd.DataFrame(rows, columns=["operator", "service_code"])
        read = rng.random((len(world), 2)) < chances(rng, world, kind)
        yield drawn, world.assign(A=read[:, 0], B=read[:, 1], C=False)


def table(pairs: pd.DataFrame, n: int, services) -> pd.DataFrame:
    """Return operators x services as booleans."""
    crossed = pd.crosstab(pairs["operator"], pairs["service_code"]) > 0
    return crossed.reindex(index=range(n), columns=services, fill_value=False)


def measures(seen: pd.DataFrame, group: np.ndarray, rng) -> dict[str, list]:
    """Return the intervals of the measures that are about shares and counts of services seen."""
    rates = shares(seen.sum(), len(seen))
    one, other = (shares(seen[group == g].sum(), int((group == g).sum())) for g in (True, False))
    counts = zip(one["k"], one["n"], other["k"], other["n"], strict=True)
    gaps = [confint_proportions_2indep(*four, method="newcomb") for four in counts]
    spread = gini_estimate(seen.sum(axis=1).to_numpy(), rng=rng, n_resamples=RESAMPLES)
    return {
        "share of a service": list(zip(rates["low"], rates["high"], strict=True)),
        "difference of two forms": gaps,
        "inequality of services": [(spread.low, spread.high)],
    }


def targets(seen: pd.DataFrame, group: np.ndarray) -> dict[str, np.ndarray]:
    """Return the values that the measures are about, in the order of `measures`."""
    return {
        "share of a service": seen.mean().to_numpy(),
        "difference of two forms": (seen[group].mean() - seen[~group].mean()).to_numpy(),
        "inequality of services": np.atleast_1d(gini(seen.sum(axis=1).to_numpy())),
    }


def main() -> None:
    """Print the coverage of every measure, kind of world and target."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    study, rng = Study(), np.random.default_rng(2026)
    looked = set(study.load("looks").query("reading == 'B'")["operator"])
    operators = [name for name in study.profiles.operators if name in looked]
    offered = study.profiles.of(operators).offered
    counts, weight = offered.sum(axis=1).to_numpy(), offered.sum() + 0.5
    forms = study.operators.set_index("operator").loc[operators, "legal_family"].to_numpy()
    rows = []
    for kind in KINDS:
        intervals, shown, true, complete = [], [], [], []
        for drawn, world in worlds(rng, counts, weight, kind, n):
            group, found = forms[drawn] == "syndicat", world[world["A"] | world["B"]]
            seen, there = (table(part, len(drawn), weight.index) for part in (found, world))
            intervals.append(measures(seen, group, rng))
            shown.append(targets(seen, group))
            true.append(targets(there, group))
            pairs = found.set_index(["operator", "service_code"])
            out = readings.completeness(
                pairs, list(range(len(drawn))), study.families, rng=rng, n_resamples=RESAMPLES
            ).loc["all"]
            complete.append(out["low"] <= len(found) / len(world) <= out["high"])
        for name in intervals[0]:
            bounds = np.array([one[name] for one in intervals])
            row = {"world": kind, "measure": name}
            for target, values in (("shown", shown), ("true", true)):
                mean = np.mean([one[name] for one in values], axis=0)
                row[target] = np.mean((bounds[..., 0] <= mean) & (mean <= bounds[..., 1]))
            rows.append(row)
        rows.append({"world": kind, "measure": "completeness", "true": np.mean(complete)})
    print(f"{n} worlds of {len(operators)} operators; coverage of intervals of 95 %")
    print(pd.DataFrame(rows).round(3).to_string(index=False))


if __name__ == "__main__":
    main()
