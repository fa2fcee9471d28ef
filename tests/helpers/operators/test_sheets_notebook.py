"""The notebook itself, run on the tiny edition: every kind of operator gives a whole page that reads."""

import contextlib
import re
import shutil

import bs4
import pytest

from claimbook.build.steps import Used
from claimbook.depend import Sources
from claimbook.page.checks import check
from claimbook.run.kernel import Kernel
from helpers import sheets
from helpers.layout import layout_of
from helpers.operators.slices import slice_text
from helpers.paths import project_root
from tests.helpers.operators.tiny import HOSTILE

OPERATORS = ("Alpha", "Bêta", HOSTILE, "Nulle part", "Outre-mer", "Partout")


@pytest.fixture(scope="module")
def made(tmp_path_factory, slices):
    """The page and the executed notebook of each tiny operator, in alphabetical order."""
    root, real = tmp_path_factory.mktemp("tiny"), project_root()
    shutil.copytree(real / "data" / "raw" / "territories", root / "data" / "raw" / "territories")
    shutil.copytree(real / "notebooks", root / "notebooks")
    shutil.copytree(real / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("data/datapackage.json", "requirements.lock", "CITATION.cff"):
        shutil.copy(real / name, root / name)
    (root / "data" / "raw" / "tiny").mkdir()
    layout = layout_of("tiny", root)
    every = sorted(
        (sheets.Sheet(layout, c["operator"], c["slug"]) for c in slices.values()),
        key=lambda s: s.slug,
    )
    chapter, pages = layout.template, {}
    # The code that runs is that of the project: the stamp of these pages names none.
    used = Used(layout.record("tiny"), root, Sources())
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
        patch.setenv("OPSN_ROOT", str(root))
        kernel = stack.enter_context(Kernel(chapter.path.parent))
        for place, sheet in enumerate(every):
            sheet.content.parent.mkdir(parents=True, exist_ok=True)
            sheet.content.write_text(slice_text(slices[sheet.slug]), encoding="utf-8")
            executed = sheets.execute_sheet(sheet, chapter, kernel)
            kernel.renew()
            pages[sheet.operator] = sheets.page_of(every, place, chapter, executed, used)
    return pages


@pytest.fixture(scope="module")
def text(made):
    """The words of each page, with plain spaces."""
    words = {
        name: bs4.BeautifulSoup(page, "html.parser").main.get_text(" ")
        for name, page in made.items()
    }
    return {name: re.sub(r"\s+", " ", found) for name, found in words.items()}


def test_every_operator_has_a_page(made):
    assert set(made) == set(OPERATORS)


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_page_breaks_none_of_our_rules(made, operator):
    assert [str(finding) for finding in check(made[operator])] == []


@pytest.mark.parametrize("operator", OPERATORS)
def test_no_sentence_is_left_open_or_holds_a_missing_value(text, operator):
    prose = text[operator].partition("Calculs et textes")[0]
    assert not re.search(r"\b(nan|None|NaT|inf)\b|\( ?\)|« »|\.\.", prose)


def test_who_was_not_read_gets_an_honest_sheet_not_an_empty_one(text):
    words = text["Nulle part"]
    assert "Aucune page lue ne décrit ce que fait Nulle part" in words
    assert "ni ses services ni son territoire ne sont connus" in words
    assert "Faute de page lue" in words
    assert "on ne peut lui trouver de voisin" in words


def test_an_overseas_operator_is_told_where_it_works_and_that_nobody_is_near(text):
    words = text["Outre-mer"]
    assert "hors des départements : Saint-Barthélemy" in words
    assert "Aucun autre opérateur documenté n’intervient près de lui" in words
    assert "arrêté" in words
    assert "la seule page lue ne montre aucun service proposé" in words


def test_a_national_operator_is_told_as_such(text):
    words = text["Partout"]
    assert "Il intervient dans toute la France" in words
    assert "il est le voisin de tous les autres" in words


def test_a_probable_service_a_peer_and_a_partner_are_named(text):
    words = text["Alpha"]
    assert "Formation des agents et des élus" in words
    assert "Bêta est l’opérateur qui lui ressemble le plus" in words
    assert "laisse ouverte la question" in words
    assert "anciennement Aleph et Ex-Alpha" in words
    assert "Il est issu de Vieux Bêta" in text["Bêta"]


def test_a_hostile_name_and_address_stay_text(made):
    page = made[HOSTILE]
    assert "<b>LINK" not in page
    assert 'href="javascript' not in page
    assert bs4.BeautifulSoup(page, "html.parser").h1.text == HOSTILE
    assert "<i>achats" not in made["Partout"]
