import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.cleaning import RULES, Ledger


@given(st.lists(st.sampled_from(["kept", "merged", "set_aside"]), max_size=40))
def test_rows_in_are_rows_kept_merged_and_set_aside(fates):
    ledger = Ledger(RULES)
    ledger.open_table("t", range(len(fates)))
    for row_id, fate in enumerate(fates):
        if fate == "kept":
            ledger.keep("t", row_id)
        elif fate == "merged":
            ledger.merge("t", row_id, "elsewhere", "duplicate_statement")
        else:
            ledger.set_aside("t", row_id, "siret_key")
    ledger.close()
    row = ledger.balance().iloc[0]
    assert row["raw"] == len(fates) == row["kept"] + row["merged"] + row["set_aside"]
    assert row["kept"] == fates.count("kept")


def test_a_row_without_a_fate_is_refused():
    ledger = Ledger(RULES)
    ledger.open_table("t", ["a", "b"])
    ledger.keep("t", "a")
    with pytest.raises(ValueError, match=r"1 raw rows have no fate, the first is \('t', 'b'\)"):
        ledger.close()


def test_a_row_with_two_fates_is_refused():
    ledger = Ledger(RULES)
    ledger.open_table("t", ["a"])
    ledger.keep("t", "a")
    with pytest.raises(ValueError, match="already has the fate 'kept'"):
        ledger.set_aside("t", "a", "siret_key")


def test_a_fate_for_an_undeclared_row_is_refused():
    ledger = Ledger(RULES)
    ledger.open_table("t", ["a"])
    ledger.keep("t", "a")
    ledger.keep("t", "ghost")
    with pytest.raises(ValueError, match="fates have no raw row"):
        ledger.close()


def test_a_repeated_identifier_is_refused():
    with pytest.raises(ValueError, match="'a' stands twice"):
        Ledger(RULES).open_table("t", ["a", "b", "a"])


def test_an_unknown_rule_is_refused():
    ledger = Ledger(RULES)
    ledger.open_table("t", ["a"])
    with pytest.raises(KeyError, match="no_such_rule"):
        ledger.set_aside("t", "a", "no_such_rule")


def test_a_change_says_what_why_and_by_which_rule():
    ledger = Ledger(RULES)
    ledger.change("t", "a", "c", "old", "new", "settled_value")
    ledger.change("t", "a", "c", "same", "same", "settled_value")
    changes = ledger.changes()
    assert changes.to_dict("records") == [
        {
            "table": "t",
            "row_id": "a",
            "column": "c",
            "before": "old",
            "after": "new",
            "rule": "settled_value",
            "reason": changes["reason"][0],
        }
    ]
    assert "médiane" in changes["reason"][0]
