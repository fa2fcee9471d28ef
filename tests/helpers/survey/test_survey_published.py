"""Two confidential editions that differ by one late respondent give none of its answers away."""

from __future__ import annotations

import pandas as pd
import pytest

from claimbook.errors import DataError
from helpers.layout import layout_of, write_tidy
from helpers.paths import project_root
from helpers.survey import inspect_export
from helpers.survey.published import keep_published, n_differing, too_close
from tests.helpers.survey.test_survey_new_edition import write_edition

KEY = ["variable", "item", "value"]


@pytest.fixture(scope="module")
def answers():
    return layout_of("survey-simulated").cleaned_tables()["answers"]


def published(root, edition, answers) -> pd.Series:
    """Return the counts of a confidential edition; nothing if it may not be built."""
    if too_close(root, answers, 3):
        return answers.groupby(KEY).size()[:0]
    (root / "data" / "raw" / edition).mkdir(parents=True)
    keep_published(root / "data" / "raw" / edition, answers)
    return answers.groupby(KEY).size().where(lambda k: k >= 3).dropna()


def recovered(old: pd.Series, new: pd.Series) -> int:
    """Return how many answers follow from counts that rose by one."""
    both = old.index.intersection(new.index)
    return int((new[both] - old[both] == 1).sum())


@pytest.mark.parametrize("n_late", [1, 2])
def test_no_answer_of_a_late_respondent_is_recovered_by_subtraction(tmp_path, answers, n_late):
    late = sorted(set(answers["operator"]))[:n_late]
    before = answers[~answers["operator"].isin(late)]
    naive = [frame.groupby(KEY).size() for frame in (before, answers)]
    assert recovered(*naive) >= 27
    first = published(tmp_path, "2026", before)
    assert len(first) and recovered(first, published(tmp_path, "2026b", answers)) == 0


def test_operators_that_changed_an_answer_or_are_gone_differ(answers):
    assert n_differing(answers, answers) == 0
    names = sorted(set(answers["operator"]))
    changed = answers.copy()
    row = changed.index[changed["variable"] == "demand"][0]
    changed.loc[row, "value"] = "0"
    gone = changed[~changed["operator"].isin([n for n in names if n != changed.operator[row]][:2])]
    assert (n_differing(answers, changed), n_differing(answers, gone)) == (1, 3)


def test_inspect_and_build_refuse_an_edition_with_one_more_respondent(tmp_path):
    raw, root = tmp_path / "data" / "raw", project_root()
    (raw / "territories").mkdir(parents=True)
    territories = (root / "data/raw/territories/departements.csv").read_text("utf-8")
    (raw / "territories" / "departements.csv").write_text(territories, encoding="utf-8")
    (tmp_path / "data" / "datapackage.json").write_text('{"resources": []}')
    path = write_edition(raw / "secrete", count=25, confidential=True)
    layout = layout_of("secrete", tmp_path)
    keep_published(layout.raw, layout.cleaned_tables()["answers"])
    assert inspect_export(tmp_path, path)[1]
    write_tidy(layout)
    write_edition(raw / "secrete", confidential=True)
    shown, ready = inspect_export(tmp_path, path)
    assert not ready and "1 operators differ from what 'secrete' published" in shown
    with pytest.raises(DataError, match="wait until 3 differ, or set the late responses aside"):
        write_tidy(layout)
