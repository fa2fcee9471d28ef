"""Pairs of respondents of two editions: sure where no choice is left, doubtful otherwise.

Whatever is doubtful is listed for a person to decide, never guessed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import product
from typing import NamedTuple

from rapidfuzz import fuzz

from survey_reader.text import UserError

#: How two may be one without a doubt: numbers go before names.
CERTAIN = ("siret", "siren", "name", "close name")
#: Names at least this much alike (0 to 100) are one name with a slip, in one territory.
SURE = 95.0
#: Below this, names are different.
POSSIBLE = 75.0
#: Names in other territories must be this much alike to be worth a person's time.
ELSEWHERE = 90.0
#: A close name is only taken if no other name comes this near to it.
MARGIN = 5.0


class Entity(NamedTuple):
    """A respondent as far as it can be recognised elsewhere.

    `names` are in the form in which they are compared; `kinds` are kinds of body that they state.
    """

    name: str
    names: frozenset[str] = frozenset()
    siret: str = ""
    departements: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


class Pair(NamedTuple):
    """Two respondents that are, or may be, one.

    Attributes
    ----------
    old, new : str
        Names in the two editions.
    how : str
        ``"siret"``, ``"siren"``, ``"name"``, ``"close name"`` or ``"decision"``; of a doubtful
        pair, the reason why.
    score : float
        Likeness of the names, 0 to 100.
    """

    old: str
    new: str
    how: str
    score: float

    @property
    def ends(self) -> set[tuple[str, str]]:
        """Both names, each with its edition."""
        return {("old", self.old), ("new", self.new)}


class Matching(NamedTuple):
    """The answer of `match`, each list sorted: pairs made one to one, and pairs to decide.

    Several new respondents may be successors of one; those of one edition alone include doubtful
    ones.
    """

    pairs: list[Pair]
    doubtful: list[Pair]
    successors: list[Pair]
    only_old: list[str]
    only_new: list[str]


def match(
    old: Iterable[Entity],
    new: Iterable[Entity],
    decisions: Mapping[tuple[str, str], str] | None = None,
    links: Iterable[tuple[str, str]] = (),
) -> Matching:
    """Match the respondents of two editions.

    Parameters
    ----------
    old, new : iterable of Entity
        Respondents of each edition, in any order.
    decisions : mapping of (str, str) to str, optional
        What a person decided of (old, new): ``"same"``, ``"different"`` or ``"successor"``.
    links : iterable of (str, str), optional
        (new respondent, predecessor) where a source says so.

    Raises
    ------
    UserError
        If decisions contradict themselves or name an unknown respondent.
    """
    before, after = ({one.name: one for one in side} for side in (old, new))
    decided, links = dict(decisions or {}), set(links)
    _check(decided, before, after)
    pairs = [_compared(*both) for both in product(before.values(), after.values())]
    made, successors = (
        [pair._replace(how="decision") for pair in pairs if decided.get(pair[:2]) == said]
        for said in ("same", "successor")
    )
    compared, claimed = [p for p in pairs if p.how and p[:2] not in decided], set()
    # What is doubtful by its number is not settled by a name.
    for how in CERTAIN:
        free = _without(compared, made)
        found = [p for p in free if p.how == how and claimed.isdisjoint(p.ends)]
        if how == "close name":
            found = [p for p in found if not any(_rival(p, other) for other in free)]
        often = Counter(end for pair in found for end in pair.ends)
        made += [pair for pair in found if max(map(often.get, pair.ends)) == 1]
        claimed |= often.keys()
    doubtful = [
        pair._replace(how=f"not alone, {pair.how}" if pair.how in CERTAIN else pair.how)
        for pair in _without(compared, made)
    ]
    known = decided.keys() | {pair[:2] for pair in made}
    linked = [p for p in pairs if (p.new, p.old) in links and p[:2] not in known]
    successors += [pair._replace(how="link") for pair in linked]
    only = [side.keys() - {pair[n] for pair in made} for n, side in enumerate((before, after))]
    return Matching(*map(sorted, (made, doubtful, successors, *only)))


def _without(pairs: list[Pair], made: list[Pair]) -> list[Pair]:
    """Return the pairs of which no end stands in a pair that was made."""
    taken = {end for pair in made for end in pair.ends}
    return [pair for pair in pairs if taken.isdisjoint(pair.ends)]


def _check(decided, before, after) -> None:
    partners = {}
    for (old, new), decision in sorted(decided.items()):
        for side, known, name, other in (("old", before, old, new), ("new", after, new, old)):
            first = partners.setdefault((side, name), other) if decision == "same" else other
            problem = f"decisions say that '{name}' is both '{first}' and '{other}'"
            if name not in known:
                problem = f"a decision names '{name}', which is not in the {side} edition"
            if name not in known or first != other:
                raise UserError(f"{problem}. Remedy: correct the decision")


def _compared(a: Entity, b: Entity) -> Pair:
    likeness = (fuzz.token_sort_ratio(x, y) for x, y in product(a.names, b.names))
    score = round(max(likeness, default=0.0), 6)
    return Pair(a.name, b.name, _how(a, b, score), score)


def _how(a: Entity, b: Entity, score: float) -> str:
    """Return how two may be one, or why it is doubtful; nothing if they are not."""
    if a.siret and a.siret[:9] == b.siret[:9]:
        return "siret" if a.siret == b.siret else "siren"
    together = bool(a.departements & b.departements)
    # Names whose numbers differ are not one, however alike they look.
    first, second = ({w for name in e.names for w in name.split() if w.isdigit()} for e in (a, b))
    if score < POSSIBLE or (first and second and not first & second):
        return ""
    if a.siret and b.siret:
        return "another number"
    if a.departements and b.departements and not together:
        return "another territory" if score >= ELSEWHERE else ""
    if a.kinds and b.kinds and not a.kinds & b.kinds:
        return "another legal form"
    if a.names & b.names:
        return "name"
    return "close name" if score >= SURE and together else "near name"


def _rival(pair: Pair, other: Pair) -> bool:
    """Tell whether another pair with one of the ends comes near to a pair."""
    return len(pair.ends & other.ends) == 1 and other.score > pair.score - MARGIN
