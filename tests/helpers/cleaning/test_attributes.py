import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.cleaning import RULES, Ledger
from helpers.cleaning.attributes import clean_attributes, settle


def raw(*rows):
    columns = ["opsn_name", "attribute", "value", "value_year", "source_url"]
    frame = pd.DataFrame(
        [[*row, f"a.fr/{i}"] for i, row in enumerate(rows)], columns=columns, dtype=str
    )
    frame.insert(0, "row_id", [f"L{i}" for i in range(2, len(frame) + 2)])
    return frame


def cleaned(frame):
    ledger = Ledger(RULES)
    ledger.open_table("operator_attributes", frame["row_id"])
    return clean_attributes(frame, ledger), ledger


@pytest.mark.parametrize(
    ("values", "years", "settled"),
    [
        ([2200, 1850, 1700, 800], [None, None, 2019, 2011], 1700),
        ([450, 500], [None, 2008], 500),
        ([10, 20, 90], [None, None, None], 20),
        ([10, 30], [2020, 2020], 20),
        ([7], [None], 7),
    ],
)
def test_the_latest_dated_value_wins_else_the_median(values, years, settled):
    assert settle(values, years) == settled


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.none() | st.integers(1900, 2026)),
        min_size=1,
        max_size=8,
    )
)
def test_the_settled_value_lies_within_the_spread(pairs):
    values = [float(v) for v, _ in pairs]
    assert min(values) <= settle(values, [y for _, y in pairs]) <= max(values)


def test_the_spread_of_published_values_is_kept():
    out, ledger = cleaned(
        raw(
            ("A", "members", "800", "2011"),
            ("A", "members", "1700", "2019"),
            ("A", "members", "2200", ""),
        )
    )
    row = out.iloc[0]
    assert (row["value"], row["year"], row["minimum"], row["maximum"], row["n_values"]) == (
        "1700",
        2019,
        800,
        2200,
        3,
    )
    assert row["source_url"] == "a.fr/1"
    assert sorted(ledger.fates()["fate"]) == ["kept", "merged", "merged"]
    ledger.close()


def test_a_wrong_siret_is_set_aside_and_the_right_one_stays():
    out, ledger = cleaned(
        raw(("A", "siret", "37859826200", ""), ("B", "siret", "20004506000015", "2026"))
    )
    assert out["operator"].tolist() == ["B"]
    assert out["value"].tolist() == ["20004506000015"]
    assert ledger.fates().query("fate == 'set_aside'")["row_id"].tolist() == ["L2"]
    assert "14 digits" in ledger.changes().query("rule == 'siret_key'")["reason"].item()
    ledger.close()


def test_large_amounts_are_written_in_full():
    out, _ = cleaned(raw(("A", "budget_eur", "120000000", "2024")))
    assert out["value"].item() == "120000000"
