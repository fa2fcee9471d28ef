"""A small notebook with everything that a page can hold, as if it had been executed: for tests and measures.

Its data are invented and hostile: names hold markup, formulae and Markdown.
"""

from __future__ import annotations

from markupsafe import escape

from claimbook import CLAIMS_MIME, figures

HOSTILE = (
    "<script>alert(1)</script>",
    "</style><b>gras</b>",
    "[lien](javascript:alert(1))",
    "javascript:alert(1)",
    "Syndicat $a_b$ & Cie",
    "=HYPERLINK(1)",
    "<!-- --> ]]>",
    '" onmouseover="alert(1)',
)


def _entities(text: str) -> str:
    """Return a value as ``%%narrative`` writes it: every ASCII mark of punctuation as an entity."""
    return "".join(
        f"&#{ord(c)};" if c.isascii() and not c.isalnum() and c != " " else c for c in text
    )


def _value(identifier: str, text: str) -> str:
    return f'<a class="claim" data-claim="{escape(identifier)}">{_entities(text)}</a>'


def _claim(identifier: str, text: str) -> dict:
    number = text[:1].isdigit()
    return {
        "id": identifier,
        "expression": identifier.rpartition("/")[2],
        "filter": "percent" if number else "text",
        "kind": "share" if number else "name",
        "value": 0.385 if number else text,
        "unit": "",
        "tolerance": 0.0005 if number else 0,
        "text": text,
        "sentence": f"Les opérateurs… {text}.",
    }


def _narrative(cell_id: str, source: str, markdown: str, claims: list[dict], *tags: str):
    from nbformat import v4

    data = {"text/markdown": markdown, "text/plain": markdown, CLAIMS_MIME: {"claims": claims}}
    return v4.new_code_cell(
        source,
        id=cell_id,
        metadata={"tags": list(tags)},
        outputs=[v4.new_output("display_data", data)],
    )


def _prose(cell_id: str, source: str, *tags: str):
    from nbformat import v4

    return v4.new_markdown_cell(source, id=cell_id, metadata={"tags": list(tags)} if tags else {})


def _code(cell_id: str, source: str, *outputs, tags=()):
    from nbformat import v4

    shown = [
        v4.new_output("execute_result", o._repr_mimebundle_(), execution_count=1) for o in outputs
    ]
    return v4.new_code_cell(source, id=cell_id, outputs=shown, metadata={"tags": list(tags)})


def _display(rows: int, names: list[str]):
    import pandas as pd
    from matplotlib import pyplot as plt

    figures.use_style()
    shares = pd.DataFrame(
        {
            "Service": names,
            "Part": [0.9, 0.86, 0.83, 0.61, 0.48, 0.38, 0.2, 0.07],
            "Opérateurs": range(8),
        }
    )
    fig, ax = plt.subplots()
    ax.barh(shares["Service"], shares["Part"])
    ax.set_xlabel("Part des opérateurs documentés")
    figures.format_axis(ax.xaxis, "percent", digits=0)
    formats = {"Part": "percent"}
    words = {"scope": "66 opérateurs fictifs.", "source": "Données inventées pour les essais."}
    bars = figures.figure(
        fig,
        name="couverture",
        alt="Diagramme en barres horizontales de la part des opérateurs par service ; la part décroît de 90 % à 7 %.",
        caption="La dématérialisation domine, l’archivage reste rare",
        reading="90 % des opérateurs documentés offrent le premier service.",
        data=shares,
        formats=formats,
        **words,
    )
    many = pd.DataFrame(
        {
            "Opérateur": [f"Opérateur {n + 1}" for n in range(rows)],
            "Population desservie": [1234 * (n + 1) for n in range(rows)],
            "Écart": [(-1) ** n * n / 10 for n in range(rows)],
            "Année": [2020 + n % 5 for n in range(rows)],
        }
    )
    table = figures.table(
        many,
        name="operateurs",
        caption="Opérateurs par population desservie",
        reading="Le premier opérateur dessert 1 234 habitants.",
        formats={"Année": "year"},
        **words,
    )
    return bars, table


