from pathlib import Path

import nbformat.v4 as v4
import pytest

from claimbook.errors import UserError
from claimbook.lint import RULES, lint, lint_notebook

NARROW, WIDE = "\u202f", "\u00a0"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
    "opsn": {"question": "Qui\u202f?", "title": "Titre"},
}


def code(identifier, source, *tags):
    return v4.new_code_cell(source, id=identifier, metadata={"tags": list(tags)} if tags else {})


def markdown(identifier, source):
    return v4.new_markdown_cell(source, id=identifier)


def good():
    book = v4.new_notebook(metadata=METADATA)
    book.cells = [
        markdown("title", f"# Titre\n\n**Question.** Qui mutualise{NARROW}?"),
        markdown(
            "method",
            "## 2.1 Méthode\n\nOn suit Hennig (2007, p. 258) et `k = 3`.\nVoir [Loi 78-17](https://a.org/78).",
        ),
        code(
            "imports",
            "%load_ext claimbook\nfrom helpers import figures\nfrom claimbook.prose import say",
        ),
        code("parameters", 'edition = "public-2026"', "parameters"),
        code("tables", 'study = open_edition(edition)\noperators = study.load("operators")'),
        *[code(f"step-{word}", f"{word} = 1") for word in ("one", "two", "three", "four", "five")],
        code("chart", 'ax = operators.plot()\nax.set_title("t")\nrows.append(ax)'),
        code(
            "shown",
            'reading = say("Une part de {{ one | percent }}.")\nfigures.figure(ax, name="f", reading=reading)',
        ),
        code(
            "told",
            "%%narrative\nLa part : {{ one | percent }}.\n{% if one > 0.5 %}\nBeaucoup.\n{% endif %}",
            "answer",
        ),
        code("handed-on", 'study.save("classes", operators)'),
    ]
    return book


def rules(book):
    return {finding.rule for finding in lint_notebook(book, "book.ipynb")}


def replaced(identifier, source):
    book = good()
    next(cell for cell in book.cells if cell.id == identifier).source = source
    return book


def test_a_notebook_that_keeps_the_rules_has_no_finding():
    assert [str(finding) for finding in lint_notebook(good(), "book.ipynb")] == []


def test_a_finding_names_notebook_cell_line_rule_and_remedy():
    (finding,) = lint_notebook(
        replaced("method", "## Méthode\n\nOn voit 38 classes."), "book.ipynb"
    )
    assert str(finding) == (
        "book.ipynb, cell 'method', line 3: the number '38' is typed into prose. Remedy: compute it and write "
        "{{ value | filter }} in a %%narrative cell or say(). [typed-numbers]"
    )


@pytest.mark.parametrize(
    "prose",
    [
        "En 2023, rien.",
        "Selon Côme et al. (2021), rien.",
        "Voir la section 3.2 et le § 4.",
        "Le code `k = 3` suffit.",
        "```\nx = 3\n```",
        "Voir [la loi 78-17](https://a.org/78-17).",
        "Voir <https://a.org/3>.",
        "1. Premier point.",
        "Sous licence CC BY 4.0.",
        "De 1998 à 2026.",
        "Un caf&#233; noir.",
    ],
)
def test_years_citations_sections_links_and_code_may_hold_digits(prose):
    assert rules(replaced("method", prose)) == set()


@pytest.mark.parametrize(
    "prose",
    [
        "On voit 38 classes.",
        f"Soit 38,5{WIDE}% du total.",
        f"À 95{WIDE}%.",
        "Il y en a 2 500.",
        f"Soit 2000{WIDE}%.",
        "Soit 2000,5.",
        "Vers 1850.",
        "(12 opérateurs en 2023)",
        "### Les 3 classes",
        "La valeur est 0.5.",
        "Soit ٣ classes.",
    ],
)
def test_a_number_typed_into_markdown_is_refused(prose):
    assert rules(replaced("method", prose)) == {"typed-numbers"}


@pytest.mark.parametrize(
    ("identifier", "source"),
    [
        ("told", "%%narrative\nLes 38 opérateurs sont {{ one | count }}."),
        ("told", "%%narrative\n{% if one > 0.5 %}\nPlus de 50 classes.\n{% endif %}"),
        (
            "shown",
            'reading = say("Les 66 sont {{ one | count }}.")\nfigures.table(ax, name="f", reading=reading)',
        ),
        (
            "shown",
            'reading = say("x")\nfigures.table(ax, name="f", reading=reading, scope="les 18 régions")',
        ),
    ],
)
def test_a_number_typed_into_a_computed_sentence_is_refused(identifier, source):
    assert rules(replaced(identifier, source)) == {"typed-numbers"}


def test_digits_inside_holes_are_no_typed_numbers():
    told = '%%narrative\nLa part est {{ table["2 à 5"][3] | decimal(digits=2) }}.'
    assert rules(replaced("told", told)) == set()


