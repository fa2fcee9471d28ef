"""The register of delegates: shares from counts, classes of départements, spread beyond chance."""

import numpy as np
import pandas as pd
import pytest

from helpers import register
from helpers.paths import project_root

FILE = project_root() / "data" / "raw" / "public-2026" / "dpo_departements.csv"


def rows(equipped, communes):
    codes = [f"{i:02d}" for i in range(len(communes))]
    return pd.DataFrame({"department": codes, "communes": communes, "communes_with_dpo": equipped})


def test_shares_and_classes_come_back_from_the_counts():
    frame = pd.read_csv(FILE, dtype={"department": str})
    found = register.equipment(frame)
    assert found["value"].is_monotonic_increasing
    assert found.loc["43", ["name", "value"]].tolist() == ["Haute-Loire", pytest.approx(16 / 257)]
    for row in frame.itertuples():
        share = row.communes_with_dpo / row.communes
        assert found.loc[row.department, "value"] == pytest.approx(share)
        place_in_order = (share >= 1 / 3) + (share > 2 / 3)
        assert found.loc[row.department, "speed"] == register.CLASSES[place_in_order]


def test_the_ends_leave_out_departements_of_one_commune_and_never_overlap():
    frame = pd.DataFrame({"n": [1, 5, 5, 5, 5], "value": [0.0, 0.2, 0.4, 0.6, 1.0]})
    assert register.first_and_last(frame, 1)["value"].tolist() == [0.2, 1.0]
    assert register.first_and_last(frame, 9)["value"].tolist() == [0.2, 0.4, 1.0, 0.6]
    days = pd.DataFrame({"snapshot": ["2026-05-01", "2026-07-06"]})
    assert str(register.snapshot(days).date()) == "2026-07-06"


def test_one_common_speed_is_no_spread_and_two_speeds_are():
    random, communes = np.random.default_rng(4), np.full(100, 300)
    for speeds, wide in ((0.5, False), (np.repeat([0.3, 0.7], 50), True)):
        frame = rows(random.binomial(communes, speeds), communes)
        found = register.spread_beyond_chance(frame, rng=random, n_resamples=400)
        assert (found.low > 0) == wide
        assert found.low <= found.value <= found.high
    # Two speeds, 20 points from their mean, less what chance adds to one speed of one half.
    assert found.value == pytest.approx(0.2 - np.sqrt(0.25 / 300), abs=0.01)
