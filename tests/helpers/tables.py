"""Small tables of the tests, as YAML: the first row of a table names its columns."""

import pandas as pd

from helpers.profiles import build_profiles
from tests.loading import cases

TABLES = cases(__file__, "tables.yml")


def frame(rows: list) -> pd.DataFrame:
    """Return a table; a year is a whole number, and may be missing."""
    columns, *values = rows
    years = {name: "Int64" for name in columns if name.endswith("year")}
    return pd.DataFrame(values, columns=columns).astype(years)


def tables(test: str) -> dict[str, pd.DataFrame]:
    """Return the tables of a test by name."""
    return {name: frame(rows) for name, rows in TABLES[test].items()}


def profiles_of(said: dict[str, dict[str, str]], services):
    """Return the profiles of operators that say these states of services, on one page each."""
    rows = [(name, code, state, 1) for name, own in said.items() for code, state in own.items()]
    states = pd.DataFrame(rows, columns=["operator", "service_code", "state", "n_pages"])
    pages = [int(any(own)) for own in said.values()]
    operators = pd.DataFrame({"operator": said.keys(), "n_pages": pages})
    return build_profiles(operators, pd.DataFrame({"service_code": list(services)}), states)
