"""A figure or a table cannot exist without its words, and hostile data stay text."""

import base64
from types import SimpleNamespace

import bs4
import numpy as np
import pandas as pd
import pytest
from markupsafe import Markup, escape
from matplotlib import pyplot as plt

from claimbook import figures
from claimbook.figures.display import CLAIMS_TYPE, LAB_STYLE

WORDS = {
    "alt": "Diagramme en barres de la part des opérateurs par service ; la paie domine avec 90 %.",
    "caption": "La paie domine",
    "reading": "Neuf opérateurs sur dix offrent la paie.",
    "scope": "Opérateurs documentés.",
    "source": "Base de preuves publiques.",
}
TABLE_WORDS = {key: WORDS[key] for key in ("caption", "scope", "source")}
FRAME = pd.DataFrame({"Service": ["Paie", "Achats"], "Part": [0.9, 0.385], "Nombre": [1234, 2]})


@pytest.fixture(autouse=True)
def no_figure_left():
    yield
    plt.close("all")


class Said(str):
    """A text that carries claims, as ``claimbook.prose`` makes them."""

    claims = ({"id": "n/x", "text": "38,5 %"},)

    def __html__(self):
        return f'<a class="claim" data-claim="n/x">{escape(str(self))}</a>'


def drawing(label="Paie", **axes):
    figures.use_style()
    fig, ax = plt.subplots()
    ax.barh([label, "Achats"], [0.9, 0.4], hatch="//")
    ax.set(**axes)
    return fig


def show(**changes):
    arguments = {"fig": None, "name": "parts", "data": FRAME, **WORDS, **changes}
    arguments["fig"] = arguments["fig"] or drawing()
    return figures.figure(arguments.pop("fig"), **arguments)


def tree_of(display):
    return bs4.BeautifulSoup(display.html, "html.parser")


def test_a_figure_shows_its_words_and_its_data():
    tree = tree_of(show(formats={"Part": "percent"}))
    assert tree.svg["role"] == "img"
    assert tree.svg["aria-label"] == WORDS["alt"]
    assert tree.figcaption.find(class_="caption").text == WORDS["caption"]
    notes = tree.find(class_="notes").get_text(" ")
    assert all(
        word in notes for word in ("Lecture", "Champ", "Source", WORDS["reading"], WORDS["scope"])
    )
    assert [cell.text for cell in tree.find_all("tr")[2].find_all(["th", "td"])] == [
        "Achats",
        "38,5\xa0%",
        "2",
    ]
    assert tree.details.summary.text.startswith("Données de la figure")
    assert tree.find("a", download=True)["download"] == "parts.csv"


def test_the_same_figure_gives_the_same_bytes_without_date():
    first, second = show().html, show().html
    assert first == second
    assert "<metadata" not in first
    assert "Date" not in first


def test_text_stays_text_in_the_drawing():
    html = show(fig=drawing("Service du numérique")).html
    assert ">Service du numérique</text>" in html


def test_apostrophes_of_labels_are_set_and_the_download_keeps_the_data():
    frame = pd.DataFrame({"Service": ["Chargé d'accueil"], "Part": [0.5]})
    fig, ax = plt.subplots()
    ax.barh(["Chargé d'accueil"], [0.5])
    shown = show(fig=fig, data=frame)
    tree = tree_of(shown)
    assert "Chargé d’accueil" in tree.svg.get_text() and "Chargé d’accueil" in tree.table.get_text()
    download = tree.find("a", download=True)["href"].split("base64,")[1]
    assert "Chargé d'accueil" in base64.b64decode(download).decode("utf-8")


def test_ids_of_two_drawings_cannot_clash():
    one, two = (tree_of(show(name=name)) for name in ("un", "deux"))
    ids = [{e["id"] for e in tree.find_all(id=True)} for tree in (one, two)]
    assert not ids[0] & ids[1]
    for tree, known in zip((one, two), ids, strict=True):
        references = {e["href"][1:] for e in tree.svg.find_all(href=True)}
        assert references <= known


