"""Each rule finds the fault that it is there for, and only that one."""

import pytest

from claimbook.page import export
from claimbook.page.checks import RULES, check
from claimbook.page.sample import sample_context, sample_notebook


@pytest.fixture(scope="module")
def page():
    return export(sample_notebook(hostile=False), sample_context())


FAULTS = {
    "language": ('lang="fr"', 'lang="en"'),
    "title": ("<title>Que font", "<title>03_service_map.ipynb Que font"),
    "headings": ('<h3 id="par-service">', '<h5 id="par-service">'),
    "identifiers": ('href="#cell-coverage"', 'href="#cell-nowhere"'),
    "alternatives": ('<svg class="plot" role="img"', '<svg class="plot" role="none"'),
    "tables": ('<th scope="col">Service</th>', '<th scope="col"></th>'),
    "links": (">la méthode</a>", ">ici</a>"),
    "english": ('<span lang="en">notebook</span>', "notebook"),
    "noise": ("Trois services dominent", '<pre class="stderr">attention</pre>'),
    "formulas": ("Trois services dominent", r"Soit $\alpha$"),
    "outside": ("</main>", '<script src="https://example.org/x.js"></script></main>'),
}


def test_every_rule_has_its_fault():
    assert {rule.__name__.removeprefix("_") for rule in RULES} == set(FAULTS)


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_is_found_by_its_rule(page, rule):
    before, after = FAULTS[rule]
    assert before in page
    broken = page.replace(before, after)
    assert rule in {finding.rule for finding in check(broken)}
    assert check(page) == []


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("<h1>Que font", "<h1>Autre : que font", "title"),
        (
            '<caption id="operateurs-titre">Opérateurs par population desservie</caption>',
            "",
            "tables",
        ),
        ('<th scope="col">Service</th>', "<th>Service</th>", "tables"),
        ('id="donnees"', 'id="resultats"', "identifiers"),
        (
            "Trois services dominent",
            "This is the sentence that nobody marked with its language",
            "english",
        ),
        (
            "Trois services dominent",
            '<img src="data:image/png;base64,AA" alt="figure">',
            "alternatives",
        ),
        (
            "Trois services dominent",
            '<img src="carte.png" alt="Carte de la part des opérateurs par département">',
            "outside",
        ),
        (
            "Trois services dominent",
            '<pre class="stdout">&lt;helpers.X object at 0x7f00&gt;</pre>',
            "noise",
        ),
        ("Trois services dominent", '<p onclick="x()">x</p>', "outside"),
        ("<figcaption>", "<div>", "alternatives"),
        (
            '<meta name="description" content="',
            '<meta name="description" content="x" data-x="',
            "title",
        ),
    ],
)
def test_other_faults_are_found_too(page, before, after, rule):
    assert before in page
    assert rule in {finding.rule for finding in check(page.replace(before, after))}


def test_a_finding_says_what_is_wrong(page):
    finding = check(page.replace(">la méthode</a>", ">ici</a>"))[0]
    assert (
        str(finding)
        == "links: link to '#methode-et-limites' reads 'ici', which does not say where it leads"
    )
