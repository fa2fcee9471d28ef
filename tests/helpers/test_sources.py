import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.errors import DataError, UserError
from helpers import __main__ as command_line
from helpers.cleaning.consistency import check_evidence
from helpers.layout import open_edition
from helpers.paths import project_root
from helpers.sources import (
    check_tables,
    describe,
    inventory,
    read_raw,
    resources,
)
from helpers.validation_errors import without_thousands
from tests.loading import cases

EVIDENCE = "data/raw/public-2026/service_evidence.csv"


# Lines kept of a table: all of those that others refer to, none that refers to rows left out.
LINES = dict.fromkeys(("services", "operator_attributes", "departements"))
LINES |= {"second_reading": 1, "refuted_rows": 1}


@pytest.fixture(scope="session")
def pristine(tmp_path_factory):
    """A data package like the study's, small enough to check at every test."""
    root = tmp_path_factory.mktemp("project")
    known = resources(project_root(), "public-2026")
    known += [r for r in resources(project_root(), "territories") if r["name"] == "departements"]
    known[-1]["schema"].pop("foreignKeys")
    for resource in known:
        source, path = (base / "data" / resource["path"] for base in (project_root(), root))
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[: LINES.get(path.stem, 50)]), encoding="utf-8")
    package = json.dumps({"resources": known})
    (root / "data/datapackage.json").write_text(package, encoding="utf-8")
    describe(root)
    return root


@pytest.fixture
def project(pristine, tmp_path, monkeypatch):
    shutil.copytree(pristine, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("OPSN_ROOT", str(tmp_path))
    return tmp_path


def edit(project, path, old, new, count=1):
    file = project / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, count), encoding="utf-8")


def refusal(project):
    with pytest.raises(UserError) as caught:
        read_raw(open_edition("public-2026", project))
    return caught.value


def test_the_raw_tables_are_as_the_data_package_says():
    tables = read_raw(open_edition())
    assert set(tables) == {r["name"] for r in resources(project_root(), "public-2026")}
    assert tables["cooperation"]["row_id"].iloc[0] == "L2"
    assert all(isinstance(v, str) for v in tables["services"].to_numpy().ravel())


def test_an_unknown_edition_lists_those_that_exist():
    with pytest.raises(UserError, match=r"no edition 'public-2031'.*public-2026"):
        open_edition("public-2031")


ATTRIBUTES = "data/raw/public-2026/operator_attributes.csv"
REGISTER = "data/raw/public-2026/dpo_departements.csv"
CELLS = [
    (f"data/raw/public-2026/{table}.csv", *cell)
    for table, found in cases(__file__)["cells"].items()
    for cell in found
]


@pytest.fixture(scope="module")
def refused(pristine, tmp_path_factory):
    """Return what is told of each line with a wrong cell."""
    root = tmp_path_factory.mktemp("wrong") / "project"
    shutil.copytree(pristine, root)
    for file, old, cell, *_ in CELLS:
        before, comma, _ = old.rpartition(",")
        edit(root, file, old, before + comma + cell)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OPSN_ROOT", str(root))
        return {(error.file, error.row): error for error in refusal(root).errors}


@pytest.mark.parametrize(("file", "old", "cell", "row", "column", "told"), CELLS)
def test_a_wrong_cell_is_told_with_file_line_column_value_and_remedy(
    refused, file, old, cell, row, column, told
):
    error = refused[file, row]
    message = str(error)
    assert error.column in (column, None)
    assert cell.strip('"') in str(error.value)
    assert told in message and "Remedy: " in message and "\n" not in message
    assert len(refused) == len(CELLS)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda text: text.replace(",", ";"), "semicolons"),
        (lambda text: text.replace("page_year,", "", 1), "page_year"),
        (lambda text: text.replace("batch", "batch,opinion", 1), "line 1.*opinion"),
        (lambda text: text.replace("E0009,Adico,", "E0009,Adico,Adico,"), "10.*too many cells"),
        (lambda text: text.replace("œ", "oe").encode("cp1252", "replace"), "line .*cp1252"),
        (lambda text: "\ufeff" + text, "byte order mark"),
        (lambda text: text.encode("utf-16-le"), "NUL byte"),
        (lambda text: "", "empty"),
        (lambda text: "\n\n", "empty"),
        (lambda text: text.replace("B01\nE0003", 'B01\nE0003,"', 1), "close every quote"),
        (lambda text: text.replace(",offered,", ",offred,", 7), "have 7 faults"),
        (lambda text: text.replace("a.fr", "b.fr", 1), "helpers prepare"),
    ],
)
def test_a_file_that_is_not_the_table_described_is_told(project, spoil, told):
    text = (project / EVIDENCE).read_text(encoding="utf-8")
    spoilt = spoil(text)
    content = spoilt if isinstance(spoilt, bytes) else spoilt.encode()
    (project / EVIDENCE).write_bytes(content)
    with pytest.raises(UserError, match=told):
        read_raw(open_edition("public-2026", project))


