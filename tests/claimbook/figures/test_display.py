"""A figure or a table cannot exist without its words, and hostile data stay text."""

import base64
from types import SimpleNamespace
from xml.etree import ElementTree

import bs4
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from claimbook import CLAIMS_MIME, figures
from claimbook.figures.display import from_jupyter
from claimbook.prose import say

WORDS = {
    "alt": "Diagramme en barres de la part des opérateurs par service ; la paie domine avec 90 %.",
    "caption": "La paie domine",
    "reading": "Neuf opérateurs sur dix offrent la paie.",
    "scope": "Opérateurs documentés.",
    "source": "Base de preuves publiques.",
}
FRAME = pd.DataFrame({"Service": ["Paie", "Achats"], "Part": [0.9, 0.385], "Nombre": [1234, 2]})


@pytest.fixture(autouse=True)
def no_figure_left():
    yield
    plt.close("all")


def drawing(label="Paie", **axes):
    figures.use_style()
    fig, ax = plt.subplots()
    ax.barh([label, "Achats"], [0.9, 0.4], hatch="//")
    ax.set(**axes)
    return fig


def show(fig=None, **changes):
    return figures.figure(fig or drawing(), **{"name": "parts", "data": FRAME, **WORDS, **changes})


def tree_of(display):
    return bs4.BeautifulSoup(display.html, "html.parser")


def test_a_figure_shows_its_words_and_its_data():
    display = show(formats={"Part": "percent"}, subtitle="Part des opérateurs, par service")
    tree, bundle = tree_of(display), display._repr_mimebundle_()
    assert (tree.svg["role"], tree.svg["aria-label"]) == ("img", WORDS["alt"])
    assert tree.figcaption.find(class_="caption").text == WORDS["caption"]
    assert tree.figcaption.find(class_="subtitle").text.startswith("Part des")
    assert tree.find("figcaption").find_next("svg") is tree.svg
    notes = tree.find(class_="notes").get_text(" ")
    assert all(word in notes for word in ("Lecture", "Champ", "Source", WORDS["reading"]))
    cells = [cell.text for cell in tree.find_all("tr")[2].find_all(["th", "td"])]
    assert cells == ["Achats", "39\xa0%", "2"]
    assert tree.find("a", download=True)["download"] == "parts.csv"
    assert from_jupyter(bundle["text/html"]) == display.html
    assert bundle["text/plain"] == f"{WORDS['caption']}\n{WORDS['alt']}"
    assert CLAIMS_MIME not in bundle


def test_in_jupyter_a_drawing_is_an_image_and_text_is_to_the_left():
    # JupyterLab takes SVG and style sheets from a notebook that it does not trust.
    display = show()
    tree = bs4.BeautifulSoup(display._repr_mimebundle_()["text/html"], "html.parser")
    assert tree.svg is None and tree.img["alt"] == WORDS["alt"]
    kind, _, content = tree.img["src"].partition(";base64,")
    assert kind == "data:image/svg+xml"
    image = ElementTree.fromstring(base64.b64decode(content))
    assert image.tag == "{http://www.w3.org/2000/svg}svg"
    text, number = tree.find_all("tr")[1].find_all(["th", "td"])[:2]
    assert text["style"] == "text-align: left" and "style" not in number.attrs


def test_the_same_figure_gives_the_same_bytes_and_is_closed():
    first, second = show().html, show().html
    assert first == second and "<metadata" not in first
    assert plt.get_fignums() == []


def test_ids_of_two_drawings_cannot_clash():
    one, two = (tree_of(show(name=name)) for name in ("un", "deux"))
    ids = [{e["id"] for e in tree.find_all(id=True)} for tree in (one, two)]
    assert not ids[0] & ids[1]
    assert {e["href"][1:] for e in one.svg.find_all(href=True)} <= ids[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        *(({"alt": alt}, "parts: alt") for alt in ("  ", "Graphique", "une image", "carte.png")),
        ({"caption": WORDS["alt"] + " "}, "repeats the caption"),
        *(({name: ""}, f"parts: {name}") for name in ("caption", "reading", "scope", "source")),
        *(({"scope": text}, "parts: scope") for text in (" – ", None, 3)),
        *(({"name": name}, "slug") for name in ("", "Parts", "a b", "a--b", "é", None)),
        ({"data": FRAME.iloc[:0]}, "empty"),
        ({"data": FRAME.rename(columns={"Part": " "})}, "column 2 has an empty heading"),
        ({"data": FRAME.rename(columns={"Part": "Nombre"})}, "two columns are named"),
        ({"data": FRAME.set_axis([5, 6], axis=0)}, "name the index"),
        ({"data": pd.concat({"a": FRAME}, axis=1)}, "2 levels"),
        ({"data": [1, 2]}, "DataFrame"),
        ({"formats": {"Parts": "percent"}}, "formats names no column: Parts"),
        ({"formats": {"Part": "percnt"}}, "no style 'percnt'"),
        ({"fig": plt.figure}, "draws nothing"),
        ({"fig": SimpleNamespace}, "not SimpleNamespace"),
        ({"fig": lambda: drawing(xscale="log")}, "format_axis"),
        ({"fig": lambda: drawing("a\x00b")}, "control character"),
    ],
)
def test_what_no_reader_could_follow_is_refused(changes, message):
    fig = changes.pop("fig", drawing)()
    with pytest.raises(ValueError, match=message):
        show(fig, **changes)


def test_format_axis_writes_ticks_in_french_and_axes_are_figures_too():
    axes = drawing("Chargé d'accueil").axes[0]
    figures.format_axis(axes.xaxis, "percent", digits=0)
    html = show(fig=axes).html
    assert ">20\xa0%</text>" in html and ">Chargé d’accueil</text>" in html


def test_claims_of_every_text_travel_with_the_figure_once():
    part = say("{{ part | percent }}", {"part": 0.385})
    bundle = show(reading=part, scope=part)._repr_mimebundle_()
    assert bundle[CLAIMS_MIME] == {"claims": part.claims}
    assert bundle["text/html"].count(part.__html__()) == 2


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '" onload="alert(1)', "$a_b^2$ & $", "&lt;b&gt;"]
)
def test_hostile_text_is_shown_as_text_everywhere(text):
    frame, alt = pd.DataFrame({text: [text, "b"]}), f"{text} et cinq autres mots pour décrire"
    words = dict.fromkeys(["caption", "reading", "scope", "source"], text)
    fig = drawing(text, title=text, xlabel=text)
    tree = tree_of(show(fig=fig, data=frame, alt=alt, **words))
    assert tree.svg["aria-label"] == alt
    assert [tree.find(class_="caption").text, tree.thead.th.text, tree.tbody.th.text] == [text] * 3
    assert [t.text for t in tree.svg.find_all("text")].count(text) == 3
    assert not tree.find_all(["script", "style", "b"], class_=False)
    assert not [e for e in tree.find_all(True) for a in e.attrs if a.startswith("on")]
