"""Forged copies of an exported page: one seeded change each, half of them sealed again."""

import base64
import html
import re
from collections.abc import Callable

import numpy as np

from claimbook.claims import read_stamp, seal

CLAIM = r'(?<=class="claim" )[^>]*>[^<]*\d[^<]*'
WORDS = (("plus", "moins"), ("aucun", "chaque"), ("ne", ""), ("est", "n’est pas"), ("de", "sans"))


def _digit(rng, text: str) -> str:
    """Return a text in which the last digit is another one."""
    return re.sub(
        r"\d(?=\D*$)", lambda found: str((int(found[0]) + rng.integers(1, 10)) % 10), text
    )


def _word(rng, text: str) -> str:
    """Return a text that says something else."""
    for old, new in (WORDS[place] for place in rng.permutation(len(WORDS))):
        if re.search(rf"\b{old}\b", text):
            return re.sub(rf"\b{old}\b", new, text, count=1)
    return f"{text} environ"


def _csv(rng, text: str) -> str:
    """Return the rows of a download, in Base64, with another digit."""
    content = _digit(rng, base64.b64decode(text).decode("utf-8"))
    return base64.b64encode(content.encode("utf-8")).decode("ascii")


def _cover(rng, text: str) -> str:
    """Return an attribute that hides a number, or shows another one in its place."""
    look = ("visibility:hidden", "font-size:0", "color:white", "position:absolute;left:-99em")
    return f'style="{rng.choice(look)}" {text}'


def _rule(rng, text: str) -> str:
    """Return a style sheet that writes over numbers."""
    rules = (
        ".claim{font-size:0}.claim::after{content:'83 %';font-size:1rem}",
        "tr+tr{color:white}",
    )
    return f"{text}{rng.choice(rules)}"


def _stamped(field: str, change: Callable) -> Callable:
    """Return a forgery of what the stamp says of a value."""

    def forge(rng, page: str) -> str:
        content = read_stamp(page)
        values = content["claims"]["values"]
        numbers = [name for name, c in values.items() if isinstance(c["value"], float)]
        claim = values[str(rng.choice(numbers))]
        claim |= {"value": claim["value"] + 0.1, field: change(claim)}
        return seal(page, content)

    return forge


def _at(pattern: str, change: Callable) -> Callable:
    """Return a forgery of one of the places that a pattern finds."""

    def forge(rng, page: str) -> str:
        found = [match for match in re.finditer(pattern, page) if change(rng, match[0]) != match[0]]
        match = found[rng.integers(len(found))]
        return page[: match.start()] + change(rng, match[0]) + page[match.end() :]

    return forge


FORGERIES: dict[str, Callable] = {
    "number in a sentence": _at(CLAIM, _digit),
    "number in a cell": _at(r"(?<=<td class=\"n\")[^>]*>[^<]*\d[^<]*", _digit),
    "number in a drawing": _at(r"<text [^>]*>[^<]*\d[^<]*", _digit),
    "sentence": _at(r"(?<=<p>)[^<]{25,}", _word),
    "sentence taken out": _at(
        r"(?<=\. )[A-ZÀÉ][^<.]{25,}\.|\n[A-ZÀÉ][^<.]{25,}\.", lambda r, t: ""
    ),
    "caption": _at(r'(?<=<p class="caption">)[^<]{9,}', _word),
    "alternative text": _at(r'(?<=role="img" aria-label=")[^"]+', _word),
    "note": _at(r"(?<=</b>\N{NO-BREAK SPACE}: )[^<]{9,}", _word),
    "line of a drawing": _at(r'<path d="M[^"]*\d[^"]*', _digit),
    "mark of a drawing": _at(r'<use x="[^>]*>', lambda rng, text: ""),
    "download": _at(r"(?<=;base64,)[\w+/=]{40,}", _csv),
    "link to the computation": _at(r'(?<= href="#cell-)[^"]+', lambda rng, text: f"{text}-x"),
    "number covered": _at(r'(?<=<a )aria-describedby="aide-valeur" class="claim"', _cover),
    "style sheet": _at(r"<style>[^<]*", _rule),
    "rows exchanged": _at(
        r"<tr><th[^\n]*</tr>\n<tr><th[^\n]*</tr>",
        lambda rng, text: "\n".join(reversed(text.split("\n"))),
    ),
    "script": _at(r"</main>", lambda rng, text: f"<script>document.title=''</script>{text}"),
    "value of the stamp": _stamped("unit", lambda claim: claim["unit"]),
    "tolerance of the stamp": _stamped("tolerance", lambda claim: 1.0),
}


def forged(page: str, kind: str, seed: int) -> str:
    """Return a page with one forgery of a kind; the same for the same seed."""
    rng = np.random.default_rng([seed, list(FORGERIES).index(kind)])
    other = FORGERIES[kind](rng, page)
    assert html.unescape(other) != html.unescape(page), kind
    return seal(other, read_stamp(other)) if rng.integers(2) else other
