"""What pages say of the services of an operator, and what a model says of the others."""

from __future__ import annotations

import pandas as pd

from helpers.operators.words import STATES, WEAK, called


def reading(row, statements: pd.DataFrame) -> dict:
    """Return how deeply an operator was read: pages, statements, how many are weak, first and last year."""
    mine = statements[statements["operator"] == row.operator]
    years = mine["year"].dropna()
    return {
        "pages": int(row.n_pages),
        "statements": len(mine),
        "weak": int(mine["weak"].sum()),
        "first_year": int(years.min()) if len(years) else None,
        "last_year": int(years.max()) if len(years) else None,
    }


def services_told(
    operator: str, states: pd.DataFrame, statements: pd.DataFrame, services: pd.DataFrame
) -> list[dict]:
    """Return the services that some page speaks of, in the order of the taxonomy, each with its pages.

    Parameters
    ----------
    operator : str
    states : DataFrame
        Retained state of each operator and service.
    statements : DataFrame
        One row per page, operator and service.
    services : DataFrame
        Taxonomy.

    Returns
    -------
    list of dict
        code, service, family, state, told (the state in words), pages (that say so), first_year, last_year (or None)
        and evidence: those pages, the firm ones first, then the latest, each with page, url, year, note and doubt (why
        the page is weak, or an empty text).
    """
    mine = states[states["operator"] == operator].set_index("service_code")["state"]
    said = statements[statements["operator"] == operator]
    found = []
    for row in services.itertuples():
        if row.service_code not in mine.index:
            continue
        state = mine[row.service_code]
        pages = said[(said["service_code"] == row.service_code) & (said["status"] == state)]
        evidence = [_page(page) for page in pages.itertuples()]
        evidence.sort(
            key=lambda page: (bool(page["doubt"]), -(page["year"] or 0), page["page"], page["note"])
        )
        evidence = list({page["page"]: page for page in reversed(evidence)}.values())[::-1]
        years = [page["year"] for page in evidence if page["year"] is not None]
        found.append(
            {
                "code": row.service_code,
                "service": row.label_fr,
                "family": row.family_fr,
                "state": state,
                "told": called(STATES, state),
                "pages": len(evidence),
                "first_year": min(years, default=None),
                "last_year": max(years, default=None),
                "evidence": evidence,
            }
        )
    return found


def _page(row) -> dict:
    return {
        "page": row.page,
        "url": row.source_url,
        "year": None if pd.isna(row.year) else int(row.year),
        "note": row.note,
        "doubt": (called(WEAK, row.weak_reason) or "indice faible") if row.weak else "",
    }


def services_unseen(
    operator: str,
    unseen: pd.DataFrame,
    services: pd.DataFrame,
    elsewhere: dict[str, dict[str, list[str]]],
    told: list[dict],
) -> list[dict]:
    """Return the services that no page shows offered, each with its probability and who shows it elsewhere.

    Parameters
    ----------
    operator : str
    unseen : DataFrame
        operator, service_code, chance, low, high, identified: see :func:`helpers.occupancy.unseen_offers`.
    services : DataFrame
        Taxonomy.
    elsewhere : dict of str to dict of str to list of str
        For ``peers`` and ``neighbours``: service to the names that show it, in order.
    told : list of dict
        As :func:`services_told` returns it: a service told to be planned is named as such.

    Returns
    -------
    list of dict
        code, service, family, told (its state in words if a page speaks of it, else an empty text), chance, low, high
        (None for an operator that was not read), identified, peers and neighbours (names). Probabilities are rounded
        to a hundredth: more would be false precision, and a sheet would be made again for a change that nobody sees.
    """
    mine = unseen[unseen["operator"] == operator].set_index("service_code")
    offered = {service["code"] for service in told if service["state"] == "offered"}
    words = {service["code"]: service["told"] for service in told}
    found = []
    for row in services.itertuples():
        code = row.service_code
        if code in offered:
            continue
        known = code in mine.index
        found.append(
            {
                "code": code,
                "service": row.label_fr,
                "family": row.family_fr,
                "told": words.get(code, ""),
                "chance": round(float(mine.loc[code, "chance"]), 2) if known else None,
                "low": round(float(mine.loc[code, "low"]), 2) if known else None,
                "high": round(float(mine.loc[code, "high"]), 2) if known else None,
                "identified": bool(mine.loc[code, "identified"]) if known else False,
                "peers": elsewhere["peers"].get(code, []),
                "neighbours": elsewhere["neighbours"].get(code, []),
            }
        )
    return found
