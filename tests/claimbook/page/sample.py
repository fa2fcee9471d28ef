"""A notebook with everything that a page can hold, as if executed; names hold hostile markup."""

import pandas as pd
from matplotlib import pyplot as plt
from nbformat import v4

from claimbook import figures
from claimbook.prose import Narrative, render
from tests.loading import cases

SAMPLE = cases(__file__, "sample.yml")
HOSTILE, PLAIN = SAMPLE["hostile"], SAMPLE["plain"]
LAW = "[la loi](https://www.legifrance.gouv.fr/)"
WORDS = {"scope": "66 opérateurs fictifs.", "source": "Données inventées pour les essais."}


def markdown(cell_id, source, *tags):
    return v4.new_markdown_cell(source, id=cell_id, metadata={"tags": list(tags)})


def code(cell_id, source, *outputs, tags=()):
    metadata = {"tags": list(tags)}
    return v4.new_code_cell(source, id=cell_id, outputs=list(outputs), metadata=metadata)


def shown(thing):
    return v4.new_output("execute_result", thing._repr_mimebundle_(), execution_count=1)


def narrative(cell_id, text, names, *tags):
    """Return a cell of prose as it is executed where `names` have these values."""
    shown = Narrative(render(text, names, cell_id))._repr_mimebundle_()
    output = v4.new_output("display_data", shown)
    return code(cell_id, f"%%narrative\n{text}", output, tags=tags)


def displays(names):
    shares = pd.DataFrame({"Service": names, "Part": [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.2, 0.07]})
    fig, ax = plt.subplots()
    ax.barh(shares["Service"], shares["Part"])
    bars = figures.figure(
        fig,
        name="couverture",
        alt="Diagramme en barres horizontales de la part des opérateurs par service.",
        caption="La dématérialisation domine, l’archivage reste rare",
        reading="90 % des opérateurs documentés offrent le premier service.",
        data=shares,
        formats={"Part": "percent"},
        **WORDS,
    )
    rows = [(f"Opérateur {n}", 1234 * n, (-1) ** n * n / 10) for n in range(1, 41)]
    table = figures.table(
        pd.DataFrame(rows, columns=["Opérateur", "Population desservie", "Écart"]),
        name="operateurs",
        caption="Opérateurs par population desservie",
        **WORDS,
    )
    return shown(bars), shown(table)


def sample_notebook(*, hostile=True):
    """Return a notebook with its outputs, made without a kernel."""
    names = HOSTILE if hostile else PLAIN
    bars, table = displays(list(names))
    known = {"coverage": {"share": 0.385, "name": names[0]}}
    share, name = "{{ coverage.share | percent(1) }}", "{{ coverage.name | text }}"
    answer = f"Les opérateurs documentés offrent {share} des services : c'est peu."
    answer += f" Le premier est « {name} »."
    cells = [
        markdown("title", "# Que font les opérateurs ?\n\nQuels services, et par qui ?"),
        code("imports", "from helpers import figures\n\n%load_ext claimbook"),
        markdown("data", "## Données\n\nLes pages publiques, lues une à une, dans un notebook."),
        code("coverage", "# share of operators by service\ncoverage = share(by='service')"),
        markdown("results", "## Résultats\n\n### Par service\n\nTrois services dominent."),
        code("bars", "figures.figure(fig, name='couverture')", bars),
        narrative("reading", f"La part vaut {share} ; voir la suite !", known),
        markdown("detail", f"### Par opérateur\n\nVoir [la méthode](#methode-et-limites), {LAW}."),
        code("table", "figures.table(operators, name='operateurs')", table),
        markdown("limits", "## Méthode et limites\n\n- Une page non vue compte peu.", "limits"),
        narrative("answer", answer, known, "answer"),
    ]
    meta = {"title": "Que font les opérateurs ?", "question": "Quels services, et par qui ?"}
    return v4.new_notebook(cells=cells, metadata={"opsn": meta})


def figure_first_notebook():
    """Return a notebook that shows its figure right after its answer."""
    bars, _ = displays(list(PLAIN))
    source = "# Que font les opérateurs ?\n\nQuels services ?\n\n## Données\n\nDes pages."
    cells = [
        markdown("title", source),
        code("imports", "x = 1"),
        narrative("answer", "La part est de {{ x | percent }}.", {"x": 0.38}, "answer"),
        code("bars", "figures.figure(fig, name='couverture')", bars),
        markdown("end", "Suite."),
    ]
    return v4.new_notebook(cells=cells)


def sample_context(**changes):
    """Return the context of the sample's page, with every common key set."""
    return {**SAMPLE["context"], **changes}
