"""The page of a notebook: its parts, its words, and nothing that runs or loads."""

import json
import re

import bs4
import nbformat
import pytest
from nbformat import v4

from claimbook.page import ReportExporter, answer_of, export, index_entry, render_index, render_page
from claimbook.page.checks import check
from claimbook.page.sample import HOSTILE, sample_context, sample_notebook


def tree_of(html):
    return bs4.BeautifulSoup(html, "html.parser")


@pytest.fixture(scope="module")
def page():
    return export(sample_notebook(), sample_context())


@pytest.fixture(scope="module")
def tree(page):
    return tree_of(page)


def small(*cells, **context):
    notebook = v4.new_notebook(
        cells=[v4.new_markdown_cell("# Titre\n\nQuestion ?", id="title"), *cells]
    )
    return export(notebook, context)


def code(source, *outputs, cell_id="cell", tags=()):
    return v4.new_code_cell(
        source, id=cell_id, outputs=list(outputs), metadata={"tags": list(tags)}
    )


def test_the_same_notebook_gives_the_same_bytes(page):
    assert export(sample_notebook(), sample_context()) == page
    assert page.endswith("</html>\n")


def test_the_page_breaks_none_of_our_rules(page):
    assert [str(finding) for finding in check(page)] == []


def test_the_head_says_what_the_page_is(tree):
    assert tree.html["lang"] == "fr"
    assert tree.title.text.startswith("Que font les opérateurs\u202f? – ")
    assert tree.find("meta", attrs={"name": "description"})["content"].startswith(
        "Les opérateurs documentés"
    )
    policy = tree.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert "script" not in policy
    assert (
        json.loads(tree.find("meta", attrs={"name": "opsn-stamp"})["content"])["notebook"]
        == "9f86d081"
    )


def test_the_answer_comes_right_after_the_title_and_the_question(tree):
    order = [e.get("class", [e.name])[0] for e in tree.main.find_all(recursive=False)]
    assert order[:3] == ["h1", "lead", "answer"]
    assert tree.find(class_="answer").p.text.startswith(
        "Les opérateurs documentés offrent 38,5\xa0% des services"
    )


def test_the_parts_of_a_page_are_there_in_order(tree):
    assert [e["href"] for e in tree.select("nav.wide a")] == [
        "#donnees",
        "#resultats",
        "#par-service",
        "#par-operateur",
        "#methode-et-limites",
        "#citer",
        "#provenance",
        "#textes",
    ]
    assert tree.find("a", class_="skip")["href"] == "#contenu"
    assert [e.name for e in tree.body.find_all(["header", "main", "footer"])] == [
        "header",
        "main",
        "footer",
    ]
    assert tree.find("a", rel="prev")["href"] == "00_avant.html"
    assert tree.find("a", rel="next")["href"] == "02_apres.html"
    provenance = tree.find(id="provenance").parent.get_text()
    assert all(word in provenance for word in ("Licence Ouverte 2.0", "9f86d081", "pandas 3.1"))
    assert tree.find(class_="limits").h2["id"] == "methode-et-limites"


def test_each_value_leads_to_its_cell_and_back(tree):
    values = tree.select("a.claim")
    assert [v.text for v in values] == ["38,5\xa0%", HOSTILE[0], "38,5\xa0%"]
    assert len({v["id"] for v in values}) == 3
    for value in values:
        cell = tree.find(id=value["href"][1:])
        assert cell["id"] == "cell-coverage"
        assert cell.find_parent("details").summary.text == "Code de la cellule «\xa0coverage\xa0»"
        back = cell.find("a", href="#" + value["id"])
        assert value.text in back["aria-label"]
    rows = tree.find(id="cell-coverage").select('.ways a[href="#couverture-donnees"]')
    assert len(rows) == 1


def test_a_value_without_a_computing_cell_leads_to_the_text_that_states_it():
    context = {**sample_context(), "claims": []}
    value = tree_of(export(sample_notebook(), context)).select_one(".answer a.claim")
    assert value["href"] == "#cell-answer"


def test_without_context_the_computing_cell_is_found_in_the_notebook():
    tree = tree_of(export(sample_notebook()))
    assert tree.select_one(".answer a.claim")["href"] == "#cell-coverage"
    assert [str(f) for f in check(str(tree))] == []


