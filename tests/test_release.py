"""The site and the release: complete, the same each time, and read back by others' tools."""

import hashlib
import json
import shutil
import zipfile
from types import SimpleNamespace

import pytest
import yaml
from rocrate.rocrate import ROCrate

from helpers.paths import project_root
from tests.loading import script

ROOT = project_root()
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def release():
    return script("release")


@pytest.fixture
def layouts(tmp_path):
    """Two small editions, as if built."""
    made = []
    for edition, mark in (("first", ""), ("second", "SIMULATED-")):
        reports, processed = tmp_path / "reports" / edition, tmp_path / "processed" / edition
        (reports / "operators").mkdir(parents=True)
        (reports / f"{mark}index.html").write_text("<p>été</p>", encoding="utf-8")
        (reports / "operators" / "a.html").write_text("<p>a</p>", encoding="utf-8")
        (processed / "results").mkdir(parents=True)
        (processed / "states.csv").write_text("operator\nx\n", encoding="utf-8")
        made.append(
            SimpleNamespace(
                edition=edition,
                reports=reports,
                processed=processed,
                named=lambda name, mark=mark: f"{mark}{name}.html",
                declaration=SimpleNamespace(confidential=False),
            )
        )
    return made


@pytest.fixture
def made(release, layouts, tmp_path):
    release.make_site(tmp_path / "site", layouts)
    return release.make_zip(tmp_path / "dist", tmp_path / "site", layouts)


def test_the_first_page_of_the_site_leads_to_each_edition(release, layouts, tmp_path):
    release.make_site(tmp_path / "site", layouts)
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    for link in ("first/index.html", "second/SIMULATED-index.html"):
        assert f'href="{link}"' in page and (tmp_path / "site" / link).is_file()


def test_an_edition_that_is_not_built_stops_the_site(release, layouts, tmp_path):
    (layouts[1].reports / "SIMULATED-index.html").unlink()
    with pytest.raises(SystemExit, match="second is not built"):
        release.make_site(tmp_path / "site", layouts)


def test_every_file_of_the_zip_has_its_checksum_and_the_zip_has_one(made):
    digest, name = (made.parent / "SHA256SUMS").read_text().split()
    assert (digest, name) == (hashlib.sha256(made.read_bytes()).hexdigest(), made.name)
    with zipfile.ZipFile(made) as archive:
        files = {n.partition("/")[2]: archive.read(n) for n in archive.namelist()}
    sums = dict(line.split("  ")[::-1] for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    wanted = {"site/index.html", "site/first/operators/a.html", "tables/second/states.csv"}
    assert wanted | {"CITATION.cff", "LICENSE", "references.bib"} <= set(files)


def test_the_zip_has_the_same_bytes_each_time(release, layouts, made, tmp_path):
    before = made.read_bytes()
    shutil.rmtree(tmp_path / "site")
    release.make_site(tmp_path / "site", layouts)
    assert release.make_zip(tmp_path / "again", tmp_path / "site", layouts).read_bytes() == before


def test_no_table_of_a_confidential_edition_is_released(release, layouts, tmp_path):
    layouts[0].declaration.confidential = True
    release.make_site(tmp_path / "site", layouts)
    assert [n for n in release.release_files(tmp_path / "site", layouts) if "tables/" in n] == [
        "tables/second/states.csv"
    ]


def test_the_metadata_of_the_zip_are_read_by_the_library_of_ro_crate(made, tmp_path):
    with zipfile.ZipFile(made) as archive:
        archive.extractall(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    crate = ROCrate(folder)
    assert (crate.name, crate.root_dataset["version"]) == (CITATION["title"], CITATION["version"])
    assert crate.license["name"] == "Licence Ouverte 2.0"
    assert crate.root_dataset["author"][0]["name"] == CITATION["authors"][0]["name"]
    described = {entity.id: entity for entity in crate.get_by_type("File")}
    inside = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert set(described) == inside - {"ro-crate-metadata.json", "SHA256SUMS"}
    for name, entity in described.items():
        assert entity["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()


def test_what_zenodo_reads_comes_from_the_citation_file(release):
    assert (ROOT / ".zenodo.json").read_text(encoding="utf-8") == release.zenodo(CITATION)


def test_all_that_describes_the_project_says_the_same():
    described = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    assert described.get("url") == CITATION.get("repository-code")
    assert described["softwareVersion"] == CITATION["version"]
    assert described["releaseDate"] == str(CITATION["date-released"])
    assert described["legal"]["license"] == CITATION["license"]
    assert len(described["description"]["fr"]["shortDescription"]) <= 150
    assert 150 <= len(described["description"]["fr"]["longDescription"]) <= 10_000


def test_what_opens_the_notebooks_elsewhere_installs_the_lock():
    wanted = (ROOT / ".binder" / "requirements.txt").read_text(encoding="utf-8").split()
    assert wanted == ["--require-hashes", "-r", "../requirements.lock"]
    assert (ROOT / ".binder" / "postBuild").stat().st_mode & 0o111
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    assert container["postCreateCommand"].startswith("make ready && ")
