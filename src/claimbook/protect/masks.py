"""Values of sentences that would tell what a few respondents answered, and what is written."""

from dataclasses import dataclass

import numpy as np

from claimbook.errors import UserError
from claimbook.protect.frames import few, spread_tells
from claimbook.protect.policy import Policy

# One text, whether few said yes or all but few did: which of them it is would tell most answers.
NOT_PUBLISHED = "non publié"
_INTERVALS = ("interval", "with_interval")
# Filters whose value is a statistic of respondents, unless the sentence says otherwise.
_STATISTICS = ("percent", "points", "decimal", "euros", *_INTERVALS)


class Public(float):
    """A number that rests on nobody's answer, or that another notebook states already."""


@dataclass(frozen=True)
class Masked:
    """A value that is not published: it can be cited, and neither compared nor computed with."""

    text: str = NOT_PUBLISHED

    def plain(self) -> dict:
        """Return the mask as the ledger keeps it."""
        return {"masked": self.text}

    def __str__(self) -> str:
        return self.text

    def _refuse(self, other):
        problem = f"the value « {self.text} » is protected and cannot be compared with {other!r}"
        raise UserError(f"{problem}. Remedy: take it with get(), which gives None for it")

    __lt__ = __le__ = __gt__ = __ge__ = _refuse


def from_ledger(value):
    """Return a value that another notebook states: a mask, or what may be written as it is."""
    if isinstance(value, dict) and "masked" in value:
        return Masked(value["masked"])
    if isinstance(value, list):
        return [from_ledger(part) for part in value]
    return Public(value) if isinstance(value, float) else value


def is_hidden(filter_name: str, value, respondents, policy: Policy) -> bool:
    """Tell whether a value must not be written; ValueError if it does not say what it rests on."""
    if isinstance(value, Masked) or not policy.confidential:
        return isinstance(value, Masked)
    parts = value if isinstance(value, list | tuple) else [value]
    if respondents is False or all(isinstance(part, Public) for part in parts):
        return False
    if hasattr(value, "low"):
        spread = filter_name in _INTERVALS and spread_tells(value.value, value.k, value.n)
        return bool(spread or few(value.k, value.n, policy.threshold))
    if filter_name in _STATISTICS:
        raise ValueError(
            "this edition is confidential, and the value does not carry the counts it rests on: "
            "give the whole estimate, or respondents=False in the filter if it is of no respondent"
        )
    return filter_name in ("count", "year") and bool(few(value, np.inf, policy.threshold))


def agreeing_number(value, policy: Policy, respondents):
    """Return the number for grammatical agreement: one or two operators are several to a reader."""
    hidden = policy.confidential and respondents is not False
    if isinstance(value, Masked) or (hidden and 0 < float(value) < policy.threshold):
        return float(policy.threshold)
    return value
