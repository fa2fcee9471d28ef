"""Raw tables as another year might give them: seven seeded variants of those of the public edition.

A variant keeps every rule of the schemas, so that what fails on it is a notebook or a helper.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

NAME = "opsn_name"
Tables = dict[str, pd.DataFrame]
EVIDENCE = ("service_evidence", "protocol_evidence")


def _consistent(tables: Tables) -> Tables:
    """Drop rows that name an operator, or a row of evidence, that is not there any more."""
    known = set(tables["operator_attributes"][NAME])
    gone = set(tables.pop("_before", known)) - known
    for name, frame in tables.items():
        if NAME in frame:
            tables[name] = frame[frame[NAME].isin(known)]
    ties = tables["cooperation"]
    left = ~ties["source_name"].isin(gone) & ~ties["target_name"].isin(gone)
    tables["cooperation"] = ties[left]
    for name, of in (("second_reading", "service_evidence"), ("refuted_rows", "second_reading")):
        kept = tables[name]["evidence_id"].isin(tables[of]["evidence_id"])
        tables[name] = tables[name][kept]
    return tables


def _of(tables: Tables, operators) -> Tables:
    """Return the tables of some operators."""
    rows = tables["operator_attributes"]
    kept = rows[rows[NAME].isin(operators)]
    return _consistent({**tables, "_before": rows[NAME], "operator_attributes": kept})


def _names(tables: Tables) -> np.ndarray:
    return np.array(sorted(set(tables["operator_attributes"][NAME])))


def sixty_operators(tables: Tables, rng: np.random.Generator) -> Tables:
    """Keep 60 operators drawn at random."""
    return _of(tables, rng.choice(_names(tables), 60, replace=False))


def more_operators(tables: Tables, rng: np.random.Generator) -> Tables:
    """Draw operators again under new names, up to 140."""
    names = _names(tables)
    again = rng.choice(names, 140 - len(names), replace=False)
    renamed = {name: f"{name} (bis)" for name in again}
    for table, frame in tables.items():
        if NAME not in frame or table in ("second_reading", "dpo_operators"):
            continue
        copies = frame[frame[NAME].isin(again)].copy()
        copies[NAME] = copies[NAME].map(renamed)
        if table in EVIDENCE:
            letter = frame["evidence_id"].iloc[0][0]
            copies["evidence_id"] = [f"{letter}{5000 + n}" for n in range(len(copies))]
        tables[table] = pd.concat([frame, copies], ignore_index=True)
    return tables


def rows_added(tables: Tables, rng: np.random.Generator) -> Tables:
    """Add 117 rows of evidence: services, operators and years drawn at random, new pages."""
    rows = tables["service_evidence"]
    drawn = rows.iloc[rng.integers(0, len(rows), 117)].copy()
    codes = tables["services"]["service_code"].to_numpy()
    drawn["service_code"] = rng.choice(codes, 117)
    drawn[NAME] = rng.choice(_names(tables), 117)
    drawn["evidence_id"] = [f"E{6000 + n}" for n in range(117)]
    drawn["source_url"] = [f"https://www.example.org/page-{n}" for n in range(117)]
    return {**tables, "service_evidence": pd.concat([rows, drawn], ignore_index=True)}


def service_never_seen(tables: Tables, rng: np.random.Generator) -> Tables:
    """Drop every row of two services, one of them of security."""
    codes = sorted(set(tables["services"]["service_code"]) - {"cybersecurite"})
    dropped = {"cybersecurite", str(rng.choice(codes))}
    for table in EVIDENCE:
        frame = tables[table]
        tables[table] = frame[~frame["service_code"].isin(dropped)]
    return _consistent(tables)


def years_missing(tables: Tables, rng: np.random.Generator) -> Tables:
    """Blank the year of every page, and one year of the published figures."""
    for table in (*EVIDENCE, "protocol_pages"):
        tables[table] = tables[table].assign(page_year="")
    figures = tables["published_figures"]
    year = str(rng.choice(sorted(set(figures["year"]) - {""})))
    return {**tables, "published_figures": figures.assign(year=figures["year"].replace(year, ""))}


def legal_form_absent(tables: Tables, rng: np.random.Generator) -> Tables:
    """Drop every operator of one legal form."""
    rows = tables["operator_attributes"]
    form = rng.choice(["cdg", "atd", "gip", "association"])
    return _of(tables, set(rows[NAME]) - set(rows.loc[rows["legal_form"] == form, NAME]))


def second_reading_absent(tables: Tables, rng: np.random.Generator) -> Tables:
    """Leave reading A alone: the protocol was not run that year."""
    empty = {name: tables[name].iloc[:0] for name in tables if name.startswith("protocol_")}
    return {**tables, **empty}


VARIANTS: dict[str, Callable[[Tables, np.random.Generator], Tables]] = {
    change.__name__: change
    for change in (
        sixty_operators,
        more_operators,
        rows_added,
        service_never_seen,
        legal_form_absent,
        second_reading_absent,
        years_missing,
    )
}


def variant(name: str, tables: Tables, seed: int = 2026) -> Tables:
    """Return a variant of the raw tables, the same for the same seed."""
    copies = {table: frame.copy() for table, frame in tables.items()}
    rng = np.random.default_rng([seed, list(VARIANTS).index(name)])
    return _consistent(VARIANTS[name](copies, rng))
