"""Rendering a template: values into sentences, each value a claim."""

from __future__ import annotations

import hashlib
import re
import string
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jinja2 import Undefined
from markupsafe import escape

from claimbook import french
from claimbook.errors import UserError
from claimbook.prose import _sentences
from claimbook.prose._errors import NarrativeError
from claimbook.prose._filters import EXACT_KINDS, FILTERS, Filter, Written, fitting
from claimbook.prose._template import ARGUMENTS, Choice, Hole, comparable, parse
from claimbook.protect import current_policy
from claimbook.protect.masks import agreeing_number, hide_intervals, mask_of, respondents_of

_PLACE = re.compile("\ue000(\\d+)\ue001")
_MARK = re.compile("\ue002(\\d+)\ue003")
_RESERVED = re.compile("[\ue000-\ue003]")
# Characters that turn the direction of writing would reorder the sentence around a value.
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PUNCTUATION = {ord(character): f"&#{ord(character)};" for character in string.punctuation}


@dataclass(frozen=True)
class Rendered:
    """A template with its values: as Markdown, as plain text, as HTML text, and the claims that it makes."""

    markdown: str
    plain: str
    html: str
    claims: list[dict]


def claim_id(expression: str, filter_name: str) -> str:
    """Return the id of a claim: readable, safe in an attribute, and the same wherever the sentence stands.

    Parameters
    ----------
    expression : str
        The normalised expression.
    filter_name : str
        The filter that formats it.

    Returns
    -------
    str
        A slug that ends with six hexadecimal digits of the hash of both.
    """
    digest = hashlib.sha256(f"{expression}|{filter_name}".encode()).hexdigest()[:6]
    unaccented = (
        unicodedata.normalize("NFKD", expression).encode("ascii", "ignore").decode().lower()
    )
    slug = re.sub(r"[^a-z0-9]+", "-", unaccented)[:40].strip("-") or "value"
    return f"{slug}-{filter_name}-{digest}"


def _one_line(value: str) -> str:
    """Keep a value on its line: line ends would open a block in Markdown, controls are no text."""
    spaced = re.sub(r"[\t\n\v\f\r\x85\u2028\u2029]+", " ", _DIRECTION.sub("", value))
    return "".join(
        character for character in spaced if unicodedata.category(character) not in ("Cc", "Cs")
    )


def as_markdown_text(value: str) -> str:
    """Write a value so that it stays text in Markdown and in HTML: ASCII punctuation becomes entities."""
    return _one_line(value).translate(_PUNCTUATION)


def _anchor(claim: dict, inner: str) -> str:
    return f'<a class="claim" data-claim="{claim["id"]}">{inner}</a>'


def check_tolerance(value, tolerance, kind: str) -> float:
    """Return a stated tolerance, or refuse it.

    Parameters
    ----------
    value : object
        The recorded value.
    tolerance : float
        Absolute difference to accept.
    kind : str
        Kind of claim.

    Returns
    -------
    float
        The tolerance.

    Raises
    ------
    ValueError
        If it is not a finite number from 0, if the kind is exact, or if it would accept 0 for another value.
    """
    if kind in EXACT_KINDS:
        raise ValueError(f"a {kind} is compared exactly and takes no tolerance")
    if (
        isinstance(tolerance, bool)
        or not isinstance(tolerance, (int, float))
        or not 0 <= tolerance < float("inf")
    ):
        raise ValueError(f"tolerance must be a finite number from 0, not {tolerance!r}")
    for number in value if isinstance(value, list) else [value]:
        if number != 0 and tolerance >= abs(number):
            raise ValueError(f"tolerance {tolerance!r} would accept 0 for {number!r}")
    return float(tolerance)


