"""A small confidential edition, made up by hand: no operator of it exists."""

import io
from contextlib import contextmanager
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
ROWS = """\
operator;full_name;region;legal_family;siret;website;staff;members;budget;paie;archives;web
Vérantis;Syndicat mixte Vérantis;53;syndicat;13002526500013;;12;214;1234567;1;0;1
Nuaclic;Agence Nuaclic;53;agence;13002526500021;https://nuaclic.example/accueil;7;98;512300;1;0;1
Breizhor;Syndicat mixte Breizhor;53;syndicat;13002526500039;;22;301;2345100;1;0;0
Kernodis;Syndicat Kernodis;53;syndicat;13002526500047;;18;187;1876500;1;0;1
M.O.R.V.A.;Ressources de la Vallée;53;agence;;;5;45;301250;0;0;1
Agence Armenios;Agence Armenios;53;agence;;;9;120;655400;1;0;0
Normanciel;Syndicat mixte Normanciel;28;syndicat;;;31;402;4120800;1;1;1
Caldenum;Agence Caldenum;28;agence;;;14;150;988700;1;0;1
Seinalys;Syndicat Seinalys;28;syndicat;;;26;333;3010400;0;0;1
Ornélia;Syndicat Ornélia;28;syndicat;;;11;142;1102300;1;0;0
Cotenvia;Agence Cotenvia;28;agence;;;8;88;540100;1;0;1
Eurélune;Agence Eurélune;28;agence;;;6;61;410700;1;0;1
GIP Corsinum;GIP Corsinum;94;gip;;;40;360;98;1;1;1
OEB;Agence œuvre en balagne;94;agence;;;4;30;250900;1;0;0
Balagnou;Syndicat Balagnou;94;syndicat;;;10;77;701200;0;0;1
"""
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
    rows = pd.read_csv(io.StringIO(ROWS), sep=";", dtype=text, keep_default_na=False)
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
