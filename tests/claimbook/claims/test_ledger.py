import json
import math
import random

import nbformat.v4 as v4
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.claims import collect, ledger_text, read_baseline, read_ledger
from claimbook.claims.ledger import plain
from claimbook.errors import UserError
from tests.claimbook.claims.books import claim, executed
from tests.loading import cases

NAMES = {"part": 0.385, "total": 66, "frame": {"a": 2}}
CELLS = cases(__file__)["cells"]


def collected(cells=CELLS, **names):
    claims = collect(executed(cells, {**NAMES, **names}), "04_typology")
    return {claim["expression"]: claim for claim in claims}


def test_claims_know_where_they_are_stated_and_where_they_were_computed():
    places = {claim["id"]: (claim["cell"], claim["computed_in"]) for claim in collected().values()}
    assert places == {
        "part-percent-625dcf": ("tell", "share"),
        "total-count-ed1d52": ("tell", "load"),
        "frame-a-count-ee4b02": ("draw", "draw"),
    }
    assert collected(CELLS[3:])["total"]["computed_in"] is None
    assert collect(v4.new_notebook(cells=[v4.new_code_cell("x = 1")]), "n") == []


def test_a_value_stated_twice_is_one_claim_with_two_statements():
    statements = collected()["part"]["statements"]
    told = [f"{said['cell']}: {said['text']}".replace("\u00a0", " ") for said in statements]
    assert told == ["tell: 38,5 %", "again: 39 %"]


def test_one_expression_with_two_values_is_refused_and_told_to_rename():
    book = executed(CELLS[:4], NAMES)
    book.cells += executed(CELLS[5:6], {**NAMES, "part": 0.4}).cells
    with pytest.raises(UserError, match=r"'tell' and 'again'.*0\.385 and then 0\.4.*another name"):
        collect(book, "n")


def test_the_same_claims_in_any_order_give_the_same_bytes(tmp_path):
    claims = [claim(f"c{n}", n / 7) for n in range(20)]
    text = ledger_text(random.Random(0).sample(claims, len(claims)))
    assert text == ledger_text(claims) and text.endswith("}\n")
    (tmp_path / "a.json").write_text(text)
    assert read_ledger(tmp_path / "a.json") == sorted(claims, key=lambda c: c["id"])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_comes_back_at_full_precision(value):
    assert json.loads(ledger_text([claim(value=value)]))["claims"][0]["value"] == value


def test_numpy_scalars_and_sets_become_plain_and_ordered():
    value = {"b": np.int64(3), "a": {"z", "é", "a"}, "c": (np.float64(0.1), np.bool_(True), None)}
    assert plain(value) == {"b": 3, "a": ["a", "z", "é"], "c": [0.1, True, None]}


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
