"""Leaks of many kinds, each planted alone in exported pages: all are found, and clean ones pass."""

import re

import pandas as pd
import pytest

from claimbook import figures
from claimbook.figures.tables import csv_text
from claimbook.protect.leaks import check_files, knowledge_of
from tests.claimbook.protect import hand_made
from tests.loading import cases

PAGE = "03_carte.html"


@pytest.fixture(scope="module")
def known():
    return hand_made.known()


@pytest.fixture(scope="module")
def clean():
    return hand_made.exported()


def put(text, before="</main>", file=PAGE):
    """Return a change that puts a text before a mark of a file."""

    def change(files):
        head, mark, tail = files[file].decode().rpartition(before)
        assert mark, before
        return {**files, file: f"{head}{text}{mark}{tail}".encode()}

    return change


def shown(frame):
    """Return a table which was not protected."""
    return figures.table(frame, name="fuite", caption="Ce qui fuit", **hand_made.WORDS).html


def table(frame):
    return put(shown(frame))


def download(frame):
    return put(re.search(r'<p class="get">.*?</p>', shown(frame), re.DOTALL)[0])


def added(name, text):
    return lambda files: {**files, name: text.encode()}


FORMS = hand_made.frames()["formes"]
OPERATORS = hand_made.tables()["operators"]
RAW = OPERATORS.drop(columns=["operator", "full_name", "siret", "website"])
ANSWERS = (
    hand_made.tables()["states"]
    .replace({"offered": "oui", "not_offered": "non", **hand_made.SERVICES})
    .pivot_table(index="operator", columns="service_code", values="state", aggfunc="first")
    .assign(Agents=OPERATORS.set_index("operator")["staff"])
    .rename(columns={"Agents": "staff"})
    .reset_index(drop=True)
)


def planted(text):
    """Return the change that a case of leaks.yml describes."""
    if isinstance(text, dict):
        return added(text["file"], text["text"])
    return put(*([text] if isinstance(text, str) else text))


PLANTS: dict = {
    plant: (kind, planted(text))
    for kind, plants in cases(__file__, "leaks.yml").items()
    for plant, text in plants.items()
} | {
    "a name in a download": ("name", download(OPERATORS[["operator", "full_name"]])),
    "a small count": ("small cell", table(FORMS)),
    "a small count in a download": ("small cell", download(FORMS)),
    "a small count below what a download says of itself": (
        "small cell", added("a.csv", '# Titre : A\r\n"# Source : B;C"\r\n' + csv_text(FORMS))),
    "a small count in a cross table": ("small cell", table(hand_made.frames()["croisement"])),
    "raw rows": ("raw row", table(RAW)),
    "raw rows in a download": ("raw row", download(RAW.drop(columns="budget"))),
    "raw answers without a name": ("raw row", table(ANSWERS)),
    "raw rows as columns": ("raw row", table(ANSWERS.T.rename_axis("Service").reset_index())),
    "a file that is no text": ("unread", lambda files: {**files, "a.html": b"\xff\xfe"}),
}  # fmt: skip


def test_clean_pages_raise_no_alarm(clean, known):
    assert b">s</td>" in clean[PAGE] and "non publié" in clean[PAGE].decode()
    assert [str(leak) for leak in check_files({**clean, "empty.json": b"{}"}, known)] == []


def test_the_number_of_a_response_is_no_identifier_among_other_numbers(clean):
    tables, shown = hand_made.tables(), put("<p>De 1 à 12 opérateurs, 1 024 réponses.</p>")(clean)
    numbers = [*map(str, range(1, 15)), "1024"]
    tables["operators"] = tables["operators"].assign(response=numbers)
    assert check_files(shown, knowledge_of(tables, hand_made.ROLES, 3, hand_made.LABELS)) == []


def test_every_planted_leak_is_found(clean, known, capsys):
    missed = [
        plant
        for plant, (kind, change) in PLANTS.items()
        if kind not in {leak.kind for leak in check_files(change(clean), known)}
    ]
    with capsys.disabled():
        print(f"\nplanted leaks found: {len(PLANTS) - len(missed)} of {len(PLANTS)}")
    assert not missed and len(PLANTS) >= 30


def test_a_leak_names_file_line_and_reason(clean, known):
    changed = put("\n<p>Ainsi Vérantis offre la paie.</p>")(clean)
    (leak,) = check_files(changed, known)
    assert "Vérantis" in changed[PAGE].decode().splitlines()[leak.line - 1]
    assert str(leak) == f"{PAGE}:{leak.line}: name: 'verantis': it names Vérantis."
    (leak,) = check_files({"a.csv": b"a;b\n1;2\n\n3;Kernodis\n"}, known)
    assert leak.line == 4


def test_names_of_common_words_and_of_partners_that_did_not_answer_are_known():
    body = "Syndicat mixte Haute-Corse Numérique"
    answers = [(body, "alliance", "Agence Mirabelle", "yes")]
    tables = {
        "operators": pd.DataFrame({"operator": [body]}),
        "answers": pd.DataFrame(answers, columns=["operator", "variable", "item", "value"]),
        "questions": pd.DataFrame({"variable": ["alliance"], "type": ["operators"]}),
    }
    known = knowledge_of(tables, hand_made.ROLES, 3, {}, ["Haute-Corse"])
    told = "<p>En Haute-Corse, l’agence Mirabelle et Haute-Corse numérique.</p>"
    found = {leak.what for leak in check_files({"a.html": told.encode()}, known)}
    assert found == {"agencemirabelle", "mirabelle", "hautecorsenumerique"}


def test_answers_of_several_items_are_known_by_the_words_that_readers_see():
    items = {"paie": "La paie", "web": "Le site", "parc": "Le parc"}
    said = {"Vérantis": "own own none", "Nuaclic": "own none none", "Breizhor": "none own own"}
    rows = [
        (operator, "resource", item, value)
        for operator, values in said.items()
        for item, value in zip(items, values.split(), strict=True)
    ]
    tables = {
        "operators": pd.DataFrame({"operator": list(said)}),
        "answers": pd.DataFrame(rows, columns=["operator", "variable", "item", "value"]),
    }
    labels = {f"resource:{item}": label for item, label in items.items()}
    labels |= {"resource:own": "En propre", "resource:none": "Aucun"}
    known = knowledge_of(tables, hand_made.ROLES, 3, labels)
    text = "Rang;La paie;Le site;Le parc\n1;En propre;En propre;Aucun\n2;Aucun;Aucun;En propre\n"
    (leak,) = check_files({"a.csv": text.encode()}, known)
    assert (leak.line, leak.kind) == (2, "raw row")
