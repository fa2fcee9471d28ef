"""Each method that prose names has its reference, and each reference is cited."""

import re

import pytest

from claimbook.depend import read_notebook
from claimbook.errors import UserError
from claimbook.page import export, read_references
from claimbook.page.references import CITATION
from helpers.paths import project_root
from tests.claimbook.page.sample import markdown, sample_context, sample_notebook

ROOT = project_root()
REFERENCES = read_references(ROOT / "references.bib")
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("[0-9]*.ipynb"))
# A method that bears a name: "l’indice de Gini", "ceux de Wilson".
_NAMED = re.compile(
    r"\b(?:méthode|indice|intervalle|test|critère|distance|arbre|échantillonneur|coefficient"
    r"|corrélation|modèle|ceux|celle|celui)s?(?: des? différences)? (?:d’|de )(?:la )?([A-ZÉ]\w+)"
)
#: Names that stand after such a word and are no method of ours: places, bodies, laws of chance.
NO_METHOD = {"Poisson", "Bernoulli"}


def prose(path):
    """Return the prose of a notebook: Markdown, narrative cells."""
    cells = read_notebook(path).cells
    told = [c.source for c in cells if c.cell_type == "markdown" or "%%narrative" in c.source[:20]]
    return re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", "\n".join(told), flags=re.DOTALL)


def keywords(entry):
    return entry["keywords"].split(", ")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_cites_the_reference_of_each_method_that_it_names(path):
    text = prose(path)
    cited = set(CITATION.findall(text))
    assert cited <= set(REFERENCES)
    named = {
        key
        for key, entry in REFERENCES.items()
        if any(re.search(rf"\b{re.escape(word)}", text) for word in keywords(entry))
    }
    assert named <= cited
    known = {word for entry in REFERENCES.values() for word in keywords(entry)}
    assert {name for name in _NAMED.findall(text) if name not in NO_METHOD | known} == set()


def test_a_named_method_without_a_reference_would_be_found():
    assert _NAMED.findall("la méthode de Bonferroni, ceux de Wald") == ["Bonferroni", "Wald"]


def test_each_reference_is_cited_and_they_stand_in_order():
    cited = {key for path in NOTEBOOKS for key in CITATION.findall(prose(path))}
    assert cited == set(REFERENCES)
    assert list(REFERENCES) == sorted(REFERENCES)


@pytest.mark.parametrize("key", REFERENCES)
def test_a_reference_is_complete(key):
    entry = REFERENCES[key]
    assert re.fullmatch(r"1[89]\d\d|20\d\d", entry["year"]) and key.endswith(entry["year"])
    assert "publisher" in entry or re.fullmatch(r"10\.\d{4,}/\S+", entry["doi"])
    assert all(", " in name for name in entry["author"].split(" and "))


def test_a_citation_leads_to_the_list_at_the_end_and_the_list_to_the_doi():
    book = sample_notebook(hostile=False)
    book.cells.append(markdown("more", "Intervalles de Wilson [@wilson1927] et [@mackenzie2002]."))
    page = export(book, sample_context(references=REFERENCES))
    assert 'Wilson (<a href="#ref-wilson1927">Wilson, 1927</a>) et' in page
    assert '<a href="#ref-mackenzie2002">MacKenzie et coll., 2002</a>' in page
    listed = page.partition('<h2 id="references">')[2].partition("</section>")[0]
    assert re.findall(r'id="ref-(\w+)"', listed) == ["mackenzie2002", "wilson1927"]
    assert "https://doi.org/10.1890/0012-9658%282002%29083%5B2248%3AESORWD%5D2.0.CO%3B2" in listed
    assert "MacKenzie D. I., Nichols J. D." in listed and "et Langtimm C. A. (2002)" in listed


def test_an_unknown_key_is_refused_with_its_cell():
    book = sample_notebook(hostile=False)
    book.cells.append(markdown("more", "Comme on sait [@nobody1999]."))
    with pytest.raises(UserError, match=r"cell 'more': no reference is called 'nobody1999'"):
        export(book, sample_context(references=REFERENCES))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("@article{a1999,\n  author = {A, B.},\n  year = {1999},\n}\n", "'a1999', has no title"),
        ("@article{a1999, author = {A}}\n", "cannot be read from '@article"),
        ("@book{a1999,\n  title = {The {GNU} book},\n}\n", "without braces"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, text, problem):
    path = tmp_path / "references.bib"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(problem)):
        read_references(path)
