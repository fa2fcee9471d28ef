"""An operator among the others: its class, its peers, its neighbours, and with whom it works."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers import network as graph
from helpers.operators.words import FORMS, KINDS, STATUSES, TOPICS, called

#: How many neighbours a sheet names as possible partners.
PARTNERS = 5


def standing(operator: str, classes: pd.DataFrame) -> dict | None:
    """Return the class of an operator with its uncertainty, or None if it was not read.

    Memberships are rounded to a hundredth.
    """
    mine = classes[classes["operator"] == operator]
    if mine.empty:
        return None
    row = mine.iloc[0]
    return {
        "name": row["class_name"],
        "code": row["class_code"],
        "membership": round(float(row["membership"]), 2),
        "second": row["second_class_name"],
        "second_membership": round(float(row["second_membership"]), 2),
        "placed": bool(row["placed"]),
        "main": bool(row["in_main_analysis"]),
        "verdict": row["verdict"],
    }


def peers_of(
    operator: str, peers: pd.DataFrame, shown: Mapping[str, list[str]], families: Mapping[str, str]
) -> list:
    """Return the nearest peers of an operator and why they are: those that show one service at least that it shows.

    Where nothing seen is shared, only the completions are alike, which is no reason to tell a reader.

    Parameters
    ----------
    operator : str
    peers : DataFrame
        As :func:`helpers.indicators.nearest_peers` returns it.
    shown : mapping of str to list of str
        Operator to the codes of the services seen offered there, in the order of the taxonomy.
    families : mapping of str to str
        Operator to the code of its legal family.

    Returns
    -------
    list of dict
        operator, form, same_form, among, by_chance, resemblance, low, high (rounded to a hundredth), shared (services
        seen at both) and more (seen at the peer alone).
    """
    own = set(shown.get(operator, []))
    found = [
        {
            "operator": row.peer,
            "form": called(FORMS, families[row.peer]),
            "same_form": families[row.peer] == families[operator],
            **{
                name: round(float(getattr(row, name)), 2)
                for name in ("among", "resemblance", "low", "high")
            },
            "by_chance": round(float(row.by_chance), 2),
            "shared": [code for code in shown[row.peer] if code in own],
            "more": [code for code in shown[row.peer] if code not in own],
        }
        for row in peers[peers["operator"] == operator].sort_values("rank").itertuples()
    ]
    return [peer for peer in found if peer["shared"]]


def neighbours_of(
    operator: str,
    distances: pd.DataFrame,
    shown: Mapping[str, list[str]],
    links: Mapping[frozenset, int],
) -> dict:
    """Return the documented operators around one, and those that could bring it most.

    Parameters
    ----------
    operator : str
    distances : DataFrame of int
        Borders between perimeters, as :func:`helpers.indicators.border_distances` gives them.
    shown : mapping of str to list of str
        Operator to the codes of the services seen offered there.
    links : mapping of frozenset to int
        Pair of names to the rung of their cooperation.

    Returns
    -------
    dict
        ``names`` (those that share a département or touch one, sorted) and ``partners``: at most `PARTNERS` of them,
        those that show most services not seen at the operator first, then the nearest, each with operator, shares
        (whether they share a département), brings (codes) and works (whether they already cooperate).
    """
    own = set(shown.get(operator, []))
    around = distances.loc[operator]
    names = sorted(name for name, far in around.items() if far <= 1 and name != operator)
    found = [
        {
            "operator": name,
            "shares": bool(around[name] == 0),
            "brings": [code for code in shown.get(name, []) if code not in own],
            "works": frozenset((operator, name)) in links,
        }
        for name in names
    ]
    useful = [partner for partner in found if partner["brings"]]
    useful.sort(
        key=lambda partner: (-len(partner["brings"]), not partner["shares"], partner["operator"])
    )
    return {"names": names, "partners": useful[:PARTNERS]}


def cooperation_links(cooperation: pd.DataFrame) -> dict[frozenset, int]:
    """Return the pairs that some page puts together now, each with how far their cooperation goes."""
    network = graph.cooperation_graph(cooperation)
    return {frozenset((first, second)): rung for first, second, rung in network.edges(data="rung")}


def cooperation_of(
    operator: str, cooperation: pd.DataFrame, topics: Mapping[str, str]
) -> list[dict]:
    """Return what pages say of the cooperation of an operator, one entry per partner and kind.

    Parameters
    ----------
    operator : str
    cooperation : DataFrame
        Clean statements of cooperation.
    topics : mapping of str to str
        Service to its label.

    Returns
    -------
    list of dict
        partner, is_operator, kind (in words; who renders the service, where one does), topics (in words), first_year,
        last_year (or None), status (of the latest statement), rung and sources (url and year, latest first). Deepest
        first, then by name. Mergers and successions are no cooperation: they are told as history.
    """
    ours = (cooperation["source"] == operator) | (cooperation["target"] == operator)
    mine = cooperation[ours & ~cooperation["kind"].isin(graph.HISTORY)].copy()
    if mine.empty:
        return []
    gives = mine["source"] == operator
    mine["partner"] = mine["target"].where(gives, mine["source"])
    mine["known"] = mine["target_is_operator"].where(gives, mine["source_is_operator"])
    mine["words"] = [_kind(kind, own) for kind, own in zip(mine["kind"], gives, strict=True)]
    found = []
    for (partner, words), rows in mine.groupby(["partner", "words"], sort=True):
        rows = rows.sort_values(["year", "source_url"], ascending=[False, True], na_position="last")
        years = rows["year"].dropna()
        subjects = sorted({topics.get(topic) or called(TOPICS, topic) for topic in rows["topic"]})
        found.append(
            {
                "partner": partner,
                "is_operator": bool(rows["known"].iloc[0]),
                "kind": words,
                "topics": subjects,
                "first_year": int(years.min()) if len(years) else None,
                "last_year": int(years.max()) if len(years) else None,
                "status": called(STATUSES, rows["status"].iloc[0]),
                "rung": max(graph.RUNGS[kind] for kind in rows["kind"]),
                "sources": _sources(rows),
            }
        )
    return sorted(found, key=lambda link: (-link["rung"], link["partner"], link["kind"]))


def _kind(kind: str, own: bool) -> str:
    if kind == "provides_to":
        return "service rendu à ce partenaire" if own else "service rendu par ce partenaire"
    return called(KINDS, kind)


def _sources(rows: pd.DataFrame) -> list[dict]:
    found = {}
    for url, year in zip(rows["source_url"], rows["year"], strict=True):
        found.setdefault(url, {"url": url, "year": None if pd.isna(year) else int(year)})
    return list(found.values())
