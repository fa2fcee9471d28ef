"""The simulated survey's reports: nobody takes them for findings, and nothing confidential stands in them."""

from __future__ import annotations

import csv
import html
import unicodedata

import bs4
import pytest
from sklearn.metrics import adjusted_rand_score

from claimbook.build.confidential import print_disclosure
from claimbook.build.layout import SIMULATED_FILE
from claimbook.page.page import SIMULATED
from helpers.sources import open_edition


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", html.unescape(text)).encode("ascii", "ignore").decode()
    return " ".join(plain.casefold().split())


@pytest.fixture(scope="session")
def pages(built_survey):
    assert built_survey.code == 0, "the build failed: see its messages above"
    found = {
        path: bs4.BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in built_survey.reports
    }
    assert len(found) == len(built_survey.layout.chapters) + 3
    return found


def test_every_page_says_that_its_data_are_simulated_at_the_top_in_its_title_and_in_its_file_name(
    pages,
):
    for path, page in pages.items():
        assert path.name.startswith(SIMULATED_FILE), path.name
        assert page.title.string.startswith(SIMULATED), path.name
        assert page.header.find("p").get_text().startswith(SIMULATED), path.name


def test_what_is_downloaded_from_a_page_is_named_as_simulated(pages):
    names = [
        link["download"] for page in pages.values() for link in page.find_all("a", download=True)
    ]
    assert names
    assert all(name.startswith(SIMULATED_FILE) for name in names)


def test_every_link_between_pages_leads_to_a_page(pages):
    files = {path.name for path in pages}
    for path, page in pages.items():
        links = {
            a["href"].partition("#")[0]
            for a in page.find_all("a", href=True)
            if ":" not in a["href"]
        }
        assert {link for link in links if link} <= files, path.name


def test_the_real_edition_is_not_marked(built):
    assert built.code == 0
    for path in built.reports:
        assert not path.name.startswith(SIMULATED_FILE)
        assert SIMULATED not in path.read_text(encoding="utf-8"), path.name


def test_the_disclosure_check_finds_no_leak_in_any_exported_file(built_survey):
    assert built_survey.code == 0
    assert print_disclosure(built_survey.root, built_survey.layout.reports) == 0


def test_no_operator_is_named_in_any_exported_file(built_survey):
    assert built_survey.code == 0
    names = set()
    for table in ("answers", "classes"):
        with (built_survey.layout.raw / "truth" / f"{table}.csv").open(
            encoding="utf-8", newline=""
        ) as file:
            names |= {folded(row["operator"]) for row in csv.DictReader(file)}
    assert len(names) >= 66
    files = [path for path in built_survey.layout.reports.rglob("*") if path.is_file()]
    assert files
    for path in files:
        text = folded(path.read_text(encoding="utf-8"))
        assert not [name for name in names if name in text], path.name


def test_the_typology_is_compared_with_the_planted_classes_and_says_that_they_are_simulated(
    stated, built_survey
):
    edition = open_edition(built_survey.layout.edition, built_survey.root)
    planted = edition.load("planted").set_index("operator")["class"]
    classes = edition.load("classes").set_index("operator")["class_name"]
    assert set(classes.index) == set(planted.index)
    claims = [
        c
        for c in stated("survey-simulated").claims["09_robustness"].values()
        if c["expression"] == "planted_ari"
    ]
    assert claims
    for claim in claims:
        assert claim["value"] == pytest.approx(adjusted_rand_score(planted[classes.index], classes))
    assert any("données simulées" in s["sentence"] for claim in claims for s in claim["statements"])


@pytest.mark.parametrize(
    "name", ["00_synthesis", "01_sources", "03_service_map", "04_typology", "09_robustness"]
)
def test_the_answer_itself_says_that_nothing_real_was_found(stated, name):
    book = stated("survey-simulated").executed[name]
    answer = next(c for c in book.cells if "answer" in c.metadata.get("tags", []))
    text = folded(" ".join(output["data"]["text/plain"] for output in answer.outputs))
    assert "simule" in text or "fictif" in text
