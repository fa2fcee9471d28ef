import numpy as np
import pandas as pd
import pytest

from helpers.network import shared_departements, shared_services
from helpers.profiles import Profiles

PERIMETERS = pd.DataFrame(
    [("a", "01"), ("a", "02"), ("b", "01"), ("b", "02"), ("c", "02"), ("d", "03"), ("z", "01")],
    columns=["operator", "departement"],
)


def test_pairs_in_the_same_departement_by_hand():
    found = shared_departements(PERIMETERS, "abcd")
    assert found.to_numpy().tolist() == [
        ["a", "b", ("01", "02"), 2],
        ["a", "c", ("02",), 1],
        ["b", "c", ("02",), 1],
    ]


def test_services_of_both_are_counted_as_seen_and_as_drawn():
    seen = np.array([[1, 1, 0], [1, 0, 0]], dtype=bool)
    state = pd.DataFrame(np.where(seen, "offered", "unseen"), index=list("ab"), columns=list("xyz"))
    profiles = Profiles(
        list("ab"), list("xyz"), state, state == "offered", pd.Series([1, 1], index=list("ab"))
    )
    draws = np.array([seen, [[1, 1, 0], [1, 1, 0]]], dtype=bool)
    pairs = shared_departements(PERIMETERS, "ab")
    found = shared_services(pairs, draws, profiles).iloc[0]
    assert (found["seen_both"], found["expected_both"]) == (1, 1.5)
    with pytest.raises(ValueError, match="no profile"):
        shared_services(shared_departements(PERIMETERS, "abc"), draws, profiles)
