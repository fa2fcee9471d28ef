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
    assert set(tables) == {r["name"] for r in resources(project_root(), "public-2026")}
    assert tables["cooperation"]["row_id"].iloc[0] == "L2"
    assert all(isinstance(v, str) for v in tables["services"].to_numpy().ravel())
    check_tables(project_root(), "territories")


def test_an_unknown_edition_lists_those_that_exist():
    with pytest.raises(UserError, match=r"no edition 'public-2031'.*public-2026"):
        open_edition("public-2031")


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [("page_year,", "", "page_year"), ("batch", "batch,opinion", "opinion")],
)
def test_a_missing_or_extra_column_is_named(project, old, new, column):
    edit(project, EVIDENCE, old, new)
    error = refusal(project)
    assert (error.file, error.row) == (EVIDENCE, 1) and column in str(error)


ATTRIBUTES = "data/raw/public-2026/operator_attributes.csv"
FIGURES = "data/raw/public-2026/published_figures.csv"
CELLS = [
    (EVIDENCE, "E0005,Adico,achat_groupe", "achats_groupes", 6, "service_code", "'services'"),
    (EVIDENCE, "E0005,Adico,achat_groupe,offered", "ofered", 6, "status", "did you mean"),
    (EVIDENCE, "E0005", "E0004", 6, "evidence_id", "stands twice"),
    (EVIDENCE, "E0002,A.GE.D.I.", "", 3, "opsn_name", "empty"),
    (ATTRIBUTES, "02|27|60|76|77|78|80|95", "02|27|60|76|20|78", 2, "departements", ""),
    (FIGURES, ",39", '"1 200,5"', 2, "value", "1200.5"),
    (FIGURES, ",39", "-39", 2, "value", "breaks the limit minimum"),
]


@pytest.mark.parametrize(("file", "old", "cell", "row", "column", "told"), CELLS)
def test_a_wrong_cell_is_told_with_file_line_column_value_and_remedy(
    project, file, old, cell, row, column, told
):
    before, comma, _ = old.rpartition(",")
    edit(project, file, old, before + comma + cell)
    error = refusal(project)
    message = str(error)
    assert (error.file, error.row) == (file, row)
    assert error.column in (column, None)
    assert cell.strip('"') in str(error.value)
    assert told in message and "Remedy: " in message and "\n" not in message


def utf8(text):
    return text.encode("utf-8")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda text: utf8(text.replace(",", ";")), "semicolons"),
        (lambda text: text.replace("œ", "oe").encode("cp1252", "replace"), "line .*cp1252"),
        (lambda text: b"\xef\xbb\xbf" + utf8(text), "byte order mark"),
        (lambda text: text.encode("utf-16-le"), "NUL byte"),
        (lambda text: b"", "empty"),
        (lambda text: b"\n\n", "empty"),
        (lambda text: utf8(text.replace("B01\nE0003", 'B01\nE0003,"', 1)), "close every quote"),
        (lambda text: utf8(text.replace(",offered,", ",offred,", 7)), "6 further errors in this"),
        (lambda text: utf8(text.replace("a.fr", "b.fr", 1)), "describe_data.py"),
    ],
)
def test_a_file_that_is_not_the_table_described_is_told(project, spoil, told):
    text = (project / EVIDENCE).read_text(encoding="utf-8")
    (project / EVIDENCE).write_bytes(spoil(text))
    with pytest.raises(DataError, match=told):
        read_raw(open_edition("public-2026", project))


def test_a_missing_file_is_told(project):
    (project / EVIDENCE).unlink()
    assert "cannot be read" in str(refusal(project))


def test_the_inventory_lists_files_that_the_data_package_does_not_describe(project):
    folder = project / "data/raw/enquete-2031"
    folder.mkdir()
    (folder / "mapping.yml").write_text("survey: {}\n", encoding="utf-8")
    (folder / "README.md").write_text("not data", encoding="utf-8")
    (row,) = inventory(open_edition("enquete-2031", project)).to_dict("records")
    assert (row["table"], row["licence"], len(row["sha256"])) == ("mapping.yml", "", 12)


def test_the_inventory_lists_described_files_alone_where_all_are_described():
    listed = inventory(open_edition())
    assert set(listed["table"]) == {r["name"] for r in resources(project_root(), "public-2026")}
