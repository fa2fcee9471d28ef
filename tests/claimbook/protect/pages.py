"""Real exported pages of the hand-made confidential edition, through figures, narrative, claims and report."""

from __future__ import annotations

import functools

import hand_made
import pandas as pd
from matplotlib import pyplot as plt
from nbformat import v4

from claimbook import figures
from claimbook import protect as disclosure
from claimbook.claims import changes_fragment, collect, compare, ledger_text
from claimbook.page import export, index_entry, render_index, render_page
from claimbook.prose import Narrative, render

WORDS = {"scope": "opérateurs qui ont répondu.", "source": "enquête inventée pour les essais."}
CONTEXT = {
    "edition": "secrete",
    "least": 3,
    "index_href": "index.html",
    "sources": [
        {
            **dict.fromkeys(["url", "accessed", "licence", "path", "sha256"], ""),
            "title": "Enquête",
            "publisher": "",
        }
    ],
    "versions": {"pandas": "3.1"},
    "citation": "Équipe (2026), édition secrete.",
    "stamp": {
        "edition": "secrete",
        "notebook": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    },
}


def _sentence(cell_id, text, names, *, tags=(), respondents=None):
    shown = Narrative(render(text, names, cell_id, respondents=respondents))
    output = v4.new_output("display_data", shown._repr_mimebundle_())
    return v4.new_code_cell(
        f"%%narrative\n{text}", id=cell_id, outputs=[output], metadata={"tags": list(tags)}
    )


def _shown(cell_id, display):
    output = v4.new_output("execute_result", display._repr_mimebundle_(), execution_count=1)
    return v4.new_code_cell(f"figures.show({cell_id})", id=cell_id, outputs=[output])


def frames() -> dict[str, pd.DataFrame]:
    """Return what the notebook would compute: groups of operators, services, and a cross table."""
    tables = hand_made.public()
    operators, states = tables["operators"], tables["states"]
    region = operators["region"].map(hand_made.REGIONS)
    form = operators["legal_family"].map(hand_made.FORMS)
    budgets = operators.groupby(region)["budget"]
    by_region = pd.DataFrame(
        {
            "Opérateurs": region.value_counts(),
            "Budget total": budgets.sum().astype(float),
            "Part du premier": budgets.agg(disclosure.largest_share),
        }
    )
    said = (
        states[states["state"] == "offered"]
        .groupby("service_code")
        .size()
        .reindex(list(hand_made.SERVICES))
    )
    services = pd.DataFrame(
        {"Service": list(hand_made.SERVICES.values()), "Oui": said.to_numpy(), "Répondants": 15}
    )
    services["Part"] = services["Oui"] / services["Répondants"]
    cross = pd.crosstab(form, region).rename_axis(columns=None)
    return {
        "regions": by_region.rename_axis("Région").reset_index(),
        "services": services,
        "forms": form.value_counts().rename_axis("Forme").reset_index(name="Opérateurs"),
        "cross": cross.rename_axis("Forme").reset_index(),
    }


def notebook():
    """Return the executed notebook of the edition; the protection must be in force."""
    parts = frames()
    counted = disclosure.counted("Oui", among="Répondants", additive=False)
    services = disclosure.protect(parts["services"], counted)
    fig, ax = plt.subplots()
    drawn = services.dropna()
    ax.barh(drawn["Service"], drawn["Part"])
    figures.format_axis(ax.xaxis, "percent", digits=0)
    least = f"Opérateur {hand_made.code_of('Vérantis')}"
    names = {
        "n": 15,
        "k": 2,
        "share": 2 / 15,
        "paie": 12 / 15,
        "bounds": (0.55, 0.93),
        "who": least,
        "mean": 712.25,
    }
    cells = [
        v4.new_markdown_cell(
            "# Qui offre quoi ?\n\nQuels services sont offerts, et par qui ?", id="title"
        ),
        v4.new_code_cell('edition = "secrete"', id="parameters", metadata={"tags": ["parameters"]}),
        _sentence(
            "answer",
            "{{ paie | percent }} des {{ n | count }} opérateurs offrent la paie ({{ bounds | interval }}).",
            names,
            tags=["answer"],
            respondents=15,
        ),
        v4.new_markdown_cell("## Résultats", id="results"),
        _shown(
            "services",
            figures.figure(
                fig,
                name="services",
                alt="Diagramme en barres de la part des opérateurs qui offrent chaque service publié.",
                caption="Part des opérateurs qui offrent chaque service",
                reading="chaque barre est une part des répondants.",
                data=services,
                formats={"Part": "percent"},
                respondents=counted,
                **WORDS,
            ),
        ),
        _shown(
            "regions",
            figures.table(
                parts["regions"],
                name="regions",
                caption="Opérateurs et budget selon la région",
                formats={"Budget total": "euros"},
                respondents=disclosure.counted(
                    "Opérateurs", largest="Part du premier", amounts="Budget total"
                ),
                **WORDS,
            ),
        ),
        _shown(
            "forms",
            figures.table(
                parts["forms"],
                name="formes",
                caption="Selon la forme",
                respondents="Opérateurs",
                **WORDS,
            ),
        ),
        _shown(
            "cross",
            figures.table(
                parts["cross"],
                name="croisement",
                caption="Formes et régions",
                respondents=disclosure.counted(list(hand_made.REGIONS.values())),
                **WORDS,
            ),
        ),
        _shown(
            "each",
            figures.table(
                hand_made.public()["operators"],
                name="fiches",
                caption="Un opérateur par ligne",
                respondents=disclosure.EACH,
                **WORDS,
            ),
        ),
        _sentence(
            "reading",
            "{{ k | count }} opérateurs archivent, soit {{ share | percent }} ; {{ who | name }} est le plus sûr.\n"
            "Les communes membres ont {{ mean | decimal }} habitants en moyenne.",
            names,
            respondents=15,
        ),
    ]
    meta = {"opsn": {"title": "Qui offre quoi ?", "question": "Quels services sont offerts ?"}}
    return v4.new_notebook(cells=cells, metadata=meta)


@functools.cache
def exported() -> dict[str, bytes]:
    """Return the files of the edition, as a build would write them."""
    disclosure.reset()
    disclosure.activate(disclosure.Policy("secrete", confidential=True))
    try:
        book = notebook()
        claims = collect(book, "03_carte")
        context = {**CONTEXT, "name": "03_carte", "claims": claims}
        files = {
            "03_carte.html": export(book, context),
            "claims.json": ledger_text(claims),
            "changes.html": render_page(
                "Ce qui a changé", changes_fragment(compare([], claims)), CONTEXT
            ),
            "index.html": render_index(
                [index_entry(book, "03_carte.html")], {**CONTEXT, "lead": "Une enquête."}
            ),
        }
    finally:
        disclosure.reset()
    return {name: text.encode("utf-8") for name, text in files.items()}
