"""Rendering a template: values into sentences, each value a claim of its sentence."""

from __future__ import annotations

import difflib
import html
import itertools
import re
import string
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from jinja2 import Undefined
from markupsafe import escape

from claimbook import french
from claimbook.errors import UserError
from claimbook.prose.filters import FILTERS, Written, as_shown
from claimbook.prose.template import ARGUMENTS, Choice, Hole, NarrativeError, comparable, parse
from claimbook.protect import current_policy
from claimbook.protect.masks import Masked, agreeing_number, is_hidden
from claimbook.tables import sha256

_PLACE = re.compile("\ue000(\\d+)\ue001")
_MARK = re.compile("\ue002(\\d+)\ue003")
_RESERVED = re.compile("[\ue000-\ue003]")
# Characters that turn the direction of writing would reorder the sentence around a value.
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PUNCTUATION = {ord(character): f"&#{ord(character)};" for character in string.punctuation}
# Values that are part of the wording, and do not lead to their computation.
_UNLINKED = ("plural", "if")

_BLOCK = re.compile(r"\s*(?:#{1,6} |[-*+] |\d+[.)] |>|\||```|~~~|$)")
_ALONE = re.compile(r"\s*(?:#{1,6} |\||$)")
_CLOSED = re.compile(r"[.!?…:;][»\s)\"*_]*$")
# A sentence ends at its stop if a capital, a figure or a computed value comes next.
_ABBREVIATED = r"(?<!\bp)(?<!\bal)(?<!\bcf)(?<!\bart)(?<!\bex)(?<!\bvol)(?<!\bM)"
_STOP = re.compile(
    _ABBREVIATED
    + r"[.!?…][\u00a0\u202f]*[»)\"*_]*[ \t]+(?=[«\"(*_\u00a0]*[A-ZÀ-ÖØ-ÞŒ\d\ue000\ue002])"
)
_LEAD = re.compile(r"\s*(?:#{1,6}\s+)?(?:[-*+]\s+|\d+(?:\.\d+)*[.)]\s+)?")
_MARKUP = [
    # A condition leaves its mark before the mark of a list item that it decides on.
    (re.compile(r"(?m)^((?:\s|\ue002\d+\ue003)*)(?:#{1,6}\s+|(?:[-*+]|\d+[.)])\s+|>\s?)+"), r"\1"),
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"<[^<>]+>"), ""),
    (re.compile(r"(\*\*|__|`+)(.+?)\1"), r"\2"),
    (re.compile(r"(?<![\w*])([*_])(?=\S)(.+?)(?<=\S)\1(?![\w*])"), r"\2"),
    (re.compile(r"\\([" + re.escape(string.punctuation) + "])"), r"\1"),
]


def _stops(line: str) -> Iterator[re.Match]:
    """Yield the ends of sentences inside a line, after the mark of a heading or list item."""
    return _STOP.finditer(line, _LEAD.match(line).end())


def sentence_spans(prose: str) -> list[tuple[int, int]]:
    """Return where each sentence of Markdown begins and ends; white space is left out.

    A line that ends without a stop goes on in the next one, unless a heading, list item, table row
    or blank line begins there.
    """
    cuts, position = [0], 0
    lines = prose.splitlines(keepends=True)
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        cuts += [position + match.end() for match in _stops(line)]
        position += len(line)
        if _CLOSED.search(line.rstrip()) or _BLOCK.match(following) or _ALONE.match(line):
            cuts.append(position)
    edges = sorted({*cuts, len(prose)})
    return [(start, end) for start, end in itertools.pairwise(edges) if prose[start:end].strip()]


def plain_text(markdown: str) -> str:
    """Return the words of a Markdown sentence, on one line and without its markup."""
    for pattern, replacement in _MARKUP:
        markdown = pattern.sub(replacement, markdown)
    return re.sub(r"[ \t\r\n]+", " ", html.unescape(markdown)).strip()


