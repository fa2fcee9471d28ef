"""Rows that next year's researcher adds never stop the cleaning."""

import numpy as np
import pandas as pd
import pytest

from claimbook.errors import DataError
from helpers.cleaning import clean
from helpers.cleaning.consistency import MAY_BE_EMPTY
from helpers.paths import project_root
from helpers.sources import open_edition, read_raw

N_ADDED = 117

ATTRIBUTES = {
    "founded_year": (1950, 2026),
    "members": (1, 3000),
    "communes_members": (1, 900),
    "staff_fte": (1, 200),
    "budget_eur": (100_000, 30_000_000),
}


@pytest.fixture(scope="module")
def raw():
    return read_raw(open_edition("public-2026", project_root()))


@pytest.fixture(scope="module")
def departements():
    path = project_root() / "data/raw/territories/departements.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def added(frame: pd.DataFrame, rows: list[dict], identifier: str) -> pd.DataFrame:
    """Return a raw table with rows below it, numbered after the last one."""
    below = pd.DataFrame([dict.fromkeys(frame, "") | row for row in rows])
    if identifier == "L":
        first = len(frame) + 2
        below["row_id"] = [f"L{line}" for line in range(first, first + len(rows))]
    else:
        last = int(frame.iloc[-1, 0].removeprefix(identifier))
        below.iloc[:, 0] = [f"{identifier}{last + n:04d}" for n in range(1, len(rows) + 1)]
    return pd.concat([frame, below], ignore_index=True)


def ordinary_rows(raw: dict, rng: np.random.Generator) -> dict:
    """Return the raw tables with ordinary rows: known and new operators, pages and values."""
    known = list(raw["operator_attributes"]["opsn_name"].unique())
    new = [f"Syndicat {letter}" for letter in "ABCDEF"]
    services = list(raw["services"]["service_code"])
    pages = [*raw["service_evidence"]["source_url"].iloc[:50]]
    pages += [f"https://www.new.fr/page-{n}" for n in range(60)]
    identity = [
        {"opsn_name": name, "attribute": "identity", "source_url": "https://new.fr", "batch": "B12"}
        for name in new
    ]
    evidence, values = [], []
    for _ in range(N_ADDED):
        common = {
            "opsn_name": rng.choice([*known, *new]),
            "source_url": rng.choice(pages),
            "batch": "B12",
        }
        status = rng.choice(["offered", "planned", "discontinued", "not_offered"])
        year = rng.choice(["", "2019", "2026"])
        cells = {"service_code": rng.choice(services), "status": status, "note": "carte en ligne"}
        evidence.append(common | cells | {"page_year": year})
        attribute = rng.choice(list(ATTRIBUTES))
        value = str(rng.integers(*ATTRIBUTES[attribute]))
        values.append(common | {"attribute": attribute, "value": value, "value_year": year})
    return raw | {
        "service_evidence": added(raw["service_evidence"], evidence, "E"),
        "operator_attributes": added(raw["operator_attributes"], identity + values, "L"),
    }


@pytest.mark.parametrize("seed", range(3))
def test_ordinary_rows_never_stop_the_cleaning(raw, departements, seed):
    tables = clean(ordinary_rows(raw, np.random.default_rng(seed)), departements)
    balance = tables["balance"].set_index("table")
    assert (balance["raw"] == balance[["kept", "merged", "set_aside"]].sum(axis=1)).all()
    before = len(raw["service_evidence"])
    assert balance.loc["service_evidence", "raw"] == before + N_ADDED
    assert len(tables["operators"]) == raw["operator_attributes"]["opsn_name"].nunique() + 6
    settled = tables["attributes"].query("n_values > 1 and attribute in @ATTRIBUTES")
    numbers = settled["value"].astype(float)
    assert numbers.between(settled["minimum"], settled["maximum"]).all()


def test_of_two_values_one_that_a_page_gives_is_kept_with_its_year_and_page(raw, departements):
    rows = [
        {
            "opsn_name": "Adico",
            "attribute": "staff_fte",
            "value": value,
            "value_year": "2026",
            "source_url": f"https://new.fr/{value}",
            "batch": "B12",
        }
        for value in ("70", "81")
    ]
    attributes = added(raw["operator_attributes"], rows, "L")
    tables = clean(raw | {"operator_attributes": attributes}, departements)
    found = tables["attributes"].query("operator == 'Adico' and attribute == 'staff_fte'")
    assert found[["value", "year", "source_url"]].to_numpy().tolist() == [
        ["70", 2026, "https://new.fr/70"]
    ]


def test_tables_that_may_be_empty_may_all_be(raw, departements):
    empty = {name: raw[name].iloc[:0] for name in MAY_BE_EMPTY}
    tables = clean(raw | empty, departements)
    assert set(tables["statements"]["reading"]) == {"A"} and tables["looks"].empty
    with pytest.raises(DataError, match="it may have no rows"):
        clean({name: frame for name, frame in raw.items() if name != "cooperation"}, departements)
