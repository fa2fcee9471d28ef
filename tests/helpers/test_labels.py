import pandas as pd
import pytest

from claimbook.edition import Declaration
from helpers import texts
from helpers.labels import lead, page_links, source
from helpers.study import Study

EVIDENCE, SURVEY = Declaration(), Declaration(kind="survey")
SIMULATED = Declaration(kind="survey", simulated=True)


def test_only_evidence_speaks_of_public_traces_and_only_simulated_data_are_called_so():
    said = {d: lead(d) + source(d) for d in (EVIDENCE, SURVEY, SIMULATED)}
    assert [
        ("traces" in text, "base publique" in text, "simulé" in text) for text in said.values()
    ] == [
        (True, True, False),
        (False, False, False),
        (False, False, True),
    ]


def test_texts_are_read_by_name_and_each_reader_gets_its_own():
    texts.read("grades")["support"].clear()
    assert texts.read("grades")["support"]
    with pytest.raises(FileNotFoundError, match=r"nothing\.yml"):
        texts.read("nothing")


def test_a_page_is_linked_where_there_is_one():
    linked, *none = page_links(["https://a.fr/x", "", float("nan")])
    assert linked.items == (("page", "https://a.fr/x"),)
    assert none == ["aucune", "aucune"]


def test_headings_of_a_study_go_before_the_usual_ones():
    frame = pd.DataFrame({"k": [3], "year": [2020]})
    options = {"title": "Un titre", "scope": "rien", "source": "rien"}
    html = Study(headings={"k": "Pages"}).table(frame, "essai", **options).html
    assert "Pages" in html and "Année" in html and "Nombre" not in html
