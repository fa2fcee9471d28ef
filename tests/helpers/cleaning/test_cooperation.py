"""Cooperation counts once however it is told; successions link without merging."""

import pandas as pd

from helpers.cleaning import RULES, Ledger
from helpers.cleaning.statements import clean_cooperation, succession_links

OPERATORS = pd.DataFrame({"operator": ["A", "B", "C"]})


def cleaned(*rows):
    """Clean rows of source, target, kind and year."""
    frame = pd.DataFrame(rows, columns=["source_name", "target_name", "kind", "year"])
    frame = frame.assign(topic="general", status="active", source_url="https://a.fr/p", note="")
    frame["row_id"] = [f"L{line}" for line in range(2, len(frame) + 2)]
    ledger = Ledger(RULES)
    ledger.open_table("cooperation", frame["row_id"])
    out = clean_cooperation(frame, OPERATORS, ledger)
    ledger.close()
    return out, ledger


def test_an_alliance_told_from_both_ends_counts_once_and_a_membership_has_a_direction():
    out, ledger = cleaned(("A", "B", "alliance", "2025"), ("B", "A", "alliance", ""))
    assert out[["row_id", "year", "n_raw"]].to_numpy().tolist() == [["L2", 2025, 2]]
    assert ledger.balance().loc[0, ["raw", "kept", "merged", "set_aside"]].tolist() == [2, 1, 1, 0]
    out, _ = cleaned(("A", "B", "membership", ""), ("B", "A", "membership", ""))
    assert len(out) == 2


def test_succession_links_come_from_pages_and_possible_ones_stay_possible():
    frame, ledger = cleaned(("A", "Old A", "succession", "2022"), ("A", "B", "alliance", ""))
    ends = frame[["source_is_operator", "target_is_operator"]].to_numpy().tolist()
    assert ends == [[True, False], [True, True]]
    notes = [
        ("C", "E1", "alors Old C (vers 2004)"),
        ("C", "E2", "alors Old C"),
        ("C", "E3", "alors B"),
    ]
    statements = pd.DataFrame(notes, columns=["operator", "evidence_id", "note"])
    operators = pd.DataFrame({"operator": ["C", "B", "Old C 04", "Old C"]})
    weak = statements.assign(weak_reason="predecessor")
    links = succession_links(frame, weak, operators, ledger)
    columns = ["operator", "predecessor", "kind", "predecessor_is_operator"]
    assert links[columns].to_numpy().tolist() == [
        ["A", "Old A", "succession", False],
        ["C", "Old C", "possible", True],
    ]
