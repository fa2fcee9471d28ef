"""Rules: one key for each page address, and a ledger in which every row has one fate."""

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helpers.cleaning import RULES, Ledger, rule_effects
from helpers.cleaning.rules import canonical_page
from tests.loading import cases

CASES = cases(__file__)
HOSTS = st.from_regex(r"(www\.)?[a-z]{2,8}\.(fr|com)", fullmatch=True)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=12)


@pytest.mark.parametrize(
    ("same", "pair"),
    [(kind == "same_page", p) for kind in ("same_page", "different_pages") for p in CASES[kind]],
)
def test_the_addresses_of_one_page_and_of_no_other_have_one_key(same, pair):
    left, right = map(canonical_page, pair)
    assert (left == right) == same


@pytest.mark.parametrize("text", ["", "   ", "https://", "not an address", "mailto:someone"])
def test_what_has_no_host_is_refused(text):
    with pytest.raises(ValueError, match="not a page address"):
        canonical_page(text)


@given(HOSTS, st.lists(WORDS, max_size=4), st.dictionaries(WORDS.filter(bool), WORDS, max_size=3))
@example("a.fr", ["\xa0"], {})
@example("a.fr", ["\u2003", "x\x85"], {})
def test_the_key_of_a_key_is_itself(host, path, query):
    address = f"https://{host}/" + "/".join(quote(part, safe="") for part in path)
    if query:
        pairs = (f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in query.items())
        address += "?" + "&".join(pairs)
    once = canonical_page(address)
    assert canonical_page(once) == once


@given(st.lists(st.sampled_from(["kept", "merged", "set_aside"]), max_size=40))
def test_rows_in_are_rows_kept_merged_and_set_aside(fates):
    ledger = Ledger(RULES)
    ledger.open_table("t", range(len(fates)))
    for row_id, fate in enumerate(fates):
        ledger.settle("t", row_id, fate)
    ledger.close()
    row = ledger.balance().iloc[0]
    assert row["raw"] == len(fates) == row["kept"] + row["merged"] + row["set_aside"]
    assert row["kept"] == fates.count("kept")


@pytest.mark.parametrize(
    ("rows", "kept", "message"),
    [
        ("ab", "a", r"1 rows or fates stand alone, such as \('t', 'b'\)"),
        ("a", "aa", r"row \('t', 'a'\) is settled, or"),
        ("a", "ab", r"stand alone, such as \('t', 'b'\)"),
        ("aba", "ab", r"stand alone, such as \('t', 'a'\)"),
    ],
)
def test_rows_that_do_not_balance_are_refused(rows, kept, message):
    ledger = Ledger(RULES)
    with pytest.raises(ValueError, match=message):
        ledger.open_table("t", rows)
        for row_id in kept:
            ledger.settle("t", row_id, "kept")
        ledger.close()


def test_the_effects_of_rules_are_counted_in_the_order_of_the_rules():
    ledger = Ledger(RULES)
    ledger.open_table("t", ["a", "b"])
    ledger.settle("t", "a", "kept")
    ledger.settle("t", "b", "merged", "duplicate_statement", "a")
    ledger.change("t", "a", "c", "old", "new", "canonical_page")
    ledger.change("t", "a", "c", "same", "same", "canonical_page")
    (change,) = ledger.changes().to_numpy().tolist()
    reason = RULES["canonical_page"].reason
    assert change == ["t", "a", "c", "old", "new", "canonical_page", reason]
    with pytest.raises(ValueError, match="no_such_rule"):
        Ledger(RULES).settle("t", "a", "set_aside", "no_such_rule")
    effects = rule_effects(ledger.changes(), ledger.fates())
    assert list(effects.index) == list(RULES)
    assert effects.loc["canonical_page", ["n_cells", "n_rows"]].tolist() == [1, 0]
    assert effects.loc["duplicate_statement", ["n_cells", "n_rows"]].tolist() == [0, 1]
    assert effects[["n_cells", "n_rows"]].to_numpy().sum() == 2
