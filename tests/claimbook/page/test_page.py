"""The page of a notebook: its parts, its words, and nothing that runs, loads or says nothing."""

import base64
import json
import re

import bs4
import nbformat
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter
from IPython.display import HTML, SVG, Image, Latex
from matplotlib.figure import Figure
from nbconvert.exporters import get_exporter
from nbformat import v4

from claimbook.errors import UserError
from claimbook.figures.svg import contrast
from claimbook.page import (
    ReportExporter,
    answer_of,
    export,
    index_entry,
    key_figures,
    render_index,
    render_page,
)
from claimbook.page.markup import plain_to_html
from claimbook.page.pages import FOLDER, STYLE
from tests.claimbook.page.checks import check
from tests.claimbook.page.sample import (
    HOSTILE,
    code,
    figure_first_notebook,
    markdown,
    sample_context,
    sample_notebook,
)
from tests.loading import cases

CASES = cases(__file__)
FAILED = v4.new_output("error", ename="KeyError", evalue="'x'", traceback=["/x.py"])
CLOSED = re.compile("^default-src 'none'; style-src 'unsafe")
PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(8)


def tree_of(html):
    return bs4.BeautifulSoup(html, "html.parser")


def sample(**changes):
    return tree_of(export(sample_notebook(), sample_context(**changes)))


@pytest.fixture(scope="module")
def page():
    return export(sample_notebook(), sample_context())


@pytest.fixture(scope="module")
def tree(page):
    return tree_of(page)


def small(*cells, **context):
    title = markdown("title", "# Titre\n\nQuestion ?")
    return tree_of(export(v4.new_notebook(cells=[title, *cells]), context)).main


def stream(text):
    return v4.new_output("stream", name="stdout", text=text)


def result(data, metadata=None):
    return v4.new_output("execute_result", data, metadata=metadata or {}, execution_count=1)


def displayed(thing):
    """Return the output of an expression as a kernel stores it."""
    data, metadata = DisplayFormatter().format(thing)
    binary = {k: base64.b64encode(v).decode() for k, v in data.items() if isinstance(v, bytes)}
    return result({**data, **binary}, metadata)


@pytest.mark.parametrize("hostile", [True, False])
def test_the_page_breaks_no_rule_and_keeps_its_bytes(page, hostile):
    assert export(sample_notebook(), sample_context()) == page
    notebook = sample_notebook(hostile=hostile)
    assert check(export(notebook, sample_context(simulated=True, internal=True))) == []
    assert check(export(notebook)) == []


@pytest.mark.parametrize(("before", "after", "problem"), CASES["faults"])
def test_the_rules_find_a_fault(page, before, after, problem):
    assert before in page
    assert any(problem in found for found in check(page.replace(before, after)))


def test_the_head_says_what_the_page_is(tree):
    assert tree.html["lang"] == "fr"
    assert tree.title.text.startswith("Que font les opérateurs\u202f? – ")
    meta = {m.get("name", "policy"): m["content"] for m in tree.select("meta[content]")}
    assert meta["description"].startswith("Les opérateurs documentés offrent 38,5\xa0% des")
    assert tree.find("meta", attrs={"http-equiv": "Content-Security-Policy", "content": CLOSED})
    assert json.loads(meta["opsn-stamp"])["notebook"] == "9f86d081"


def test_the_parts_of_a_page_are_there_in_order(tree):
    order = [e.get("class", [e.name])[0] for e in tree.main.find_all(recursive=False)]
    assert order[:3] == ["h1", "lead", "answer"]
    assert " ".join(e["href"][1:] for e in tree.select("nav.wide a")) == (
        "donnees resultats par-service par-operateur methode-et-limites citer provenance textes"
    )
    around = [tree.find("a", rel=rel)["href"] for rel in ("prev", "next")]
    assert around == ["00_avant.html", "02_apres.html"]
    provenance = tree.find(id="provenance").parent
    assert all(x in provenance.text for x in ("Licence Ouverte 2.0", "9f86d081", "pandas 3.1"))
    assert provenance.select_one('[lang="en"]').text.startswith("Public pages")
    assert tree.find(class_="limits").h2["id"] == "methode-et-limites"