@pytest.mark.parametrize(
    "alt",
    [
        "",
        "  ",
        "figure",
        "Graphique",
        "une image de la figure",
        "couverture.png",
        "d41d8cd98f00b204",
        "Barres bleues",
    ],
)
def test_an_alternative_that_says_nothing_is_refused(alt):
    with pytest.raises(ValueError, match="parts: alt"):
        show(alt=alt)


def test_an_alternative_that_repeats_the_caption_is_refused():
    with pytest.raises(ValueError, match="repeats the caption"):
        show(caption=WORDS["alt"] + " ")


@pytest.mark.parametrize("missing", ["caption", "reading", "scope", "source"])
@pytest.mark.parametrize("text", ["", " – ", None, 3])
def test_a_figure_without_one_of_its_words_is_refused(missing, text):
    with pytest.raises(ValueError, match=f"parts: {missing}"):
        show(**{missing: text})


@pytest.mark.parametrize("missing", ["caption", "scope", "source"])
def test_a_table_without_one_of_its_words_is_refused(missing):
    with pytest.raises(ValueError, match=f"t: {missing}"):
        figures.table(FRAME, name="t", **{**TABLE_WORDS, missing: ""})


@pytest.mark.parametrize("name", ["", "Parts", "a b", "-a", "a--b", "é", "a/b", None])
def test_a_name_that_is_no_slug_is_refused(name):
    with pytest.raises(ValueError, match="slug"):
        figures.table(FRAME, name=name, **TABLE_WORDS)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (FRAME.iloc[:0], "empty"),
        (FRAME[[]], "empty"),
        (FRAME.rename(columns={"Part": " "}), "column 2 has an empty heading"),
        (FRAME.rename(columns={"Part": "Nombre"}), "two columns are named"),
        (FRAME.set_axis([5, 6], axis=0), "name the index"),
        (pd.concat({"a": FRAME}, axis=1), "2 levels"),
        ([1, 2], "DataFrame"),
    ],
)
def test_data_that_no_reader_could_follow_are_refused(frame, message):
    with pytest.raises(ValueError, match=message):
        figures.table(frame, name="t", **TABLE_WORDS)


def test_a_format_for_an_unknown_column_or_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="formats names no column: Parts"):
        figures.table(FRAME, name="t", formats={"Parts": "percent"}, **TABLE_WORDS)
    with pytest.raises(ValueError, match="no format is named 'percnt'"):
        figures.table(FRAME, name="t", formats={"Part": "percnt"}, **TABLE_WORDS)
    with pytest.raises(ValueError, match="row_header 'Opérateur' is not a column"):
        figures.table(FRAME, name="t", row_header="Opérateur", **TABLE_WORDS)


def test_an_empty_drawing_or_no_drawing_is_refused():
    with pytest.raises(ValueError, match="draws nothing"):
        show(fig=plt.figure())
    with pytest.raises(ValueError, match="not SimpleNamespace"):
        show(fig=SimpleNamespace())


def test_a_tick_written_as_a_formula_is_refused():
    with pytest.raises(ValueError, match="format_axis"):
        show(fig=drawing(xscale="log"))


def test_format_axis_writes_ticks_in_french():
    fig = drawing()
    figures.format_axis(fig.axes[0].xaxis, "percent", digits=0)
    assert ">20\xa0%</text>" in show(fig=fig).html


def test_axes_and_seaborn_grids_are_figures_too():
    assert "<svg" in show(fig=drawing().axes[0]).html


def test_showing_a_figure_closes_it():
    plt.close("all")
    show()
    assert plt.get_fignums() == []


def test_a_table_has_scoped_headers_a_caption_and_a_focusable_region():
    tree = tree_of(figures.table(FRAME, name="t", row_header="Service", **TABLE_WORDS))
    assert tree.caption.text == WORDS["caption"]
    region = tree.find(role="region")
    assert region["tabindex"] == "0"
    assert tree.find(id=region["aria-labelledby"]).name == "caption"
    assert [th["scope"] for th in tree.thead.find_all("th")] == ["col"] * 3
    assert all(row.th["scope"] == "row" for row in tree.tbody.find_all("tr"))
    assert all(th.text.strip() for th in tree.find_all("th"))


