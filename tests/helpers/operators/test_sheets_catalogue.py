"""All sheets as data: complete, described, and safe to open in a spreadsheet."""

import csv
import io
import json

import pytest
from frictionless import Dialect, Resource, Schema

from helpers.operators.catalogue import COLUMNS, data_files
from helpers.operators.changes import changes_fragment, changes_text, sheet_changes
from tests.helpers.operators.tiny import HOSTILE


@pytest.fixture(scope="module")
def files(slices):
    return data_files(list(slices.values()), "tiny")


@pytest.fixture(scope="module")
def rows(files):
    text = files[1].lstrip("\ufeff")
    return {
        row["operator"].lstrip("'"): row for row in csv.DictReader(io.StringIO(text), delimiter=";")
    }


def test_the_json_holds_every_slice_whole_and_says_what_it_is(files, slices):
    content = json.loads(files[0])
    assert content["edition"] == "tiny"
    assert "non vu" in content["about"] and "Licence" in content["about"]
    assert content["services"]["sig"] == "Information géographique"
    assert [o["operator"] for o in content["operators"]] == [c["operator"] for c in slices.values()]
    first = content["operators"][0]
    assert first == {
        k: v for k, v in slices[first["slug"]].items() if k not in ("labels", "addresses")
    }


def test_the_table_has_one_row_per_operator_and_the_values_of_its_sheet(rows, slices):
    assert set(rows) == {content["operator"] for content in slices.values()}
    alpha = rows["Alpha"]
    assert (alpha["page"], alpha["departements"], alpha["n_seen"], alpha["seen"]) == (
        "alpha.html",
        "22|29",
        "1",
        "sig",
    )
    assert (alpha["planned"], alpha["likely"], alpha["membership"], alpha["placed"]) == (
        "formation",
        "formation",
        "0,88",
        "oui",
    )
    assert (alpha["peer"], alpha["partner"], alpha["partner_brings"]) == ("Bêta", "Bêta", "1")
    assert (alpha["cooperates_with"], alpha["members"], alpha["staff"]) == (
        "Bêta|Réseau",
        "546,0",
        "",
    )


def test_who_was_not_read_has_empty_cells_not_zeros(rows):
    nowhere = rows["Nulle part"]
    assert (nowhere["pages_read"], nowhere["n_seen"]) == ("0", "0")
    assert {
        nowhere[name] for name in ("class", "membership", "placed", "peer", "population", "partner")
    } == {""}


def test_no_cell_of_the_table_is_a_formula(files):
    for row in csv.reader(io.StringIO(files[1].lstrip("\ufeff")), delimiter=";"):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert f"'{HOSTILE}" in {row[0] for row in csv.reader(io.StringIO(files[1]), delimiter=";")}


def test_the_table_is_as_its_schema_says(files, tmp_path):
    (tmp_path / "operators.csv").write_text(files[1].lstrip("\ufeff"), encoding="utf-8", newline="")
    resource = Resource(
        path="operators.csv",
        basepath=str(tmp_path),
        schema=Schema.from_descriptor(json.loads(files[2])),
        dialect=Dialect.from_descriptor({"csv": {"delimiter": ";"}}),
    )
    report = resource.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])


def test_every_column_is_described_once():
    names = [name for name, *_ in COLUMNS]
    assert len(set(names)) == len(names)
    assert all(text.strip() for _, _, text, _ in COLUMNS)


def test_the_same_slices_give_the_same_bytes(files, slices):
    assert data_files(list(slices.values()), "tiny") == files


def test_a_change_of_one_value_is_told_for_its_operator(files):
    other = files[1].replace("Syndicat Alpha", "Syndicat mixte Alpha")
    (change,) = sheet_changes(files[1], other)
    assert change == ("Alpha", "Nom complet", "Syndicat Alpha", "Syndicat mixte Alpha")
    assert sheet_changes(files[1], files[1]) == []
    assert changes_fragment([]) == changes_text([]) == ""
    told = changes_text([change]).replace("\u00a0", " ")
    assert told.splitlines()[1:] == [
        "Fiches des opérateurs",
        "- Alpha, Nom complet : Syndicat Alpha → Syndicat mixte Alpha",
    ]
    assert "et 5 de plus" in changes_text([change] * 45)


def test_a_sheet_that_comes_or_goes_is_told_and_hostile_names_stay_text(files):
    lines = files[1].splitlines(keepends=True)
    fewer = "".join(line for line in lines if "Alpha" not in line.split(";")[0])
    (gone,) = sheet_changes(files[1], fewer)
    assert (gone.operator, gone.what, gone.after) == ("Alpha", "Fiche", None)
    without_hostile = "".join(line for line in lines if "HYPER" not in line.split(";")[0])
    fragment = changes_fragment([*sheet_changes(without_hostile, files[1]), gone])
    assert "2 fiches ont changé." in fragment.replace("\u00a0", " ").replace("\u202f", " ")
    assert "<b>LINK" not in fragment and "&lt;b&gt;LINK" in fragment
    assert "nouvelle" in fragment and "disparue" in fragment
