"""Statements on services and on cooperation: merged, marked, settled, and linked."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.cleaning import RULES, Ledger
from helpers.cleaning.statements import (
    PROTOCOL,
    TABLE,
    across_readings,
    clean_cooperation,
    clean_protocol_statements,
    clean_statements,
    readings_made,
    resolve_states,
    resolve_status,
    succession_links,
    support_of_rows,
    weak_reason,
)
from tests.loading import cases

CASES = cases(__file__)
COLUMNS = ["service_code", "status", "source_url", "page_year", "note"]


def cleaned(*rows, partly=(), refuted=()):
    """Clean rows of service, status, address, year and note of operator A."""
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype=str).assign(opsn_name="A", batch="B01")
    frame["evidence_id"] = [f"E{number}" for number in range(1, len(frame) + 1)]
    reading = pd.DataFrame({"evidence_id": partly, "supports": ["partly"] * len(partly)}, dtype=str)
    ledger = Ledger(RULES)
    ledger.open_table(TABLE, frame["evidence_id"])
    statements = clean_statements(frame, reading, set(refuted), ledger)
    ledger.close()
    return statements, ledger


def test_the_same_statement_under_two_addresses_of_one_page_counts_once():
    statements, ledger = cleaned(
        ("sig", "offered", "http://www.a.fr/sig/", "", "carte"),
        ("sig", "offered", "https://a.fr/sig", "2020", "carte en ligne"),
        ("formation", "offered", "https://a.fr/sig", "", ""),
    )
    assert list(statements["evidence_id"]) == ["E2", "E3"], "the dated row stands for both"
    assert list(statements["n_raw"]) == [2, 1]
    fate = ledger.fates().loc[0, ["fate", "into", "rule"]].tolist()
    assert fate == ["merged", "E2", "duplicate_statement"]


def test_a_row_that_the_second_reader_doubts_is_weak_and_one_that_it_refutes_is_set_aside():
    statements, ledger = cleaned(
        ("dpo_rgpd", "offered", "https://a.fr/x", "2018", "réunions d'information"),
        ("sig", "offered", "https://a.fr/sig", "", "carte"),
        partly=["E2"],
        refuted=["E1"],
    )
    assert statements["service_code"].tolist() == ["sig"]
    assert statements["weak_reason"].tolist() == ["second_reading"]
    assert ledger.fates().loc[0, ["fate", "rule"]].tolist() == ["set_aside", "refuted_service"]


def test_a_page_that_two_readings_found_is_one_statement_and_the_firm_row_stands():
    first, _ = cleaned(("sig", "offered", "https://a.fr/x", "", "participe au portail"))
    rows = [("sig", "offered", "https://www.a.fr/x/", "2021", "carte", "firm", "P1", "q1")]
    rows += [("sig", "offered", "https://a.fr/y", "", "carte", "weak", "P2", "q7")]
    raw = pd.DataFrame(rows, columns=[*COLUMNS, "certainty", "protocol", "first_query"])
    raw = raw.assign(opsn_name="A", evidence_id=["P0001", "P0002"])
    ledger = Ledger(RULES)
    ledger.open_table(PROTOCOL, raw["evidence_id"])
    fixed = clean_protocol_statements(raw, ledger)
    assert fixed[["reading", "weak_reason"]].to_numpy().tolist() == [["B", ""], ["C", "coder"]]
    both = across_readings(first, fixed[fixed["reading"] == "B"])
    assert both[["evidence_id", "reading", "n_raw"]].to_numpy().tolist() == [["P0001", "A|B", 2]]


def test_what_each_reading_did_counts_a_page_of_both_for_each():
    statements = pd.DataFrame({"operator": ["A", "A", "B"], "reading": ["A", "A|B", "A"]})
    third = pd.DataFrame({"operator": ["A"], "reading": ["C"]})
    looks = pd.DataFrame({"operator": ["A", "A", "C", "A"], "reading": ["B", "B", "B", "C"]})
    made = readings_made(statements, third, looks)
    assert made.fillna(0).to_numpy().tolist() == [[2, 0, 3], [2, 3, 1], [1, 1, 1]]
    alone = readings_made(statements.assign(reading="A"), third[:0], looks[:0])
    assert alone.loc["B"].tolist() == alone.loc["C"].tolist() == [0, 0, 0]


def test_rows_whose_page_came_back_are_judged():
    rows = [("yes", "yes"), ("yes", "yes"), ("yes", "partly"), ("no", "na")]
    out = support_of_rows(pd.DataFrame(rows, columns=["found", "supports"]))
    assert out[["k", "n"]].to_numpy().tolist() == [[2, 3], [1, 3], [0, 3]]


@pytest.mark.parametrize(("note", "service", "reason"), CASES["weak_notes"])
def test_notes_that_describe_indirect_evidence_are_marked(note, service, reason):
    assert weak_reason(note, service) == reason


@pytest.mark.parametrize(("statuses", "years", "state"), CASES["states"])
def test_conflicting_statuses_are_resolved_by_date(statuses, years, state):
    assert resolve_status(statuses, years) == state


STATED = st.tuples(
    st.sampled_from(["offered", "planned", "discontinued", "not_offered"]),
    st.none() | st.integers(2000, 2026),
)


@given(st.lists(STATED, min_size=1, max_size=6), st.randoms())
def test_the_resolved_state_is_one_of_those_stated_whatever_their_order(pairs, random):
    state = resolve_status([s for s, _ in pairs], [y for _, y in pairs])
    assert state in {s for s, _ in pairs}
    random.shuffle(pairs)
    assert resolve_status([s for s, _ in pairs], [y for _, y in pairs]) == state


def test_states_count_distinct_pages_and_firm_pages():
    statements, ledger = cleaned(
        ("sig", "offered", "a.fr/1", "2019", "carte"),
        ("sig", "offered", "a.fr/2", "", "Statuts : cartes"),
        ("sig", "planned", "a.fr/3", "2024", "nouvelle carte"),
    )
    columns = ["state", "n_pages", "n_firm_pages", "n_planned_pages", "first_year", "last_year"]
    state = resolve_states(statements, ledger)[columns].iloc[0]
    assert state.tolist() == ["offered", 2, 1, 1, 2019, 2024]
    assert "status_conflict" in set(ledger.changes()["rule"])


BODIES = pd.DataFrame({"operator": ["A", "B", "C"]})


def told_links(*rows):
    """Clean rows of source, target, kind and year."""
    frame = pd.DataFrame(rows, columns=["source_name", "target_name", "kind", "year"])
    frame = frame.assign(topic="general", status="active", source_url="https://a.fr/p", note="")
    frame["row_id"] = [f"L{line}" for line in range(2, len(frame) + 2)]
    ledger = Ledger(RULES)
    ledger.open_table("cooperation", frame["row_id"])
    out = clean_cooperation(frame, BODIES, ledger)
    ledger.close()
    return out, ledger


def test_an_alliance_told_from_both_ends_counts_once_and_a_membership_has_a_direction():
    out, ledger = told_links(("A", "B", "alliance", "2025"), ("B", "A", "alliance", ""))
    assert out[["row_id", "year", "n_raw"]].to_numpy().tolist() == [["L2", 2025, 2]]
    assert ledger.balance().loc[0, ["raw", "kept", "merged", "set_aside"]].tolist() == [2, 1, 1, 0]
    out, _ = told_links(("A", "B", "membership", ""), ("B", "A", "membership", ""))
    assert len(out) == 2


def test_succession_links_come_from_pages_and_possible_ones_stay_possible():
    frame, ledger = told_links(("A", "Old A", "succession", "2022"), ("A", "B", "alliance", ""))
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
