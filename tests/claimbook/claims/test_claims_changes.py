from html.parser import HTMLParser

from test_claims_compare import claim

from claimbook.claims import (
    NOTHING,
    Comparison,
    Move,
    changes_fragment,
    compare,
    failures,
    moved,
    render_text,
    summary,
)


class Cells(HTMLParser):
    """Rows of every table, as text."""

    def __init__(self):
        super().__init__()
        self.rows, self.inside, self.tags = [], False, set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            self.rows[-1][-1] += data


def cells(fragment):
    parser = Cells()
    parser.feed(fragment)
    return parser


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
    assert render_text(compare(OLD, NEW), [Move("Soluris", "Noyau", None)]).splitlines() == [
        "1\u00a0valeur changée, 1\u00a0phrase changée, 1\u00a0nouvelle valeur et 1\u00a0valeur disparue.",
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
        "",
        "Opérateurs qui ont changé de classe",
        "- Soluris (Noyau → hors classe)",
    ]


def test_the_page_sets_sentences_side_by_side_and_marks_the_words_that_differ():
    fragment = changes_fragment(compare(OLD, NEW), titles={"04_typology": "Les classes"})
    assert ["valeur changée", "La part est de 38 %.", "La part est de 41 %."] in cells(
        fragment
    ).rows
    assert ["nouvelle valeur", "—", "Un début."] in cells(fragment).rows
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
    parsed = cells(fragment)
    assert not parsed.tags & {"script", "b"}
    assert [hostile, hostile, "b"] in parsed.rows


def test_operators_that_changed_class_are_found():
    assert moved({"a": "1", "b": "1", "c": "2"}, {"a": "1", "b": "2", "d": "2"}) == [
        Move("b", "1", "2"),
        Move("c", "2", None),
        Move("d", None, "2"),
    ]
    assert "a changé" not in changes_fragment(Comparison(), [Move("b", "1", "2")])


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


def test_a_failing_claim_tells_its_sentence_before_and_after():
    found = failures(compare(OLD, NEW))
    assert found[("04_typology", "a")] == (
        "valeur changée\nAvant\u00a0: La part est de 38 %.\nAprès\u00a0: La part est de 41 %."
    )
    assert found[("04_typology", "c")] == "nouvelle valeur\nAprès\u00a0: Un début."
    assert found[("04_typology", "d")] == "valeur disparue\nAvant\u00a0: Une fin."
    assert ("04_typology", "b") not in found
