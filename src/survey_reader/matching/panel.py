"""From tidy tables to operators that can be compared, and from pairs to tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from survey_reader.matching.match import Entity, Matching, entity

if TYPE_CHECKING:
    import pandas as pd


def entities(tables: Mapping[str, pd.DataFrame]) -> list[Entity]:
    """Return the operators of an edition.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tidy tables with names in clear: ``operators`` (operator; full_name, former_names, departements and siret where
        it has them), and ``attributes`` if SIRET numbers stand there.

    Returns
    -------
    list of Entity
    """
    operators = tables["operators"]
    numbers: dict[str, str] = {}
    attributes = tables.get("attributes")
    if attributes is not None and {"operator", "attribute", "value"} <= set(attributes.columns):
        rows = attributes[attributes["attribute"] == "siret"]
        numbers = dict(zip(rows["operator"], rows["value"].astype(str), strict=True))
    found = []
    for row in operators.to_dict("records"):
        others = [row.get("full_name"), *str(row.get("former_names") or "").split("|")]
        siret = row.get("siret") or numbers.get(row["operator"], "")
        places = str(row.get("departements") or "").split("|")
        found.append(
            entity(
                row["operator"],
                others=[str(name) for name in others if isinstance(name, str) and name.strip()],
                siret=str(siret),
                departements=[place for place in places if place and place != "nan"],
            )
        )
    return found


def matched_table(matching: Matching) -> pd.DataFrame:
    """Return one row per pair, per succession, and per operator of one edition alone.

    Returns
    -------
    DataFrame
        old, new (empty where an edition lacks it), how, score.
    """
    import pandas as pd

    rows = [(p.old, p.new, p.how, p.score) for p in matching.pairs]
    rows += [(p.old, p.new, f"successor, {p.how}", p.score) for p in matching.successors]
    rows += [(name, "", "old edition only", 0.0) for name in matching.only_old]
    rows += [("", name, "new edition only", 0.0) for name in matching.only_new]
    return pd.DataFrame(rows, columns=["old", "new", "how", "score"])


def panel(
    matching: Matching, old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return the longitudinal table: what each matched operator was and is, service by service.

    Parameters
    ----------
    matching : Matching
        Pairs of operators.
    old, new : mapping of str to DataFrame
        Tidy tables of the two editions, with ``states`` (operator, service_code, state).

    Returns
    -------
    DataFrame
        old, new, how, service_code, state_old, state_new: one row for each pair and each service that either edition
        speaks of. A missing state is ``unseen``: it is not a "no".
    """
    import pandas as pd

    made = pd.DataFrame(
        [(p.old, p.new, p.how) for p in matching.pairs], columns=["old", "new", "how"]
    )
    columns = ["operator", "service_code", "state"]
    before = made.merge(old["states"][columns], left_on="old", right_on="operator")[
        ["old", "service_code", "state"]
    ]
    after = made.merge(new["states"][columns], left_on="new", right_on="operator")[
        ["old", "service_code", "state"]
    ]
    both = before.merge(after, on=["old", "service_code"], how="outer", suffixes=("_old", "_new"))
    whole = made.merge(both, on="old").fillna({"state_old": "unseen", "state_new": "unseen"})
    return whole.sort_values(["old", "service_code"], kind="stable", ignore_index=True)
