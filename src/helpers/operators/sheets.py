"""The sheet of one operator: what its notebook asks of its slice, and its tables in French."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from claimbook import french
from claimbook.errors import UserError
from claimbook.figures import Links
from helpers import texts
from helpers.operators import possible_slugs
from helpers.paths import project_root

_MISSING = texts.read("operators")["missing"]
# How many public pages one line names; the others are in ``operators.json``.
_PAGES = 2
_UNDATED = "s. d."


class Sheet(dict):
    """What is known of one operator: its slice of the tables, described in ``docs/sheets.md``."""

    def short_labels(self, codes: Iterable[str]) -> str:
        """Return the labels of services up to their first "et", in one list."""
        return ", ".join(self["labels"][code].split(" et ")[0] for code in codes)

    def links(self, operators: Iterable[str]) -> Links:
        """Return names of operators that lead to their sheets, for those that have one."""
        addresses = self["addresses"]
        return Links((n, f"{addresses[n]}.html" if n in addresses else "") for n in operators)

    def in_state(self, *states: str) -> list[dict]:
        """Return the services whose state is one of those given, such as "offered"."""
        return [service for service in self["services"] if service["state"] in states]

    def likely(self, above: float) -> list[dict]:
        """Return the identified unseen services that are more probable than `above`, in order."""
        known = [s for s in self["unseen"] if s["identified"] and s["chance"] > above]
        return sorted(known, key=lambda service: (-service["chance"], service["service"]))

    def undecidable(self) -> list[str]:
        """Return the labels of the unseen services whose rate the pages do not identify."""
        unseen = self["unseen"]
        return [s["service"] for s in unseen if s["chance"] is not None and not s["identified"]]

    def lacked(self, at_least: int) -> list[dict]:
        """Return the unseen services that at least so many peers show, most peers first."""
        found = [service for service in self["unseen"] if len(service["peers"]) >= at_least]
        return sorted(found, key=lambda service: (-len(service["peers"]), service["service"]))

    def missing(self) -> list[str]:
        """Return what no page read tells of the operator, in words that follow "ne disent pas"."""
        absent = {
            **dict.fromkeys(_MISSING, True),
            **{fact["code"]: False for fact in self["facts"]},
            "form": self["family"] == "inconnue",
            "perimeter": self["perimeter"]["scope"] == "unknown",
            "website": not self["website"],
            "cooperation": not self["cooperation"],
        }
        return [words for code, words in _MISSING.items() if absent[code]]


def open_sheet(edition: str, operator: str, root: Path | None = None) -> Sheet:
    """Return the sheet of an operator.

    Parameters
    ----------
    edition : str
        Folder under ``data/processed``.
    operator : str
        Name, as the clean operators have it.
    root : Path, optional
        Root of the study; found if not given.

    Raises
    ------
    UserError
        If the build has not cut the slices yet, or has none for this operator.
    """
    folder = Path(root or project_root()) / "data" / "processed" / edition / "sheets"
    for slug in possible_slugs(operator):
        path = folder / f"{slug}.json"
        if path.is_file():
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["operator"] == operator:
                return Sheet(content)
    if not folder.is_dir():
        raise UserError(
            f"The sheets of '{edition}' have not been prepared yet. Run 'make reports' first."
        )
    known = sorted(path.stem for path in folder.glob("*.json"))
    raise UserError(
        f"There is no operator '{operator}' in '{edition}'. Use the name in the table 'operators' "
        f"of that edition ({len(known)} sheets are prepared, such as {', '.join(known[:3])})."
    )


def whole(share: float) -> str:
    """Write a share as a whole percentage: the probabilities of sheets are not known to a tenth."""
    return french.percent(share, 0)


def facts_table(sheet: Sheet) -> pd.DataFrame:
    """Return the facts that pages give: Repère, Valeur, Année, Publié aussi (if any is), Source."""
    writers = {"founded_year": french.year, "budget_eur": french.euros}
    rows = []
    for fact in sheet["facts"]:
        write = writers.get(fact["code"], _plain_number)
        spread = fact["n_values"] > 1 and fact["low"] < fact["high"]
        rows.append(
            {
                "Repère": fact["label"],
                "Valeur": write(fact["value"]),
                "Année": str(fact["year"] or ""),
                "Publié aussi": f"de {write(fact['low'])} à {write(fact['high'])}" * spread,
                "Source": Links([(_site(fact["url"]), fact["url"])]),
            }
        )
    if sheet["website"]:
        link = Links([(sheet["website"], f"https://{sheet['website']}")])
        rows.append(
            {"Repère": "Site", "Valeur": link, "Année": "", "Publié aussi": "", "Source": ""}
        )
    return _without(pd.DataFrame(rows), "Publié aussi", "")


def services_table(sheet: Sheet) -> pd.DataFrame:
    """Return the services that pages speak of: Service, État, Pages, Ce qui a été lu, Preuves."""
    return pd.DataFrame(
        {
            "Service": service["service"],
            "État": service["told"],
            "Pages": service["pages"],
            "Ce qui a été lu": _read(service["evidence"][0]),
            "Preuves": _sources(service["evidence"]),
        }
        for service in sheet["services"]
    )


def likely_table(sheet: Sheet, above: float, at_most: int) -> pd.DataFrame:
    """Return the probable services: Service, Chance qu’il l’offre, Intervalle, Une page en dit."""
    frame = pd.DataFrame(
        {
            "Service": service["service"],
            "Chance qu’il l’offre": service["chance"],
            "Intervalle": french.interval((service["low"], service["high"]), "percent", 0),
            "Une page en dit": service["told"] or "rien",
        }
        for service in sheet.likely(above)[:at_most]
    )
    return _without(frame, "Une page en dit", "rien")


def lacked_table(sheet: Sheet, at_least: int, at_most: int) -> pd.DataFrame:
    """Return what peers show: Service, Pairs qui le montrent, Chance qu’il l’offre, Voisins."""
    return pd.DataFrame(
        {
            "Service": service["service"],
            "Pairs qui le montrent": sheet.links(service["peers"]),
            "Chance qu’il l’offre": service["chance"] if service["identified"] else float("nan"),
            "Voisins qui le montrent": len(service["neighbours"]),
        }
        for service in sheet.lacked(at_least)[:at_most]
    )


def peers_table(sheet: Sheet) -> pd.DataFrame:
    """Return the peers: Pair, Parmi les plus proches, Ressemblance, Intervalle, Vus."""
    return pd.DataFrame(
        {
            "Pair": sheet.links([peer["operator"]]),
            "Parmi les plus proches": peer["among"],
            "Ressemblance": peer["resemblance"],
            "Intervalle": french.interval((peer["low"], peer["high"]), "decimal", 2),
            "Vus chez les deux": sheet.short_labels(peer["shared"]),
        }
        for peer in sheet["peers"]
    )


def partners_table(sheet: Sheet) -> pd.DataFrame:
    """Return the possible partners: Voisin, Où, Services, Lesquels, Coopération lue."""
    return pd.DataFrame(
        {
            "Voisin": sheet.links([partner["operator"]]),
            "Où": "même département" if partner["shares"] else "à côté",
            "Services": len(partner["brings"]),
            "Lesquels": sheet.short_labels(partner["brings"]),
            "Coopération lue": "oui" if partner["works"] else "non",
        }
        for partner in sheet["partners"]
    )


def cooperation_table(sheet: Sheet) -> pd.DataFrame:
    """Return the cooperation that pages tell: Avec, Nature et sujet, Années, État, Source."""
    return pd.DataFrame(
        {
            "Avec": sheet.links([link["partner"]]),
            "Nature et sujet": f"{link['kind']} ({', '.join(link['topics'])})",
            "Années": _years(link["first_year"], link["last_year"]),
            "État": link["status"],
            "Source": _sources(link["sources"]),
        }
        for link in sheet["cooperation"]
    )


def perimeter_table(sheet: Sheet) -> pd.DataFrame:
    """Return the perimeter: Département, Population, Communes, Très petites communes, Leur part."""
    return pd.DataFrame(
        {
            "Département": f"{place['name']} ({place['code']})",
            "Population": place["population"],
            "Communes": place["communes"],
            "Très petites communes": place["small"],
            "Leur part": place["small"] / place["communes"],
        }
        for place in sheet["perimeter"]["departements"]
    )


def _without(frame: pd.DataFrame, column: str, empty: str) -> pd.DataFrame:
    """Drop a column that says nothing in any row."""
    if len(frame) and (frame[column] == empty).all():
        return frame.drop(columns=column)
    return frame


def _plain_number(value: float) -> str:
    return french.count(int(value)) if value == int(value) else french.decimal(value, 1)


def _read(page: dict) -> str:
    return f"{page['note']} ({page['doubt']})" if page["doubt"] else page["note"]


def _years(first: int | None, last: int | None) -> str:
    if first is None:
        return _UNDATED
    return str(first) if first == last else f"{first}-{last}"


def _sources(pages: list[dict]) -> Links:
    """Return links to the first pages, each called by its site and year, all different."""
    seen, found = {}, []
    for page in pages[:_PAGES]:
        text = f"{_site(page['url'])}, {page['year'] or _UNDATED}"
        seen[text] = seen.get(text, 0) + 1
        found.append((text if seen[text] == 1 else f"{text} ({seen[text]})", page["url"]))
    return Links(found)


def _site(url: str) -> str:
    """Return the site that an address is of, without ``www.``; the word "page" if it has none."""
    return re.match(r"(?:(?i:https?:)?//)?(?:www\.)?([^/?#]*)", url.strip())[1] or "page"
