"""Values of sentences that would tell what one or two operators answered, and their masks."""

from __future__ import annotations

import math
from dataclasses import dataclass

from claimbook import french
from claimbook.errors import UserError
from claimbook.protect.policy import Policy

NOT_PUBLISHED = "non publié"
NORMAL_95 = 1.959963984540054
# Fewest operators behind a measure of dispersion, such as the interval of a mean.
LEAST_DISPERSION = 10
# Filters whose value is a statistic of operators unless the sentence says otherwise.
_INTERVALS = ("interval", "with_interval")
_STATISTICS = ("percent", "points", "decimal", "euros", *_INTERVALS)


@dataclass(frozen=True)
class Masked:
    """A value that is known within bounds only.

    It compares with numbers where its bounds decide. It refuses arithmetic: results hide masks.
    """

    text: str
    low: float = -math.inf
    high: float = math.inf

    @classmethod
    def from_plain(cls, value) -> Masked | None:
        """Return the mask that a ledger holds, or None if the value is no mask."""
        if not isinstance(value, dict) or set(value) != {"masked", "low", "high"}:
            return None
        bounds = {end: value[end] for end in ("low", "high") if value[end] is not None}
        return cls(value["masked"], **bounds)

    def plain(self) -> dict:
        """Return the mask as the ledger keeps it."""
        low, high = (end if math.isfinite(end) else None for end in (self.low, self.high))
        return {"masked": self.text, "low": low, "high": high}

    def __str__(self) -> str:
        return self.text

    def _decided(self, yes: bool, no: bool, other) -> bool:
        if yes or no:
            return yes
        raise UserError(
            f"the value « {self.text} » is protected, and whether it passes {other!r} cannot be "
            "told. Remedy: compare before it is stated, or do not grade this wording"
        )

    def __lt__(self, other):
        return self._decided(self.high < other, self.low >= other, other)

    def __le__(self, other):
        return self._decided(self.high <= other, self.low > other, other)

    def __gt__(self, other):
        return not self <= other

    def __ge__(self, other):
        return not self < other


def mask_of(filter_name: str, value, respondents, policy: Policy) -> Masked | None:
    """Return what must be written in place of a value, or None if it may be written."""
    if not policy.confidential or respondents is False:
        return None
    if isinstance(value, Masked):
        return value
    bounds = (value.low, value.high) if hasattr(value, "low") else value
    value = value.value if hasattr(value, "low") else value
    if filter_name == "count":
        return _masked_count(float(value), respondents, policy.threshold)
    if filter_name not in _STATISTICS:
        return None
    if respondents is None:
        raise ValueError(
            "this edition is confidential, and the value does not say how many operators it rests "
            "on; write respondents=… in the filter or behind %%narrative (False if it is about no "
            "operator)"
        )
    if respondents < policy.threshold:
        return _not_published_share() if filter_name == "percent" else Masked(NOT_PUBLISHED)
    if filter_name in _INTERVALS:
        return _masked_interval(bounds, respondents, policy.threshold)
    if filter_name == "percent":
        return _masked_share(float(value), respondents, policy.threshold)
    return None


def _masked_count(value: float, respondents, threshold: int) -> Masked | None:
    # Of too few operators, even none is told: it would say what each of them answered.
    of_few = respondents is not None and 0 < respondents < threshold
    least = 0 if of_few else 1
    if (of_few or respondents is None) and least <= value < threshold:
        return Masked(f"moins de {french.count(threshold)}", 0, threshold - 1)
    if respondents is not None and _few(value, respondents, threshold):
        # One text for few and for all but few: which of them it is would tell most answers.
        return Masked(NOT_PUBLISHED, 0, respondents)
    return None


def _masked_share(value: float, respondents: int, threshold: int) -> Masked | None:
    number = value * respondents
    if abs(number - round(number)) > 1e-6 * respondents:
        return None  # no share of these operators: a model's result, or a mean
    return _not_published_share() if _few(round(number), respondents, threshold) else None


def _not_published_share() -> Masked:
    """Return the mask of a share, whose bounds are known without anyone's answer."""
    return Masked(NOT_PUBLISHED, 0.0, 1.0)


def _few(number: float, respondents: int, threshold: int) -> bool:
    """Tell whether too few operators said yes, or too few did not."""
    return 0 < number < threshold or 0 < respondents - number < threshold


def _masked_interval(value, respondents: int, threshold: int) -> Masked | None:
    """Mask a Wilson interval that tells its number of operators, and dispersion among a few."""
    low, high = (float(bound) for bound in value)
    z2 = NORMAL_95**2
    number = (low + high) / 2 * (respondents + z2) - z2 / 2
    whole = round(number)
    of_share = abs(number - whole) < 1e-3
    few = _few(whole, respondents, threshold) if of_share else respondents < LEAST_DISPERSION
    return Masked(NOT_PUBLISHED) if few else None


def respondents_of(value, where: str):
    """Return a declared number of operators, False or None; raise ValueError for anything else."""
    if value is None or value is False:
        return value
    number = value.item() if hasattr(value, "item") else value
    known = isinstance(number, (int, float)) and not isinstance(number, bool)
    if not known or number < 0 or number != int(number):
        raise ValueError(
            f"{where}: respondents must be a number of operators, False or nothing, not {value!r}"
        )
    return int(number)


def agreeing_number(value, policy: Policy, respondents):
    """Return the number for grammatical agreement: one or two operators are several to a reader."""
    if isinstance(value, Masked):
        return value.high
    if policy.confidential and respondents is not False and 0 < float(value) < policy.threshold:
        return float(policy.threshold)
    return value


def hide_intervals(places: list[int], claims: list[dict], texts: list[str]) -> None:
    """Hide the intervals of a sentence that holds a masked value, in place."""
    if not any(Masked.from_plain(claims[place]["value"]) for place in places):
        return
    for place in places:
        claim = claims[place]
        if claim["filter"] in _INTERVALS and not Masked.from_plain(claim["value"]):
            claim.update(value=Masked(NOT_PUBLISHED).plain(), tolerance=0.0, text=NOT_PUBLISHED)
            texts[place] = NOT_PUBLISHED
