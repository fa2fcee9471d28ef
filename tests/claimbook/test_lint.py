"""Each rule finds the fault that it is there for, names its place, and lets good notebooks pass."""

import nbformat.v4 as v4
import pytest

from claimbook.errors import UserError
from claimbook.lint import House, counts, lint_notebook
from tests.loading import cases

HOUSE = House(("helpers",), ("survey",))
LONG = "%load_ext claimbook" + "\none" * 7
CASES = cases(__file__, "lint.yml")
MANY = "{{ one | count }} "
TASTE = ("number-of-code-cells", "length", "few-names", "definitions")


def listed(cells):
    return [(cell, source) for cell, sources in cells.items() for source in sources]


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


@pytest.mark.parametrize(("cell", "source"), listed(CASES["kept"]))
def test_a_cell_that_keeps_the_rules(cell, source):
    assert found(replaced(cell, source)) == set()


@pytest.mark.parametrize("rule", CASES["faults"])
def test_a_fault_in_a_cell_is_found_by_its_rule_alone(rule):
    for cell, source in listed(CASES["faults"][rule]):
        assert found(replaced(cell, source)) == {rule}, source


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
    ("told", "let_through"),
    [
        ("mot " * 39 + "{{ one | count }}.", True),
        ("mot " * 40 + "{{ one | count }}.", False),
        (MANY * 3 + "{{ name | name }}.", True),
        (MANY * 4 + "{{ name | name }}.", False),
        ("{% if one %}\n" + "mot " * 50 + "\n{% endif %}", True),
        ("{% if one %}\nUn mot.\n{% else %}\n" + "mot " * 50 + "\n{% endif %}", True),
    ],
)
def test_an_answer_has_few_words_and_numbers_unless_it_may_be_short(told, let_through):
    assert ("answer" not in found(replaced("told", f"%%narrative\n{told}"))) == let_through


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json"])
def test_a_file_that_is_no_notebook_is_one_error(tmp_path, text):
    (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(UserError, match=r"a\.ipynb cannot be read"):
        lint_notebook(tmp_path / "a.ipynb")
