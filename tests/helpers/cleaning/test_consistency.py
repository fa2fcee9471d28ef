"""Raw tables that contradict one another are refused with file, line, column, value and remedy."""

import datetime

import pandas as pd
import pytest

from claimbook.errors import DataError
from helpers.cleaning import clean
from helpers.cleaning.consistency import MAY_BE_EMPTY, check_evidence
from helpers.paths import project_root
from helpers.sources import open_edition, read_raw


@pytest.fixture(scope="module")
def raw():
    return read_raw(open_edition("public-2026", project_root()))


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


MEMBERS, STAFF = {"attribute": "members"}, {"attribute": "staff_fte"}
FOUNDED, SIRET = {"attribute": "founded_year"}, {"attribute": "siret"}
ATTRIBUTES, FIGURES = "operator_attributes", "published_figures"
REGISTER, LOOKS = "dpo_departements", "protocol_looks"
NEXT_YEAR = str(datetime.date.today().year + 1)
CASES = [
    (ATTRIBUTES, MEMBERS, "value", "yes", "of 'members' is not a whole number", "such as 1250"),
    (ATTRIBUTES, MEMBERS, "value", "1.250", "of 'members' is not a whole number", "write 1250"),
    (ATTRIBUTES, MEMBERS, "value", "0", "from 1 to 50000", ""),
    (ATTRIBUTES, MEMBERS, "value", "١٢", "the digits 0 to 9", "write it in digits"),
    (ATTRIBUTES, {"attribute": "communes_members"}, "value", "36000", "from 1 to 35000", ""),
    (ATTRIBUTES, STAFF, "value", "1.250", "at most two decimals", "write 1250"),
    (ATTRIBUTES, {"attribute": "budget_eur"}, "value", "4.5", "number from 1000", ""),
    (ATTRIBUTES, FOUNDED, "value", "90", "not a year from 1900", "such as 1990"),
    (ATTRIBUTES, FOUNDED, "value", "1990.5", "not a year from 1900", "such as 1990"),
    (ATTRIBUTES, FOUNDED, "value", NEXT_YEAR, "not a year from 1900", "such as 1990"),
    (ATTRIBUTES, SIRET, "value", "20004506000000", "last digits are lost", "as text"),
    (ATTRIBUTES, SIRET, "value_year", NEXT_YEAR, "still to come", "leave the cell empty"),
    ("service_evidence", {}, "source_url", "https://localhost", "no page address", "https://ex"),
    ("service_evidence", {}, "source_url", "http://[::1", "no page address", "https://ex"),
    ("service_evidence", {}, "page_year", NEXT_YEAR, "still to come", "leave the cell empty"),
    (FIGURES, {}, "year", "٢٠٢٣", "the digits 0 to 9", "write it in digits"),
    (FIGURES, {"unit": "percent"}, "value", "523", "from 0 to 100", ""),
    (FIGURES, {"unit": "eur"}, "value", "1.250", "at most two decimals", "write 1250"),
    (LOOKS, {}, "n_about_operator", "99", "larger than 'n_results'", "one of the two"),
    (LOOKS, {}, "n_with_service", "99", "larger than 'n_about_operator'", "one of the two"),
    ("protocol_pages", {}, "services", "sig|cartes", "not in the table 'services'", "correct it"),
    ("cooperation", {}, "topic", "cartes", "not in the table 'services'", "correct it"),
    ("second_reading", {}, "service_code", "sig2", "says something else", "copy the cell"),
    ("second_reading", {"supports": "yes"}, "supports", "na", "did not come back", "'found'"),
    ("refuted_rows", {}, "service_code", "sig", "says something else", "copy the cell"),
    (REGISTER, {}, "communes_with_dpo", "392", "larger than 'communes'", "one of the two"),
    (REGISTER, {}, "designations_external", "738", "larger than 'designations_total'", ""),
    (REGISTER, {}, "public_admin_designations", "738", "than 'designations_total'", ""),
    (REGISTER, {}, "public_admin_external", "190", "than 'public_admin_designations'", ""),
    (REGISTER, {}, "main_structure_designations", "248", "than 'designations_external'", ""),
    (REGISTER, {}, "share_communes_with_dpo", "0.41", "is not 'communes_with_dpo'", "one of"),
]


@pytest.mark.parametrize(("table", "where", "column", "value", "problem", "remedy"), CASES)
def test_a_cell_that_no_rule_can_clean_is_named(raw, table, where, column, value, problem, remedy):
    row = first_row(raw[table], **where)
    with pytest.raises(DataError) as caught:
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
    with pytest.raises(DataError, match=r"no row of identity.*Remedy: add a row whose attribute"):
        check_evidence(spoilt(raw, ATTRIBUTES, row, "attribute", "siret"))


def test_all_contradictions_are_told_at_once_in_the_order_of_the_lines(raw):
    frame = raw["dpo_departements"].assign(communes="1", share_communes_with_dpo="0")
    with pytest.raises(DataError) as caught:
        check_evidence(raw | {"dpo_departements": frame})
    lines = [error.row for error in caught.value.errors]
    assert len(lines) > 100 and lines == sorted(lines)


@pytest.mark.parametrize("table", ["services", "service_evidence", "operator_attributes"])
def test_a_table_that_everything_rests_on_must_have_rows(raw, table):
    with pytest.raises(DataError, match="has no rows"):
        check_evidence(raw | {table: pd.DataFrame(columns=raw[table].columns)})
    with pytest.raises(DataError, match="no such table"):
        check_evidence({name: frame for name, frame in raw.items() if name != table})


@pytest.fixture(scope="module")
def departements():
    path = project_root() / "data/raw/territories/departements.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_of_two_values_one_that_a_page_gives_is_kept_with_its_year_and_page(raw, departements):
    known = raw["operator_attributes"]
    row = dict.fromkeys(known, "") | {"opsn_name": "Adico", "attribute": "staff_fte"}
    rows = [
        row | {"row_id": f"L9{n}", "value": n, "value_year": "2026", "source_url": f"new.fr/{n}"}
        for n in ("70", "81")
    ]
    attributes = pd.concat([known, pd.DataFrame(rows)], ignore_index=True)
    tables = clean(raw | {"operator_attributes": attributes}, departements)
    found = tables["attributes"].query("operator == 'Adico' and attribute == 'staff_fte'")
    assert found[["value", "year", "source_url"]].to_numpy().tolist() == [["70", 2026, "new.fr/70"]]


def test_tables_that_may_be_empty_may_all_be(raw, departements):
    empty = {name: raw[name].iloc[:0] for name in MAY_BE_EMPTY}
    tables = clean(raw | empty, departements)
    assert set(tables["statements"]["reading"]) == {"A"} and tables["looks"].empty
    with pytest.raises(DataError, match="it may have no rows"):
        clean({name: frame for name, frame in raw.items() if name != "cooperation"}, departements)
