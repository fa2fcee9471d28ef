"""The data package describes the raw tables truly, and its schemas refuse what they should."""

import csv
import hashlib
import importlib.util
import json
import shutil
from pathlib import Path

import pytest
from frictionless import Package, Resource

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
DESCRIPTOR = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
TABLES = {r["name"]: r for r in DESCRIPTOR["resources"] if "schema" in r}
ROWS = {
    "services": 27,
    "service_evidence": 793,
    "operator_attributes": 283,
    "cooperation": 91,
    "published_figures": 197,
    "second_reading": 48,
    "survey-simulated-services": 27,
    "survey-simulated-truth-answers": 10717,
    "survey-simulated-truth-classes": 66,
    "survey-simulated-truth-unrecoverable": 9,
    "communes": 35039,
    "departements": 101,
    "regions": 18,
}


def rows(name):
    with (DATA / TABLES[name]["path"]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_frictionless_accepts_the_whole_package_with_its_keys_and_hashes():
    report = Package(str(DATA / "datapackage.json")).validate()
    assert report.flatten(["name", "type", "note"]) == []
    assert [task.name for task in report.tasks] == [r["name"] for r in DESCRIPTOR["resources"]]


@pytest.mark.parametrize("resource", DESCRIPTOR["resources"], ids=lambda r: r["name"])
def test_each_resource_states_source_licence_size_and_the_sha_256_of_its_file(resource):
    content = (DATA / resource["path"]).read_bytes()
    assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert resource["bytes"] == len(content)
    assert all(source["title"] for source in resource["sources"])
    assert all(licence["path"].startswith("https://") for licence in resource["licenses"])
    assert resource["title"] and resource["description"]
    if "schema" in resource:
        assert b"\r\n" not in content or resource["dialect"]["lineTerminator"] == "\r\n"


def test_every_raw_file_is_described_and_nothing_else_is():
    described = {r["path"] for r in DESCRIPTOR["resources"]}
    present = {
        path.relative_to(DATA).as_posix()
        for path in (DATA / "raw").rglob("*")
        if path.is_file() and path.suffix != ".md"
    }
    # An edition that is confidential, or new, may be left out as a whole.
    editions = {path.split("/")[1] for path in described}
    assert described == {path for path in present if path.split("/")[1] in editions}


@pytest.mark.parametrize("name", ROWS)
def test_tables_have_the_published_number_of_rows_and_columns_in_the_order_of_the_schema(name):
    assert TABLES[name]["rows"] == len(rows(name)) == ROWS[name]
    assert list(rows(name)[0]) == [field["name"] for field in TABLES[name]["schema"]["fields"]]


@pytest.mark.parametrize("name", ROWS)
def test_every_column_has_a_type_a_title_and_a_description_where_it_has_a_pattern(name):
    for field in TABLES[name]["schema"]["fields"]:
        assert field["type"] in ("string", "integer", "number", "year")
        assert field["title"]
        assert "pattern" not in field.get("constraints", {}) or field["description"]


def test_service_topics_are_the_services_and_two_general_ones():
    topic = next(f for f in TABLES["cooperation"]["schema"]["fields"] if f["name"] == "topic")
    assert set(topic["constraints"]["enum"]) == {r["service_code"] for r in rows("services")} | {
        "general",
        "governance",
    }


# The cell that each case spoils (row 0 of the table), and the fault that Frictionless must find.
SPOILT = [
    ("service_evidence", "status", "offert", "constraint-error"),
    ("service_evidence", "service_code", "teleportation", "foreign-key"),
    ("service_evidence", "opsn_name", "Nobody", "foreign-key"),
    ("service_evidence", "evidence_id", "E0002", "unique-error"),
    ("service_evidence", "page_year", "1999", "constraint-error"),
    ("service_evidence", "page_year", "soon", "type-error"),
    ("service_evidence", "note", "", "constraint-error"),
    ("operator_attributes", "departements", "02|99", "constraint-error"),
    ("operator_attributes", "departements", "20", "constraint-error"),
    ("operator_attributes", "departements", "02;27", "constraint-error"),
    ("operator_attributes", "attribute", "headcount", "constraint-error"),
    ("operator_attributes", "value", "1 200,5", "constraint-error"),
    ("operator_attributes", "value", "12yes", "constraint-error"),
    ("operator_attributes", "legal_form", "sarl", "constraint-error"),
    ("cooperation", "topic", "weather", "constraint-error"),
    ("cooperation", "kind", "friendship", "constraint-error"),
    ("published_figures", "value", "1 200,5", "type-error"),
    ("published_figures", "value", "-1", "constraint-error"),
    ("published_figures", "unit", "%", "constraint-error"),
    ("published_figures", "n", "1.5", "type-error"),
    ("second_reading", "evidence_id", "E9999", "foreign-key"),
    ("second_reading", "supports", "maybe", "constraint-error"),
    ("services", "family_code", "divers", "constraint-error"),
    ("departements", "region", "99", "foreign-key"),
    ("departements", "chef_lieu", "01999", "foreign-key"),
]


@pytest.fixture
def small_package(tmp_path):
    """Return the package without hashes and with only the communes that other tables point at: quick to check."""
    wanted = {r["chef_lieu"] for name in ("departements", "regions") for r in rows(name)}
    resources = []
    for name, resource in TABLES.items():
        target = tmp_path / resource["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        if name == "communes":
            with target.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows(name)[0], lineterminator="\n")
                writer.writeheader()
                writer.writerows(r for r in rows(name) if r["code"] in wanted)
        else:
            shutil.copy(DATA / resource["path"], target)
        resources.append({k: v for k, v in resource.items() if k not in ("hash", "bytes", "rows")})
    return tmp_path, {"name": "spoilt", "resources": resources}


def errors_of(folder, descriptor, name):
    package = Package.from_descriptor(descriptor, basepath=str(folder))
    return {e.type for task in package.get_resource(name).validate().tasks for e in task.errors}


@pytest.mark.parametrize(("name", "column", "value", "fault"), SPOILT)
def test_a_bad_cell_is_refused(small_package, name, column, value, fault):
    folder, descriptor = small_package
    path = folder / TABLES[name]["path"]
    table = rows(name)
    table[0][column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    assert fault in errors_of(folder, descriptor, name)


def test_the_untouched_small_package_is_accepted(small_package):
    folder, descriptor = small_package
    assert all(errors_of(folder, descriptor, name) == set() for name in TABLES)


def test_a_changed_byte_no_longer_matches_the_hash(tmp_path):
    resource = TABLES["services"]
    target = tmp_path / resource["path"]
    target.parent.mkdir(parents=True)
    target.write_bytes(
        (DATA / resource["path"]).read_bytes().replace(b"Cyber security", b"Cyber Security")
    )
    report = Resource.from_descriptor(resource, basepath=str(tmp_path)).validate()
    assert "hash-count" in {e.type for task in report.tasks for e in task.errors}


def test_describe_data_check_passes_here_and_refresh_mends_a_changed_table(tmp_path, capsys):
    script = load_script("describe_data")
    assert script.main(["--check", "--data", str(DATA)]) == 0
    target = tmp_path / "raw" / "public-2026"
    target.mkdir(parents=True)
    shutil.copy(DATA / TABLES["services"]["path"], target)
    package = tmp_path / "datapackage.json"
    package.write_text(
        json.dumps(DESCRIPTOR | {"resources": [TABLES["services"]]}), encoding="utf-8"
    )
    with (target / "services.csv").open("a", encoding="utf-8") as file:
        file.write("x,x,x,gestion,x,x\n")
    assert script.main(["--check", "--data", str(tmp_path)]) == 1
    assert "services" in capsys.readouterr().err
    assert script.main(["--data", str(tmp_path)]) == 0
    assert json.loads(package.read_text(encoding="utf-8"))["resources"][0]["rows"] == 28
    assert script.main(["--check", "--data", str(tmp_path)]) == 0
