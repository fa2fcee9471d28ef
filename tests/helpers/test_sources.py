import shutil

import pytest

from claimbook.errors import DataError, UserError
from helpers.paths import project_root
from helpers.sources import check_tables, inventory, open_edition, read_raw, resources

EVIDENCE = "data/raw/public-2026/service_evidence.csv"


@pytest.fixture(scope="session")
def pristine(tmp_path_factory):
    """A copy of the data package, small enough to check at every test."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(
        project_root() / "data", root / "data", ignore=shutil.ignore_patterns("processed")
    )
    communes = root / "data/raw/territories/communes.csv"
    communes.write_text(
        "".join(communes.read_text(encoding="utf-8").splitlines(keepends=True)[:50]),
        encoding="utf-8",
    )
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
    with pytest.raises(DataError) as caught:
        read_raw(open_edition("public-2026", project))
    return caught.value


def test_the_raw_tables_are_as_the_data_package_says():
    tables = read_raw(open_edition())
    assert len(tables["service_evidence"]) == 793
    assert tables["cooperation"]["row_id"].iloc[0] == "L2"
    assert all(isinstance(v, str) for v in tables["services"].to_numpy().ravel())
    check_tables(project_root(), "territories")


def test_an_unknown_edition_lists_those_that_exist():
    with pytest.raises(UserError, match=r"no edition 'public-2031'.*public-2026"):
        open_edition("public-2031")


def test_a_missing_column_is_named(project):
    edit(project, EVIDENCE, "page_year,", "")
    error = refusal(project)
    assert error.file == EVIDENCE
    assert "page_year" in str(error)
    assert error.row == 1


def test_an_extra_column_is_named(project):
    file = project / EVIDENCE
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text(
        "\n".join(line + ",x" for line in lines).replace("batch,x", "batch,opinion", 1),
        encoding="utf-8",
    )
    assert "opinion" in str(refusal(project))


CELLS = [
    (
        EVIDENCE,
        "E0005,Adico,achat_groupe",
        "E0005,Adico,achats_groupes",
        6,
        "service_code",
        "achats_groupes",
        "'services'",
    ),
    (
        EVIDENCE,
        "E0005,Adico,achat_groupe,offered",
        "E0005,Adico,achat_groupe,ofered",
        6,
        "status",
        "ofered",
        "did you mean",
    ),
    (EVIDENCE, "E0005,", "E0004,", 6, None, "E0004", "stands twice"),
    (EVIDENCE, "E0002,A.GE.D.I.", "E0002,", 3, "opsn_name", None, "empty"),
    (
        "data/raw/public-2026/operator_attributes.csv",
        "02|27|60|76|77|78|80|95",
        "02|27|60|76|20|78",
        2,
        "departements",
        "20",
        "",
    ),
    (
        "data/raw/public-2026/published_figures.csv",
        ",39,count",
        ',"1 200,5",count',
        2,
        "value",
        "1 200,5",
        "1200.5",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "row", "column", "value", "told"), CELLS)
def test_a_wrong_cell_is_told_with_file_line_column_value_and_remedy(
    project, file, old, new, row, column, value, told
):
    edit(project, file, old, new)
    error = refusal(project)
    message = str(error)
    assert error.file == file
    assert error.row == row
    assert column is None or error.column == column
    assert value is None or value in str(error.value)
    assert told in message
    assert "Remedy: " in message
    assert "\n" not in message


def test_semicolons_are_recognised(project):
    file = project / EVIDENCE
    file.write_text(file.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    assert "semicolons" in str(refusal(project))


def test_cp1252_is_recognised_with_its_line(project):
    file = project / EVIDENCE
    file.write_bytes(
        file.read_text(encoding="utf-8").replace("œ", "oe").encode("cp1252", errors="replace")
    )
    error = refusal(project)
    assert "cp1252" in str(error)
    assert error.row > 1


def test_a_byte_order_mark_is_recognised(project):
    file = project / EVIDENCE
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert "byte order mark" in str(refusal(project))


def test_utf_16_is_recognised_as_no_plain_text(project):
    file = project / EVIDENCE
    file.write_bytes(file.read_text(encoding="utf-8").encode("utf-16-le"))
    assert "NUL byte" in str(refusal(project))


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_an_empty_file_is_recognised(project, content):
    (project / EVIDENCE).write_bytes(content)
    assert "empty" in str(refusal(project))


def test_a_missing_file_is_told(project):
    (project / EVIDENCE).unlink()
    assert "cannot be read" in str(refusal(project))


def test_an_open_quote_is_told(project):
    edit(project, EVIDENCE, "B01\nE0003", 'B01\nE0003,"', 1)
    assert "close every quote" in str(refusal(project)) or "too" in str(refusal(project))


def test_further_faults_are_counted(project):
    edit(project, EVIDENCE, ",offered,", ",offred,", 7)
    assert "6 further faults in this file" in str(refusal(project))


def test_a_file_that_is_not_the_one_described_is_told(project):
    edit(project, EVIDENCE, "E0001,A.GE.D.I.,logiciels_metiers", "E0001,A.GE.D.I.,formation")
    assert "describe_data.py" in str(refusal(project))


def test_every_table_of_the_edition_is_described():
    root = project_root()
    described = {r["path"].split("/")[-1] for r in resources(root, "public-2026")}
    assert described == {p.name for p in (root / "data/raw/public-2026").glob("*.csv")}


def test_files_that_the_data_package_does_not_describe_are_listed_by_name_and_hash(project):
    folder = project / "data/raw/enquete-2031"
    folder.mkdir()
    (folder / "mapping.yml").write_text("survey: {}\n", encoding="utf-8")
    (folder / "README.md").write_text("not data", encoding="utf-8")
    (row,) = inventory(open_edition("enquete-2031", project)).to_dict("records")
    assert (row["table"], row["licence"], len(row["sha256"])) == ("mapping.yml", "", 12)


def test_the_inventory_lists_described_files_alone_where_all_are_described():
    listed = inventory(open_edition())
    assert set(listed["table"]) == {r["name"] for r in resources(project_root(), "public-2026")}
