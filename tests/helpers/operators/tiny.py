"""A tiny edition with every kind of body that a sheet must read well."""

import pandas as pd

from claimbook.errors import NotBuiltError
from helpers.study import Study
from tests.helpers.tables import frame
from tests.loading import cases

TABLES = cases(__file__, "tiny.yml")
HOSTILE = '=HYPER<b>LINK</b>("x")'


class TinyStudy(Study):
    """A study whose tables are those of ``tiny.yml``, or what a test makes of them."""

    def __init__(self, **tables: list | None):
        super().__init__()
        self.raw = TABLES | tables

    def load(self, table: str) -> pd.DataFrame:
        if self.raw.get(table) is None:
            raise NotBuiltError(f"The table '{table}' is not there.")
        return frame(self.raw[table])
