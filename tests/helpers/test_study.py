"""What a blank notebook gets: tables by name, labelled results, and a word on stale tables."""

import warnings
from collections import ChainMap

import numpy as np
import pandas as pd
import pytest

from claimbook.errors import NotBuiltError
from helpers import indicators, occupancy, texts
from helpers.layout import CLEAN_TABLES, EVIDENCE_TABLES, SURVEY_TABLES, StudyLayout, write_tidy
from helpers.profiles import build_profiles
from helpers.study import Study

EDITION = "tiny"
NAMES = list("abcdefgh")
SERVICES = pd.DataFrame({"service_code": ["x", "y", "z"], "family_code": "f"})


class Tiny(StudyLayout):
    def cleaned_tables(self):
        return {"operators": pd.DataFrame({"operator": NAMES, "n_pages": range(1, 9)})}


@pytest.fixture
def root(tmp_path):
    raw = tmp_path / "data" / "raw" / EDITION
    raw.mkdir(parents=True)
    (raw / "operators.csv").write_text("operator\na\n", encoding="utf-8")
    write_tidy(Tiny(tmp_path, EDITION))
    return tmp_path


def test_an_edition_lists_its_tables_with_a_line_each(root):
    assert Study(EDITION, root=root).tables().to_dict() == {
        "operators": "a named body: legal form, region, stratum"
    }


def test_every_tidy_table_has_a_line_that_pandas_does_not_cut():
    lines = ChainMap(*texts.read("tables").values())
    assert {*CLEAN_TABLES, *EVIDENCE_TABLES, *SURVEY_TABLES} <= lines.keys()
    assert max(map(len, lines.values())) <= pd.get_option("display.max_colwidth")


def test_a_wrong_name_of_a_table_suggests_the_right_one(root):
    with pytest.raises(NotBuiltError, match="Did you mean 'operators'"):
        Study(EDITION, root=root).load("operator")
    with pytest.raises(NotBuiltError, match=r"yet\. Run 'make reports'"):
        Study(EDITION, root=root).load("weather")


def test_tidy_tables_older_than_raw_data_are_told(root):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Study(EDITION, root=root)
    raw = root / "data" / "raw" / EDITION / "operators.csv"
    raw.write_text("operator\nb\n", encoding="utf-8")
    with pytest.warns(UserWarning, match="prepare --edition tiny"):
        Study(EDITION, root=root)
    write_tidy(Tiny(root, EDITION))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Study(EDITION, root=root)


def test_results_carry_the_labels_of_their_data_and_are_shown_in_one_line():
    operators = pd.DataFrame({"operator": NAMES, "n_pages": range(2, 10)})
    seen = {"operator": NAMES, "service_code": ["x", "y"] * 4}
    states = pd.DataFrame(seen).assign(state="offered", n_pages=1)
    profiles = build_profiles(operators, SERVICES, states)
    assert repr(profiles) == "Profiles(8 operators, 3 services)"
    fit = occupancy.fit_occupancy(profiles.mentions, profiles.visits)
    assert list(fit.table.index) == list(SERVICES["service_code"])
    assert list(fit.table.columns) == ["naive", "value", "low", "high"]
    assert repr(fit) == "Occupancy(3 services)"


def test_a_seed_stands_for_the_generator_that_it_makes():
    values = [1, 2, 3, 10]
    seeded = indicators.gini_estimate(values, rng=7, n_resamples=20)
    assert seeded == indicators.gini_estimate(values, rng=np.random.default_rng(7), n_resamples=20)
