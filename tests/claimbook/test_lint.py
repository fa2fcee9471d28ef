"""Each rule finds the fault that it is there for, names its place, and lets good notebooks pass."""

import nbformat.v4 as v4
import pytest

from claimbook.errors import UserError
from claimbook.lint import House, counts, lint_notebook

WIDE = "\u00a0"
HOUSE = House(("helpers",), ("survey",))
LONG = "%load_ext claimbook" + "\none" * 7
TASTE = ("number-of-code-cells", "length", "few-names", "definitions")


def code(identifier, source, *tags):
    return v4.new_code_cell(source, id=identifier, metadata={"tags": list(tags)})


def more_cells():
    return [code(f"more-{letter}", "x = 1") for letter in "abcdefghijklmnopqrst"]


def good():
    method = "## 2.1 Méthode\n\nSelon Hennig (2007, p. 258), `k = 3`.\nVoir [Loi 78-17](https://a.org/78)."
    reading = 'reading = say("Une part de {{ one | percent }}.")'
    told = "%%narrative\nLa part : {{ one | percent }}.\n{% if one > 0.5 %}\nBeaucoup.\n{% endif %}"
    cells = [
        v4.new_markdown_cell("# Titre\n\n**Question.** Qui mutualise ?", id="title"),
        v4.new_markdown_cell(method, id="method"),
        code("imports", "%load_ext claimbook\nfrom claimbook import figures"),
        code("parameters", 'edition = "public-2026"', "parameters"),
        code("tables", 'operators = study.load("operators")'),
        code("step", "one = 1\none"),
        code("shown", f'{reading}\nstudy.figure(ax, "f", title="Un {{{{ one | count }}}}.")'),
        code("told", told, "answer"),
        code("saved", 'study.save("classes", operators)'),
    ]
    return v4.new_notebook(cells=cells, metadata={"opsn": {"question": "Qui ?", "title": "Titre"}})


def found(book):
    findings = lint_notebook(book, "book.ipynb", HOUSE)
    for finding in findings:
        advice = finding.rule in TASTE
        assert finding.advice == advice == str(finding).endswith(", advice]")
    return {finding.rule for finding in findings}


def replaced(identifier, source):
    book = good()
    next(cell for cell in book.cells if cell.id == identifier).source = source
    return book


def test_a_notebook_that_keeps_the_rules_has_no_finding():
    assert [str(finding) for finding in lint_notebook(good())] == []


def test_what_the_rules_count_is_told_in_a_line_also_without_code():
    told = "6 code cells, 9 code lines (median 1.5, most 2), longest line 52"
    assert counts(good()) == told
    told = "0 code cells, 0 code lines (median 0, most 0), longest line 0"
    assert counts(v4.new_notebook()) == told


def test_a_finding_names_notebook_cell_line_rule_and_remedy():
    (finding,) = lint_notebook(replaced("method", "## Méthode\n\nOn voit 38 classes."), "b.ipynb")
    assert str(finding) == (
        "b.ipynb, cell 'method', line 3: the number '38' is typed into prose. Remedy: compute it "
        "and write {{ value | filter }}. [typed-numbers]"
    )


def test_names_of_others_than_the_project_are_not_counted():
    imports = "%load_ext claimbook\nfrom a import b, c, d, e, f, g, h"
    assert found(replaced("imports", imports)) == set()


@pytest.mark.parametrize(
    "prose",
    [
        "En 2023, selon Côme et al. (2021), rien.",
        "Voir la section 3.2 et le § 4.",
        "```\nx = 3. Y = 4\n```",
        "Voir <https://a.org/3>.",
        "1. Premier point.",
        "Sous licence CC BY 4.0.",
        "Un caf&#233; noir (cf. Hennig et al.).",
        "- un point\n- deux points\n\n| a | b |\n|---|---|\n| c | d |",
        f"**Limite.** Une phrase{WIDE}:\n\n> une citation",
    ],
)
def test_prose_that_keeps_the_rules(prose):
    assert found(replaced("method", prose)) == set()


