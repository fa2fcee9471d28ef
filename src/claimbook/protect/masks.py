"""Values of sentences that would tell what one or two operators answered, and what is written in their place."""

from __future__ import annotations

import math

from claimbook import french
from claimbook.errors import UserError
from claimbook.protect.policy import Policy

NOT_PUBLISHED = "non publié"
NORMAL_95 = 1.959963984540054
_KEYS = ("masked", "low", "high")
# Filters whose value is a statistic of operators unless the sentence says otherwise.
_STATISTICS = ("percent", "points", "evolution", "decimal", "euros", "interval")


class Masked:
    """A value that is known within bounds only.

    Parameters
    ----------
    text : str
        What a reader sees, such as « moins de 3 ».
    low, high : float
        Bounds of the value, both possible.

    Notes
    -----
    It compares with numbers where its bounds decide; arithmetic is refused, so that no result hides a mask.
    """

    def __init__(self, text: str, low: float, high: float):
        self.text, self.low, self.high = text, low, high

    @classmethod
    def from_plain(cls, value) -> Masked | None:
        """Return the mask that a ledger holds, or None if the value is no mask."""
        if isinstance(value, dict) and sorted(value) == sorted(_KEYS):
            low, high = (
                math.inf * s if value[k] is None else value[k]
                for k, s in (("low", -1), ("high", 1))
            )
            return cls(value["masked"], low, high)
        return None

    def plain(self) -> dict:
        """Return the mask as the ledger keeps it."""
        bounds = {"low": self.low, "high": self.high}
        return {
            "masked": self.text,
            **{k: v if math.isfinite(v) else None for k, v in bounds.items()},
        }

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Masked({self.text!r}, {self.low!r}, {self.high!r})"

    def _undecided(self, other):
        return UserError(
            f"the value « {self.text} » is protected, and whether it passes {other!r} cannot be told. "
            "Remedy: compare before it is stated, or do not grade this wording"
        )

    def __lt__(self, other):
        if self.high < other or self.low >= other:
            return self.high < other
        raise self._undecided(other)

    def __le__(self, other):
        if self.high <= other or self.low > other:
            return self.high <= other
        raise self._undecided(other)

    def __gt__(self, other):
        return not self <= other

    def __ge__(self, other):
        return not self < other

    def __eq__(self, other):
        if isinstance(other, Masked):
            return self.plain() == other.plain()
        return NotImplemented

    def __hash__(self):
        return hash((self.text, self.low, self.high))


def mask_of(filter_name: str, value, respondents, policy: Policy) -> Masked | None:
    """Return what must be written in place of a value, or None if it may be written.

    Parameters
    ----------
    filter_name : str
        Filter that writes the value, such as ``"percent"``.
    value : object
        The value.
    respondents : int, False or None
        Operators that the value rests on, and of whom it is a share; False if it counts none; None if nobody said.
    policy : Policy
        Protection in force.

    Returns
    -------
    Masked or None

    Raises
    ------
    ValueError
        If a statistic does not say how many operators it rests on.
    """
    if not policy.confidential or respondents is False:
        return None
    if isinstance(value, Masked):
        return value
    if filter_name == "count":
        return _masked_count(float(value), respondents, policy.threshold)
    if filter_name not in _STATISTICS:
        return None
    if respondents is None:
        raise ValueError(
            "this edition is confidential, and the value does not say how many operators it rests on; write "
            "respondents=… in the filter or behind %%narrative (False if it is about no operator)"
        )
    if respondents < policy.threshold:
        # The bounds of a share are known without anyone's answer.
        bounds = (0.0, 1.0) if filter_name == "percent" else (-math.inf, math.inf)
        return Masked(NOT_PUBLISHED, *bounds)
    if filter_name == "interval":
        return _masked_interval(value, respondents, policy.threshold)
    return (
        _masked_share(float(value), respondents, policy.threshold)
        if filter_name == "percent"
        else None
    )


def _masked_count(value: float, respondents, threshold: int) -> Masked | None:
    # Of too few operators, even none is told: it would say what each of them answered.
    of_few = respondents is not None and 0 < respondents < threshold
    if 0 < value < threshold or (of_few and value < threshold):
        return Masked(f"moins de {french.count(threshold)}", 0, threshold - 1)
    if respondents is not None and 0 < respondents - value < threshold:
        least = int(respondents) - threshold
        return Masked(f"plus de {french.count(least)}", least + 1, int(respondents))
    return None


def _masked_share(value: float, respondents, threshold: int) -> Masked | None:
    number = value * respondents
    if abs(number - round(number)) > 1e-6 * respondents:
        return None  # no share of these operators: a model's result, or a mean
    limit = threshold / respondents
    if 0 < round(number) < threshold:
        return Masked(f"moins de {french.percent(limit)}", 0.0, limit)
    if 0 < respondents - round(number) < threshold:
        return Masked(f"plus de {french.percent(1 - limit)}", 1 - limit, 1.0)
    return None


def _masked_interval(value, respondents: int, threshold: int) -> Masked | None:
    """Mask an interval of Wilson from which the number of operators behind a share can be worked out."""
    low, high = (float(bound) for bound in value)
    z2 = NORMAL_95**2
    number = (low + high) / 2 * (respondents + z2) - z2 / 2
    telling = abs(number - round(number)) < 1e-3 and (
        0 < round(number) < threshold or 0 < respondents - round(number) < threshold
    )
    return Masked(NOT_PUBLISHED, -math.inf, math.inf) if telling else None


def respondents_of(value, where: str):
    """Return a declared number of operators, or refuse what is none.

    Raises
    ------
    ValueError
        If it is neither a whole number from 0, nor False, nor None.
    """
    if value is None or value is False:
        return value
    number = value.item() if hasattr(value, "item") else value
    if (
        isinstance(number, bool)
        or not isinstance(number, (int, float))
        or number != int(number)
        or number < 0
    ):
        raise ValueError(
            f"{where}: respondents must be a number of operators, False or nothing, not {value!r}"
        )
    return int(number)


def agreeing_number(value, policy: Policy, respondents):
    """Return the number whose agreement may be shown: one or two operators are several to a reader."""
    if policy.confidential and respondents is not False and not isinstance(value, Masked):
        number = float(value)
        return max(number, float(policy.threshold)) if 0 < number < policy.threshold else value
    return value.high if isinstance(value, Masked) else value


def hide_intervals(places: list[int], claims: list[dict], texts: list[str]) -> None:
    """Hide the intervals of a sentence that holds a masked share or count, in place: bounds would give it away.

    Parameters
    ----------
    places : list of int
        Positions of the sentence's values in `claims` and in `texts`.
    claims : list of dict
        Claims of the whole text.
    texts : list of str
        What is written for each.
    """
    if not any(Masked.from_plain(claims[place]["value"]) for place in places):
        return
    for place in places:
        claim = claims[place]
        if claim["filter"] == "interval" and not Masked.from_plain(claim["value"]):
            claim["value"] = Masked(NOT_PUBLISHED, -math.inf, math.inf).plain()
            claim["tolerance"], claim["text"], texts[place] = 0.0, NOT_PUBLISHED, NOT_PUBLISHED
