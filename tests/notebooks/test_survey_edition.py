"""The simulated survey's reports: nobody takes them for findings, and no operator is named."""

import csv
import html

import bs4
import pytest
from sklearn.metrics import adjusted_rand_score

from claimbook.french import unaccented
from helpers.__main__ import main

SURVEY = "survey-simulated"
MARK, FILE_MARK = "DONNÉES SIMULÉES", "DONNEES-SIMULEES-"


def folded(text: str) -> str:
    return " ".join(unaccented(html.unescape(text)).casefold().split())


@pytest.fixture(scope="module")
def survey(stated):
    return stated(SURVEY)


@pytest.fixture(scope="module")
def pages(survey):
    return {
        path: bs4.BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in survey.built.reports
    }


def test_every_page_and_download_says_that_its_data_are_simulated(survey, pages):
    assert len(pages) > len(survey.executed)
    for path, page in pages.items():
        assert path.name.startswith(FILE_MARK)
        assert page.title.string.startswith(MARK), path.name
        assert page.header.find("p").get_text().startswith(MARK), path.name
        for link in page.find_all("a", download=True):
            assert link["download"].startswith(FILE_MARK), path.name


def test_the_real_edition_is_not_marked(public):
    for path in public.built.reports:
        assert not path.name.startswith(FILE_MARK)
        assert MARK not in path.read_text(encoding="utf-8"), path.name


def test_the_disclosure_check_finds_nothing(survey):
    assert main(["disclosure", str(survey.layout.reports)]) == 0


def test_no_operator_is_named_in_any_exported_file(survey):
    names = set()
    for table in ("answers", "classes"):
        path = survey.layout.raw / "truth" / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            names |= {folded(row["operator"]) for row in csv.DictReader(file)}
    files = [path for path in survey.layout.reports.rglob("*") if path.is_file()]
    assert names and files
    for path in files:
        text = folded(path.read_text(encoding="utf-8"))
        assert not [name for name in names if name in text], path.name


def test_the_typology_is_compared_with_the_planted_classes(survey):
    planted = survey.load("planted").set_index("operator")["class"]
    classes = survey.load("classes").set_index("operator")["class_name"]
    assert set(classes.index) == set(planted.index)
    found = [
        c
        for c in survey.claims["03_typology"]
        if c["expression"] == "planted_agreement" and c["filter"] == "decimal"
    ]
    expected = adjusted_rand_score(planted[classes.index], classes)
    assert found and all(claim["value"] == pytest.approx(expected) for claim in found)
    sentences = [said["sentence"] for claim in found for said in claim["statements"]]
    assert any("données simulées" in sentence for sentence in sentences)


def test_the_answer_itself_says_that_nothing_real_was_found(survey):
    for name, book in survey.executed.items():
        (answer,) = (cell for cell in book.cells if "answer" in cell.metadata.get("tags", []))
        text = folded(" ".join(output["data"]["text/plain"] for output in answer.outputs))
        assert "simule" in text or "fictif" in text, name
