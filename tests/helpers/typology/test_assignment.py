"""The rule asks few questions, gives the type that its tree gives, and is judged on other data."""

import numpy as np
import pandas as pd
import pytest

from helpers.typology.assignment import assignment_rule


def planted(n: int = 90, noise: float = 0.0):
    """Return operators of three types that two services tell apart."""
    rng = np.random.default_rng(3)
    kind = np.repeat(["network", "dematerialisation", "security"], n // 3)
    seen = pd.DataFrame(
        rng.random((n, 6)) < 0.3,
        columns=list("abcdef"),
        index=[f"op{i}" for i in range(n)],
    )
    seen["a"], seen["b"] = kind == "network", kind == "security"
    flip = rng.random((n, 6)) < noise
    return seen ^ flip, pd.Series(kind, seen.index)


def test_planted_types_are_told_by_the_services_that_make_them():
    seen, types = planted()
    rule = assignment_rule(seen, types, rng=np.random.default_rng(1))
    assert set(rule.questions["service_code"]) == {"a", "b"}
    assert rule.accuracy.value == 1
    assert rule.largest == pytest.approx(1 / 3)
    assert all(rule.assign(row) == types[name] for name, row in seen.iterrows())


def test_accuracy_is_not_that_of_the_data_it_was_learnt_from():
    seen, types = planted(noise=0.2)
    shuffled = pd.Series(np.random.default_rng(5).permutation(types), types.index)
    rule = assignment_rule(seen, shuffled, rng=np.random.default_rng(1))
    assert rule.accuracy.low < 1 / 3 + 0.1
    assert len(rule.questions) <= 3


def test_types_are_aligned_by_name():
    seen, types = planted()
    rule = assignment_rule(seen, types[::-1], rng=np.random.default_rng(1))
    assert rule.accuracy.value == 1


@pytest.mark.parametrize(
    "types", [pd.Series("one", range(4)), pd.Series(list("aaab"), range(4)), pd.Series(dtype=str)]
)
def test_too_few_types_or_operators_are_refused(types):
    seen = pd.DataFrame(np.eye(4, dtype=bool), columns=list("abcd"))
    with pytest.raises(ValueError, match="type"):
        assignment_rule(seen, types, rng=np.random.default_rng(1))
