import numpy as np
import pandas as pd
import pytest

from helpers.indicators.small_communes import small_communes_by_cover
from helpers.territory import THRESHOLDS, communes, small_communes_share

TABLE = pd.DataFrame(
    {
        "departement": ["01", "01", "01", "02", "02", "03", ""],
        "population": pd.array([100, 600, 5000, 100, 200, 3000, 10], dtype="Int64"),
    }
)


def compare(covered, table=TABLE, thresholds=(500, 4000)):
    return small_communes_by_cover(
        table, covered, thresholds, n_resamples=200, rng=np.random.default_rng(0)
    )


def test_shares_on_both_sides_by_hand():
    found = compare(["01", "03"]).set_index("threshold")
    assert found.loc[500, ["with_operator", "without_operator", "total"]].tolist() == pytest.approx(
        [1 / 4, 1, 1 / 2]
    )
    assert found.loc[4000, "difference"] == pytest.approx(3 / 4 - 1)
    assert (found["low"] <= found["difference"]).all()
    assert (found["difference"] <= found["high"]).all()


@pytest.mark.parametrize("covered", [[], ["01", "02", "03"]])
def test_both_sides_are_needed(covered):
    with pytest.raises(ValueError, match="both with and without"):
        compare(covered)


def test_an_unknown_departement_is_refused():
    with pytest.raises(ValueError, match="'99'"):
        compare(["99"])


def test_the_whole_agrees_with_the_official_table():
    found = compare(["01", "2A"], communes(), THRESHOLDS)
    assert found["total"].tolist() == pytest.approx(
        small_communes_share()["communes_share"].tolist()
    )
