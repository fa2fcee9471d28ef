"""A tiny edition with every kind of operator that a sheet must read well."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml

TABLES = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
HOSTILE = '=HYPER<b>LINK</b>("x")'


def make_tables() -> dict[str, pd.DataFrame]:
    """Return the tables that slices are cut from; the caller may change them."""
    frames = {name: pd.DataFrame(rows[1:], columns=rows[0]) for name, rows in TABLES.items()}
    return {
        name: frame.astype({"year": "Int64"}) if "year" in frame else frame
        for name, frame in frames.items()
    }