def stops_inside(line: str) -> bool:
    """Tell whether a line holds the end of a sentence before its own end."""
    return any(_stops(line.rstrip()))


def goes_on(line: str, following: str) -> bool:
    """Tell whether a sentence goes on from a line of prose to the following one."""
    ends = _BLOCK.match(following) or _ALONE.match(line) or line.lstrip().startswith(">")
    return not (ends or _CLOSED.search(line.rstrip()))


@dataclass(frozen=True)
class Rendered:
    """A template with its values as Markdown, plain text and HTML, and the claims that it makes."""

    markdown: str
    plain: str
    html: str
    claims: list[dict]


def claim_id(expression: str, filter_name: str) -> str:
    """Return a slug that depends on the normalised expression and its filter, not on the place."""
    digest = sha256(f"{expression}|{filter_name}")[:6]
    return f"{french.slug(expression, 40) or 'value'}-{filter_name}-{digest}"


def _one_line(value: str) -> str:
    """Keep a value on its line: line ends would open a block in Markdown, controls are no text."""
    spaced = re.sub(r"[\t\n\v\f\r\x85\u2028\u2029]+", " ", _DIRECTION.sub("", value))
    return "".join(char for char in spaced if unicodedata.category(char) not in ("Cc", "Cs"))


class _Rendering:
    """One pass over a template."""

    def __init__(self, namespace: Mapping, where: str):
        self.namespace, self.where = namespace, where
        self.claims: list[dict] = []
        self.texts: list[str] = []

    def run(self, pieces: list) -> str:
        writers = {str: lambda text: _RESERVED.sub("", text), Hole: self.hole, Choice: self.choice}
        return "".join(writers[type(piece)](piece) for piece in pieces)

    def evaluate(self, function: Callable, shown: str, line: int):
        """Return the value of a compiled expression, or raise `NarrativeError` with its text."""
        try:
            value = function(self.namespace)
            if isinstance(value, Undefined):
                str(value)  # raises, and says which name
        except UserError as error:
            raise NarrativeError(self.where, line, f"{shown}: {error}", "see above") from None
        except Exception as error:
            problem, remedy = f"{type(error).__name__}: {error}", "compute it in an earlier cell"
            raise NarrativeError(self.where, line, f"{shown}: {problem}", remedy) from None
        return value

    def hole(self, hole: Hole) -> str:
        name = hole.filter or "text"
        shown = f"{{{{ {hole.expression}{f' | {hole.filter}' if hole.filter else ''} }}}}"
        value = self.evaluate(hole.evaluate, shown, hole.line)
        unfiltered = hole.filter is None and not isinstance(value, str)
        if unfiltered or name not in FILTERS:
            problem = f"{shown}: no filter {name!r} writes a value"
            if unfiltered:
                problem = f"{shown} is a {type(value).__name__} without a filter"
            near = () if unfiltered else difflib.get_close_matches(name, FILTERS, 1)
            remedy = f"end the hole with one of {', '.join(FILTERS)}"
            remedy = f"did you mean '{near[0]}'? Otherwise {remedy}" if near else remedy
            raise NarrativeError(self.where, hole.line, problem, remedy)
        arguments, options = self.arguments(hole, shown)
        try:
            claim, text = self.claim(hole.expression, name, value, arguments, options)
        except (ValueError, TypeError) as error:
            problem, remedy = f"{shown} cannot be written: {error}", "correct the value or filter"
            raise NarrativeError(self.where, hole.line, problem, remedy) from None
        return f"\ue000{self.state(claim, text, shown, hole.line)}\ue001"

    def arguments(self, hole: Hole, shown: str) -> tuple[tuple, dict]:
        if hole.arguments is None:
            return (), {}
        capture = {**self.namespace, ARGUMENTS: lambda *arguments, **options: (arguments, options)}
        arguments, options = self.evaluate(lambda _: hole.arguments(capture), shown, hole.line)
        for argument in [*arguments, *options.values()]:
            self.evaluate(lambda _, given=argument: given, shown, hole.line)
        return arguments, options

    def claim(self, expression: str, name: str, value, arguments: tuple, options: dict):
        """Return the claim of a hole and the text that a reader sees."""
        policy = current_policy()
        respondents = options.pop("respondents", None)
        if respondents not in (None, False):
            raise ValueError("write respondents=False of what is about no respondent, or nothing")
        if name == "plural":
            value = agreeing_number(value, policy, respondents)
        if is_hidden(name, value, respondents, policy):
            written = Written(str(Masked()), Masked().plain())
        else:
            written = FILTERS[name].write(value, *arguments, **options)
            if policy.confidential:
                write = FILTERS[name].write
                written = as_shown(written, lambda short: write(short, *arguments, **options))
        return _claim(expression, name, written), _one_line(written.text)

    def choice(self, choice: Choice) -> str:
        taken, body = "sinon", []
        for branch in choice.branches:
            shown = f"{{% if {branch.condition} %}}"
            if branch.test is None or self.evaluate(
                lambda names, b=branch: bool(comparable(b.test(names))), shown, branch.line
            ):
                taken, body = branch.condition or "sinon", branch.body
                break
        claim = _claim(choice.expression, "if", Written("", taken))
        shown, line = f"{{% if {choice.expression} %}}", choice.branches[0].line
        return f"\ue002{self.state(claim, '', shown, line)}\ue003" + self.run(body)

    def state(self, claim: dict, text: str, shown: str, line: int) -> int:
        """Record a claim and its text, and return its place."""
        for earlier in self.claims:
            if earlier["id"] == claim["id"] and earlier["value"] != claim["value"]:
                problem = f"{shown} states {claim['value']!r} here and {earlier['value']!r} before"
                remedy = "give one of the two values another name"
                raise NarrativeError(self.where, line, problem, remedy)
        self.claims.append(claim)
        self.texts.append(text)
        return len(self.claims) - 1


