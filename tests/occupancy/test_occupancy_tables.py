import numpy as np
import pytest

from helpers.occupancy import fit_occupancy
from helpers.occupancy.tables import corrected_shares

MENTIONS = np.array([[2, 1], [3, 0], [0, 0], [1, 0], [0, 0], [2, 0]])
VISITS = np.array([4, 5, 3, 2, 1, 4])


def test_a_share_that_is_not_identified_keeps_its_interval_only():
    fit = fit_occupancy(MENTIONS, VISITS)
    table = corrected_shares(["a", "b"], fit).set_index("service_code")
    assert list(table.index) == ["a", "b"]
    assert table["corrected"].isna().to_dict() == {"a": not fit.identified[0], "b": not fit.identified[1]}
    assert (table["low"] <= table["high"]).all()
    assert table.loc["a", "naive"] == pytest.approx(4 / 6)


def test_false_mentions_are_set_beside_the_correction():
    fit = fit_occupancy(MENTIONS, VISITS)
    doubted = fit_occupancy(MENTIONS, VISITS, false_positives=(9, 34))
    table = corrected_shares(["a", "b"], fit, doubted)
    assert (table["doubted"] <= table["doubted_high"]).all()


def test_a_wrong_number_of_services_is_refused():
    with pytest.raises(ValueError, match="3 services where the fit has 2"):
        corrected_shares(["a", "b", "c"], fit_occupancy(MENTIONS, VISITS))
