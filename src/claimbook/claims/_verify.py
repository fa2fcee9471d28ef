"""Verifying a report: whether it was altered since it was built, and whether a re-run gives the same values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

from claimbook.claims._compare import Change, compare
from claimbook.claims._stamp import is_intact, read_stamp, without_stamp

IDENTICAL, WITHIN, DIFFERENT = "identical", "within tolerance", "different"
_CODES = {IDENTICAL: 0, WITHIN: 1, DIFFERENT: 2}
_VOID = frozenset(
    {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    }
)


class Rebuilt(NamedTuple):
    """What a re-run gave: the sealed page and its claims."""

    page: str
    claims: list[dict]


@dataclass(frozen=True)
class Verdict:
    """The answer of `verify`.

    Attributes
    ----------
    status : str
        ``"identical"``, ``"within tolerance"`` or ``"different"``.
    reasons : list of str
        What was found, one line each; claims by id.
    claims : list of str
        Ids of the claims that differ.
    """

    status: str
    reasons: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)

    @property
    def code(self) -> int:
        """Exit code: 0 identical, 1 within tolerance, 2 different."""
        return _CODES[self.status]

    def __str__(self) -> str:
        return "\n".join([self.status, *(f"  {reason}" for reason in self.reasons)])


class _ClaimTexts(HTMLParser):
    """Collects the text of every element with a ``data-claim``."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.texts: list[tuple[str, str]] = []
        self.open: list[tuple[str, list[str]]] = []
        self.depth: list[int] = []

    def handle_starttag(self, tag, attrs):
        if tag in _VOID:
            return
        self.depth = [depth + 1 for depth in self.depth]
        claim = dict(attrs).get("data-claim")
        if claim is not None:
            self.open.append((claim, []))
            self.depth.append(1)

    def handle_endtag(self, tag):
        if tag in _VOID:
            return
        self.depth = [depth - 1 for depth in self.depth]
        while self.depth and self.depth[-1] <= 0:
            self.depth.pop()
            claim, parts = self.open.pop()
            self.texts.append((claim, "".join(parts)))

    def handle_data(self, data):
        for _, parts in self.open:
            parts.append(data)


def claim_texts(page: str) -> list[tuple[str, str]]:
    """Return (claim id, text) of every element of a page that states a claim, in order.

    Parameters
    ----------
    page : str
        HTML of a report.

    Returns
    -------
    list of (str, str)
        In the order in which the elements end.
    """
    parser = _ClaimTexts()
    parser.feed(page)
    parser.close()
    return parser.texts


def altered_texts(page: str, claims: list[dict]) -> list[tuple[str, str, list[str]]]:
    """Return the elements whose text is none that the claim was written with.

    Parameters
    ----------
    page : str
        HTML of a report.
    claims : list of dict
        Claims of the report, with their statements.

    Returns
    -------
    list of (str, str, list of str)
        Claim id, text in the page, texts that the claim has; no text if there is no such claim.
    """
    written: dict[str, set[str]] = {}
    for claim in claims:
        texts = {claim["text"], *(said["text"] for said in claim.get("statements", []))}
        written.setdefault(claim["id"], set()).update(texts)
    return [
        (name, text, sorted(written.get(name, ())))
        for name, text in claim_texts(page)
        if text not in written.get(name, ())
    ]


def _stamped_claims(content: dict) -> list[dict]:
    return [
        {"id": name, "notebook": "", "sentence": "", **value}
        for name, value in content["claims"]["values"].items()
    ]


def _inputs_changed(old: dict, new: dict) -> list[str]:
    changed = [
        f"another {part}"
        for part in ("edition", "name", "parameters", "package")
        if old.get(part) != new.get(part)
    ]
    for part in ("notebook", "lock", "raw", "modules"):
        before, after = old.get(part, {}), new.get(part, {})
        names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
        changed += [f"input changed since: {name}" for name in names]
    return changed


def _became(change: Change) -> str:
    return f"{change.old['id']}: {change.old['value']!r} became {change.new['value']!r}"


def _says(name: str, text: str, texts: list[str]) -> str:
    return f"{name}: the page says {text!r}, the computation {' or '.join(map(repr, texts)) or 'nothing'}"


def verify(page: str, rebuild: Callable[[dict], Rebuilt]) -> Verdict:
    """Run a report's notebook again and say whether the report still holds.

    Parameters
    ----------
    page : str
        HTML of the report.
    rebuild : callable
        From the stamp (edition, name, parameters) to the `Rebuilt` page and claims; called once.

    Returns
    -------
    Verdict
        Identical: the same bytes. Within tolerance: the seal is whole and every value comes back within its tolerance,
        or only inputs changed that moved nothing in the page. Different: a byte was altered after the page was built,
        a value moved beyond its tolerance, is new or is gone, or the page tells something else around equal values.

    Raises
    ------
    UserError
        If the page has no stamp.
    """
    content = read_stamp(page)
    rebuilt = rebuild(content)
    if page == rebuilt.page:
        return Verdict(IDENTICAL)
    altered = altered_texts(page, rebuilt.claims)
    comparison = compare(
        _stamped_claims(content), [{**claim, "notebook": ""} for claim in rebuilt.claims]
    )
    reasons = [_became(change) for change in comparison.changed]
    reasons += [f"{claim['id']}: is no longer stated" for claim in comparison.gone]
    reasons += [f"{claim['id']}: is stated now and was not" for claim in comparison.new]
    claims = [change.old["id"] for change in comparison.changed]
    claims += [claim["id"] for claim in [*comparison.gone, *comparison.new]]
    within = [change.old["id"] for change in comparison.within]
    if not is_intact(page):
        forged = [found for found in altered if found[0] not in claims and found[0] not in within]
        reasons = [
            "the page was altered after it was built",
            *(_says(*found) for found in forged),
            *reasons,
        ]
        return Verdict(DIFFERENT, reasons, [*claims, *dict.fromkeys(name for name, _, _ in forged)])
    inputs = _inputs_changed(content, read_stamp(rebuilt.page))
    if not comparison.accepted:
        return Verdict(DIFFERENT, [*reasons, *inputs], claims)
    if within:
        moves = [
            f"{_became(change)}, within {change.old['tolerance']!r}" for change in comparison.within
        ]
        return Verdict(WITHIN, [*moves, *inputs], within)
    if without_stamp(page) == without_stamp(rebuilt.page):
        return Verdict(WITHIN, ["every value and word is the same", *inputs])
    reasons = [
        "every value is the same, but the page around them is not",
        *(_says(*found) for found in altered),
    ]
    return Verdict(
        DIFFERENT, [*reasons, *inputs], list(dict.fromkeys(name for name, _, _ in altered))
    )
