"""One small file per operator with all that its sheet shows, so that a sheet depends on nothing else.

A sheet whose slice comes back with the same bytes is not made again, whatever changed for the others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from helpers import indicators, territory
from helpers.operators import evidence, identity, ties
from helpers.operators.slugs import slugs


def build_slices(tables: Mapping[str, pd.DataFrame], root: Path | None = None) -> dict[str, dict]:
    """Cut the tables of an edition into one slice per operator.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Those that `helpers.operators.TABLES` names.
    root : Path, optional
        Root of the study, for the territories.

    Returns
    -------
    dict of str to dict
        By slug, sorted by name of operator; ready for JSON. ``docs/sheets.md`` says what each entry means.

    Raises
    ------
    ValueError
        If a table names an operator that `operators` does not have.
    """
    operators = tables["operators"].sort_values("operator")
    names = list(operators["operator"])
    for table, column in (("states", "operator"), ("peers", "peer"), ("unseen_offers", "operator")):
        strangers = sorted(set(tables[table][column]) - set(names))
        if strangers:
            raise ValueError(f"{table} name {strangers[0]!r}, which is no operator of this edition")
    services = tables["services"]
    order = list(services["service_code"])
    offered = tables["states"][tables["states"]["state"] == "offered"]
    by_operator = offered.groupby("operator")["service_code"].agg(set)
    shown = {
        name: [code for code in order if code in by_operator.get(name, set())] for name in names
    }
    common = {
        "tables": tables,
        "shown": shown,
        "families": dict(zip(operators["operator"], operators["legal_family"], strict=True)),
        "labels": dict(zip(services["service_code"], services["label_fr"], strict=True)),
        "facts": identity.departement_facts(root),
        "distances": indicators.border_distances(
            tables["operator_departements"], territory.adjacency(root), names
        ),
        "links": ties.cooperation_links(tables["cooperation"]),
        "reread": _reread(tables["second_reading"]),
    }
    addresses = slugs(names)
    return {
        addresses[row.operator]: _slice(row, addresses, common) for row in operators.itertuples()
    }


def _slice(row, addresses: Mapping[str, str], common: Mapping) -> dict:
    name, tables, shown = row.operator, common["tables"], common["shown"]
    peers = ties.peers_of(name, tables["peers"], shown, common["families"])
    around = ties.neighbours_of(name, common["distances"], shown, common["links"])
    told = evidence.services_told(name, tables["states"], tables["statements"], tables["services"])
    elsewhere = {
        "peers": _showing([peer["operator"] for peer in peers], shown),
        "neighbours": _showing(around["names"], shown),
    }
    cooperation = ties.cooperation_of(name, tables["cooperation"], common["labels"])
    mentioned = {
        *around["names"],
        *(peer["operator"] for peer in peers),
        *(link["partner"] for link in cooperation),
    }
    return {
        "operator": name,
        "slug": addresses[name],
        **identity.identity(row, tables["links"]),
        "perimeter": identity.perimeter(row, common["facts"]),
        "facts": identity.published_facts(name, tables["attributes"]),
        "reading": {**evidence.reading(row, tables["statements"]), **common["reread"]},
        "services": told,
        "unseen": evidence.services_unseen(
            name, tables["unseen_offers"], tables["services"], elsewhere, told
        ),
        "class": ties.standing(name, tables["classes"]),
        "peers": peers,
        "neighbours": around["names"],
        "partners": around["partners"],
        "cooperation": cooperation,
        "labels": common["labels"],
        "addresses": {other: addresses[other] for other in sorted(mentioned) if other in addresses},
    }


def _showing(names: list[str], shown: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return, for each service, which of some operators show it, in their order."""
    found: dict[str, list[str]] = {}
    for name in names:
        for code in shown.get(name, []):
            found.setdefault(code, []).append(name)
    return found


def _reread(second_reading: pd.DataFrame) -> dict:
    judged = second_reading[second_reading["found"] == "yes"]
    return {"reread": len(judged), "reread_partly": int((judged["supports"] != "yes").sum())}


def slice_text(content: dict) -> str:
    """Return a slice as JSON text: the same content gives the same bytes."""
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def slice_path(processed_dir: Path, slug: str) -> Path:
    """Return the file that holds the slice of an operator."""
    return processed_dir / "sheets" / f"{slug}.json"
