import bs4
from test_compare import claim

from claimbook.claims import changes_fragment, compare, moved, render_text
from claimbook.claims.changes import NOTHING, Move, summary
from claimbook.claims.compare import Comparison


def cells(fragment):
    """Rows of every table, as text."""
    rows = bs4.BeautifulSoup(fragment, "html.parser").find_all("tr")
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in rows]


OLD = [
    claim("a", 0.38, sentence="La part est de 38 %."),
    claim("b", 2.0, sentence="Deux classes."),
    claim("d", 1.0, sentence="Une fin."),
]
NEW = [
    claim("a", 0.41, sentence="La part est de 41 %."),
    claim("b", 2.0, sentence="On voit deux classes."),
    claim("c", 1.0, sentence="Un début."),
]


def test_nothing_changed_is_said_in_one_sentence():
    assert render_text(Comparison()) == NOTHING + "\n" == "Rien n’a changé.\n"
    assert changes_fragment(Comparison()) == "<p>Rien n’a changé.</p>\n"


def test_text_tells_sentences_before_and_after():
    first, *lines = render_text(compare(OLD, NEW)).splitlines()
    assert first.replace("\u00a0", " ") == (
        "1 valeur changée, 1 phrase changée, 1 nouvelle valeur et 1 valeur disparue."
    )
    assert lines == [
        "",
        "04_typology",
        "- valeur changée",
        "  Avant\u00a0: La part est de 38 %.",
        "  Après\u00a0: La part est de 41 %.",
        "- phrase changée",
        "  Avant\u00a0: Deux classes.",
        "  Après\u00a0: On voit deux classes.",
        "- nouvelle valeur",
        "  Après\u00a0: Un début.",
        "- valeur disparue",
        "  Avant\u00a0: Une fin.",
    ]


def test_the_page_sets_sentences_side_by_side_and_marks_the_words_that_differ():
    fragment = changes_fragment(compare(OLD, NEW), titles={"04_typology": "Les classes"})
    assert ["valeur changée", "La part est de 38 %.", "La part est de 41 %."] in cells(fragment)
    assert ["nouvelle valeur", "—", "Un début."] in cells(fragment)
    assert "de <del>38 </del>%" in fragment and "de <ins>41 </ins>%" in fragment
    assert "<h2>Les classes</h2>" in fragment


def test_a_change_that_rounding_hides_shows_its_values_in_full():
    old, new = claim(value=0.3850, sentence="38,5 %."), claim(value=0.3853, sentence="38,5 %.")
    text = render_text(compare([old], [new]))
    assert "0,385]" in text and "0,3853]" in text and "dans sa tolérance" in text


def test_hostile_sentences_stay_text_in_the_page():
    hostile = "<script>x</script> & \"'"
    fragment = changes_fragment(
        compare(
            [claim(sentence=hostile, value=1.0)], [claim(sentence=f"{hostile} <b>y</b>", value=2.0)]
        ),
        [Move(hostile, hostile, "b")],
        {"04_typology": hostile},
    )
    assert not bs4.BeautifulSoup(fragment, "html.parser").find_all(["script", "b"])
    assert [hostile, hostile, "b"] in cells(fragment)


def test_operators_that_changed_class_are_found():
    assert moved({"a": "1", "b": "1", "c": "2"}, {"a": "1", "b": "2", "d": "2"}) == [
        Move("b", "1", "2"),
        Move("c", "2", None),
        Move("d", None, "2"),
    ]
    fragment = changes_fragment(Comparison(), [Move("b", "1", None)])
    assert ["b", "1", "hors classe"] in cells(fragment) and "Rien" not in fragment


def test_each_statement_of_a_value_is_told():
    def stated(value):
        said = [
            {"cell": "x", "sentence": f"{value} {word}.", "text": str(value)}
            for word in ("ici", "là")
        ]
        return claim(value=value, sentence=said[0]["sentence"], statements=said)

    text = render_text(compare([stated(1.0)], [stated(2.0)]))
    assert "2.0 ici." in text and "2.0 là." in text
    assert summary(compare([stated(1.0)], [stated(2.0)])).startswith("1\u00a0valeur changée")
