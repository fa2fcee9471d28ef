"""Published figures on demand: series, figures given once, and figures that do not agree."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pandas as pd

from claimbook import french
from claimbook.figures import Links
from helpers import indicators, territory, texts
from helpers.profiles import Profiles


@dataclass(frozen=True)
class PublishedSeries:
    """What published figures say of change, ready to be told.

    Attributes
    ----------
    points, pairs : DataFrame
        As `indicators.waves` and `indicators.steps` return them.
    changes : DataFrame
        As `indicators.trends` returns it, by code of the series.
    once : DataFrame
        As `indicators.single_figures` returns it, by figure_id, with `group` (``support``: nears a
        wish for support; ``means``: means of small authorities) and `repeated` (in a series too).
    conflicts : DataFrame
        As `indicators.conflicts` returns it.
    """

    points: pd.DataFrame
    pairs: pd.DataFrame
    changes: pd.DataFrame
    once: pd.DataFrame
    conflicts: pd.DataFrame

    def by_year(self, code: str) -> pd.Series:
        """Return the last figure of each year of a series, by year."""
        own = self.points[self.points["series"] == code]
        return own.groupby("year")["value"].last()

    def ends(self, code: str) -> tuple:
        """Return the first and the last point of a series, with value and date."""
        own = list(self.points[self.points["series"] == code].itertuples())
        return own[0], own[-1]

    def measured_shares(self) -> pd.DataFrame:
        """Return the changes of shares that have an interval, largest first: value, low, high.

        Rows are named by title and years.
        """
        told = self.changes
        sure = told[(told["kind"] == "share") & told["low"].notna()]
        sure = sure.sort_values("value", ascending=False)
        years = sure["from_year"].astype(str) + " à " + sure["to_year"].astype(str)
        return sure.set_axis(sure["title"] + " (" + years + ")")[["value", "low", "high"]]

    def rises(self, recent_from: int) -> SimpleNamespace:
        """Count the series of uptake that have grown: n, and forced (by an obligation), old, free.

        The free are recent: they end in `recent_from` or later.
        """
        told = self.changes
        rising = told[(told["measures"] == "recours") & told["growing"]]
        forced, recent = rising["obligation"].notna(), rising["to_year"] >= recent_from
        counts = {"forced": forced, "old": ~forced & ~recent, "free": ~forced & recent}
        counted = {name: int(chosen.sum()) for name, chosen in counts.items()}
        return SimpleNamespace(n=len(rising), **counted)


def published_series(published: pd.DataFrame) -> PublishedSeries:
    """Read the catalogues of series, of figures given once and of conflicts on published figures.

    Parameters
    ----------
    published : DataFrame
        One row per figure (`study.load("published_figures")`).
    """
    catalogue, lists = indicators.series_catalogue(), texts.read("figures")
    sizes = {"communes": int((territory.communes()["departement"] != "").sum())}
    points = indicators.waves(published, catalogue, sizes)
    groups = {figure: name for name in ("support", "means") for figure in lists[name]}
    once = indicators.single_figures(published, list(groups), lists["in_words"])
    once = once.set_index("figure_id")
    once["group"] = once.index.map(groups)
    once["repeated"] = once.index.isin(indicators.figures_of(catalogue))
    return PublishedSeries(
        points=points,
        pairs=indicators.steps(points, catalogue),
        changes=indicators.trends(points, catalogue).set_index("series"),
        once=once,
        conflicts=indicators.conflicts(published, lists["conflicts"], sizes),
    )


def rates_of_offers(
    published: pd.DataFrame, profiles: Profiles, families: dict[str, str]
) -> pd.DataFrame:
    """Set the published rates of operators that offer a service beside those that pages show.

    Parameters
    ----------
    published : DataFrame
        One row per figure (`study.load("published_figures")`).
    profiles : Profiles
    families : dict of str to str
        Family by service code.

    Returns
    -------
    DataFrame
        As `indicators.published_rates` returns it, by code of the service or family.
    """
    beside = texts.read("figures")["offers"]
    services = {
        figure: [service for service, family in families.items() if code in (service, family)]
        for figure, code in beside.items()
    }
    rates = indicators.published_rates(published, profiles, services)
    return rates.rename(index=beside).rename_axis("service_code")


def member_counts(published: pd.DataFrame, network: str) -> pd.DataFrame:
    """Return how many members a network was said to have, oldest first.

    Parameters
    ----------
    published : DataFrame
        One row per figure (`study.load("published_figures")`).
    network : str
        Population of which the figures speak: ``"OPSN membres de Déclic"``.

    Returns
    -------
    DataFrame
        year, size, statement_fr, source (link to the page).
    """
    told = (published["theme"] == "opsn_population") & (published["population"] == network)
    rows = published[told & published["year"].notna()].sort_values(["year", "value"])
    titles = rows["source_title"].map(french.apostrophes)
    links = [Links([pair]) for pair in zip(titles, rows["source_url"], strict=True)]
    rows = rows.assign(size=rows["value"].astype(int), source=links)
    return rows[["year", "size", "statement_fr", "source"]].reset_index(drop=True)
