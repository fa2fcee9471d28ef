"""Leaks of many kinds, each planted alone in real exported pages: all are found, and clean pages raise no alarm."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import shutil
import struct
import zipfile
import zlib
from urllib.parse import quote

import hand_made
import pages
import pandas as pd
import pytest

from claimbook import figures
from claimbook import protect as disclosure
from claimbook.errors import UserError
from claimbook.protect.leaks import check_files, check_folder, knowledge_of
from claimbook.protect.leaks.amounts import is_common
from claimbook.protect.roles import Roles

PAGE = "03_carte.html"
WORDS = {"caption": "Ce qui fuit", "scope": "essai.", "source": "essai."}


@pytest.fixture(scope="module")
def known():
    return hand_made.known()


@pytest.fixture(scope="module")
def clean():
    return pages.exported()


def put(files, text, before="</main>"):
    """Return the files with a text before the last such mark of the page."""
    page = files[PAGE].decode("utf-8")
    head, mark, tail = page.rpartition(before)
    assert mark
    return {**files, PAGE: f"{head}{text}{mark}{tail}".encode()}


def swap(files, old, new, file=PAGE):
    page = files[file].decode("utf-8")
    assert old in page, old
    return {**files, file: page.replace(old, new, 1).encode("utf-8")}


def table(frame):
    """Return what a notebook shows that forgot the protection."""
    disclosure.reset()
    return figures.table(frame, name="fuite", downloads=True, **WORDS).html


def only_download(frame):
    shown = table(frame)
    return re.search(r'<p class="get">.*?</p>', shown, re.DOTALL)[0]


def png_with_text(text):
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + chunk(b"tEXt", b"Title\x00" + text.encode())
        + chunk(b"IEND", b"")
    )


def docx_with(text):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml", f"<w:p><w:r><w:t>{text[:4]}</w:t></w:r><w:t>{text[4:]}</w:t></w:p>"
        )
    return whole.getvalue()


def claims_with(files, **more):
    ledger = json.loads(files["claims.json"])
    ledger["claims"][0].update(more)
    return {**files, "claims.json": json.dumps(ledger, ensure_ascii=True, indent=1).encode()}


def raw_rows():
    return hand_made.tables()["operators"].drop(
        columns=["operator", "full_name", "siret", "website"]
    )


def answers():
    states = hand_made.tables()["states"]
    wide = states.pivot_table(
        index="operator", columns="service_code", values="state", aggfunc="first"
    )
    shown = wide.rename(columns=hand_made.SERVICES).replace(
        {"offered": "oui", "not_offered": "non"}
    )
    return shown.reset_index(drop=True).assign(Rang=range(15))[
        ["Rang", *hand_made.SERVICES.values()]
    ]


def forms(**changed):
    return pages.frames()["forms"].assign(**changed)


def totalled():
    rows = [("Agences", "7"), ("Syndicats", "7"), ("Groupements", "s"), ("Total", "15")]
    return pd.DataFrame(rows, columns=["Forme", "Membres"])


def small_share():
    return pages.frames()["services"][["Service", "Part"]].rename(columns={"Part": "Taux"})


PLANTS = {
    "a name in a sentence": ("name", lambda f: put(f, "<p>Ainsi Vérantis offre la paie.</p>")),
    "a name in capitals without accents": ("name", lambda f: put(f, "<p>VERANTIS l'offre.</p>")),
    "a name in entities": ("name", lambda f: put(f, "<p>V&#233;&#x72;antis l'offre.</p>")),
    "a name escaped twice": ("name", lambda f: put(f, f"<p>{html.escape(html.escape('Ornélia', quote=False))} "
                                                      "et Orn&amp;eacute;lia.</p>")),
    "a name cut by tags": ("name", lambda f: put(f, "<p>Kern<b>od</b><i>is</i> l'offre.</p>")),
    "a name with invisible characters": ("name", lambda f: put(f, "<p>Ker\u00adno\u200bdis l'offre.</p>")),
    "a name in an alternative text": (
        "name", lambda f: swap(f, 'aria-label="Diagramme en barres', 'aria-label="Isulana, puis en barres')),
    "a name in the description": ("name", lambda f: swap(f, '<meta name="description" content="', "\\g".replace(
        "\\g", '<meta name="description" content="Balagnou et '))),
    "a name in the label of a drawing": ("name", lambda f: put(f, "<text x='1'>Seinalys</text>", "</svg>")),
    "a name in the code of a cell": ("name", lambda f: swap(
        f, "figures.show(each)", "figures.show(each)  # sans Caldenum")),
    "a name in a comment of the page": ("name", lambda f: put(f, "<!-- vu avec Cotenvia -->")),
    "a name without its legal form": ("name", lambda f: put(f, "<p>La présidente de Breizhor le dit.</p>")),
    "an acronym": ("name", lambda f: put(f, "<p>La MORVA l'offre.</p>")),
    "a web site": ("name", lambda f: put(f, "<p>Voir nuaclic.example.</p>")),
    "a name in an address": ("name", lambda f: put(f, f'<p><a href="x.html?q={quote("Ornélia")}">la suite</a></p>')),
    "a name in base64": ("name", lambda f: put(
        f, f"<p data-x='{base64.b64encode(b'le syndicat Normanciel dit oui').decode()}'>la suite</p>")),
    "a name in a file name": ("name", lambda f: {**f, "fiche-armenios.html": b"<p>rien</p>"}),
    "a name in an image": ("name", lambda f: put(
        f, f'<img alt="" src="data:image/png;base64,{base64.b64encode(png_with_text("Isulana")).decode()}">')),
    "a name in an office document": ("name", lambda f: {**f, "print/synthese.docx": docx_with("Corsinum")}),
    "a name in the claims": ("name", lambda f: claims_with(f, sentence="Eurélune l'offre.")),
    "a name in the page of changes": ("name", lambda f: swap(f, "<main", "<p>Calde<wbr>num</p><main", "changes.html")),
    "a SIRET number": ("identifier", lambda f: put(f, "<p>Numéro 130 025 265 00013.</p>")),
    "a SIREN number": ("identifier", lambda f: put(f, "<p>Numéro 130.025.265.</p>")),
    "a small count in a table": ("small cell", lambda f: put(f, table(forms()))),
    "a small count in a download": ("small cell", lambda f: put(f, only_download(forms()))),
    "a small share": ("small cell", lambda f: put(f, figures.table(
        small_share(), name="parts", formats={"Taux": "percent"}, **WORDS).html)),
    "all but a small count": ("small cell", lambda f: put(f, table(
        forms(Oui=[5, 7, 1]).rename(columns={"Opérateurs": "Répondants"}).iloc[:2]))),
    "a cell to be had from its total": ("subtraction", lambda f: put(f, table(totalled()))),
    "a cell to be had from another table": ("subtraction", lambda f: put(
        {**f, "agences.csv": "Forme;Opérateurs\nAgences et régies;7\n".encode()}, "")),
    "raw rows in a table": ("raw row", lambda f: put(f, table(raw_rows()))),
    "raw rows in a download": ("raw row", lambda f: put(f, only_download(raw_rows().drop(columns="budget")))),
    "raw answers without a name": ("raw row", lambda f: put(f, table(answers()))),
    "raw rows as columns": ("raw row", lambda f: put(f, table(
        answers().drop(columns="Rang").T.rename_axis("Service").rename(columns=lambda n: f"R{n}")))),
    "a combination that only one operator has": ("combination", lambda f: put(
        f, "<p>Le groupement d’intérêt public de Corse a 40 agents.</p>")),
    "a pseudonym beside what singles it out": ("pseudonym", lambda f: put(
        f, f"<p>Opérateur {hand_made.code_of('Balagnou')} est un syndicat.</p>"
           f"<p>Opérateur {hand_made.code_of('Balagnou')} est en Corse.</p>")),
    "the exact budget of one operator": ("amount", lambda f: put(f, "<p>Soit 4\u202f120\u202f800\u00a0€ au plus.</p>")),
    "the exact budget of one operator in the claims": ("amount", lambda f: claims_with(f, value=512300.0)),
    "the sum of a dominated group": ("amount", lambda f: put(f, "<p>Soit 99 717 532 € pour une région.</p>")),
}  # fmt: skip


def test_a_small_number_that_any_share_or_mean_may_be_is_no_amount():
    # Two thirds of anything, and the mean of four counts; not a budget, nor what 60 operators cannot give.
    assert is_common(round(2 / 3, 6), 60) and is_common(12.75, 60) and is_common(0.35, 60)
    assert not is_common(512300.5, 60) and not is_common(12.7301, 60) and not is_common(-12.75, 60)


def test_clean_pages_raise_no_alarm(clean, known):
    assert [str(leak) for leak in check_files(clean, known)] == []


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_leak_is_found(plant, clean, known):
    kind, change = PLANTS[plant]
    found = [leak for leak in check_files(change(dict(clean)), known) if leak.kind == kind]
    assert found, plant
    assert all(leak.line >= 1 and leak.why for leak in found)


def test_at_least_twenty_kinds_are_planted_and_all_are_found(clean, known):
    found = [name for name, (kind, change) in PLANTS.items()
             if kind in {leak.kind for leak in check_files(change(dict(clean)), known)}]  # fmt: skip
    assert len(PLANTS) >= 20
    assert len(found) == len(PLANTS), sorted(set(PLANTS) - set(found))


def test_a_leak_names_file_line_and_reason(clean, known):
    leak = check_files(put(clean, "\n<p>Ainsi Vérantis offre la paie.</p>"), known)[0]
    line = put(clean, "\n<p>Ainsi Vérantis offre la paie.</p>")[PAGE].decode().splitlines()
    assert leak.file == PAGE and "Vérantis" in line[leak.line - 1]
    assert str(leak).startswith(f"{PAGE}:{leak.line}: name: ") and str(leak).endswith(
        "it names Vérantis (p)."
    )


def test_a_file_that_cannot_be_read_is_a_finding(clean, known):
    broken = {**clean, "print/synthese.docx": b"PK\x03\x04 broken"}
    assert {leak.kind for leak in check_files(broken, known)} == {"unread"}


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_words_and_metadata_of_a_pdf_are_read(clean, known, tmp_path):
    from matplotlib import pyplot as plt
    from matplotlib.backends.backend_pdf import PdfPages

    fig, ax = plt.subplots()
    ax.text(0.1, 0.5, "Isulana")
    with PdfPages(
        tmp_path / "x.pdf", metadata={"Author": "Balagnou", "CreationDate": None}
    ) as file:
        file.savefig(fig)
    plt.close(fig)
    found = check_files({**clean, "print/x.pdf": (tmp_path / "x.pdf").read_bytes()}, known)
    assert {(leak.kind, leak.why.split(" (")[0]) for leak in found} == {
        ("name", "it names Isulana"),
        ("name", "it names Balagnou"),
    }


def test_a_folder_is_checked_in_its_whole_depth(clean, known, tmp_path):
    for name, data in clean.items():
        (tmp_path / name).write_bytes(data)
    assert check_folder(tmp_path, known) == []
    (tmp_path / "print" / "deep").mkdir(parents=True)
    (tmp_path / "print" / "deep" / "note.txt").write_text("une ligne\nOrnélia\n", encoding="utf-8")
    found = check_folder(tmp_path, known)
    assert [(leak.file, leak.line) for leak in found] == [("print/deep/note.txt", 2)]
    with pytest.raises(UserError, match="no folder"):
        check_folder(tmp_path / "none", known)


def test_answers_of_several_items_are_known_by_the_words_that_readers_see():
    items = {"paie": "La paie", "web": "Le site", "parc": "Le parc"}
    said = {
        "Vérantis": ("own", "own", "none"),
        "Nuaclic": ("own", "none", "none"),
        "Breizhor": ("none", "own", "own"),
    }
    rows = [
        (o, q, i, v)
        for q in ("resource", "wish")
        for o, answers in said.items()
        for i, v in zip(items, answers, strict=True)
    ]
    tables = {
        "operators": pd.DataFrame({"operator": list(said)}),
        "answers": pd.DataFrame(rows, columns=["operator", "variable", "item", "value"]),
    }
    labels = {f"{q}:{i}": label for q in ("resource", "wish") for i, label in items.items()}
    labels |= {
        "resource:own": "En propre",
        "resource:none": "Aucun",
        "wish:own": "En propre",
        "wish:none": "Aucun",
    }
    known = knowledge_of(tables, Roles(), threshold=3, dominance=0.8, labels=labels)
    page = {
        "reponses.csv": b"Rang;La paie;Le site;Le parc\n1;En propre;En propre;Aucun\n2;Aucun;Aucun;En propre\n"
    }
    assert {(leak.line, leak.kind) for leak in check_files(page, known)} == {(2, "raw row")}


def test_files_that_cannot_be_read_are_said_to_be_unread_and_blank_lines_are_lines(known):
    name = sorted(known.operators)[0]
    assert [leak.kind for leak in check_files({"a.csv": b"a;b\n1\r2;3\n"}, known)] == ["unread"]
    (found,) = (
        leak
        for leak in check_files({"a.csv": f"a;b\n1;2\n\n3;{name}\n".encode()}, known)
        if leak.kind == "name"
    )
    assert found.line == 4
