import pytest

from claimbook.edition import Declaration
from helpers import texts
from helpers.labels import lead, source

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