def test_a_value_inside_a_link_does_not_nest_links():
    output = v4.new_output(
        "display_data", {"text/markdown": '[voir <a class="claim" data-claim="n/x">3</a>](#titre)'}
    )
    tree = tree_of(small(code("%%narrative\nx", output)))
    assert tree.find(class_="claim").name == "span"


def test_hostile_values_are_text_in_the_page(page, tree):
    assert not tree.find_all("script")
    assert "<script" not in page
    texts = [th.text for th in tree.select("#couverture tbody th")]
    assert texts == list(HOSTILE)
    assert not tree.find_all("a", href=re.compile("javascript", re.IGNORECASE))
    assert tree.find("style").text.count("</") == 0


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>texte",
        "[lien](javascript:alert(1))",
        "[lien](&#106;avascript:alert(1))",
        '<a href="java\nscript:alert(1)">lien</a>',
        "<img src=x onerror=alert(1)>",
        "<iframe src='https://example.org'></iframe>",
        "<style>*{display:none}</style>",
        "<form action='https://example.org'><input></form>",
    ],
)
def test_an_author_cannot_bring_in_what_runs_or_loads(markdown):
    tree = tree_of(small(v4.new_markdown_cell(markdown, id="x")))
    assert not tree.main.find_all(["script", "iframe", "style", "form"])
    assert "javascript" not in str(tree.main).replace("\n", "")
    assert not tree.main.find_all(attrs={"onerror": True})


