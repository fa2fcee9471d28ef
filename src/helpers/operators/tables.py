"""The tables of a sheet, ready to be shown: French headings, links to public pages and to other sheets."""

from __future__ import annotations

import re

import pandas as pd

from claimbook import french
from claimbook.figures import Links
from helpers.operators.reading import Sheet

# How many public pages one line names; the others are in ``operators.json``.
_PAGES = 2
_UNDATED = "s. d."


def whole(share: float) -> str:
    """Write a share as a whole percentage: the probabilities of sheets are not known to a tenth of a point."""
    return french.percent(share, 0)


def facts_table(sheet: Sheet) -> pd.DataFrame:
    """Return the facts that pages give: Repère, Valeur, Année, Publié aussi (if any is), Source."""
    rows = []
    for fact in sheet["facts"]:
        write = {"founded_year": french.year, "budget_eur": french.euros}.get(
            fact["code"], _plain_number
        )
        spread = fact["n_values"] > 1 and fact["low"] < fact["high"]
        rows.append(
            {
                "Repère": fact["label"],
                "Valeur": write(fact["value"]),
                "Année": "" if fact["year"] is None else str(fact["year"]),
                "Publié aussi": f"de {write(fact['low'])} à {write(fact['high'])}"
                if spread
                else "",
                "Source": Links([(site(fact["url"]), fact["url"])]),
            }
        )
    if sheet["website"]:
        link = Links([(sheet["website"], f"https://{sheet['website']}")])
        rows.append(
            {"Repère": "Site", "Valeur": link, "Année": "", "Publié aussi": "", "Source": ""}
        )
    frame = pd.DataFrame(rows)
    return (
        frame
        if len(frame) == 0 or frame["Publié aussi"].any()
        else frame.drop(columns="Publié aussi")
    )


def _plain_number(value: float) -> str:
    return french.count(int(value)) if value == int(value) else french.decimal(value, 1)


def site(url: str) -> str:
    """Return the site that an address is of, without ``www.``; the word "page" if it has none."""
    host = re.sub(r"^(?:https?:)?//", "", url.strip(), flags=re.IGNORECASE)
    return re.split(r"[/?#]", host)[0].removeprefix("www.") or "page"


def services_table(sheet: Sheet) -> pd.DataFrame:
    """Return the services that pages speak of: Service, État, Pages, Ce qui a été lu, Preuves.

    What was read, and where, is that of the surest and latest pages.
    """
    rows = []
    for service in sheet["services"]:
        first = service["evidence"][0]
        doubt = f" ({first['doubt']})" if first["doubt"] else ""
        rows.append(
            {
                "Service": service["service"],
                "État": service["told"],
                "Pages": service["pages"],
                "Ce qui a été lu": f"{first['note']}{doubt}",
                "Preuves": Links(_sources(service["evidence"][:_PAGES])),
            }
        )
    return pd.DataFrame(rows)


def _years(first: int | None, last: int | None) -> str:
    if first is None:
        return _UNDATED
    return str(first) if first == last else f"{first}-{last}"


def _sources(pages: list[dict]) -> list[tuple[str, str]]:
    """Return a text and an address for each page, the texts all different."""
    texts, found = {}, []
    for page in pages:
        text = f"{site(page['url'])}, {page['year'] or _UNDATED}"
        texts[text] = texts.get(text, 0) + 1
        again = f" ({texts[text]})" if texts[text] > 1 else ""
        found.append((text + again, page["url"]))
    return found


def likely_table(sheet: Sheet, above: float, at_most: int) -> pd.DataFrame:
    """Return the probable unseen services: Service, Chance qu’il l’offre, Intervalle, Une page en dit (if any does)."""
    rows = [
        {
            "Service": service["service"],
            "Chance qu’il l’offre": service["chance"],
            "Intervalle": french.interval((service["low"], service["high"]), "percent", 0),
            "Une page en dit": service["told"] or "rien",
        }
        for service in sheet.likely(above)[:at_most]
    ]
    frame = pd.DataFrame(rows)
    return (
        frame.drop(columns="Une page en dit")
        if len(frame) and set(frame["Une page en dit"]) == {"rien"}
        else frame
    )


def lacked_table(sheet: Sheet, at_least: int, at_most: int) -> pd.DataFrame:
    """Return what peers show and no page shows here: Service, Pairs qui le montrent, Chance qu’il l’offre, Voisins."""
    rows = [
        {
            "Service": service["service"],
            "Pairs qui le montrent": _linked(sheet, service["peers"]),
            "Chance qu’il l’offre": service["chance"] if service["identified"] else None,
            "Voisins qui le montrent": len(service["neighbours"]),
        }
        for service in sheet.lacked(at_least)[:at_most]
    ]
    return pd.DataFrame(rows).astype({"Chance qu’il l’offre": float}) if rows else pd.DataFrame()


def _linked(sheet: Sheet, operators: list[str]) -> Links:
    return Links((name, sheet.address(name)) for name in operators)


def peers_table(sheet: Sheet) -> pd.DataFrame:
    """Return the peers: Pair, Parmi les plus proches, Ressemblance, Intervalle, Vus chez les deux."""
    rows = [
        {
            "Pair": _linked(sheet, [peer["operator"]]),
            "Parmi les plus proches": peer["among"],
            "Ressemblance": peer["resemblance"],
            "Intervalle": french.interval((peer["low"], peer["high"]), "decimal", 2),
            "Vus chez les deux": ", ".join(sheet.short_labels(peer["shared"])),
        }
        for peer in sheet["peers"]
    ]
    return pd.DataFrame(rows)


def partners_table(sheet: Sheet) -> pd.DataFrame:
    """Return the possible partners: Voisin, Où, Services, Lesquels, Coopération lue."""
    rows = [
        {
            "Voisin": _linked(sheet, [partner["operator"]]),
            "Où": "même département" if partner["shares"] else "à côté",
            "Services": len(partner["brings"]),
            "Lesquels": ", ".join(sheet.short_labels(partner["brings"])),
            "Coopération lue": "oui" if partner["works"] else "non",
        }
        for partner in sheet["partners"]
    ]
    return pd.DataFrame(rows)


def cooperation_table(sheet: Sheet) -> pd.DataFrame:
    """Return the cooperation that pages tell: Avec, Nature et sujet, Années, État, Source."""
    rows = [
        {
            "Avec": _linked(sheet, [link["partner"]]),
            "Nature et sujet": f"{link['kind']} ({', '.join(link['topics'])})",
            "Années": _years(link["first_year"], link["last_year"]),
            "État": link["status"],
            "Source": Links(_sources(link["sources"][:_PAGES])),
        }
        for link in sheet["cooperation"]
    ]
    return pd.DataFrame(rows)


def perimeter_table(sheet: Sheet) -> pd.DataFrame:
    """Return the départements of the perimeter: Département, Population, Communes, Très petites communes, Leur part."""
    rows = [
        {
            "Département": f"{place['name']} ({place['code']})",
            "Population": place["population"],
            "Communes": place["communes"],
            "Très petites communes": place["small"],
            "Leur part": place["small"] / place["communes"],
        }
        for place in sheet["perimeter"]["departements"]
    ]
    return pd.DataFrame(rows)
