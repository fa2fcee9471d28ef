"""Compare what is read of the simulated survey with what was planted in it.

``python scripts/check_survey.py`` prints, for the workbook and for the text file, how many cells
equal the truth, and how well the planted classes are found again; it exits with 1 if a cell that
can be recovered is not the true one, or if the ledger does not list exactly the cells that cannot.
Nothing that it prints is a finding: the data are made up.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score
from survey_truth import CLASSES, SHARES, rates

from helpers import territory
from helpers.profiles import build_profiles
from helpers.survey.tables import tidy_tables
from helpers.typology import jaccard_distances, latent_classes, partition
from survey_reader import Survey, read_mapping, read_survey
from survey_reader.mapping import Target

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "data" / "raw" / "survey-simulated"
FILES = ("reponses.xlsx", "reponses.csv")
LOSSES = ("unusable_answer", "siret_key")
SEED = 7
Cells = dict[tuple[str, str, str], str]


@dataclass(frozen=True)
class Comparison:
    """Cells of an export beside those of the truth.

    Attributes
    ----------
    cells : int
        Operators times columns.
    wrong : list of tuple
        Recoverable cells that differ: operator, variable, item, true value, value read.
    declared, listed : set of tuple
        Cells that the generator declares lost, and those that the ledger lists as lost.
    """

    cells: int
    wrong: list[tuple]
    declared: set[tuple]
    listed: set[tuple]

    @property
    def right(self) -> int:
        """Recoverable cells that equal the truth."""
        return self.cells - len(self.declared) - len(self.wrong)


def read(file: str) -> tuple[Survey, dict[str, pd.DataFrame]]:
    """Return an export of the simulated survey as it is read, and its tidy tables."""
    departements = territory.departements(ROOT)
    codes = zip(departements["code"], departements["name"], strict=True)
    survey = read_survey(FOLDER / file, read_mapping(FOLDER / "mapping.yml"), codes)
    return survey, tidy_tables(survey, departements)


def truth(name: str) -> list[dict]:
    """Return the rows of a table of the planted truth."""
    with (FOLDER / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_column(rows, several: set[str]) -> Cells:
    """Return values by operator and column, all answers to one question in one column."""
    cells: Cells = {}
    chosen = defaultdict(list)
    for operator, variable, item, value in rows:
        if variable in several:
            chosen[operator, variable, ""].append((item, value))
        else:
            cells[operator, variable, item] = value
    return cells | {key: str(sorted(values)) for key, values in chosen.items()}


def compare(survey: Survey, tables: dict[str, pd.DataFrame]) -> Comparison:
    """Compare the answers that were read with the true ones, cell by cell."""
    several = {q.variable for q in survey.mapping.questions if q.type in ("several", "operators")}
    columns = ["operator", "variable", "item", "value"]
    found = by_column(tables["answers"][columns].itertuples(index=False), several)
    true = by_column([tuple(row[c] for c in columns) for row in truth("answers")], several)
    declared = {(row["operator"], row["variable"], row["item"]) for row in truth("unrecoverable")}
    operators = {operator for operator, *_ in true} | set(tables["operators"]["operator"])
    targets = {(t.variable, t.item) for t in survey.mapping.question_of if t.variable != "operator"}
    grid = (
        {(operator, *target) for operator in operators for target in targets}
        | set(true)
        | set(found)
    )
    wrong = [
        (*cell, true.get(cell, ""), found.get(cell, ""))
        for cell in sorted(grid - declared)
        if true.get(cell, "") != found.get(cell, "")
    ]
    still = {cell for cell in declared if cell in found}
    return Comparison(len(grid), wrong, declared, listed_losses(survey, tables["changes"]) | still)


def listed_losses(survey: Survey, changes: pd.DataFrame) -> set[tuple]:
    """Return the cells that the ledger lists as answered and left without value."""
    names = {response.key: response.value(Target("operator")) for response in survey.responses}
    keys = {(row.sheet.table, row.identifier): row.key for row in survey.rows}
    rows = changes[changes["rule"].isin(LOSSES) & (changes["after"] == "")]
    found = set()
    for row in rows.itertuples():
        variable, _, item = row.column.partition("[")
        found.add((names[keys[row.table, row.row_id]], variable, item.rstrip("]")))
    return found


def offers(tables: dict[str, pd.DataFrame]) -> tuple[list[str], np.ndarray]:
    """Return operators and what each offers, shape (n, m): 1, 0, or NaN without an answer."""
    profiles = build_profiles(tables["operators"], tables["services"], tables["states"])
    offered = profiles.offered.to_numpy(float)
    return profiles.operators, np.where((profiles.state == "unseen").to_numpy(), np.nan, offered)


def recovery(tables: dict[str, pd.DataFrame]) -> dict[str, float]:
    """Return the adjusted Rand index of each method, and how many classes each criterion wants."""
    operators, offered = offers(tables)
    planted = {row["operator"]: row["class"] for row in truth("classes")}
    true = [planted[name] for name in operators]
    streams = np.random.default_rng(SEED).spawn(5)
    # A tree takes no missing answer: it counts as a service that is not offered.
    distances = jaccard_distances(np.nan_to_num(offered))
    fits = {k: latent_classes(offered, k, rng=streams[k - 1]) for k in range(1, 6)}
    return {
        "latent classes, k = 3": adjusted_rand_score(true, fits[3].labels),
        "Ward on sqrt(Jaccard), k = 3": adjusted_rand_score(true, partition(distances, 3, "ward")),
        "with all rates known (the most that can be)": adjusted_rand_score(
            true, _best(offered, tables["services"])
        ),
        "classes by BIC": min(fits, key=lambda k: fits[k].bic),
    }


def _best(offered: np.ndarray, services: pd.DataFrame) -> np.ndarray:
    """Return the most probable class of each operator, given the planted rates."""
    theta = rates(list(services["service_code"]))
    seen = ~np.isnan(offered)
    ones = np.where(seen, offered, 0)
    log = ones @ np.log(theta).T + (seen - ones) @ np.log(1 - theta).T + np.log(SHARES)
    assert theta.shape[0] == len(CLASSES)
    return log.argmax(axis=1)


def main() -> int:
    """Print the comparison; return 0 if everything that can be recovered is, else 1."""
    print("DONNÉES SIMULÉES: nothing below is a finding.")
    failed = False
    for file in FILES:
        survey, tables = read(file)
        found = compare(survey, tables)
        recoverable = found.cells - len(found.declared)
        print(
            f"{file}: {found.right} of {recoverable} recoverable cells equal the truth "
            f"({found.cells} cells)"
        )
        lost, listed = len(found.declared), len(found.declared & found.listed)
        print(
            f"  lost cells: {listed} of {lost} declared are in the ledger, "
            f"which lists {len(found.listed)}"
        )
        for cell in found.wrong[:10]:
            print("  wrong:", cell)
        failed |= bool(found.wrong) or found.declared != found.listed
    print("Planted classes, adjusted Rand index with what was planted:")
    for name, value in recovery(tables).items():
        print(f"  {name:<45}{value:6.2f}" if isinstance(value, float) else f"  {name:<45}{value:6}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