def _claim(expression: str, name: str, written: Written) -> dict:
    kind, unit = FILTERS[name][:2] if name in FILTERS else ("grade", "")
    return {
        "id": claim_id(expression, name),
        "expression": expression,
        "filter": name,
        "kind": kind,
        "value": written.value,
        "unit": unit,
        "tolerance": written.tolerance,
        "text": "" if name in _UNLINKED else _one_line(written.text),
        "sentence": "",
    }


def render(source: str, namespace: Mapping, where: str, *, first_line: int = 1) -> Rendered:
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

    Returns
    -------
    Rendered
        The prose and its claims, in order; the claims carry no cell yet.

    Raises
    ------
    NarrativeError
        If a name is undefined, a value is missing or not finite, a filter does not fit, the
        template is malformed, or a statistic of a confidential edition does not carry its counts.
    """
    rendering = _Rendering(namespace, where)
    prose = french.typeset(rendering.run(parse(source, where, first_line)))
    claims, texts = rendering.claims, rendering.texts

    def fill(text: str, inner: Callable[[str], str] = str, *, linked: bool = True) -> str:
        def written(found: re.Match) -> str:
            claim, value = claims[int(found[1])], inner(texts[int(found[1])])
            if not linked or claim["filter"] in _UNLINKED:
                return value
            return f'<a class="claim" data-claim="{claim["id"]}">{value}</a>'

        return _PLACE.sub(written, _MARK.sub("", text))

    for start, end in sentence_spans(prose):
        held = prose[start:end]
        sentence = fill(plain_text(held), linked=False).strip()
        for place in [*_PLACE.findall(held), *_MARK.findall(held)]:
            claims[int(place)]["sentence"] = sentence
    return Rendered(
        # ASCII punctuation becomes entities, so that a value stays text in Markdown and in HTML.
        markdown=fill(prose, lambda text: text.translate(_PUNCTUATION)),
        plain=fill(prose, linked=False),
        html=fill(str(escape(prose)), lambda text: str(escape(text))),
        claims=claims,
    )
