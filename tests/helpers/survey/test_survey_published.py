"""Two confidential editions that differ by one late respondent give none of its answers away."""

from __future__ import annotations

import pandas as pd
import pytest

from claimbook.errors import DataError
from helpers.layout import layout_of, write_tidy
from helpers.paths import project_root
from helpers.survey import inspect_export
from helpers.survey.published import compare, keep_published, n_differing
from tests.helpers.survey.test_survey_new_edition import write_edition

KEY = ["variable", "item", "value"]


@pytest.fixture
def answers(tables):
    return tables["answers"]


def published(root, edition, answers) -> pd.Series:
    """Return the counts of a confidential edition; nothing if it may not be built."""
    if compare(root, answers, 3)[1]:
        return answers.groupby(KEY).size()[:0]
    (root / "data" / "raw" / edition).mkdir(parents=True, exist_ok=True)
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


def renamed(answers, names):
    """Return answers in which operators have other names, as partners of others too."""
    new = {name: change(name) for name, change in names.items()}
    return answers.replace({"operator": new, "item": new})


@pytest.mark.parametrize(
    "change",
    [str.upper, lambda name: f"SYNDICAT  {name.replace('e', 'é')}", "Nom nouveau {}".format],
)
def test_an_operator_that_is_written_otherwise_does_not_hide_a_late_one(tmp_path, answers, change):
    first, *others = sorted(set(answers["operator"]))
    before = answers[answers["operator"] != first]
    now = renamed(answers, dict.fromkeys(others[:5], change))
    assert n_differing(before, now) == 1
    published(tmp_path, "2026", before)
    assert "1 operators differ" in str(compare(tmp_path, now, 3)[1])


def test_every_publication_of_an_edition_is_kept(tmp_path, answers):
    """Three late answers may follow; one of them alone may not, nor another one alone."""
    *late, other = sorted(set(answers["operator"]))[:4]
    before = answers[~answers["operator"].isin([*late, other])]
    assert len(published(tmp_path, "2026", before))
    assert len(published(tmp_path, "2026", answers[answers["operator"] != other]))
    assert compare(tmp_path, before, 3) == ("Compared with 2 earlier publications.", None)
    swapped = pd.concat([before, answers[answers["operator"] == other]])
    assert compare(tmp_path, swapped, 3)[1]


def test_inspect_and_build_refuse_an_edition_with_one_more_respondent(tmp_path):
    raw, root = tmp_path / "data" / "raw", project_root()
    (raw / "territories").mkdir(parents=True)
    territories = (root / "data/raw/territories/departements.csv").read_text("utf-8")
    (raw / "territories" / "departements.csv").write_text(territories, encoding="utf-8")
    (tmp_path / "data" / "datapackage.json").write_text('{"resources": []}')
    path = write_edition(raw / "secrete", count=25, confidential=True)
    assert "There is no record of an earlier publication" in inspect_export(tmp_path, path)[0]
    layout = layout_of("secrete", tmp_path)
    keep_published(layout.raw, layout.cleaned_tables()["answers"])
    assert inspect_export(tmp_path, path)[1]
    write_tidy(layout)
    write_edition(raw / "secrete", confidential=True)
    shown, ready = inspect_export(tmp_path, path)
    assert not ready and "1 operators differ from what 'secrete' published" in shown
    with pytest.raises(DataError, match="wait until 3 differ, or set the late responses aside"):
        write_tidy(layout)
