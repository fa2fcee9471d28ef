"""Cut the tables of an edition into one slice per operator: all that its sheet says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from helpers import indicators, territory, texts
from helpers import network as graph
from helpers.operators import slugs

_WORDS = texts.read("operators")
_FORMER_NAMES = re.compile(r"\s*\(\s*ex\s[^)]*\)", re.IGNORECASE)
#: Size below which a commune is called very small.
SMALL = 500
#: How many neighbours a sheet names as possible partners.
PARTNERS = 5


def build_slices(tables: Mapping[str, pd.DataFrame], root: Path | None = None) -> dict[str, dict]:
    """Cut the tables that `TABLES` names into one slice per operator, by slug, ready for JSON.

    ``docs/sheets.md`` says what each entry means. Probabilities are rounded to a hundredth: more
    would be false precision.
    """
    operators = tables["operators"].sort_values("operator")
    cut = _Slicer(tables, operators, root)
    return {cut.addresses[row.operator]: cut.slice(row) for row in operators.itertuples()}


def slice_text(content: dict) -> str:
    """Return a slice as JSON text: the same content gives the same bytes."""
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def departement_facts(root: Path | None = None) -> pd.DataFrame:
    """Return by code of département: name, region, population, communes, small (below `SMALL`)."""
    places = territory.departements(root).set_index("code")[["name", "region"]]
    regions = territory.regions(root).set_index("code")["name"]
    sizes = territory.communes(root).groupby("departement")["population"]
    counts = {
        "population": sizes.sum(),
        "communes": sizes.size(),
        "small": sizes.agg(lambda population: (population < SMALL).sum()),
    }
    places["region"] = places["region"].map(regions)
    return places.join(pd.DataFrame(counts).astype("int64"))


class _Slicer:
    """The tables of an edition by operator, and what all slices share."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], operators: pd.DataFrame, root):
        names, services = list(operators["operator"]), tables["services"]
        statements = tables["statements"]
        doubts = [_doubt(row) for row in statements.itertuples()]
        self.tables = {**tables, "statements": statements.assign(doubt=doubts)}
        self.services = list(services.itertuples())
        self.addresses = slugs(names)
        self.families = dict(zip(names, operators["legal_family"], strict=True))
        self.labels = dict(zip(services["service_code"], services["label_fr"], strict=True))
        states = tables["states"]
        offers = states[states["state"] == "offered"].groupby("operator")["service_code"].agg(set)
        #: Operator to the codes of the services seen offered there, in the order of the taxonomy.
        self.seen = {
            name: [code for code in self.labels if code in offers.get(name, ())] for name in names
        }
        self.facts = departement_facts(root)
        small, communes = self.facts[["small", "communes"]].sum()
        self.country_small = round(float(small / communes), 4)
        self.distances = indicators.border_distances(
            tables["operator_departements"], territory.adjacency(root), names
        )
        links = graph.cooperation_graph(tables["cooperation"]).edges
        self.linked = {frozenset(pair) for pair in links}
        reading = tables["second_reading"]
        self.judged = reading.loc[reading["found"] == "yes", "supports"]

    def slice(self, row) -> dict:
        """Return the slice of an operator, given as its row of the clean operators."""
        name = row.operator
        services, cooperation = self._services(name), self._cooperation(name)
        peers, neighbours = self._peers(name), self._neighbours(name)
        near, alike = [n["operator"] for n in neighbours], [peer["operator"] for peer in peers]
        # Those that show most first, then those of the same département.
        partners = sorted(
            (n for n in neighbours if n["brings"]),
            key=lambda n: (-len(n["brings"]), not n["shares"], n["operator"]),
        )
        mentioned = {*near, *alike, *(link["partner"] for link in cooperation)} & set(
            self.addresses
        )
        return {
            "operator": name,
            "slug": self.addresses[name],
            **self._identity(row),
            "perimeter": self._perimeter(row),
            "facts": self._facts(name),
            "reading": self._reading(row),
            "services": services,
            "unseen": self._unseen(name, services, alike, near),
            "class": self._class(name),
            "peers": peers,
            "neighbours": near,
            "partners": partners[:PARTNERS],
            "cooperation": cooperation,
            "labels": self.labels,
            "addresses": {other: self.addresses[other] for other in sorted(mentioned)},
        }

    def _of(self, table: str, operator: str) -> pd.DataFrame:
        frame = self.tables[table]
        return frame[frame["operator"] == operator]

    def _identity(self, row) -> dict:
        links = self._of("links", row.operator).sort_values(["predecessor", "kind"])
        return {
            # the former names stand in an entry of their own
            "full_name": _FORMER_NAMES.sub("", row.full_name).strip() or row.operator,
            "former_names": _split(row.former_names),
            "family": row.legal_family,
            "form": _called("forms", row.legal_family),
            "website": row.website,
            "history": _records(
                links, name="predecessor", kind="kind", year="year", url="source_url"
            ),
        }

    def _perimeter(self, row) -> dict:
        inside = self.facts.loc[_split(row.departements)]
        return {
            "scope": row.scope,
            "departements": inside.rename_axis("code").reset_index().to_dict("records"),
            "outside": [_called("outside", code) for code in _split(row.outside_departements)],
            "regions": sorted(set(inside["region"])),
            "country_small": self.country_small,
        }

    def _facts(self, operator: str) -> list[dict]:
        labels = _WORDS["facts"]
        mine = self._of("attributes", operator).set_index("attribute", drop=False)
        mine = mine.loc[[code for code in labels if code in mine.index]]
        mine = mine.assign(label=mine["attribute"].map(labels)).astype({"value": "float64"})
        names = {"code": "attribute", "label": "label", "value": "value", "low": "minimum"}
        names |= {"high": "maximum", "n_values": "n_values", "year": "year", "url": "source_url"}
        return _records(mine, **names)

    def _reading(self, row) -> dict:
        statements = self._of("statements", row.operator)
        return {
            "pages": int(row.n_pages),
            "statements": len(statements),
            "weak": int(statements["weak"].sum()),
            **_span(statements["year"]),
            "reread": len(self.judged),
            "reread_partly": int((self.judged != "yes").sum()),
        }

    def _services(self, operator: str) -> list[dict]:
        """Return the services that pages speak of, each with its pages: firm, then latest."""
        states = self._of("states", operator).set_index("service_code")["state"]
        statements = self._of("statements", operator)
        found = []
        for service in self.services:
            state = states.get(service.service_code)
            if state is None:
                continue
            same = statements["service_code"] == service.service_code
            said = statements[same & (statements["status"] == state)]
            pages = _records(
                said, page="page", url="source_url", year="year", note="note", doubt="doubt"
            )
            evidence = sorted(pages, key=_surest_first)
            found.append(
                {
                    "code": service.service_code,
                    "service": service.label_fr,
                    "family": service.family_fr,
                    "state": state,
                    "told": _called("states", state),
                    "pages": len(evidence),
                    **_span(page["year"] for page in evidence),
                    "evidence": evidence,
                }
            )
        return found

    def _unseen(self, operator: str, services: list[dict], peers: list, near: list) -> list[dict]:
        """Return the services that no page shows offered, with their probability."""
        words = {service["code"]: service["told"] for service in services}
        rows = {row.service_code: row for row in self._of("unseen_offers", operator).itertuples()}
        found = []
        for service in self.services:
            code = service.service_code
            if code in self.seen[operator]:
                continue
            entry = {
                "code": code,
                "service": service.label_fr,
                "family": service.family_fr,
                "told": words.get(code, ""),
                **dict.fromkeys(("chance", "low", "high")),
                "identified": False,
                "peers": [name for name in peers if code in self.seen[name]],
                "neighbours": [name for name in near if code in self.seen[name]],
            }
            if code in rows:
                entry |= _hundredths(rows[code], "chance", "low", "high")
                entry["identified"] = bool(rows[code].identified)
            found.append(entry)
        return found

    def _class(self, operator: str) -> dict | None:
        """Return the class of an operator with its uncertainty, or None if it was not read."""
        for row in self._of("classes", operator).itertuples():
            return {
                "name": row.class_name,
                "code": row.class_code,
                **_hundredths(row, "membership"),
                "second": row.second_class_name,
                **_hundredths(row, "second_membership"),
                "placed": bool(row.placed),
                "main": bool(row.in_main_analysis),
                "verdict": row.verdict,
            }
        return None

    def _peers(self, operator: str) -> list[dict]:
        """Return the nearest peers that show a service which the operator shows.

        Where nothing seen is shared, only the completions are alike: no reason to tell a reader.
        """
        own, family = set(self.seen[operator]), self.families[operator]
        found = [
            {
                "operator": row.peer,
                "form": _called("forms", self.families[row.peer]),
                "same_form": self.families[row.peer] == family,
                **_hundredths(row, "among", "resemblance", "low", "high", "by_chance"),
                "shared": [code for code in self.seen[row.peer] if code in own],
                "more": [code for code in self.seen[row.peer] if code not in own],
            }
            for row in self._of("peers", operator).sort_values("rank").itertuples()
        ]
        return [peer for peer in found if peer["shared"]]

    def _neighbours(self, operator: str) -> list[dict]:
        """Return the operators of the same or a touching département, and what each could bring."""
        borders, own = self.distances.loc[operator], set(self.seen[operator])
        return [
            {
                "operator": name,
                "shares": bool(borders[name] == 0),
                "brings": [code for code in self.seen[name] if code not in own],
                "works": frozenset((operator, name)) in self.linked,
            }
            for name in sorted(borders.index[borders <= 1])
            if name != operator
        ]

    def _cooperation(self, operator: str) -> list[dict]:
        """Return cooperation by partner and kind, deepest first; mergers are history."""
        table = self.tables["cooperation"]
        ours = (table["source"] == operator) | (table["target"] == operator)
        mine = table[ours & ~table["kind"].isin(graph.HISTORY)].copy()
        gives = mine["source"] == operator
        mine["partner"] = mine["target"].where(gives, mine["source"])
        mine["known"] = mine["target_is_operator"].where(gives, mine["source_is_operator"])
        sides = mine["kind"].where(gives | (mine["kind"] != "provides_to"), "receives_from")
        mine["words"] = [_called("kinds", side) for side in sides]
        found = []
        for (partner, words), rows in mine.groupby(["partner", "words"]):
            rows = rows.sort_values(["year", "source_url"], ascending=[False, True])
            sources = rows.drop_duplicates("source_url")
            topics = {self.labels.get(topic) or _called("topics", topic) for topic in rows["topic"]}
            found.append(
                {
                    "partner": partner,
                    "is_operator": bool(rows["known"].iloc[0]),
                    "kind": words,
                    "topics": sorted(topics),
                    **_span(rows["year"]),
                    "status": _called("statuses", rows["status"].iloc[0]),
                    "rung": max(graph.RUNGS[kind] for kind in rows["kind"]),
                    "sources": _records(sources, url="source_url", year="year"),
                }
            )
        return sorted(found, key=lambda link: (-link["rung"], link["partner"], link["kind"]))


def _called(kind: str, code: str) -> str:
    """Return what a code is called; one that has no word yet is shown without underscores."""
    return _WORDS[kind].get(code, code.replace("_", " "))


def _doubt(row) -> str:
    """Return why a statement is weak, or an empty text."""
    return (_called("doubts", row.weak_reason) or "indice faible") if row.weak else ""


def _surest_first(page: dict) -> tuple:
    return bool(page["doubt"]), -(page["year"] or 0), page["page"], page["note"]


def _split(text: str) -> list[str]:
    return [piece.strip() for piece in text.split("|") if piece.strip()]


def _records(frame: pd.DataFrame, **columns: str) -> list[dict]:
    """Return rows as plain values by entry, each taken from a column; a missing one is None."""
    return [
        {name: None if pd.isna(value) else value for name, value in zip(columns, row, strict=True)}
        for row in frame[list(columns.values())].astype(object).itertuples(index=False)
    ]


def _span(years: Iterable) -> dict[str, int | None]:
    known = [int(year) for year in years if pd.notna(year)]
    return {"first_year": min(known, default=None), "last_year": max(known, default=None)}


def _hundredths(row, *names: str) -> dict[str, float]:
    return {name: round(float(getattr(row, name)), 2) for name in names}
