"""The data package describes the raw tables truly."""

import json
from pathlib import Path

import pytest
from frictionless import Package

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
DESCRIPTOR = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
TABLES = {r["name"]: r for r in DESCRIPTOR["resources"] if "schema" in r}


def test_frictionless_accepts_the_whole_package_with_its_keys_and_hashes():
    report = Package(str(DATA / "datapackage.json")).validate()
    assert report.flatten(["name", "type", "note"]) == []


@pytest.mark.parametrize("resource", DESCRIPTOR["resources"], ids=lambda r: r["name"])
def test_each_resource_states_source_licence_and_what_its_columns_mean(resource):
    assert all(source["title"] for source in resource["sources"])
    assert all(licence["path"].startswith("https://") for licence in resource["licenses"])
    assert resource["title"] and resource["description"]
    for field in resource.get("schema", {}).get("fields", []):
        assert field["title"]
        assert "pattern" not in field.get("constraints", {}) or field["description"]


def test_every_raw_file_is_described_and_nothing_else_is():
    described = {r["path"] for r in DESCRIPTOR["resources"]}
    files = (path for path in (DATA / "raw").rglob("*") if path.is_file() and path.suffix != ".md")
    present = {path.relative_to(DATA).as_posix() for path in files}
    # An edition that is confidential, or new, may be left out as a whole.
    editions = {path.split("/")[1] for path in described}
    assert described == {path for path in present if path.split("/")[1] in editions}


def test_no_title_counts_rows_that_the_next_edition_will_add():
    for table in TABLES.values():
        if table["path"].startswith("raw/public"):
            assert str(table["rows"]) not in f"{table['title']} {table['description']}"
