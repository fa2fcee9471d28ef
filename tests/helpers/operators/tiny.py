"""A tiny edition with every kind of body that a sheet must read well."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml

from claimbook.errors import NotBuiltError
from helpers.study import Study

TABLES = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
HOSTILE = '=HYPER<b>LINK</b>("x")'


class TinyStudy(Study):
    """A study whose tables are those of ``tiny.yml``, or what a test makes of them."""

    def __init__(self, **tables: list | None):
        super().__init__()
        self.raw = TABLES | tables

    def load(self, table: str) -> pd.DataFrame:
        if self.raw.get(table) is None:
            raise NotBuiltError(f"The table '{table}' is not there.")
        columns, *rows = self.raw[table]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype({"year": "Int64"}) if "year" in frame else frame
