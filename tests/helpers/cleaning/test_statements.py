import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.cleaning import RULES, Ledger, resolve_status, weak_reason
from helpers.cleaning.statements import clean_statements, resolve_states

NO_READING = pd.DataFrame({"evidence_id": [], "supports": []}, dtype=str)


def raw(*rows):
    columns = [
        "evidence_id",
        "opsn_name",
        "service_code",
        "status",
        "source_url",
        "page_year",
        "note",
        "batch",
    ]
    return pd.DataFrame(
        [[f"E{i:04d}", *row, "B01"] for i, row in enumerate(rows, 1)], columns=columns, dtype=str
    )


def cleaned(frame, reading=NO_READING):
    ledger = Ledger(RULES)
    ledger.open_table("service_evidence", frame["evidence_id"])
    return clean_statements(frame, reading, ledger), ledger


def test_the_same_statement_under_two_addresses_of_one_page_counts_once():
    statements, ledger = cleaned(
        raw(
            ("A", "sig", "offered", "http://www.a.fr/sig/", "", "carte"),
            ("A", "sig", "offered", "https://a.fr/sig", "2020", "carte en ligne"),
        )
    )
    assert list(statements["evidence_id"]) == ["E0002"], "the dated row stands for both"
    assert statements["n_raw"].item() == 2
    assert ledger.fates().loc[0, ["fate", "into", "rule"]].tolist() == [
        "merged",
        "E0002",
        "duplicate_statement",
    ]
    ledger.close()


def test_two_services_of_one_page_stay_two_statements():
    statements, _ = cleaned(
        raw(
            ("A", "sig", "offered", "a.fr/x", "", ""),
            ("A", "formation", "offered", "a.fr/x", "", ""),
        )
    )
    assert len(statements) == 2
    assert set(statements["page"]) == {"a.fr/x"}


def test_a_row_that_the_second_reading_supports_partly_is_weak():
    reading = pd.DataFrame({"evidence_id": ["E0001"], "supports": ["partly"]})
    statements, _ = cleaned(raw(("A", "sig", "offered", "a.fr/x", "", "carte")), reading)
    assert statements["weak_reason"].item() == "second_reading"


@pytest.mark.parametrize(
    ("note", "service", "reason"),
    [
        ("Indice indirect: menu de gestion du site internet", "sites_web", "indirect"),
        ("Statuts : accompagnement et formation", "formation", "statutory_aim"),
        ("Objet: formation aux usages applicatifs", "formation", "statutory_aim"),
        ("Participe à l'expérimentation nationale", "open_data", "third_party"),
        ("Porte le hub MedNumBFC pour un numérique inclusif", "inclusion_numerique", "third_party"),
        ("alors SMIC17 (vers 2004), bibliothèque de logiciels", "logiciels_metiers", "predecessor"),
        ("Livre blanc: expérimentations objets connectés", "territoire_connecte", "pilot"),
        ("Possibilités du réseau étudiées avec une commune", "telecom_reseaux", "study_only"),
        ("Wikipédia: prestation RGPD", "dpo_rgpd", "tertiary_source"),
        ("sensibilise les élus à la sécurité des données", "cybersecurite", "awareness_only"),
        ("Formation et sensibilisation aux SIG", "formation", ""),
        ("pilote la fibre départementale, objectif fin 2025", "amenagement_thd", ""),
        ("catalogue diffusant des données ouvertes, atelier des partenaires", "open_data", ""),
    ],
)
def test_notes_that_describe_indirect_evidence_are_marked(note, service, reason):
    assert weak_reason(note, service) == reason


@pytest.mark.parametrize(
    ("statuses", "years", "state"),
    [
        (["offered", "planned"], [2015, 2022], "offered"),
        (["planned", "planned"], [2015, None], "planned"),
        (["offered", "discontinued"], [2018, 2022], "discontinued"),
        (["discontinued", "offered"], [2012, 2016], "offered"),
        (["discontinued", "offered"], [2012, None], "discontinued"),
        (["offered", "discontinued"], [2022, 2022], "discontinued"),
        (["offered", "not_offered"], [None, None], "not_offered"),
        (["planned", "discontinued"], [2024, 2020], "discontinued"),
        (["discontinued", "not_offered"], [2010, 2020], "not_offered"),
    ],
)
def test_conflicting_statuses_are_resolved_by_date(statuses, years, state):
    assert resolve_status(statuses, years) == state


statements_of_one_cell = st.lists(
    st.tuples(
        st.sampled_from(["offered", "planned", "discontinued", "not_offered"]),
        st.none() | st.integers(2000, 2026),
    ),
    min_size=1,
    max_size=6,
)


@given(statements_of_one_cell, st.randoms())
def test_the_resolved_state_is_one_of_those_stated_whatever_their_order(pairs, random):
    state = resolve_status([s for s, _ in pairs], [y for _, y in pairs])
    assert state in {s for s, _ in pairs}
    random.shuffle(pairs)
    assert resolve_status([s for s, _ in pairs], [y for _, y in pairs]) == state


def test_states_count_distinct_pages_and_firm_pages():
    statements, ledger = cleaned(
        raw(
            ("A", "sig", "offered", "a.fr/1", "2019", "carte"),
            ("A", "sig", "offered", "a.fr/2", "", "Statuts : cartes"),
            ("A", "sig", "planned", "a.fr/3", "2024", "nouvelle carte"),
        )
    )
    state = resolve_states(statements, ledger).iloc[0]
    assert (state["state"], state["n_pages"], state["n_firm_pages"], state["n_planned_pages"]) == (
        "offered",
        2,
        1,
        1,
    )
    assert (state["first_year"], state["last_year"]) == (2019, 2024)
    assert "status_conflict" in set(ledger.changes()["rule"])
