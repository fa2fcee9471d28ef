"""A small confidential edition, made up by hand: no operator of it exists."""

from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pandas as pd
from nbformat import v4

from claimbook import figures
from claimbook.claims import collect, ledger_text
from claimbook.page import export
from claimbook.prose import Narrative, render
from claimbook.protect.leaks import knowledge_of
from claimbook.protect.policy import Policy, set_policy
from claimbook.protect.pseudonyms import hide_operators, read_roles

POLICY = Policy("secrete", confidential=True)
ROLES = read_roles()
KEY = b"a key that is long enough for tests"
REGIONS = {"53": "Bretagne", "28": "Normandie", "94": "Corse"}
FORMS = {"syndicat": "Syndicats", "agence": "Agences et régies", "gip": "Groupements"}
SERVICES = {"paie": "Gestion de la paie", "archives": "Archivage", "web": "Sites internet"}
LABELS = {**FORMS, **SERVICES, **{f"region:{code}": name for code, name in REGIONS.items()}}
LABELS |= {"offered": "oui", "not_offered": "non"}
ROWS = Path(__file__).with_name("operators.csv")
WORDS = {"scope": "opérateurs qui ont répondu.", "source": "enquête inventée."}


@contextmanager
def running(policy: Policy):
    """Run code as in a notebook of the edition."""
    with patch("IPython.get_ipython", return_value=SimpleNamespace(user_ns={})):
        set_policy(policy)
        yield


def tables() -> dict[str, pd.DataFrame]:
    """Return the tidy tables, under the operators' own names."""
    text = {"region": str, "siret": str, "website": str}
    rows = pd.read_csv(ROWS, sep=";", dtype=text, keep_default_na=False)
    states = rows.melt("operator", list(SERVICES), "service_code", "state")
    states["state"] = states["state"].map({1: "offered", 0: "not_offered"})
    links = pd.DataFrame(
        [
            ("Vérantis", "Nuaclic", "L2", "convention avec Breizhor"),
            ("Vérantis", "Mairie d’Ailleurs", "L3", ""),
        ],
        columns=["source", "target", "row_id", "note"],
    )
    return {"operators": rows.drop(columns=list(SERVICES)), "states": states, "links": links}


def known():
    """Return what a checker knows of the edition."""
    return knowledge_of(tables(), ROLES, 3, LABELS, [*REGIONS.values(), "Haute-Corse"])


def public() -> dict[str, pd.DataFrame]:
    """Return the tables that a notebook of the edition reads."""
    return hide_operators(tables(), ROLES, KEY)


def frames() -> dict[str, pd.DataFrame]:
    """Return what a notebook computes: groups of operators, services, and a cross table."""
    operators, states = public()["operators"], public()["states"]
    region, form = operators["region"].map(REGIONS), operators["legal_family"].map(FORMS)
    said = states[states["state"] == "offered"].groupby("service_code").size()
    services = pd.DataFrame({"Service": SERVICES.values(), "Oui": said[list(SERVICES)].to_numpy()})
    return {
        "services": services.assign(Répondants=15),
        "formes": form.value_counts().rename_axis("Forme").reset_index(name="Opérateurs"),
        "croisement": pd.crosstab(form, region).rename_axis("Forme", columns=None).reset_index(),
    }


def exported() -> dict[str, bytes]:
    """Return the files of the edition as a build writes them."""
    bases = {"services": {"k": "Oui", "n": "Répondants"}, "formes": {"k": "Opérateurs"}}
    title = v4.new_markdown_cell("# Qui offre quoi ?\n\nQuels services sont offerts ?", id="title")
    cells = [title]
    with running(POLICY):
        shown = {
            name: figures.table(frames()[name], name=name, caption=name.title(), base=base, **WORDS)
            for name, base in bases.items()
        }
        text = "{{ archives | count }} opérateurs archivent, soit {{ archives | percent }}."
        values = {"archives": SimpleNamespace(value=2 / 15, low=0.04, high=0.38, k=2, n=15)}
        shown["reading"] = Narrative(render(text, values, "reading"))
        for name, display in shown.items():
            output = v4.new_output("display_data", display._repr_mimebundle_())
            cells.append(v4.new_code_cell(f"# {name}", id=name, outputs=[output]))
        book = v4.new_notebook(cells=cells)
        claims = collect(book, "03_carte")
        page = export(book, {"edition": "secrete", "least": 3, "name": "03_carte"})
    return {"03_carte.html": page.encode(), "claims.json": ledger_text(claims).encode()}
