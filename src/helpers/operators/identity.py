"""Who an operator is and where it works: the parts of a slice that need no model."""

from __future__ import annotations

import re

import pandas as pd

from helpers import territory
from helpers.operators.words import FACTS, FORMS, OUTSIDE, called

_EX = re.compile(r"\s*\(\s*ex\s[^)]*\)", re.IGNORECASE)
#: Size below which a commune is called very small.
SMALL = 500


def departement_facts(root=None) -> pd.DataFrame:
    """Return what each of the 101 départements adds to a perimeter.

    Parameters
    ----------
    root : Path, optional
        Root of the study.

    Returns
    -------
    DataFrame, indexed by code
        name, region (name), population (inhabitants), communes and small (communes below `SMALL` inhabitants).
    """
    places = territory.departements(root).set_index("code")
    regions = territory.regions(root).set_index("code")["name"]
    communes = territory.communes(root)
    sizes = communes.groupby("departement")["population"]
    return pd.DataFrame(
        {
            "name": places["name"],
            "region": places["region"].map(regions),
            "population": sizes.sum().astype("int64").reindex(places.index),
            "communes": sizes.size().reindex(places.index),
            "small": (communes["population"] < SMALL)
            .groupby(communes["departement"])
            .sum()
            .reindex(places.index),
        }
    ).astype({"communes": "int64", "small": "int64"})


def identity(row, links: pd.DataFrame) -> dict:
    """Return what an operator is called and what became of it.

    Parameters
    ----------
    row : namedtuple
        Its row of the clean operators.
    links : DataFrame
        Successions and mergers: operator, predecessor, kind, year, source_url.
    """
    mine = links[links["operator"] == row.operator].sort_values(["predecessor", "kind"])
    return {
        # the former names stand in an entry of their own
        "full_name": _EX.sub("", row.full_name).strip() or row.operator,
        "former_names": [name.strip() for name in row.former_names.split("|") if name.strip()],
        "family": row.legal_family,
        "form": called(FORMS, row.legal_family),
        "website": row.website,
        "history": [
            {
                "name": link.predecessor,
                "kind": link.kind,
                "year": _whole(link.year),
                "url": link.source_url,
            }
            for link in mine.itertuples()
        ],
    }


def perimeter(row, facts: pd.DataFrame) -> dict:
    """Return the départements of an operator, each with what it adds to the perimeter."""
    codes = [code for code in row.departements.split("|") if code]
    inside = facts.loc[codes]
    return {
        "scope": row.scope,
        "departements": [
            {"code": code, **_plain(values)} for code, values in inside.to_dict("index").items()
        ],
        "outside": [called(OUTSIDE, code) for code in row.outside_departements.split("|") if code],
        "regions": sorted(set(inside["region"])),
        "country_small": round(float(facts["small"].sum() / facts["communes"].sum()), 4),
    }


def published_facts(operator: str, attributes: pd.DataFrame) -> list[dict]:
    """Return the attributes of an operator that some page gives: label, value, spread, year and source."""
    mine = attributes[attributes["operator"] == operator].set_index("attribute")
    return [
        {
            "code": code,
            "label": label,
            "value": float(mine.loc[code, "value"]),
            "low": float(mine.loc[code, "minimum"]),
            "high": float(mine.loc[code, "maximum"]),
            "n_values": int(mine.loc[code, "n_values"]),
            "year": _whole(mine.loc[code, "year"]),
            "url": mine.loc[code, "source_url"],
        }
        for code, label in FACTS.items()
        if code in mine.index
    ]


def _whole(value) -> int | None:
    return None if pd.isna(value) else int(value)


def _plain(values: dict) -> dict:
    return {key: value.item() if hasattr(value, "item") else value for key, value in values.items()}
