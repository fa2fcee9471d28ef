"""The notebook of sheets, run on the tiny edition: it reads for every kind of operator."""

import re
import shutil

import bs4
import nbformat
import pytest
from nbclient import NotebookClient

from helpers.operators.slices import slice_text
from helpers.paths import project_root
from tests.helpers.operators.tiny import HOSTILE

TOLD = {
    "Alpha": (
        "Formation des agents et des élus",
        "Bêta est l’opérateur qui lui ressemble le plus",
        "laisse ouverte la question",
        "anciennement Aleph et Ex-Alpha",
    ),
    "Bêta": ("Il est issu de Vieux Bêta",),
    "Nulle part": (
        "Aucune page lue ne décrit ce que fait Nulle part",
        "ni ses services ni son territoire ne sont connus",
        "Faute de page lue",
        "on ne peut lui trouver de voisin",
    ),
    "Outre-mer": (
        "hors des départements : Saint-Barthélemy",
        "Aucun autre opérateur documenté n’intervient près de lui",
        "la seule page lue ne montre aucun service proposé",
    ),
    "Partout": ("Il intervient dans toute la France", "il est le voisin de tous les autres"),
    HOSTILE: ("javascript",),
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory, slices):
    """What the notebook shows of each operator: its HTML, run after run in one kernel."""
    root, real = tmp_path_factory.mktemp("tiny"), project_root()
    shutil.copytree(real / "data" / "raw" / "territories", root / "data" / "raw" / "territories")
    shutil.copy(real / "data" / "datapackage.json", root / "data")
    (root / "data" / "raw" / "tiny").mkdir()
    folder = root / "data" / "processed" / "tiny" / "sheets"
    folder.mkdir(parents=True)
    for slug, content in slices.items():
        (folder / f"{slug}.json").write_text(slice_text(content), encoding="utf-8")
    notebook = nbformat.read(real / "notebooks" / "10_operator_sheet.ipynb", as_version=4)
    (parameters,) = (c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    client, found = NotebookClient(notebook, resources={"metadata": {"path": str(root)}}), {}
    with client.setup_kernel():
        for operator in TOLD:
            parameters.source += f'\nedition, operator = "tiny", {operator!r}'
            for place, cell in enumerate(notebook.cells):
                client.execute_cell(cell, place)
            data = [o.get("data", {}) for c in notebook.cells for o in c.get("outputs", [])]
            kinds = ("text/html", "text/markdown")
            found[operator] = "\n".join(shown.get(kind, "") for shown in data for kind in kinds)
    return found


@pytest.mark.parametrize("operator", TOLD)
def test_a_sheet_says_what_its_operator_needs_in_whole_sentences(shown, operator):
    text = re.sub(r"\s+", " ", bs4.BeautifulSoup(shown[operator], "html.parser").get_text(" "))
    for words in TOLD[operator]:
        assert words in text
    assert not re.search(r"\b(nan|None|NaT|inf)\b|\( ?\)|« »|[^(]\.\.", text)
    assert "<b>LINK" not in shown[operator] and "<i>achats" not in shown[operator]
    assert 'href="javascript' not in shown[operator]
