"""Operators: their territory, family and attributes, and who may have come before them."""

import pandas as pd
import pytest

from helpers.cleaning import RULES, Ledger
from helpers.cleaning.operators import (
    TABLE,
    clean_attributes,
    clean_operators,
    legal_family,
    operator_departements,
    perimeter,
    settle,
)
from tests.loading import cases

CASES = cases(__file__)
OFFICIAL = {"01": "84", "07": "84", "26": "84", "2A": "94", "2B": "94", "971": "01", "40": "75"}
DEPARTEMENTS = pd.DataFrame({"code": list(OFFICIAL), "region": list(OFFICIAL.values())})


@pytest.mark.parametrize(("text", "codes", "outside", "scope"), CASES["perimeters"])
def test_perimeters_are_read_as_official_codes(text, codes, outside, scope):
    assert perimeter(text, OFFICIAL) == (codes, outside, scope)


@pytest.mark.parametrize("text", ["20", "99", "2C", "abc", "40|"])
def test_a_code_that_is_no_departement_is_refused(text):
    with pytest.raises(ValueError, match="is not the code of a département"):
        perimeter(text, OFFICIAL)


@pytest.mark.parametrize(("form", "name", "family"), CASES["families"])
def test_the_legal_family_comes_from_the_form_then_from_the_name(form, name, family):
    assert legal_family(form, name) == family


def test_operators_get_territory_region_and_former_names():
    name, site = "Syndicat A (ex SIVU A, ex Inforoutes)", "https://www.a.fr/"
    rows = [("L2", "A", name, "gip", "7|26", site), ("L3", "B", "", "gip", "07|40", "")]
    columns = ["row_id", "opsn_name", "full_name", "legal_form", "departements", "website"]
    frame = pd.DataFrame(rows, columns=columns).assign(attribute="identity", source_url="")
    ledger = Ledger(RULES)
    ledger.open_table(TABLE, frame["row_id"])
    out = clean_operators(frame, DEPARTEMENTS, ledger)
    ledger.close()
    assert out[["departements", "region", "website", "former_names"]].to_numpy().tolist() == [
        ["07|26", "84", "a.fr", "SIVU A | Inforoutes"],
        ["07|40", "", "", ""],
    ]
    pairs = operator_departements(out, DEPARTEMENTS).to_numpy().tolist()
    assert pairs == [["A", "07", "84"], ["A", "26", "84"], ["B", "07", "84"], ["B", "40", "75"]]


@pytest.mark.parametrize(("values", "years", "settled"), CASES["values"])
def test_the_latest_dated_value_wins_else_the_lower_median(values, years, settled):
    assert settle(pd.Series(values), pd.Series(years, dtype="Int64")) == settled


def attributes_of(*rows):
    """Clean rows of operator, attribute, value and year."""
    frame = pd.DataFrame(rows, columns=["opsn_name", "attribute", "value", "value_year"])
    frame["row_id"] = [f"L{line}" for line in range(2, len(frame) + 2)]
    frame["source_url"] = "a.fr/" + frame["row_id"]
    ledger = Ledger(RULES)
    ledger.open_table(TABLE, frame["row_id"])
    out = clean_attributes(frame, ledger)
    ledger.close()
    return out.set_index("operator"), ledger


def test_the_spread_of_published_values_is_kept():
    published = [("A", "800", "2011"), ("A", "1700", "2019"), ("A", "2200", "")]
    # Of two values of one year that differ, one that a page gives is kept, with that page.
    published += [("B", "70", "2026"), ("B", "81", "2026")]
    out, ledger = attributes_of(*[(name, "members", *pair) for name, *pair in published])
    rows = out[["value", "year", "minimum", "maximum", "n_values", "source_url"]]
    assert rows.loc["A"].tolist() == ["1700", 2019, 800, 2200, 3, "a.fr/L3"]
    assert rows.loc["B"].tolist() == ["70", 2026, 70, 81, 2, "a.fr/L5"]
    assert sorted(ledger.fates()["fate"]) == ["kept"] * 2 + ["merged"] * 3


def test_a_wrong_siret_is_set_aside_and_large_amounts_are_written_in_full():
    wrong, right = ("A", "siret", "37859826200", ""), ("B", "siret", "20004506000015", "2026")
    out, ledger = attributes_of(wrong, right, ("C", "budget_eur", "120000000", "2024"))
    assert out["value"].to_dict() == {"B": "20004506000015", "C": "120000000"}
    assert ledger.fates().query("fate == 'set_aside'")["row_id"].tolist() == ["L2"]
    assert "14 digits" in ledger.changes().query("rule == 'siret_key'")["reason"].item()
