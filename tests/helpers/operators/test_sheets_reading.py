"""What a sheet says of its slice, and where it finds it."""

import pytest

from claimbook.errors import UserError
from helpers.operators.reading import open_sheet
from helpers.operators.slices import slice_path, slice_text
from tests.helpers.operators.tiny import HOSTILE


@pytest.fixture
def study(tmp_path, slices):
    for slug, content in slices.items():
        path = slice_path(tmp_path / "data" / "processed" / "tiny", slug)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(slice_text(content), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("operator", ["Alpha", "Bêta", HOSTILE, "Nulle part"])
def test_a_sheet_is_opened_by_the_name_of_its_operator(study, operator):
    assert open_sheet("tiny", operator, study)["operator"] == operator


@pytest.mark.parametrize("operator", ["Gamma", "alpha", "../Alpha", ""])
def test_an_unknown_operator_is_one_error_that_says_what_to_use(study, operator):
    with pytest.raises(UserError, match=r"There is no operator .* Use the name"):
        open_sheet("tiny", operator, study)


def test_slices_that_are_not_cut_yet_are_one_error(tmp_path):
    with pytest.raises(UserError, match="Run 'make reports' first"):
        open_sheet("tiny", "Alpha", tmp_path)


def test_likely_services_are_identified_and_above_the_limit_most_probable_first(sheets):
    assert [service["code"] for service in sheets["Alpha"].likely(0.5)] == ["formation"]
    assert sheets["Alpha"].likely(0.51) == []
    assert sheets["Alpha"].undecidable() == ["Achat groupé"]
    assert [service["code"] for service in sheets["Outre-mer"].likely(0.3)] == [
        "formation",
        "sig",
        "achats",
    ]
    assert sheets["Nulle part"].likely(0) == sheets["Nulle part"].undecidable() == []


def test_what_peers_show_is_counted(sheets):
    assert [service["code"] for service in sheets["Alpha"].lacked(1)] == ["formation"]
    assert sheets["Alpha"].lacked(2) == []


def test_what_is_missing_is_told_in_words(sheets):
    assert sheets["Alpha"].missing() == ["son année de création", "le nombre de ses agents"]
    nowhere = sheets["Nulle part"].missing()
    assert {
        "sa forme juridique",
        "son périmètre",
        "l’adresse de son site",
        "avec qui il coopère",
    } <= set(nowhere)


def test_only_operators_with_a_sheet_have_an_address(sheets):
    assert sheets["Alpha"].address("Bêta") == "beta.html"
    assert sheets["Alpha"].address("Réseau") == ""
