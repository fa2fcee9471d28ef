"""The real readings, for simulations that keep their shape."""

import pandas as pd

from helpers.paths import project_root
from helpers.readings import shown_pairs


def real_readings():
    """Return operators of both readings, family by service, and the pairs shown."""
    raw = project_root() / "data" / "raw" / "public-2026"
    first, fixed, looks, services = (
        pd.read_csv(raw / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("service_evidence", "protocol_evidence", "protocol_looks", "services")
    )
    fixed["reading"] = fixed["protocol"].map({"P1": "B", "P2": "C"})
    statements = pd.concat([first.assign(reading="A"), fixed]).rename(
        columns={"opsn_name": "operator"}
    )
    operators = sorted(set(looks.loc[looks["protocol"] == "P1", "opsn_name"]))
    families = dict(zip(services["service_code"], services["family_code"], strict=True))
    return operators, families, shown_pairs(statements, operators)
