"""What the tables document of each operator: facts alone, each with its page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from claimbook.errors import NotBuiltError, UserError
from helpers import indicators, territory, texts
from helpers.cleaning.population import MERGED
from helpers.operators import TABLES, slugs

WORDS = texts.read("operators")
#: A sheet names at most so many peers: a larger group of equals tells nothing.
PEERS = 5
#: The service that the CNIL register shows.
DELEGATE = "dpo_rgpd"
_FORMER_NAMES = re.compile(r"\s*\(\s*ex\s[^)]*\)", re.IGNORECASE)


@dataclass(frozen=True)
class Facts:
    """What is documented of one operator.

    Attributes
    ----------
    operator, slug : str
    identity : dict
        Its row of the clean operators; ``full_name`` without former names.
    places : DataFrame
        Its départements: code, name, region, communes, communes_with_dpo (CNIL register).
    attributes : dict of str to dict
        By attribute, its row: value, year, source_url.
    services : DataFrame
        One row per statement that carries what the sheet says of a service, in the order of the
        taxonomy, firm and latest pages first: service, service_code, kind (``firm``, ``weak``,
        ``planned``, ``discontinued``, ``not_offered``), evidence_id, page, year, source_url, note,
        weak_reason.
    not_seen : list of str
        Labels of the services of which neither a page nor the register says anything.
    registered : str
        Label of the service that the register shows and no page, else empty.
    here, near : list of str
        Other operators of its départements, and of the départements around them.
    peers : dict of str to list of str
        Operators of the same legal form with most firm services in common, and these services.
    cooperation : DataFrame
        partner, kind, topic, year, status, note, source_url; latest first, ended ones last.
    predecessors, successors : DataFrame
        name, year, source_url.
    register : dict or None
        Its row of the CNIL register: designations, scope, snapshot, source_url.
    profile : str
        Label of its type where membership is clear, else empty.
    """

    operator: str
    slug: str
    identity: dict
    places: pd.DataFrame
    attributes: dict[str, dict]
    services: pd.DataFrame
    not_seen: list[str]
    registered: str
    here: list[str]
    near: list[str]
    peers: dict[str, list[str]]
    cooperation: pd.DataFrame
    predecessors: pd.DataFrame
    successors: pd.DataFrame
    register: dict | None
    profile: str

    def of(self, *kinds: str) -> pd.DataFrame:
        """Return the rows of `services` of some kinds."""
        return self.services[self.services["kind"].isin(kinds)]

    def labels(self, *kinds: str) -> list[str]:
        """Return the labels of the services of some kinds, in the order of the taxonomy."""
        return list(dict.fromkeys(self.of(*kinds)["service"]))

    @property
    def stratum(self) -> str:
        """Its stratum in the population."""
        return self.identity["stratum"]


class FactBook:
    """The facts of every operator of an edition: what all share is computed once.

    Parameters
    ----------
    study : Study
        The edition; the table ``classes`` may be absent.
    """

    def __init__(self, study):
        self.study = study
        tables = {name: study.load(name) for name in TABLES}
        self.operators = tables["operators"].set_index("operator", drop=False).sort_index()
        self.slugs = slugs(self.operators.index)
        self.tables = tables | {"statements": _statements(tables)}
        self.labels = dict(tables["services"][["service_code", "label_fr"]].to_numpy())
        states = tables["states"]
        firm = states[(states["state"] == "offered") & (states["n_firm_pages"] > 0)]
        self.firm = firm.groupby("operator")["service_code"].agg(set).to_dict()
        root = study.edition.root
        self.borders = indicators.border_distances(
            tables["operator_departements"], territory.adjacency(root), list(self.operators.index)
        )
        register = tables["register_departements"].set_index("department")
        self.places = territory.departements(root).set_index("code")[["name", "region"]]
        self.places = self.places.join(register[["communes", "communes_with_dpo"]])

    def __getitem__(self, operator: str) -> Facts:
        """Return the facts of an operator; `UserError` if there is none of that name."""
        if operator not in self.operators.index:
            raise UserError(
                f"There is no operator '{operator}' in '{self.study.edition.edition}'. "
                "Use a name of the table 'operators' of that edition."
            )
        row = self.operators.loc[operator].to_dict()
        row["full_name"] = _FORMER_NAMES.sub("", row["full_name"]).strip() or operator
        services, cooperation = self._of("statements", operator), self._cooperation(operator)
        attributes = self._of("attributes", operator).set_index("attribute")
        register = self._of("register_operators", operator).to_dict("records")
        named = set(services["service_code"])
        unseen = {code: label for code, label in self.labels.items() if code not in named}
        registered = unseen.pop(DELEGATE, "") if register else ""
        here, near = self._neighbours(row)
        codes = [code for code in row["departements"].split("|") if code]
        return Facts(
            operator=operator,
            slug=self.slugs[operator],
            identity=row,
            places=self.places.loc[codes].rename_axis("code").reset_index(),
            attributes=attributes.to_dict("index"),
            services=services,
            not_seen=list(unseen.values()),
            registered=registered,
            here=here,
            near=near,
            peers=self._peers(row),
            cooperation=cooperation,
            predecessors=self._links("operator", "predecessor", operator),
            successors=self._links("predecessor", "operator", operator),
            register=register[0] if register else None,
            profile="" if row["stratum"] == "ended" else self.profiles.get(operator, ""),
        )

    @cached_property
    def profiles(self) -> dict[str, str]:
        """Type of the operators that clearly have one; empty if the typology gives none."""
        try:
            classes = self.study.load("classes")
        except NotBuiltError:
            return {}
        if not {"operator", "class_name", "placed"} <= set(classes):
            return {}
        clear = classes[classes["placed"].astype(bool)]
        return dict(zip(clear["operator"], clear["class_name"], strict=True))

    def _of(self, table: str, operator: str) -> pd.DataFrame:
        frame = self.tables[table]
        return frame[frame["operator"] == operator]

    def _active(self, names: Iterable[str]) -> list[str]:
        return sorted(n for n in names if self.operators.loc[n, "stratum"] != "ended")

    def _neighbours(self, row: dict) -> tuple[list[str], list[str]]:
        """Return the active operators of the same départements, and of those around."""
        if row["scope"] in ("national", "unknown"):
            return [], []
        away = self.borders.loc[row["operator"]].drop(row["operator"])
        return self._active(away.index[away == 0]), self._active(away.index[away == 1])

    def _peers(self, row: dict) -> dict[str, list[str]]:
        """Return the operators of the same form that have most services in common, by name.

        Those with the same number in common are named together or not at all.
        """
        own, family = self.firm.get(row["operator"], set()), row["legal_family"]
        if row["stratum"] != "main" or family == "inconnue":
            return {}
        alike = self.operators[
            (self.operators["legal_family"] == family) & (self.operators["stratum"] == "main")
        ]
        common = {n: own & self.firm.get(n, set()) for n in alike.index if n != row["operator"]}
        chosen: list[str] = []
        for size in sorted({len(codes) for codes in common.values()} - {0}, reverse=True):
            level = [name for name, codes in common.items() if len(codes) == size]
            if len(chosen) + len(level) > PEERS:
                break
            chosen += level
        return {
            name: [label for code, label in self.labels.items() if code in common[name]]
            for name in sorted(chosen)
        }

    def _cooperation(self, operator: str) -> pd.DataFrame:
        """Return what pages say of its cooperation, from its side; mergers are history."""
        table = self.tables["cooperation"]
        ours = (table["source"] == operator) | (table["target"] == operator)
        mine = table[ours & ~table["kind"].isin(MERGED)].copy()
        gives = mine["source"] == operator
        mine["partner"] = mine["target"].where(gives, mine["source"])
        received = (mine["kind"] == "provides_to") & ~gives
        once = (mine["kind"] == "joint_action") & (mine["status"] == "ended")
        mine["kind"] = mine["kind"].mask(received, "receives_from").mask(once, "one_off")
        order = mine.assign(over=mine["status"] == "ended", years=-mine["year"].fillna(0))
        order = order.sort_values(["over", "years", "partner", "row_id"]).index
        columns = ["partner", "kind", "topic", "year", "status", "note", "source_url"]
        return mine.loc[order, columns]

    def _links(self, side: str, other: str, operator: str) -> pd.DataFrame:
        links = self.tables["links"]
        mine = links[(links[side] == operator) & links["kind"].isin(MERGED)]
        return mine.rename(columns={other: "name"})[["name", "year", "source_url"]]


def _statements(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the statements that carry the state of their service, with label and kind.

    A service with a firm page is told by its firm pages.
    """
    keys = ["operator", "service_code"]
    states = tables["states"][[*keys, "state", "n_firm_pages"]]
    out = tables["statements"].merge(states, on=keys)
    out = out[out["status"] == out["state"]]
    offered = out["state"] == "offered"
    out = out[~(offered & (out["n_firm_pages"] > 0) & out["weak"])].copy()
    kind = out["weak"].map({True: "weak", False: "firm"})
    out["kind"] = out["state"].mask(out["state"] == "offered", kind)
    codes = list(tables["services"]["service_code"])
    labels = tables["services"].set_index("service_code")["label_fr"]
    out["service"] = out["service_code"].map(labels)
    place, age = out["service_code"].map(codes.index), -out["year"].fillna(0)
    out = out.assign(place=place, age=age).sort_values(["place", "weak", "age", "evidence_id"])
    columns = ["evidence_id", "page", "year", "source_url", "note", "weak_reason"]
    return out[["operator", "service", "service_code", "kind", *columns]]
