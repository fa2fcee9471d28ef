"""Each kind of edition is described as what it is."""

from __future__ import annotations

from claimbook.edition import Declaration
from helpers.labels import lead, source

EVIDENCE, SURVEY = Declaration(), Declaration(kind="survey")
SIMULATED = Declaration(kind="survey", simulated=True)


def test_only_evidence_speaks_of_public_traces_and_only_simulated_data_are_called_so():
    assert "traces publiques" in lead(EVIDENCE)
    assert "base publique" in source(EVIDENCE)
    for declaration in (SURVEY, SIMULATED):
        assert "publique" not in source(declaration)
        assert "traces" not in lead(declaration)
    assert "simulées" in lead(SIMULATED)
    assert "simulée" in source(SIMULATED)
    assert "simulé" not in lead(SURVEY) + source(SURVEY) + lead(EVIDENCE) + source(EVIDENCE)