@pytest.mark.parametrize(
    ("identifier", "source", "rule"),
    [
        ("step-one", "def one():\n    return 1", "definitions"),
        ("step-one", "class One:\n    pass", "definitions"),
        ("step-one", "one = lambda x: x", "definitions"),
        ("step-one", "one = 1\n" * 16, "length"),
        ("step-one", "one = (", "syntax"),
        ("step-one", "one = pd.read_csv('/Users/me/data.csv')", "absolute-paths"),
        ("step-one", "one = 'C:\\\\data\\\\x.csv'", "absolute-paths"),
        ("method", "Voir /Users/me/data.csv pour cela.", "absolute-paths"),
        ("step-one", "one = 1\nax.plot(one)", "last-expression"),
        ("step-one", "one = 1\none", "last-expression"),
        ("step-one", "one = 1\nax.plot(one);", "last-expression"),
        ("step-one", "one = 1\nstr('x')", "last-expression"),
        ("step-one", "one = 1\nother.table(one)", "last-expression"),
        ("step-one", "figures.table(x, name='a')\none = 1", "lost-figures"),
        ("step-one", "import json\none = 1", "one-imports-cell"),
        (
            "step-one",
            "one = 1\nfigures.table(x, name='a', caption=f'{one} classes')",
            "glued-texts",
        ),
        ("step-one", "one = 1\nfigures.table(x, name='a', caption='a' + b)", "glued-texts"),
        ("step-one", "one = 1\nlost = say('Une part.')", "unused-texts"),
        ("told", "%%narrative\nLa part {{ one | percent }.", "templates"),
        ("told", "%%narrative\nLa part {{ one | pourcent }}.", "templates"),
        ("told", "%%narrative\n{% for x in one %}a{% endfor %}", "templates"),
        (
            "shown",
            "reading = say('{{ one | odd }}')\nfigures.table(x, name='f', reading=reading)",
            "templates",
        ),
        ("method", "## Méthode\n\nUne phrase. Deux phrases.", "one-sentence-per-line"),
        ("method", "## Méthode\n\nUne phrase\nsur deux lignes.", "one-sentence-per-line"),
        ("told", "%%narrative\nUne phrase. {{ one | percent }} en plus.", "one-sentence-per-line"),
        ("method", "Qui mutualise ?", "typography"),
        ("method", "Qui mutualise?", "typography"),
        ("method", "Dit « noyau » ici.", "typography"),
        ("method", "# Encore un titre", "title"),
        ("told", "%%narrative\n# Encore un titre {{ one | count }}", "title"),
        ("title", "Sans titre.", "title"),
        ("title", "# Un\n\n# Deux", "title"),
    ],
)
def test_each_fault_is_found_by_its_rule_alone(identifier, source, rule):
    assert rules(replaced(identifier, source)) == {rule}


@pytest.mark.parametrize(
    "prose",
    [
        "## Titre\n\n- un point\n- deux points\n\n| a | b |\n|---|---|\n| c | d |",
        "Une phrase (cf. Hennig, p. 258).",
        "```\na\nb. C\n```",
        f"**Limite.** Une phrase{WIDE}:\n\n> une citation",
    ],
)
def test_lists_tables_code_and_labels_are_no_broken_sentences(prose):
    book = replaced("method", prose)
    assert "one-sentence-per-line" not in rules(book)


def faults():
    def edit(change):
        book = good()
        change(book)
        return book

    def random_id(book):
        book.cells[4].id = "8f3a2b1c"

    def no_id(book):
        del book.cells[4]["id"]

    def same_id(book):
        book.cells[4].id = "imports"

    def odd_id(book):
        book.cells[4].id = "Cell_4"

    def output(book):
        book.cells[4].outputs = [v4.new_output("stream", text="x")]

    def counted(book):
        book.cells[4].execution_count = 3

    def no_question(book):
        book.metadata.opsn.pop("question")

    def unordered(book):
        book.metadata = v4.new_notebook(metadata=dict(reversed(METADATA.items()))).metadata

    def version(book):
        book.metadata.language_info["version"] = "3.11.2"

    def widgets(book):
        book.metadata["widgets"] = {}

    def collapsed(book):
        book.cells[4].metadata["collapsed"] = True

    def tagged(book):
        book.cells[4].metadata["tags"] = ["odd"]

    def two_parameters(book):
        book.cells[4].metadata["tags"] = ["parameters"]

    def no_answer(book):
        book.cells[-2].metadata = {}

    def short(book):
        book.cells = [cell for cell in book.cells if not cell.id.startswith("step-")]

    def long(book):
        book.cells += [code(f"more-{chr(97 + n)}", "x = 1") for n in range(20)]

    return [
        (edit(random_id), "cell-ids"),
        (edit(no_id), "cell-ids"),
        (edit(same_id), "cell-ids"),
        (edit(odd_id), "cell-ids"),
        (edit(output), "stored-outputs"),
        (edit(counted), "stored-outputs"),
        (edit(no_question), "metadata"),
        (edit(unordered), "metadata"),
        (edit(version), "metadata"),
        (edit(widgets), "metadata"),
        (edit(collapsed), "cell-metadata"),
        (edit(tagged), "cell-metadata"),
        (edit(two_parameters), "parameters"),
        (edit(no_answer), "answer"),
        (edit(short), "number-of-code-cells"),
        (edit(long), "number-of-code-cells"),
    ]


@pytest.mark.parametrize(("book", "rule"), faults())
def test_each_fault_of_the_file_is_found_by_its_rule_alone(book, rule):
    assert rules(book) == {rule}


def test_every_rule_is_proved_by_a_fault():
    source = Path(__file__).read_text(encoding="utf-8")
    assert [
        rule.__name__ for rule in RULES if f'"{rule.__name__.replace("_", "-")}"' not in source
    ] == []


def test_files_are_read_as_they_are_stored(tmp_path):
    (tmp_path / "a.ipynb").write_text(v4.writes(good()))
    book = good()
    book.nbformat_minor = 4
    for cell in book.cells:
        del cell["id"]
    (tmp_path / "b.ipynb").write_text(v4.writes(book))
    found = lint(tmp_path.glob("*.ipynb"))
    assert {(finding.notebook, finding.rule) for finding in found} == {("b.ipynb", "cell-ids")}


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json"])
def test_a_file_that_is_no_notebook_is_one_error(tmp_path, text):
    (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(UserError, match=r"a\.ipynb: cannot be read"):
        lint_notebook(tmp_path / "a.ipynb")
