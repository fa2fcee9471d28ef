"""Raw tables that contradict one another are refused with file, line, column, value and remedy."""

import datetime

import pandas as pd
import pytest

from claimbook.errors import DataError, UserError
from helpers.cleaning import clean
from helpers.cleaning.consistency import MAY_BE_EMPTY, check_evidence
from helpers.layout import open_edition
from helpers.paths import project_root
from helpers.sources import read_raw
from tests.loading import cases


@pytest.fixture(scope="module")
def raw():
    """Return the raw tables with the rows of a few operators, whose rows break every rule."""
    tables = read_raw(open_edition("public-2026", project_root()))
    read, refuted = tables["second_reading"], tables["refuted_rows"]["evidence_id"]
    few = {"Adico", *read.loc[read["evidence_id"].isin(refuted), "opsn_name"]}
    few |= set(tables["operator_attributes"].query("attribute == 'budget_eur'")["opsn_name"][:3])
    for name, frame in tables.items():
        if "opsn_name" in frame:
            tables[name] = frame[frame["opsn_name"].isin(few)].reset_index(drop=True)
    return tables


def spoilt(raw, table, row, column, value):
    frame = raw[table].copy()
    frame.loc[frame.index[row], column] = value
    return raw | {table: frame}


def first_row(frame, **wanted):
    """Return the position of the first row that has the wanted cells."""
    found = pd.Series(True, frame.index)
    for column, value in wanted.items():
        found &= frame[column] == value
    return int(found.to_numpy().argmax())


ATTRIBUTES = "operator_attributes"
NEXT_YEAR = str(datetime.date.today().year + 1)
CASES = cases(__file__)


@pytest.mark.parametrize(
    ("table", "where", "column", "value", "problem", "remedy"), CASES["refused"]
)
def test_a_cell_that_no_rule_can_clean_is_named(raw, table, where, column, value, problem, remedy):
    row, value = first_row(raw[table], **where), value.replace("NEXT_YEAR", NEXT_YEAR)
    with pytest.raises(UserError) as caught:
        check_evidence(spoilt(raw, table, row, column, value))
    (told,) = [
        error
        for error in getattr(caught.value, "errors", [caught.value])
        if (error.row, error.column) == (row + 2, column)
    ]
    assert told.file == f"data/raw/public-2026/{table}.csv" and told.value == value
    assert problem in told.problem and remedy in told.remedy


def test_an_operator_without_a_row_of_identity_is_named(raw):
    row = first_row(raw[ATTRIBUTES], attribute="identity")
    with pytest.raises(UserError, match=r"no row of identity.*Remedy: add a row whose attribute"):
        check_evidence(spoilt(raw, ATTRIBUTES, row, "attribute", "siret"))


def test_all_contradictions_are_told_at_once_in_the_order_of_the_lines(raw):
    frame = raw["dpo_departements"].assign(communes="1", share_communes_with_dpo="0")
    with pytest.raises(UserError) as caught:
        check_evidence(raw | {"dpo_departements": frame})
    lines = [error.row for error in caught.value.errors]
    assert len(lines) > 100 and lines == sorted(lines)


@pytest.mark.parametrize("table", ["services", "service_evidence", "operator_attributes"])
def test_a_table_that_everything_rests_on_must_have_rows(raw, table):
    with pytest.raises(DataError, match="has no rows"):
        check_evidence(raw | {table: pd.DataFrame(columns=raw[table].columns)})
    with pytest.raises(DataError, match="no such table"):
        check_evidence({name: frame for name, frame in raw.items() if name != table})


def test_tables_that_may_be_empty_may_all_be(raw):
    path = project_root() / "data/raw/territories/departements.csv"
    departements = pd.read_csv(path, dtype=str, keep_default_na=False)
    empty = {name: raw[name].iloc[:0] for name in MAY_BE_EMPTY}
    tables = clean(raw | empty, departements)
    assert set(tables["statements"]["reading"]) == {"A"} and tables["looks"].empty
    with pytest.raises(DataError, match="it may have no rows"):
        clean({name: frame for name, frame in raw.items() if name != "cooperation"}, departements)
