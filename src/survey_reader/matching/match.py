"""Pairs of operators: sure where number or name leaves no choice, doubtful where a person must look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from claimbook.errors import UserError
from helpers.cleaning.identifiers import siret_problem
from survey_reader.matching.canonical import canonical, legal_kinds

#: Names at least this much alike (0 to 100) are one name with a slip, if the territory agrees and nothing else is near.
SURE = 95.0
#: Below this, names are different.
POSSIBLE = 75.0
#: Names of bodies in other territories must be this much alike to be worth a person's time.
ELSEWHERE = 90.0
#: A close name is only taken if no other name comes this near to it.
MARGIN = 5.0


@dataclass(frozen=True)
class Entity:
    """An operator as far as it can be recognised elsewhere.

    Attributes
    ----------
    name : str
        Name in its edition.
    names : frozenset of str
        Every name, in canonical form.
    siret : str
        Fourteen digits, or nothing.
    departements : frozenset of str
        Codes; none if unknown.
    kinds : frozenset of str
        Legal forms that its names state.
    """

    name: str
    names: frozenset[str] = frozenset()
    siret: str = ""
    departements: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


def entity(
    name: str, *, others: Iterable[str] = (), siret: str = "", departements: Iterable[str] = ()
) -> Entity:
    """Return an operator ready to be compared; a SIRET that is not valid counts as none."""
    digits = "".join(c for c in siret if c.isdigit())
    listed = (name, *others)
    names = frozenset(c for c in map(canonical, listed) if c)
    kinds = frozenset().union(*map(legal_kinds, listed))
    return Entity(
        name, names, "" if siret_problem(digits) else digits, frozenset(departements), kinds
    )


@dataclass(frozen=True, order=True)
class Pair:
    """Two operators that are, or may be, one.

    Attributes
    ----------
    old, new : str
        Names in the two editions.
    how : str
        ``"siret"``, ``"siren"``, ``"name"``, ``"close name"`` or ``"decision"``; of a doubtful pair, the reason why.
    score : float
        Likeness of the names, 0 to 100.
    """

    old: str
    new: str
    how: str
    score: float


@dataclass(frozen=True)
class Matching:
    """The answer of `match`; every list is sorted.

    Attributes
    ----------
    pairs : list of Pair
        One to one.
    doubtful : list of Pair
        For a person to decide; none of them is in `pairs`.
    successors : list of Pair
        New operator that came from an old one, which several may share.
    only_old, only_new : list of str
        Operators of one edition alone, doubtful ones included.
    """

    pairs: list[Pair] = field(default_factory=list)
    doubtful: list[Pair] = field(default_factory=list)
    successors: list[Pair] = field(default_factory=list)
    only_old: list[str] = field(default_factory=list)
    only_new: list[str] = field(default_factory=list)


def match(
    old: Iterable[Entity],
    new: Iterable[Entity],
    decisions: Mapping[tuple[str, str], str] | None = None,
    links: Iterable[tuple[str, str]] = (),
) -> Matching:
    """Match the operators of two editions.

    Parameters
    ----------
    old, new : iterable of Entity
        Operators of each edition, in any order.
    decisions : mapping of (str, str) to str, optional
        What a person decided of (old, new): ``"same"``, ``"different"`` or ``"successor"``. It overrides everything.
    links : iterable of (str, str), optional
        (new operator, predecessor) where a source says so.

    Returns
    -------
    Matching

    Raises
    ------
    UserError
        If an edition names an operator twice, or decisions contradict themselves or name an unknown operator.
    """
    before, after = _by_name(old, "old"), _by_name(new, "new")
    decided = dict(decisions or {})
    _check(decided, before, after)
    same = {pair for pair, decision in decided.items() if decision == "same"}
    taken_old, taken_new = {o for o, _ in same}, {n for _, n in same}
    found = [Pair(o, n, "decision", _score(before[o], after[n])) for o, n in same]
    sure, doubtful = [], []
    for a in before.values():
        for b in after.values():
            if (a.name, b.name) in decided or a.name in taken_old or b.name in taken_new:
                continue
            pair, certain = _compare(a, b)
            if pair is not None:
                (sure if certain else doubtful).append(pair)
    # numbers go before names, and what is doubtful by its number is not settled by a name
    shared: list[Pair] = []
    for how in ("siret", "siren", "name", "close name"):
        open_ = [p for p in sure if p.how == how and _free(p, found) and _free(p, shared)]
        if how == "close name":
            open_ = [p for p in open_ if not _rivals(p, sure + doubtful, found)]
        kept, torn = _one_to_one(open_)
        found += kept
        shared += torn
    # what is sure by itself and was not taken is doubtful: a person sees it
    left = [Pair(p.old, p.new, f"not alone, {p.how}", p.score) for p in sure if _free(p, found)]
    doubtful = [p for p in {*doubtful, *left} if _free(p, found)]
    taken = {p.old for p in found}, {p.new for p in found}
    successors = [
        Pair(o, n, "decision", _score(before[o], after[n]))
        for (o, n), said in decided.items()
        if said == "successor"
    ]
    successors += _linked(links, before, after, decided, found)
    return Matching(
        sorted(found),
        sorted(doubtful),
        sorted(successors),
        sorted(before.keys() - taken[0]),
        sorted(after.keys() - taken[1]),
    )


def _by_name(entities: Iterable[Entity], side: str) -> dict[str, Entity]:
    found: dict[str, Entity] = {}
    for one in entities:
        if one.name in found:
            raise UserError(f"the {side} edition names '{one.name}' twice. Remedy: clean it first")
        found[one.name] = one
    return dict(sorted(found.items()))


def _check(decided, before, after) -> None:
    olds: dict[str, str] = {}
    news: dict[str, str] = {}
    for (o, n), decision in sorted(decided.items()):
        for name, known, side in ((o, before, "old"), (n, after, "new")):
            if name not in known:
                raise UserError(
                    f"a decision names '{name}', which is not in the {side} edition. Remedy: correct it"
                )
        if decision == "same":
            for name, other, seen in ((o, n, olds), (n, o, news)):
                if name in seen:
                    raise UserError(
                        f"decisions say that '{name}' is both '{seen[name]}' and '{other}'. Remedy: keep one of them"
                    )
                seen[name] = other


def _score(a: Entity, b: Entity) -> float:
    from rapidfuzz import fuzz

    return max(
        (round(fuzz.token_sort_ratio(x, y), 6) for x in a.names for y in b.names), default=0.0
    )


def _compare(a: Entity, b: Entity) -> tuple[Pair | None, bool]:
    """Return a pair that may be one operator, and whether it is sure as far as these two alone can tell."""
    if a.siret and a.siret == b.siret:
        return Pair(a.name, b.name, "siret", _score(a, b)), True
    if a.siret and b.siret and a.siret[:9] == b.siret[:9]:
        return Pair(a.name, b.name, "siren", _score(a, b)), True
    score = _score(a, b)
    if score < POSSIBLE or _other_numbers(a, b):
        return None, False
    together = bool(a.departements & b.departements)
    apart = bool(a.departements and b.departements and not together)
    if a.siret and b.siret:
        return Pair(a.name, b.name, "another number", score), False
    if apart:
        return (
            (Pair(a.name, b.name, "another territory", score), False)
            if score >= ELSEWHERE
            else (None, False)
        )
    if a.kinds and b.kinds and not a.kinds & b.kinds:
        return Pair(a.name, b.name, "another legal form", score), False
    if a.names & b.names:
        return Pair(a.name, b.name, "name", score), True
    if score >= SURE and together:
        return Pair(a.name, b.name, "close name", score), True
    return Pair(a.name, b.name, "near name", score), False


def _other_numbers(a: Entity, b: Entity) -> bool:
    """Tell whether both names hold numbers and share none: CDG 22 is not CDG 29, however alike they look."""
    first, second = (
        {w for name in one.names for w in name.split() if w.isdigit()} for one in (a, b)
    )
    return bool(first and second and not first & second)


def _one_to_one(pairs: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Return the pairs whose two ends stand in no other pair, and the others."""
    olds, news = [p.old for p in pairs], [p.new for p in pairs]
    alone = [p for p in pairs if olds.count(p.old) == 1 and news.count(p.new) == 1]
    return alone, [p for p in pairs if p not in alone]


def _free(pair: Pair, made: list[Pair]) -> bool:
    """Tell whether neither end of a pair stands in a pair that was made."""
    return all(pair.old != other.old and pair.new != other.new for other in made)


def _rivals(pair: Pair, candidates: list[Pair], found: list[Pair]) -> bool:
    """Tell whether another pair with one of its ends comes near to it."""
    return any(
        other != pair
        and (other.old == pair.old or other.new == pair.new)
        and other.score > pair.score - MARGIN
        and _free(other, found)
        for other in candidates
    )


def _linked(links, before, after, decided, found) -> list[Pair]:
    made = {(p.old, p.new) for p in found}
    pairs = {
        (o, n)
        for n, o in links
        if o in before and n in after and (o, n) not in made and (o, n) not in decided
    }
    return [Pair(o, n, "link", _score(before[o], after[n])) for o, n in sorted(pairs)]
