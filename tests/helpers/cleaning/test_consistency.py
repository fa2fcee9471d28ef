"""Raw tables that contradict one another are refused with file, line, column, value and remedy."""

import pandas as pd
import pytest

from claimbook.errors import DataError
from helpers.cleaning.consistency import check_evidence
from helpers.paths import project_root
from helpers.sources import open_edition, read_raw


@pytest.fixture(scope="module")
def raw():
    return read_raw(open_edition("public-2026", project_root()))


def spoilt(raw, table, row, column, value):
    frame = raw[table].copy()
    frame.loc[frame.index[row], column] = value
    return raw | {table: frame}


def test_the_real_evidence_is_accepted(raw):
    check_evidence(raw)


CASES = [
    ("operator_attributes", 0, "attribute", "siret", "the operator has no row of identity", 2),
    ("operator_attributes", 2, "value", "yes", "the value of 'members' is not a number", 4),
    ("operator_attributes", 2, "value", "nan", "the value of 'members' is not a number", 4),
    ("operator_attributes", 2, "value", "١٢", "the digits 0 to 9", 4),
    ("service_evidence", 3, "source_url", "https://localhost", "no page address", 5),
    ("service_evidence", 3, "source_url", "http://[::1", "no page address", 5),
    ("published_figures", 1, "year", "٢٠٢٣", "the digits 0 to 9", 3),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "problem", "line"), CASES)
def test_a_cell_that_no_rule_can_clean_is_named(raw, table, row, column, value, problem, line):
    with pytest.raises(DataError) as caught:
        check_evidence(spoilt(raw, table, row, column, value))
    assert f"{table}.csv, line {line}, column" in str(caught.value) and problem in str(caught.value)


@pytest.mark.parametrize("table", ["services", "service_evidence", "operator_attributes"])
def test_a_table_that_everything_rests_on_must_have_rows(raw, table):
    with pytest.raises(DataError, match="has no rows"):
        check_evidence(raw | {table: pd.DataFrame(columns=raw[table].columns)})
    with pytest.raises(DataError, match="no such table"):
        check_evidence({name: frame for name, frame in raw.items() if name != table})