def test_numbers_stand_on_the_right_and_in_french():
    frame = FRAME.assign(Part=[-0.5, np.nan], Année=[2020, 2021])
    tree = tree_of(figures.table(frame, name="t", formats={"Année": "year"}, **TABLE_WORDS))
    cells = [[td.text for td in row.find_all("td")] for row in tree.tbody.find_all("tr")]
    assert cells == [["−0,50", "1\u202f234", "2020"], ["n. d.", "2", "2021"]]
    assert all(td["class"] == ["n"] for td in tree.find_all("td"))


def test_a_named_index_becomes_the_row_header():
    tree = tree_of(figures.table(FRAME.set_index("Service"), name="t", **TABLE_WORDS))
    assert [th.text for th in tree.thead.find_all("th")] == ["Service", "Part", "Nombre"]
    assert tree.tbody.th.text == "Paie"


def test_a_long_table_scrolls_and_a_short_one_does_not():
    long = pd.DataFrame({"Rang": range(60)})
    assert (
        "long" in tree_of(figures.table(long, name="t", **TABLE_WORDS)).find(role="region")["class"]
    )
    assert (
        "long"
        not in tree_of(figures.table(FRAME, name="t", **TABLE_WORDS)).find(role="region")["class"]
    )


def test_downloads_can_be_withheld():
    assert "download" not in figures.table(FRAME, name="t", downloads=False, **TABLE_WORDS).html


def test_claims_of_every_text_travel_with_the_figure_once():
    display = show(reading=Said("La part vaut 38,5 %."), scope=Said("38,5 %"))
    bundle = display._repr_mimebundle_()
    assert bundle[CLAIMS_TYPE] == {"claims": [{"id": "n/x", "text": "38,5 %"}]}
    assert 'data-claim="n/x"' in bundle["text/html"]
    assert CLAIMS_TYPE not in show()._repr_mimebundle_()


def test_jupyter_gets_the_same_content_and_a_plain_form():
    display = show()
    bundle = display._repr_mimebundle_()
    assert bundle["text/html"] == LAB_STYLE + display.html
    assert bundle["text/plain"] == repr(display) == f"{WORDS['caption']}\n{WORDS['alt']}"


HOSTILE = [
    "<script>alert(1)</script>",
    "</style></svg></table><b>x</b>",
    '" onload="alert(1)',
    "[l](javascript:alert(1))",
    "$a_b^2$ & $",
    "<!-- x --> ]]>",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text_everywhere(text):
    padded = f"{text} et cinq autres mots pour décrire"
    frame = pd.DataFrame({text: [text, "b"], "N": [1, 2]})
    tree = tree_of(
        show(
            fig=drawing(text, title=text, xlabel=text),
            alt=padded,
            caption=text,
            reading=text,
            scope=text,
            source=text,
            data=frame,
        )
    )
    assert tree.svg["aria-label"] == padded
    assert tree.find(class_="caption").text == text
    assert tree.thead.th.text == text
    assert tree.tbody.th.text == text
    assert [t.text for t in tree.svg.find_all("text")].count(text) == 3
    assert not tree.find_all(["script", "style", "b"], class_=False)
    assert not [e for e in tree.find_all(True) for a in e.attrs if a.startswith("on")]


def test_html_of_a_plain_string_is_never_trusted_even_in_a_format():
    frame = pd.DataFrame({"A": ["x"]})
    html = figures.table(
        frame, name="t", formats={"A": lambda v: f"<i>{v}</i>"}, **TABLE_WORDS
    ).html
    assert "&lt;i&gt;x&lt;/i&gt;" in html
    assert Markup("<i>") not in html


def test_a_control_character_in_a_label_is_a_clear_error():
    with pytest.raises(ValueError, match="control character"):
        show(fig=drawing("a\x00b"))


def test_headings_of_a_wide_table_can_be_turned_on_paper():
    wide = pd.DataFrame([range(20)], columns=[f"Colonne {n}" for n in range(20)])
    region = tree_of(figures.table(wide, name="t", **TABLE_WORDS)).find(role="region")
    assert region["class"] == ["scroll", "wide"]
    assert region.find("th").span.text == "Colonne 0"
