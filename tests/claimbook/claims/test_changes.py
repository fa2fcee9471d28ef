import bs4

from claimbook.claims import changes_fragment, compare, render_text
from claimbook.claims.compare import Comparison
from tests.claimbook.claims.books import claim, stated
from tests.loading import cases

OLD = [claim("a", 0.38, sentence="La part est de 38 %."), claim("d", 1.0, sentence="Une fin.")]
NEW = [claim("a", 0.41, sentence="La part est de 41 %."), claim("c", 1.0, sentence="Un début.")]


def rows(fragment):
    """Return the rows of every table, as texts of cells."""
    found = bs4.BeautifulSoup(fragment, "html.parser").find_all("tr")
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in found]


def test_nothing_changed_is_said_in_one_sentence():
    assert render_text(Comparison()) == "Rien n’a changé.\n"
    assert changes_fragment(Comparison()) == "<p>Rien n’a changé.</p>\n"


def test_text_gives_sentences_before_and_after():
    told = render_text(compare(OLD, NEW)).replace("\u00a0", " ")
    assert told == cases(__file__)["changes"]


def test_the_page_sets_sentences_side_by_side_and_marks_the_words_that_differ():
    fragment = changes_fragment(compare(OLD, NEW), titles={"04_typology": "Les classes"})
    assert ["valeur changée", "La part est de 38 %.", "La part est de 41 %."] in rows(fragment)
    assert ["nouvelle valeur", "—", "Un début."] in rows(fragment)
    assert "de <del>38 </del>%" in fragment and "de <ins>41 </ins>%" in fragment
    assert "<h2>Les classes</h2>" in fragment


def test_a_change_that_rounding_hides_shows_values_that_differ():
    values = (0.38501234567, 0.38534567891)
    old, new = (claim(value=value, sentence="38,5 %.") for value in values)
    text = render_text(compare([old], [new]))
    assert "0,385]" in text and "0,3853]" in text and "dans sa tolérance" in text


def test_each_statement_of_a_value_is_listed():
    old, new = (stated(value, f"{value} ici.", f"{value} là.") for value in (1.0, 2.0))
    text = render_text(compare([old], [new]))
    assert "2.0 ici." in text and "2.0 là." in text and text.startswith("1\u00a0valeur changée.")


def test_hostile_sentences_stay_text_in_the_page():
    hostile = "<script>x</script> & \"'"
    old, new = claim(sentence=hostile, value=1.0), claim(sentence=f"{hostile} <b>y</b>", value=2.0)
    fragment = changes_fragment(compare([old], [new]), {"04_typology": hostile})
    assert not bs4.BeautifulSoup(fragment, "html.parser").find_all(["script", "b"])
    assert hostile in rows(fragment)[1][1]
