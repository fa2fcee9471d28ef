"""Pairs of respondents of two editions: sure where no choice is left, doubtful otherwise.

Whatever is doubtful is listed for a person to decide, never guessed.
"""

from collections.abc import Iterable, Mapping
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
    decided = dict(decisions or {})
    _check(decided, before, after)
    scores = {(a, b): _score(before[a], after[b]) for a in before for b in after}

    def decided_as(decision):
        ends = [ends for ends, said in decided.items() if said == decision]
        return [Pair(*pair, "decision", scores[pair]) for pair in ends]

    made, shared = decided_as("same"), []
    compared = [
        Pair(a, b, how, score)
        for (a, b), score in scores.items()
        if (a, b) not in decided and (how := _compare(before[a], after[b], score))
    ]
    # What is doubtful by its number is not settled by a name.
    for how in CERTAIN:
        free = [pair for pair in compared if _apart(pair, made)]
        found = [pair for pair in free if pair.how == how and _apart(pair, shared)]
        if how == "close name":
            found = [p for p in found if not any(_rival(p, other) for other in free)]
        alone = [p for p in found if all(p is other or _apart(p, [other]) for other in found)]
        shared += [p for p in found if p not in alone]
        made += alone
    doubtful = [
        pair._replace(how=f"not alone, {pair.how}" if pair.how in CERTAIN else pair.how)
        for pair in compared
        if _apart(pair, made)
    ]
    ends = {(o, n) for n, o in links if o in before and n in after}
    ends -= decided.keys() | {(p.old, p.new) for p in made}
    linked = [Pair(*pair, "link", scores[pair]) for pair in ends]
    only = [side.keys() - {pair[n] for pair in made} for n, side in enumerate((before, after))]
    return Matching(*map(sorted, (made, doubtful, decided_as("successor") + linked, *only)))


def _apart(pair: Pair, made: list[Pair]) -> bool:
    """Tell whether neither end of a pair stands in a pair that was made."""
    return all(pair.old != other.old and pair.new != other.new for other in made)


def _check(decided, before, after) -> None:
    for place, (side, known) in enumerate((("old", before), ("new", after))):
        partners = {}
        for ends, decision in sorted(decided.items()):
            name, other = ends[place], ends[1 - place]
            problem = f"a decision names '{name}', which is not in the {side} edition"
            if name in known:
                first = partners.setdefault(name, other) if decision == "same" else other
                problem = f"decisions say that '{name}' is both '{first}' and '{other}'"
                if first == other:
                    continue
            raise UserError(f"{problem}. Remedy: correct the decision")


def _score(a: Entity, b: Entity) -> float:
    scores = (round(fuzz.token_sort_ratio(x, y), 6) for x in a.names for y in b.names)
    return max(scores, default=0.0)


def _compare(a: Entity, b: Entity, score: float) -> str:
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
    one_end = (other.old == pair.old) != (other.new == pair.new)
    return one_end and other.score > pair.score - MARGIN