def test_html_of_other_libraries_is_replaced_by_its_plain_text():
    output = v4.new_output(
        "display_data", {"text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "x <b> y"}
    )
    tree = tree_of(small(code("frame", output)))
    assert tree.main.table is None
    assert tree.find("pre", class_="stdout").text == "x <b> y"


def test_a_forged_figure_in_plain_output_stays_text():
    output = v4.new_output(
        "stream", name="stdout", text='<div class="opsn tabular" id="x"><script>1</script></div>'
    )
    tree = tree_of(small(code("print(x)", output)))
    assert tree.find(class_="opsn") is None
    assert tree.find("script") is None


def test_errors_and_warnings_are_shown_and_found():
    stderr = v4.new_output("stream", name="stderr", text="\x1b[31mUserWarning: attention\x1b[0m")
    error = v4.new_output("error", ename="E", evalue="v", traceback=["\x1b[0;31mE: v"])
    page = small(code("x", stderr, error))
    assert "\x1b" not in page
    assert [f.rule for f in check(page)].count("noise") == 2


def test_french_spaces_apostrophes_and_english_terms_are_set_in_prose_alone():
    tree = tree_of(
        small(
            v4.new_markdown_cell(
                "## L'essai : un notebook !\n\n`a : b` et `l'x` ; *fin* : 3 %", id="x"
            )
        )
    )
    assert tree.main.h2.text == "L’essai\xa0: un notebook\u202f!"
    assert tree.main.h2.span["lang"] == "en"
    assert [c.text for c in tree.main.select("p code")] == ["a : b", "l'x"]
    assert tree.main.get_text().rstrip().endswith("\u202f; fin\xa0: 3\xa0%")


def test_an_author_marks_a_language_and_it_is_kept():
    tree = tree_of(
        small(v4.new_markdown_cell('Le terme <span lang="en">open data portal</span>.', id="x"))
    )
    assert [s.text for s in tree.main.find_all(lang="en") if s.name == "span"] == [
        "open data portal"
    ]


def test_later_first_level_headings_become_second_level_and_ids_never_clash():
    tree = tree_of(small(v4.new_markdown_cell("# Suite\n\n## Suite\n\n## Citer", id="x")))
    assert len(tree.find_all("h1")) == 1
    assert [h["id"] for h in tree.main.find_all("h2")] == ["suite", "suite-2", "citer-2"]


def test_simulated_data_are_announced_at_the_top_and_in_the_title():
    tree = tree_of(export(sample_notebook(), sample_context(simulated=True)))
    assert tree.title.text.startswith("DONNÉES SIMULÉES")
    assert tree.header.find(class_="simulated").text.startswith("DONNÉES SIMULÉES")
    assert "SIMULÉES" not in export(sample_notebook(), sample_context())


def test_code_is_folded_and_named_by_its_cell(tree):
    summaries = [d.summary.text for d in tree.select(".folds details")]
    assert "Code de la cellule «\xa0imports\xa0»" in summaries
    assert "Texte de la cellule «\xa0answer\xa0»" in summaries
    assert not tree.select("details[open]")
    assert tree.select_one("#cell-coverage code").text.startswith("# share of operators")


def test_a_notebook_without_anything_still_gives_a_page():
    page = export(v4.new_notebook())
    assert tree_of(page).h1.text == "Rapport"


def test_the_exporter_is_registered_and_reads_a_file(tmp_path):
    from nbconvert.exporters import get_exporter

    assert get_exporter("opsn_report") is ReportExporter
    path = tmp_path / "essai.ipynb"
    nbformat.write(sample_notebook(), path)
    page, resources = ReportExporter().from_filename(str(path))
    assert resources["output_extension"] == ".html"
    assert str(tmp_path) not in page


def test_the_answer_is_read_as_plain_text():
    assert answer_of(sample_notebook(hostile=False)).startswith(
        "Les opérateurs documentés offrent 38,5\xa0% des services"
    )
    assert "<script>" in answer_of(sample_notebook())


def test_the_index_maps_the_collection_and_breaks_no_rule():
    entries = [
        index_entry(sample_notebook(), "01.html", group="Comprendre"),
        index_entry(sample_notebook(hostile=False), "02.html", group="Comparer"),
    ]
    context = {
        **sample_context(),
        "lead": "Deux rapports.",
        "links": [{"href": "changes.html", "title": "Changements"}],
    }
    page = render_index(entries, context)
    tree = tree_of(page)
    assert [str(f) for f in check(page)] == []
    assert [a["href"] for a in tree.select(".map h3 a")] == ["01.html", "02.html"]
    assert [h.text for h in tree.select(".group > h2")] == ["Comprendre", "Comparer"]
    assert HOSTILE[0] in tree.select_one(".map li").get_text()
    assert tree.find("script") is None
    assert tree.select_one(".links a")["href"] == "changes.html"


def test_the_index_of_simulated_data_says_so():
    page = render_index([], {"simulated": True})
    assert tree_of(page).title.text.startswith("DONNÉES SIMULÉES")


def test_an_english_source_is_marked_with_its_language():
    context = sample_context()
    context["sources"][0]["publisher"] = "Public pages of the operators and of the press"
    page = export(sample_notebook(), context)
    assert tree_of(page).select_one('.sources span[lang="en"]').text.startswith("Public pages")
    assert [str(f) for f in check(page)] == []


def test_a_table_of_an_author_scrolls_in_its_own_region():
    tree = tree_of(small(v4.new_markdown_cell("| A | B |\n|---|---|\n| 1 | 2 |", id="x")))
    region = tree.main.table.parent
    assert (region["role"], region["tabindex"], region["aria-label"]) == ("region", "0", "Tableau")


def test_a_page_without_notebook_has_the_same_frame():
    fragment = "<h2>Avant</h2><p>Trois : quatre</p><table><caption>Écarts</caption><tr><th scope='col'>A</th></tr></table>"
    page = render_page("Ce qui a changé", fragment, sample_context())
    tree = tree_of(page)
    assert [str(f) for f in check(page)] == []
    assert tree.select_one("nav.wide a")["href"] == "#avant"
    assert tree.find(role="region")["aria-labelledby"] == tree.caption["id"]
    assert "Trois\xa0: quatre" in tree.main.get_text()


def test_links_and_downloads_have_the_file_names_of_the_edition():
    context = {
        **sample_context(simulated=True),
        "file_mark": "MARQUE-",
        "files": {"05_demand.html": "MARQUE-05_demand.html"},
    }
    book = sample_notebook()
    book.cells.append(
        v4.new_markdown_cell("[lire](05_demand.html#contenu), [ailleurs](autre.html)", id="liens")
    )
    page = bs4.BeautifulSoup(export(book, context), "html.parser")
    links = {a.get_text(): a["href"] for a in page.main.find_all("a", href=True)}
    assert links["lire"] == "MARQUE-05_demand.html#contenu"
    assert links["ailleurs"] == "autre.html"
    downloads = [a["download"] for a in page.find_all("a", download=True)]
    assert downloads
    assert all(name.startswith("MARQUE-") for name in downloads)