def test_each_value_leads_to_its_cell_and_back(tree):
    values = tree.select("a.claim")
    assert [v.text for v in values] == ["38,5\xa0%", HOSTILE[0], "38,5\xa0%"]
    cell = tree.find(id="cell-coverage")
    assert cell.find_parent("details").summary.text == "Code de la cellule «\xa0coverage\xa0»"
    for value in values:
        assert value["href"] == "#cell-coverage"
        assert value.text in cell.find("a", href="#" + value["id"])["aria-label"]
    # Where no cell computed it, it leads to the text that states it.
    book = sample_notebook()
    book.cells = [cell for cell in book.cells if cell.id != "coverage"]
    alone = tree_of(export(book, sample_context()))
    assert alone.select_one(".answer a.claim")["href"] == "#cell-answer"
    assert len(cell.select('.ways a[href="#couverture-donnees"]')) == 1


def test_hostile_values_are_text_in_the_page(page, tree):
    assert "<script" not in page
    assert [th.text for th in tree.select("#couverture tbody th")] == list(HOSTILE)
    assert not tree.find_all("a", href=re.compile("javascript", re.IGNORECASE))
    assert "<script>" in answer_of(sample_notebook())


@pytest.mark.parametrize("source", CASES["hostile"])
def test_an_author_cannot_bring_in_what_runs_or_loads(source):
    main = small(markdown("x", source))
    assert not main.find_all(["script", "iframe", "style", "form"])
    assert "javascript" not in str(main).replace("\n", "")
    assert not main.find_all(attrs={"onclick": True})


@pytest.mark.parametrize(("source", "problem"), CASES["refused"])
def test_what_markdown_cannot_show_is_refused_with_the_name_of_the_cell(source, problem):
    cell = markdown("schema", source)
    with pytest.raises(UserError, match=f"essai, cell 'schema': .*{problem}.* Remedy: "):
        small(cell, name="essai")


@pytest.mark.parametrize(
    "output",
    [
        displayed(pd.DataFrame({"a": [1]}).style),
        displayed(Figure()),
        displayed([Figure().subplots()]),
        displayed(SVG("<svg xmlns='http://www.w3.org/2000/svg'/>")),
        displayed(Image(PIXEL, format="png")),
        displayed(Latex("$x$")),
        displayed(HTML("<b>x</b>")),
        displayed(object()),
        displayed([object()]),
        stream("<a.B object at 0x7f0011>\n"),
        result({"text/markdown": "Voici &#60;a.B object at 0x7f0011&#62;."}),
        FAILED,
    ],
)
def test_an_object_without_text_and_an_error_are_refused_with_the_name_of_their_cell(output):
    with pytest.raises(UserError, match="cell 'odd': it"):
        small(code("odd", "x", output))
    if output is FAILED:
        main = small(code("odd", "x", output, tags=["raises-exception"]))
        assert main.find("pre", class_="error").text == "KeyError: 'x'"


def test_other_output_is_plain_text():
    frame = pd.DataFrame({"valeur": [1, 22]})
    forged = '<div class="opsn tabular" id="x"><script>1</script></div>'
    cells = [
        code("frame", "frame", displayed(frame)),
        code("printed", "print(frame)", stream(f"\n{frame}\n")),
        code("forged", "print(x)", stream(forged)),
    ]
    texts = [pre.text for pre in small(*cells).find_all("pre", class_="stdout")]
    assert texts == [str(frame), str(frame), forged]


@given(st.text())
@example("\x1b[1;31mab\x08c\x00\x1b[0m\r\nfin\ud800")
def test_any_text_becomes_a_page(text):
    html = str(plain_to_html(text))
    assert {element.name for element in tree_of(f"<p>{html}</p>").find_all(True)} <= {"p", "span"}
    page = render_page("Titre", html)
    # A notebook is a file in UTF-8: its source holds no half of a character.
    cells = [code("x", text.replace("\ud800", ""), stream(text), result({"text/plain": text}))]
    export(v4.new_notebook(cells=cells)).encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", page)


def test_french_spaces_apostrophes_and_english_terms_are_set_in_prose_alone():
    source = "## L'essai : un notebook !\n\n`a : b` et `l'x` ; *fin* : 3 %"
    main = small(markdown("x", source), markdown("y", 'Un <span lang="en">data portal</span>.'))
    assert main.h2.text == "L’essai\xa0: un notebook\u202f!"
    assert [span.text for span in main.select("span[lang]")] == ["notebook", "data portal"]
    assert [c.text for c in main.select("p code")] == ["a : b", "l'x"]
    assert "\u202f; fin\xa0: 3\xa0%" in main.text
    again = small(markdown("x", "# Suite\n\n## Suite\n\n## Citer\n\n`$x$`, 5 \\$ ou 6 \\$"))
    assert [h["id"] for h in again.find_all(["h1", "h2"])[1:]] == ["suite", "suite-2", "citer-2"]
    assert "$x$, 5 $ ou 6 $" in again.text