class _Rendering:
    """One pass over a template."""

    def __init__(self, namespace: Mapping, where: str, respondents=None):
        self.namespace, self.where, self.respondents = namespace, where, respondents
        self.claims: list[dict] = []
        self.texts: list[str] = []
        self.linked: list[bool] = []

    def run(self, pieces: list) -> str:
        return "".join(
            _RESERVED.sub("", piece)
            if isinstance(piece, str)
            else (self.hole(piece) if isinstance(piece, Hole) else self.choice(piece))
            for piece in pieces
        )

    def evaluate(self, function: Callable, shown: str, line: int):
        try:
            value = function(self.namespace)
            if isinstance(value, Undefined):
                str(value)  # raises, and says which name
        except UserError as error:
            raise NarrativeError(self.where, line, f"{shown}: {error}", "see above") from None
        except Exception as error:
            message = f"{shown}: {type(error).__name__}: {error}"
            raise NarrativeError(
                self.where, line, message, "compute it in an earlier code cell"
            ) from None
        return value

    def hole(self, hole: Hole) -> str:
        shown = f"{{{{ {hole.expression}{f' | {hole.filter}' if hole.filter else ''} }}}}"
        value = self.evaluate(hole.evaluate, shown, hole.line)
        name = hole.filter or "text"
        if hole.filter is None and not isinstance(value, str):
            problem = f"{shown} is a {type(value).__name__} without a filter"
            raise NarrativeError(self.where, hole.line, problem, fitting(value))
        if name not in FILTERS:
            problem = f"{shown}: no filter {name!r} writes a value"
            raise NarrativeError(
                self.where, hole.line, problem, f"end the hole with one of {', '.join(FILTERS)}"
            )
        arguments, options = self.arguments(hole, shown)
        try:
            claim, written = self.claim(
                hole.expression, name, FILTERS[name], value, arguments, options
            )
        except (ValueError, TypeError) as error:
            raise NarrativeError(
                self.where,
                hole.line,
                f"{shown} cannot be written: {error}",
                "mend the value or choose another filter",
            ) from None
        self.check_same(claim, shown, hole.line)
        return self.place(claim, written.text, FILTERS[name].linked)

    def arguments(self, hole: Hole, shown: str) -> tuple[tuple, dict]:
        if hole.arguments is None:
            return (), {}
        capture = {**self.namespace, ARGUMENTS: lambda *arguments, **options: (arguments, options)}
        arguments, options = self.evaluate(lambda _: hole.arguments(capture), shown, hole.line)
        for argument in [*arguments, *options.values()]:
            self.evaluate(lambda _, given=argument: given, shown, hole.line)
        return arguments, options

    def claim(
        self, expression: str, name: str, chosen: Filter, value, arguments: tuple, options: dict
    ) -> tuple[dict, Written]:
        options = dict(options)
        behind = respondents_of(options.pop("respondents", self.respondents), "the hole")
        policy = current_policy()
        if name == "plural":
            value = agreeing_number(value, policy, behind)
        kind = options.pop("kind", chosen.kind)
        unit = options.pop("unit", chosen.unit)
        stated = options.pop("tolerance", None)
        mask = mask_of(name, value, behind, policy)
        if mask is not None:
            written, stated = Written(mask.text, mask.plain(), 0.0), None
        else:
            written = chosen.write(value, *arguments, **options)
        tolerance = (
            written.tolerance
            if stated is None
            else check_tolerance(written.value, stated, chosen.kind)
        )
        claim = {
            "id": claim_id(expression, name),
            "expression": expression,
            "filter": name,
            "kind": str(kind),
            "value": written.value,
            "unit": str(unit),
            "tolerance": tolerance,
            "text": _one_line(written.text) if chosen.linked else "",
            "sentence": "",
        }
        return claim, written

    def check_same(self, claim: dict, shown: str, line: int) -> None:
        for earlier in self.claims:
            if earlier["id"] == claim["id"] and earlier["value"] != claim["value"]:
                problem = f"{shown} states {claim['value']!r} here and {earlier['value']!r} before"
                raise NarrativeError(
                    self.where, line, problem, "give one of the two values another name"
                )

    def choice(self, choice: Choice) -> str:
        claim = {
            "id": claim_id(choice.expression, "if"),
            "expression": choice.expression,
            "filter": "if",
            "kind": "grade",
            "value": "sinon",
            "unit": "",
            "tolerance": 0.0,
            "text": "",
            "sentence": "",
        }
        body: list = []
        for branch in choice.branches:
            shown = f"{{% if {branch.condition} %}}"
            if branch.test is None or self.evaluate(
                lambda names, b=branch: bool(comparable(b.test(names))), shown, branch.line
            ):
                claim["value"] = branch.condition or "sinon"
                body = branch.body
                break
        self.check_same(claim, f"{{% if {choice.expression} %}}", choice.branches[0].line)
        self.claims.append(claim)
        self.texts.append("")
        self.linked.append(False)
        return f"\ue002{len(self.claims) - 1}\ue003" + self.run(body)

    def place(self, claim: dict, text: str, linked: bool) -> str:
        self.claims.append(claim)
        self.texts.append(_one_line(text))
        self.linked.append(linked)
        return f"\ue000{len(self.claims) - 1}\ue001"


def render(
    source: str, namespace: Mapping, where: str, *, first_line: int = 1, respondents=None
) -> Rendered:
    """Render a template in a namespace.

    Parameters
    ----------
    source : str
        Markdown, or plain text for a figure, with holes.
    namespace : mapping
        The notebook's variables.
    where : str
        How an error names the cell or text.
    first_line : int
        Line of the cell at which the template starts.
    respondents : int or False, optional
        Operators on whom every value rests that does not say otherwise: asked for in a confidential edition.

    Returns
    -------
    Rendered
        The prose and its claims, in order; the claims carry no cell yet.

    Raises
    ------
    NarrativeError
        If a name is undefined, a value is missing or not finite, a filter does not fit, or the template is malformed;
        in a confidential edition, if a statistic does not say how many operators it rests on.
    """
    rendering = _Rendering(namespace, where, respondents)
    prose = french.typeset(rendering.run(parse(source, where, first_line)))
    claims, texts, linked = rendering.claims, rendering.texts, rendering.linked

    def fill(text: str, write: Callable[[int], str]) -> str:
        return _PLACE.sub(lambda match: write(int(match.group(1))), _MARK.sub("", text))

    for start, end in _sentences.spans(prose):
        held = prose[start:end]
        hide_intervals([int(match.group(1)) for match in _PLACE.finditer(held)], claims, texts)
        sentence = fill(_sentences.plain(held), texts.__getitem__).strip()
        for match in [*_PLACE.finditer(held), *_MARK.finditer(held)]:
            claims[int(match.group(1))]["sentence"] = sentence

    def in_markdown(position: int) -> str:
        inner = as_markdown_text(texts[position])
        return _anchor(claims[position], inner) if linked[position] else inner

    def in_html(position: int) -> str:
        inner = str(escape(texts[position]))
        return _anchor(claims[position], inner) if linked[position] else inner

    return Rendered(
        markdown=fill(prose, in_markdown),
        plain=fill(prose, texts.__getitem__),
        html=fill(str(escape(prose)), in_html),
        claims=claims,
    )