def sample_notebook(*, hostile: bool = True, rows: int = 40):
    """Return a notebook with its outputs, without starting a kernel.

    Parameters
    ----------
    hostile : bool
        Whether names of services are hostile strings.
    rows : int
        Number of rows of its table.

    Returns
    -------
    nbformat.NotebookNode
    """
    from nbformat import v4

    plain = [
        "Dématérialisation",
        "Achats",
        "Données personnelles",
        "Formation",
        "Paie",
        "Santé",
        "Web",
        "Archivage",
    ]
    names = list(HOSTILE) if hostile else plain
    bars, table = _display(rows, names)
    share, named = (
        _claim("essai/coverage.share", "38,5\N{NO-BREAK SPACE}%"),
        _claim("essai/coverage.name", names[0]),
    )
    answer = (
        f"Les opérateurs documentés offrent {_value(share['id'], share['text'])} des services : c'est peu. "
        f"Le premier est « {_value(named['id'], named['text'])} »."
    )
    later = f"La part vaut {_value(share['id'], share['text'])} ; voir le notebook suivant !"
    cells = [
        _prose("title", "# Que font les opérateurs ?\n\nQuels services sont offerts, et par qui ?"),
        _code("imports", "from helpers import figures\n\n%load_ext claimbook"),
        _code("parameters", 'edition = "public-2026"', tags=["parameters"]),
        _prose("data", "## Données\n\nLes pages publiques, lues une à une, dans un notebook."),
        _code(
            "coverage", "# share of operators by service\ncoverage = profiles.share(by='service')"
        ),
        _prose(
            "results",
            "## Résultats\n\n### Par service\n\nTrois services dominent ; *les autres* suivent.",
        ),
        _code("bars", "figures.figure(fig, name='couverture')", bars),
        _narrative(
            "reading", "%%narrative\nLa part vaut {{ coverage.share | percent }}.", later, [share]
        ),
        _prose("detail", "### Par opérateur\n\nLe détail suit [la méthode](#methode-et-limites)."),
        _code("table", "figures.table(operators, name='operateurs')", table),
        _prose(
            "limits",
            "## Méthode et limites\n\n- Une page non vue n'est pas un service absent.",
            "limits",
        ),
        _narrative(
            "answer",
            "%%narrative\n{{ coverage.share | percent }}",
            answer,
            [share, named],
            "answer",
        ),
    ]
    meta = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
        "opsn": {
            "title": "Que font les opérateurs ?",
            "question": "Quels services sont offerts, et par qui ?",
        },
    }
    return v4.new_notebook(cells=cells, metadata=meta)


def sample_context(*, simulated: bool = False) -> dict:
    """Return the context of the sample's page, with every key set."""
    computed = {"cell": "answer", "computed_in": "coverage"}
    return {
        "edition": "survey-simulated" if simulated else "public-2026",
        "simulated": simulated,
        "name": "essai",
        "index_href": "index.html",
        "previous": {"href": "00_avant.html", "title": "Le rapport d’avant"},
        "next": {"href": "02_apres.html", "title": "Le rapport d’après"},
        "sources": [
            {
                "title": "Base de preuves publiques",
                "publisher": "Équipe de l’étude",
                "licence": "Licence Ouverte 2.0",
                "url": "https://www.data.gouv.fr/",
                "accessed": "3 mars 2026",
                "path": "data/raw/public-2026/service_evidence.csv",
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            }
        ],
        "versions": {"helpers": "0.1.0", "pandas": "3.1"},
        "citation": "Équipe de l’étude (2026), « Que font les opérateurs ? », édition public-2026.",
        "stamp": {"edition": "public-2026", "notebook": "9f86d081"},
        "claims": [
            {"id": "essai/coverage.share", **computed},
            {"id": "essai/coverage.name", **computed},
            {"id": "essai/coverage.share", "cell": "reading", "computed_in": "coverage"},
        ],
    }
