import json
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbook.claims import ledger_text, plain, read_baseline, read_ledger, write_ledger
from claimbook.errors import UserError


def claim(identifier="a", value=1, **more):
    fields = {
        "id": identifier,
        "notebook": "n",
        "expression": identifier,
        "filter": "count",
        "kind": "count",
        "value": value,
        "unit": "",
        "tolerance": 0.0,
        "text": str(value),
        "sentence": f"Il y en a {value}.",
    }
    return {**fields, **more}


def test_the_same_claims_in_any_order_give_the_same_bytes(tmp_path):
    claims = [claim(f"c{n}", n / 7) for n in range(20)]
    shuffled = random.Random(0).sample(claims, len(claims))
    write_ledger(tmp_path / "deep" / "a.json", claims)
    write_ledger(tmp_path / "b.json", shuffled)
    assert (tmp_path / "deep" / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert (tmp_path / "b.json").read_bytes().endswith(b"}\n")
    assert read_ledger(tmp_path / "b.json") == sorted(claims, key=lambda c: c["id"])


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_comes_back_at_full_precision(value):
    assert json.loads(ledger_text([claim(value=value)]))["claims"][0]["value"] == value


def test_numpy_scalars_and_sets_become_plain_and_ordered():
    assert plain(
        {"b": np.int64(3), "a": {"z", "é", "a"}, "c": (np.float64(0.1), np.bool_(True), None)}
    ) == {
        "b": 3,
        "a": ["a", "z", "é"],
        "c": [0.1, True, None],
    }


@pytest.mark.parametrize("value", [math.nan, np.inf, object(), [math.nan]])
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(ValueError):
        plain(value)


def test_a_missing_baseline_is_empty_and_a_missing_ledger_an_error(tmp_path):
    assert read_baseline(tmp_path, "01_sources") == []
    with pytest.raises(UserError, match="build"):
        read_ledger(tmp_path / "claims.json")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"claims": [{}]}', '{"claims": 3}', "\x00"])
def test_a_file_that_is_no_ledger_is_refused(tmp_path, text):
    (tmp_path / "claims.json").write_text(text)
    with pytest.raises(UserError, match="not a ledger"):
        read_ledger(tmp_path / "claims.json")
