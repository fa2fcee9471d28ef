"""Published figures as notebooks ask for them: members of a network, and rates beside pages."""

import pandas as pd

from helpers import published
from tests.helpers.tables import profiles_of

PAGE = "https://www.example.org/page"


def figure(figure_id, value, year, population="Réseau", theme="opsn_population"):
    texts = {"statement_fr": f"Le réseau compte {value}.", "source_title": "L'étude"}
    about = {"figure_id": figure_id, "value": value, "year": year, "source_url": PAGE}
    return about | texts | {"population": population, "theme": theme}


def test_members_of_a_network_are_dated_counts_with_their_page():
    rows = [figure("F1", 80.0, 2026), figure("F2", 34.0, 2019), figure("F3", 9.0, None)]
    rows += [figure("F4", 5.0, 2020, "Autres"), figure("F5", 6.0, 2020, theme="dpo")]
    out = published.member_counts(pd.DataFrame(rows).astype({"year": "Int64"}), "Réseau")
    assert out[["year", "size"]].to_numpy().tolist() == [[2019, 34], [2026, 80]]
    assert [str(link) for link in out["source"]] == [f"L’étude <{PAGE}>"] * 2


def test_published_rates_stand_beside_the_service_or_the_family_that_they_name():
    figures = pd.DataFrame([figure(f"F01{n}", 90.0, 2020) for n in (1, 2, 3)])
    families = {"parapheur": "dematerialisation", "marches_publics": "dematerialisation"}
    families["dpo_rgpd"] = "securite"
    profiles = profiles_of({"a": {"parapheur": "offered"}, "b": {"dpo_rgpd": "offered"}}, families)
    out = published.rates_of_offers(figures, profiles, families)
    seen = out.loc[out["kind"] == "seen", "value"]
    assert seen.to_dict() == {"dematerialisation": 0.5, "marches_publics": 0.0, "dpo_rgpd": 0.5}
    said = out[out["kind"] == "published"]
    assert (said["value"] == 0.9).all() and said["low"].isna().all()