def test_simulated_data_are_announced_at_the_top_and_in_the_title(page):
    for tree in (sample(simulated=True), tree_of(render_index([], {"simulated": True}))):
        assert tree.title.text.startswith("DONNÉES SIMULÉES")
        assert tree.header.find(class_="simulated").text.startswith("DONNÉES SIMULÉES")
    assert "SIMULÉES" not in page


def test_code_is_folded_at_the_end_of_its_section_or_of_the_page(tree):
    assert tree.select_one("#cell-coverage code").text.startswith("# share of operators")
    assert not tree.select("details[open]")
    for folds in tree.select("main > .folds"):
        following = folds.find_next_sibling()
        assert following.h2 or following.name == "h2" or "back-matter" in following["class"]
    folds = tree.select("main > .folds")
    folded = [" ".join(e["id"] for e in fold.select(".evidence")) for fold in folds]
    assert folded == ["cell-imports", "cell-coverage", "cell-bars cell-table"]
    two = markdown("x", "## Un"), code("y", "y = 1"), markdown("z", "Fin.\n\n## Deux\n\nMot.")
    names = [e.name for e in small(*two).find_all(recursive=False)]
    assert " ".join(names).endswith("h2 p div h2 p")
    assert small(*two[:2]).find_all(recursive=False)[-1]["class"] == ["folds"]


def test_the_answer_then_the_first_figure_stand_before_everything_else():
    main = tree_of(export(figure_first_notebook(), sample_context())).main
    parts = [e.get("class", [e.name])[0] for e in main.find_all(recursive=False)]
    assert parts[:7] == ["h1", "lead", "answer", "hint", "opsn", "folds", "h2"]


def test_the_sections_of_a_brief_are_parts_that_can_stand_side_by_side():
    book = figure_first_notebook()
    book.metadata["opsn"] = {"kind": "brief"}
    tree = tree_of(export(book, sample_context()))
    parts = tree.select("body.brief main > .part")
    assert parts[0].select_one(":scope > .plotted") and parts[1].h2
    assert not tree.select("main > h2, main > .opsn, main > .folds")


def test_paper_names_every_source_once_and_the_accessible_page():
    source = sample_context()["sources"][0]
    told = sample(sources=[source, source]).select_one("main > .paper").text
    assert told.count(source["publisher"]) == 1 and "essai.html" in told


def test_the_exporter_is_registered_and_reads_a_file(tmp_path):
    assert get_exporter("opsn_report") is ReportExporter
    path = tmp_path / "essai.ipynb"
    nbformat.write(sample_notebook(), path)
    page, resources = ReportExporter().from_filename(str(path))
    assert resources["output_extension"] == ".html"
    assert str(tmp_path) not in page


def test_the_index_lists_the_collection():
    books = {"Comprendre": sample_notebook(), "Comparer": sample_notebook(hostile=False)}
    entries = [index_entry(book, f"{group}.html", group=group) for group, book in books.items()]
    links = [{"href": "changes.html", "title": "Changements"}]
    numbers = [{"text": "39 %", "sentence": "39 % des opérateurs <b> : voir."}]
    page = render_index(entries, sample_context(lead="Un.", links=links, numbers=numbers))
    tree = tree_of(page)
    assert check(page) == []
    assert [h.text for h in tree.select(".group > h2")] == list(books)
    assert [a["href"] for a in tree.select(".cards h3 a")] == ["Comprendre.html", "Comparer.html"]
    finding = tree.select_one(".cards h3").text
    assert finding.endswith("offrent 38,5\xa0% des services\xa0: c’est peu.")
    assert tree.select_one(".cards .question").text.startswith("Que font les opérateurs")
    assert HOSTILE[0] in tree.select_one(".cards svg").get_text()
    assert len(tree.select(".cards svg[aria-hidden=true]")) == 2
    assert tree.select_one(".keys li").text == "39 % 39\xa0% des opérateurs <b>\xa0: voir."
    assert tree.select_one(".links a")["href"] == "changes.html"


