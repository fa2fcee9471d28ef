"""A mutated input, and what may come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

# What may come of a case: the tables of the untouched file; a refusal; either; or whatever the oracle accepts.
SAME, REFUSED, SAME_OR_REFUSED, JUDGED = "same", "refused", "same or refused", "judged"


@dataclass(frozen=True)
class Case:
    """One mutated input.

    Attributes
    ----------
    name : str
        Mutation.
    file : str
        File that is replaced.
    content : bytes
    expect : str
        What may come of it.
    known : dict
        Answers that must be read if the file is not refused: value by (response, variable, item).
    """

    name: str
    file: str
    content: bytes
    expect: str
    known: dict[tuple[str, str, str], str] = field(default_factory=dict)


Mutation = Callable[..., Case]

# Text that has broken readers of tables before, and some that only looks as if it could.
HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://example.org")',
    "@SUM(A1)",
    "+33 1 00 00 00 00",
    "-5",
    "#REF!",
    "#N/A",
    "########",
    "NaN",
    "inf",
    "1e999",
    "1e5",
    "0x1F",
    "9" * 400,
    "9" * 5000,
    "0," + "3" * 300,
    "١٢",
    "１２",
    "½",
    "1.234",
    "1,234",
    "1 23",
    "12 à 15",
    "45 %",
    "0,45",
    "150 %",
    "22,5 ETP",
    "22,5 kg",
    "2026-02-30",
    "31/12/2026",
    "12/31/2026",
    "46022",
    "1er janvier 2026",
    "0000-00-00",
    "Oui",
    "oui !",
    "peut-être",
    "NSP",
    "-",
    "–",
    "null",
    "None",
    "TEST",
    "Total",
    "Totalement",
    "(1)",
    "Ain",
    "2a",
    "2A - Ain",
    "99",
    "01|38",
    "<script>alert(1)</script>",
    "&lt;b&gt;",
    "{{ 1 }}",
    "%s%n",
    "'; DROP TABLE operators; --",
    "../../../etc/passwd",
    "a\x00b",
    "a\x07b",
    "12\u202e34",
    "\u202eiuO",
    "O\u200bui",
    "\ufeffOui",
    "Oui\u00a0",
    "\u2028Oui",
    "e\u0301" * 50,
    "Z\u0351\u036b\u0343" * 40,
    "😀👩‍👩‍👧",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "NumÃ©ro",
    "Ã©Ã Ã¨é",
    "â€™",
    "x" * 40_000,
    "x" * 200_000,
    " " * 10_000,
    "a;b,c\td|e",
    '"',
    '"unclosed',
    "two\nlines",
    "two\r\nlines",
    "_x000D_",
    "_x0000_",
    "\\N",
    "true",
    "R001",
)

# Other files that carry the name of an export.
STRANGERS = (
    b"",
    b"\n",
    b"\xef\xbb\xbf",
    b"   \r\n \r\n",
    b"PK\x03\x04",
    b"PK\x05\x06" + b"\x00" * 18,
    b"PK\x03\x04" + bytes(range(256)) * 8,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504,
    b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    b"<html><table><tr><td>Oui</td></tr></table></html>",
    b'{"answers": []}',
    b"\x00" * 1000,
    b"\xff" * 1000,
    b"\x81\x8d\x8f\x90\x9d" * 20,
    bytes(range(256)) * 40,
    b"a;b;c\n1;2;3\n",
    b"\xff\xfe",
    b"\xff\xfea\x00;",
    b"\x1f\x8b\x08\x00" + b"\x00" * 60,
)


def pick(rng: np.random.Generator, choices):
    """Return one of several, or of the characters of a text."""
    return choices[int(rng.integers(len(choices)))]


def spread(rng: np.random.Generator, content: bytes, count: int) -> Iterable[int]:
    """Return places in some content."""
    return sorted(int(place) for place in rng.integers(max(1, len(content)), size=count))


def flipped(content: bytes, rng: np.random.Generator) -> bytes:
    """Return content with a few bytes changed."""
    changed = bytearray(content)
    for place in spread(rng, content, int(rng.integers(1, 6))):
        changed[place] = int(rng.integers(256))
    return bytes(changed)


def truncated(content: bytes, rng: np.random.Generator) -> bytes:
    """Return the start of some content."""
    return content[: int(rng.integers(len(content)))]


def spliced(content: bytes, rng: np.random.Generator) -> bytes:
    """Return content with a piece of itself left out, or repeated somewhere."""
    a, b, c = spread(rng, content, 3)
    return (
        content[:a] + content[b:]
        if rng.random() < 0.5
        else content[:c] + content[a:b][:5000] + content[c:]
    )


def inserted(content: bytes, rng: np.random.Generator) -> bytes:
    """Return content with a byte or a character that does not belong there."""
    what = pick(
        rng,
        [
            b"\x00",
            b"\x1a",
            b"\xe2\x80\xae",
            b"\xe2\x80\x8b",
            b"\xc2\xa0",
            b"\xff",
            b'"',
            b"\r",
            b"\n",
            b";",
            b",",
        ],
    )
    at = int(rng.integers(len(content) + 1))
    return content[:at] + what + content[at:]
