import pandas as pd

from helpers.cleaning import RULES, Ledger
from helpers.cleaning.cooperation import clean_cooperation, succession_links

OPERATORS = pd.DataFrame({"operator": ["A", "B", "C"]})


def raw(*rows):
    columns = [
        "source_name",
        "target_name",
        "kind",
        "topic",
        "year",
        "status",
        "source_url",
        "note",
    ]
    frame = pd.DataFrame(
        [[*row, "active", "https://a.fr/p", ""] for row in rows], columns=columns, dtype=str
    )
    frame.insert(0, "row_id", [f"L{i}" for i in range(2, len(frame) + 2)])
    return frame


def cleaned(frame):
    ledger = Ledger(RULES)
    ledger.open_table("cooperation", frame["row_id"])
    out = clean_cooperation(frame, OPERATORS, ledger)
    ledger.close()
    return out, ledger


def test_an_alliance_told_from_both_ends_counts_once():
    out, ledger = cleaned(
        raw(("A", "B", "alliance", "general", "2025"), ("B", "A", "alliance", "general", ""))
    )
    assert len(out) == 1
    assert out["year"].item() == 2025
    assert ledger.balance().loc[0, ["raw", "kept", "merged", "set_aside"]].tolist() == [2, 1, 1, 0]


def test_a_membership_has_a_direction():
    out, _ = cleaned(
        raw(("A", "B", "membership", "general", ""), ("B", "A", "membership", "general", ""))
    )
    assert len(out) == 2


def test_ends_that_are_not_documented_operators_are_told_apart():
    out, _ = cleaned(raw(("A", "Déclic", "membership", "general", "")))
    assert out[["source_is_operator", "target_is_operator"]].to_numpy().tolist() == [[True, False]]


def test_succession_links_come_from_pages_and_possible_ones_stay_possible():
    frame, ledger = cleaned(
        raw(("A", "Old A", "succession", "general", "2022"), ("A", "B", "alliance", "sig", ""))
    )
    possible = pd.DataFrame(
        {"operator": ["C", "C"], "predecessor": ["B", "B"], "evidence_id": ["E1", "E2"]}
    )
    links = succession_links(frame, possible, ledger)
    assert links[["operator", "predecessor", "kind"]].to_numpy().tolist() == [
        ["A", "Old A", "succession"],
        ["C", "B", "possible"],
    ]
    assert links["predecessor_is_operator"].tolist() == [False, True]