def test_key_figures_are_the_first_numbers_of_the_sentences_told_once():
    def claim(kind, text, sentence, cell="reading", value=1):
        said = {"cell": cell, "sentence": sentence, "text": text}
        return {"kind": kind, "value": value, "statements": [said]}

    claims = [
        claim("count", "s", "Masqué.", value={"masked": "s"}),
        claim("count", "1", "Ailleurs.", "bars"),
        claim("count", "1", "Ailleurs.", "answer"),
        claim("share", "38 %", "38 % de 66."),
        claim("count", "66", "38 % de 66."),
        claim("name", "Un", "Un nom."),
        *(claim("count", str(n), f"Est-ce {n} ?") for n in range(1, 6)),
    ]
    found = key_figures(sample_notebook(), claims)
    assert [f"{f['text']}: {f['sentence']}" for f in found] == [
        "38 %: de 66.",
        *(f"{n}: Est-ce {n} ?" for n in (1, 2, 3)),
    ]


def test_a_page_without_notebook_has_the_same_frame():
    head = "<thead><tr><th scope='col'>A</th><th scope='col'>B</th></tr></thead>"
    rows = "<tbody><tr><th scope='row'>a</th><td>b</td></tr></tbody>"
    table = f"<table><caption>Écarts</caption>{head}{rows}</table>"
    page = render_page("Changements", f"<h2>Avant</h2><p>Un : deux</p>{table}", sample_context())
    tree = tree_of(page)
    assert check(page) == []
    assert tree.select_one("nav.wide a")["href"] == "#avant"
    assert tree.find(role="region")["aria-labelledby"] == tree.caption["id"]
    assert "Un\xa0: deux" in tree.main.text
    assert tree.td["data-label"] == "B"


def test_a_download_begins_with_what_it_is_and_how_to_cite_it():
    def saved(notice):
        links = sample(notice=notice).find_all("a", download=True)
        content = {a["download"]: a["href"].partition("base64,")[2] for a in links}
        return {name: base64.b64decode(text).decode("utf-8-sig") for name, text in content.items()}

    notice = {"Licence": "Licence Ouverte 2.0", "Date": "2026-11-23", "Citation": "Équipe (2026)."}
    plain, told = saved(None), saved(notice)
    assert plain.keys() == told.keys() == {"couverture.csv", "operateurs.csv"}
    for name, text in told.items():
        lines = text.splitlines()[:5]
        labels = [line.lstrip('"# ').partition("\N{NO-BREAK SPACE}:")[0] for line in lines]
        assert labels == ["Titre", "Source", "Licence", "Date", "Citation"]
        assert lines[1].endswith("Données inventées pour les essais.")
        assert text.removeprefix("\r\n".join([*lines, ""])) == plain[name]


def test_a_page_tells_reference_managers_how_to_cite_it():
    metas = {"citation_author": ["A", "B"], "citation_language": ["fr"]}
    found = [m["content"] for m in sample(metas=metas).select("meta[name^=citation_]")]
    assert found == ["Que font les opérateurs\N{NARROW NO-BREAK SPACE}?", "A", "B", "fr"]


def test_the_frame_of_an_english_page_is_english():
    book = sample_notebook(hostile=False)
    book.metadata["opsn"]["language"] = "en"
    page = export(book, sample_context(metas={"citation_author": ["A"]}))
    tree = tree_of(page)
    assert check(page) == [] and tree.html["lang"] == "en"
    assert tree.select_one("meta[name=citation_language]")["content"] == "en"
    assert tree.find(id="reponse").text == "Answer"
    assert tree.find(id="citer").find_next("p")["lang"] == "fr"
    assert tree.select_one(".back a")["aria-label"].startswith("Back to the value")
    assert tree.summary.text == "Contents"


def test_links_and_downloads_have_the_file_names_of_the_edition():
    book = sample_notebook()
    book.cells.append(markdown("liens", "[lire](05.ipynb#contenu), [ailleurs](autre.html)"))
    files = {"05.html": "MARQUE-05.html"}
    tree = tree_of(export(book, sample_context(file_mark="MARQUE-", files=files)))
    links = {a.text: a["href"] for a in tree.main.find_all("a", href=True)}
    assert (links["lire"], links["ailleurs"]) == ("MARQUE-05.html#contenu", "autre.html")
    names = [a["download"] for a in tree.find_all("a", download=True)]
    assert names == ["MARQUE-couverture.csv", "MARQUE-operateurs.csv"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_reaches_the_contrasts_of_wcag(theme):
    css = (FOLDER / STYLE).read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, flags=re.DOTALL)
    shown = "".join(blocks[: 1 if theme == "light" else 2])
    colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", shown))
    pairs = [(text, on) for text in ("ink", "soft", "accent") for on in ("paper", "card", "wash")]
    for text, on in [*pairs, ("alert", "alert-wash"), ("ink", "mark")]:
        assert contrast(colour[text], colour[on]) >= 4.5, (text, on)
    assert contrast(colour["line"], colour["paper"]) >= 3
