"""All sheets as data, as a list, and compared with those that were accepted."""

import csv
import io
import json

import bs4
import pytest
from frictionless import Dialect, Resource, Schema

from claimbook.page import render_page
from helpers.operators.lists import (
    changes_fragment,
    changes_text,
    data_files,
    list_fragment,
    sheet_changes,
)
from tests.claimbook.page.checks import check
from tests.helpers.operators.tiny import HOSTILE


@pytest.fixture(scope="module")
def files(slices):
    return data_files(list(slices.values()), "tiny")


@pytest.fixture(scope="module")
def page(slices):
    body = list_fragment(list(slices.values()))
    return render_page("Les fiches des opérateurs", body, {"index_href": "../index.html"})


@pytest.fixture(scope="module")
def tree(page):
    return bs4.BeautifulSoup(page, "html.parser")


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))


def test_the_json_holds_every_slice_without_what_they_share(files, slices):
    content = json.loads(files[0])
    assert content["edition"] == "tiny" and "non vu" in content["about"]
    assert content["services"]["sig"] == "Information géographique"
    assert content["operators"] == [
        {key: value for key, value in own.items() if key not in ("labels", "addresses")}
        for own in slices.values()
    ]


def test_the_table_has_one_row_per_operator_and_the_values_of_its_sheet(files, slices):
    rows = {row["operator"].lstrip("'"): row for row in rows_of(files[1])}
    assert set(rows) == {content["operator"] for content in slices.values()}
    expected = {"page": "alpha.html", "departements": "22|29", "n_seen": "1", "seen": "sig"}
    expected |= {"planned": "formation", "likely": "formation", "membership": "0,88"}
    expected |= {"placed": "oui", "peer": "Bêta", "partner": "Bêta", "partner_brings": "1"}
    expected |= {"cooperates_with": "Bêta|Réseau", "members": "546,0", "staff": ""}
    assert expected.items() <= rows["Alpha"].items()
    unread = {"pages_read": "0", "n_seen": "0", "class": "", "placed": "", "population": ""}
    assert unread.items() <= rows["Nulle part"].items()


def test_no_cell_of_the_table_is_a_formula(files):
    cells = [cell for row in rows_of(files[1]) for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert f"'{HOSTILE}" in cells


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


def test_a_change_of_one_value_is_told_for_its_operator(files):
    assert sheet_changes(files[1], files[1]) == []
    assert changes_fragment([]) == changes_text([]) == ""
    other = files[1].replace("Syndicat Alpha", "Syndicat mixte Alpha")
    (change,) = sheet_changes(files[1], other)
    assert change == ("Alpha", "Nom complet", "Syndicat Alpha", "Syndicat mixte Alpha")
    line = changes_text([change]).replace("\u00a0", " ").splitlines()[-1]
    assert line == "- Alpha, Nom complet : Syndicat Alpha → Syndicat mixte Alpha"
    assert "et 5 de plus" in changes_text([change] * 45)


def test_a_sheet_that_comes_or_goes_is_told_and_hostile_names_stay_text(files):
    lines = files[1].splitlines(keepends=True)
    without = {n: "".join(row for row in lines if n not in row[:20]) for n in ("Alpha", "HYPER")}
    (gone,) = sheet_changes(files[1], without["Alpha"])
    assert gone == ("Alpha", "Fiche", "publiée", "disparue")
    (new,) = sheet_changes(without["HYPER"], files[1])
    assert new[1:] == ("Fiche", "absente", "nouvelle")
    told = changes_fragment([new, gone])
    assert "2 fiches ont changé." in told.replace("\u00a0", " ").replace("\u202f", " ")
    assert "<b>LINK" not in told and "&lt;b&gt;LINK" in told


def test_the_list_breaks_no_rule_of_pages_and_leads_to_every_sheet(page, tree, slices):
    assert [str(finding) for finding in check(page)] == []
    assert "<b>LINK" not in page
    links = {link.text: link["href"] for link in tree.select("tbody[id] th a")}
    assert links == {c["operator"]: f"{c['slug']}.html" for c in slices.values()}
    for link in tree.select(".jumps a"):
        assert tree.find(id=link["href"][1:]).name == "tbody"


def test_every_place_and_every_group_names_its_operators(tree, slices):
    rows = {row.th.text: [a.text for a in row.find_all("a")] for row in tree.select("tbody tr")}
    assert rows["Finistère (29)"] == ["Alpha"]
    assert rows["Saint-Barthélemy"] == ["Outre-mer"]
    assert rows["Toute la France"] == ["Partout"]
    assert rows["Périmètre non documenté"] == [HOSTILE, "Nulle part"]
    groups = {item.a.text: item.text.replace("\u00a0", " ") for item in tree.select(".names li")}
    assert len(groups) == len(slices)
    assert (groups["Alpha"], groups["Nulle part"]) == ("Alpha (88 %)", "Nulle part")
    assert "pas nettement classé" in groups["Bêta"]
    assert "laisse ouverte" in tree.text