@pytest.mark.parametrize(
    ("identifier", "source", "rule"),
    [
        *(
            ("method", prose, "typed-numbers")
            for prose in (
                "On voit 38 classes.",
                f"Soit 38,5{WIDE}% du total.",
                f"Soit 2000{WIDE}%.",
                "### Les 3 classes",
                "La valeur est 0.5.",
                "Soit ٣ classes.",
            )
        ),
        ("told", "%%narrative\nLes 38 sont {{ one | count }}.", "typed-numbers"),
        ("told", "%%narrative\n{% if one %}\nPlus de 50 classes.\n{% endif %}", "typed-numbers"),
        ("shown", "study.table(x, title=say('Les 66 {{ x }}.'))", "typed-numbers"),
        *(
            ("shown", f"study.table(x, title='Un', {text}='{{{{ x }}}} ou 18')", "typed-numbers")
            for text in ("subtitle", "reading", "scope", "alt")
        ),
        ("shown", "figures.figure(x, name='f', caption='les 18 régions')", "typed-numbers"),
        ("step", "def one():\n    return 1", "definitions"),
        ("step", "class One:\n    pass", "definitions"),
        ("step", "one = lambda x: x", "definitions"),
        ("step", "one = 1\n" * 13, "length"),
        ("imports", "%load_ext claimbook\nfrom helpers import a, b, c, d, e, f, g", "few-names"),
        ("step", "one = 1 if study.survey else 2", "branches"),
        ("step", "if not survey:\n    one = 1", "branches"),
        ("told", "%%narrative\n{% if survey %}\nUn.\n{% endif %}", "branches"),
        ("shown", "study.table(x, 'f', title='{% if a or survey %}Un.{% endif %}')", "branches"),
        ("told", "%%narrative\n" + "mot " * 40 + "{{ one | count }}.", "answer"),
        ("told", "%%narrative\n" + "{{ one | count }} " * 4 + "{{ name | name }}.", "answer"),
        ("step", "figures.table(x, name='a', caption='Un')\none = 1", "lost-figures"),
        ("step", "study.figure(x, 'a', title='Un')\none = 1", "lost-figures"),
        ("step", "study.table(x, 'a', title=f'{one} classes')", "glued-texts"),
        ("step", "figures.table(x, name='a', caption='a' + b)", "glued-texts"),
        ("method", "## Méthode\n\nUne phrase. Deux phrases.", "one-sentence-per-line"),
        ("method", "## Méthode\n\nUne phrase\nsur deux lignes.", "one-sentence-per-line"),
        ("told", "%%narrative\nUne phrase. {{ one | percent }} en plus.", "one-sentence-per-line"),
        ("method", "# Encore un titre", "title"),
        ("told", "%%narrative\n# Encore un titre {{ one | count }}", "title"),
        ("title", "Sans titre.", "title"),
    ],
)
def test_a_fault_in_a_cell_is_found_by_its_rule_alone(identifier, source, rule):
    assert found(replaced(identifier, source)) == {rule}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda book: book.cells[4].update(id="8f3a2b1c"), "cell-ids"),
        (lambda book: book.cells[4].update(id="imports"), "cell-ids"),
        (lambda book: book.cells[4].update(id="Cell_4"), "cell-ids"),
        (lambda book: book.cells[4].pop("id"), "cell-ids"),
        (lambda book: book.cells[4].update(execution_count=3), "stored-outputs"),
        (lambda book: book.metadata.opsn.pop("question"), "metadata"),
        (lambda book: book.cells[4].metadata.update(tags=["odd"]), "tags"),
        (lambda book: book.cells[4].metadata.update(tags=["parameters"]), "tags"),
        (lambda book: book.cells[7].metadata.update(tags=[]), "tags"),
        (lambda book: book.cells.extend(more_cells()), "number-of-code-cells"),
        (lambda book: [cell.update(source=LONG) for cell in book.cells[2:7]], "length"),
    ],
)
def test_a_fault_of_the_file_is_found_by_its_rule_alone(change, rule):
    book = good()
    change(book)
    assert found(book) == {rule}


@pytest.mark.parametrize(
    "source",
    [
        "%%narrative\n{% if one %}\n" + "mot " * 50 + "\n{% endif %}",
        "%%narrative\n{% if one %}\nUn mot.\n{% else %}\n" + "mot " * 50 + "\n{% endif %}",
        "%%narrative\n" + "{{ one | count }} " * 3 + "{{ name | name }}.",
        "%%narrative\n" + "mot " * 39 + "{{ one | count }}.",
    ],
)
def test_an_answer_that_may_be_short_is_let_through(source):
    assert "answer" not in found(replaced("told", source))


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json"])
def test_a_file_that_is_no_notebook_is_one_error(tmp_path, text):
    (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(UserError, match=r"a\.ipynb cannot be read"):
        lint_notebook(tmp_path / "a.ipynb")