def test_all_faults_of_the_tables_are_told_at_once_up_to_a_maximum(project):
    edit(project, EVIDENCE, ",offered,", ",offred,", 25)
    edit(project, REGISTER, "01,391", "01,1.391")
    error = refusal(project)
    assert len(error.errors) == 26 and error.errors[0].row == 2
    lines = str(error).splitlines()
    assert len(lines) == 22 and lines[-1].startswith("- and 6 more")
    assert all("Remedy: " in line for line in lines[1:-1])


def test_files_that_cannot_be_read_are_told_together(project):
    (project / EVIDENCE).unlink()
    (project / REGISTER).write_bytes(b"")
    missing, empty = refusal(project).errors
    assert (missing.file, empty.file) == (EVIDENCE, REGISTER)
    assert "cannot be read" in str(missing) and "empty" in str(empty)


THOUSANDS = st.integers(1000, 10**9)


@given(THOUSANDS, st.sampled_from([".", ",", " ", "\u202f", "\xa0", "’"]))
def test_thousands_however_marked_are_read_as_one_whole_number(number, mark):
    assert without_thousands(f"{number:,}".replace(",", mark)) == str(number)
    for other in ("1.25", "1250.500", "", "a.250", "٣.٢٥٠"):
        assert without_thousands(other) is None


def test_changed_files_are_described_anew_if_they_keep_their_schema(project):
    assert describe(project) == []
    line = "E9999,Adico,sig,offered,https://a.fr/sig,2026,carte en ligne,B12\n"
    with (project / EVIDENCE).open("a", encoding="utf-8") as file:
        file.write(line)
    with pytest.raises(DataError, match="python -m helpers prepare"):
        check_tables(project, "public-2026")
    assert describe(project) == [EVIDENCE]
    assert describe(project) == []
    (described,) = [r for r in resources(project, "public-2026") if EVIDENCE.endswith(r["path"])]
    tables = read_raw(open_edition("public-2026", project))
    assert described["rows"] == len(tables["service_evidence"])


@pytest.mark.parametrize(("value", "code"), [("2300", 0), ("2.300", 2)])
def test_prepare_describes_a_changed_file_unless_it_is_refused(
    project, value, code, monkeypatch, capsys
):
    def tables_alone(layout, **options):
        try:
            check_evidence(read_raw(layout))
        except DataError as error:
            print(error)
            return 2, []
        return 0, []

    monkeypatch.setattr(command_line, "build", tables_alone)
    before = (project / "data/datapackage.json").read_text(encoding="utf-8")
    edit(project, ATTRIBUTES, "members,2200", f"members,{value}")
    assert command_line.main(["prepare"]) == code
    told = capsys.readouterr().out
    assert "now describes it" in told if code == 0 else "write 2300" in told
    after = (project / "data/datapackage.json").read_text(encoding="utf-8")
    assert (after == before) == (code == 2)


def test_the_inventory_lists_files_that_the_data_package_does_not_describe(project):
    folder = project / "data/raw/enquete-2031"
    folder.mkdir()
    (folder / "mapping.yml").write_text("survey: {}\n", encoding="utf-8")
    (folder / "README.md").write_text("not data", encoding="utf-8")
    (row,) = inventory(open_edition("enquete-2031", project)).to_dict("records")
    assert (row["table"], row["licence"], len(row["sha256"])) == ("mapping.yml", "", 12)
    described = {resource["name"] for resource in resources(project, "public-2026")}
    assert set(inventory(open_edition("public-2026", project))["table"]) == described
