"""How a series of published figures is declared; :mod:`helpers.indicators.series_catalogue` declares them."""

from __future__ import annotations

from dataclasses import dataclass

NEED, UPTAKE, SUPPLY = "besoin", "recours", "offre"
SHARE, COUNT, EVENTS = "share", "count", "events"
MONTHS = (
    "janv.",
    "févr.",
    "mars",
    "avril",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)


@dataclass(frozen=True)
class Wave:
    """One point of a series, by default the value of one published figure.

    Attributes
    ----------
    figure : str
        Its row in the table of published figures.
    year : int, optional
        Where the sentence names another year than the row.
    value : float, optional
        Where the value stands in the sentence and not in the column, in the unit of the figure.
    less : str, optional
        Figure to subtract: a level told by its change since.
    complement : bool
        The sentence counts those who have *not*: 100 minus the value is meant.
    rounding : float, optional
        Half of the unit to which the value was rounded, where its last digit does not tell; unit of the figure.
    floor : bool
        The sentence says "more than": the value is a lower bound.
    months : int
        Time over which events were counted.
    month : int, optional
        Where the sentence tells it, 1 to 12.
    """

    figure: str
    year: int | None = None
    value: float | None = None
    less: str | None = None
    complement: bool = False
    rounding: float | None = None
    floor: bool = False
    months: int = 12
    month: int | None = None


@dataclass(frozen=True)
class Link:
    """Whether two consecutive waves may be compared, and why."""

    comparable: bool
    why: str


@dataclass(frozen=True)
class Series:
    """Published figures about one matter, in order of time.

    Attributes
    ----------
    code, title : str
    measures : {"besoin", "recours", "offre"}
        What a rise would say: need, use, or supply.
    kind : {"share", "count", "events"}
    waves : tuple of Wave
    links : tuple of Link
        One fewer than waves.
    complete : bool
        Everyone was counted, so that there is no sampling error.
    size : str, optional
        Name of an official total that is the n of every wave.
    """

    code: str
    title: str
    measures: str
    kind: str
    waves: tuple[Wave, ...]
    links: tuple[Link, ...]
    complete: bool = False
    size: str | None = None

    def __post_init__(self):
        if len(self.links) != len(self.waves) - 1:
            raise ValueError(
                f"series {self.code!r} has {len(self.waves)} waves and {len(self.links)} links"
            )


@dataclass(frozen=True)
class Reading:
    """One way to know a value: a figure, or a figure over another figure or over an official total.

    Attributes
    ----------
    figure : str
    over, times : str, optional
        A figure, or the name of an official total, that divides or multiplies.
    complement : bool
        100 % minus the figure is meant.
    plus : str, optional
        A figure to add.
    sample : bool
        The sample size of the figure is meant and not its value.
    """

    figure: str
    over: str | None = None
    over_times: str | None = None
    complement: bool = False
    plus: str | None = None
    sample: bool = False


@dataclass(frozen=True)
class Conflict:
    """Figures about one thing that do not agree, side by side, and what may explain it."""

    code: str
    title: str
    style: str
    readings: tuple[Reading, ...]
    why: str
