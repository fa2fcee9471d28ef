"""What a simulated survey was made from: known where it was planted, and nowhere else."""

from __future__ import annotations

from survey_reader.planted import planted_classes


def test_the_planted_class_of_those_that_answered_is_read(tmp_path):
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "classes.csv").write_text(
        "operator,class\nA,x\nB,y\nC,x\n", encoding="utf-8"
    )
    found = planted_classes(tmp_path, ["C", "A"])
    assert found.to_dict("list") == {"operator": ["A", "C"], "class": ["x", "x"]}


def test_a_survey_of_real_operators_has_no_planted_class(tmp_path):
    found = planted_classes(tmp_path, ["A"])
    assert found.empty
    assert list(found.columns) == ["operator", "class"]
