"""Text: what two spellings share, repairs with one possible reading, and errors in one sentence."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import yaml
from rapidfuzz import fuzz, process


@cache
def _messages() -> dict[str, tuple[str, str]]:
    return yaml.safe_load(Path(__file__).with_name("messages.yml").read_text(encoding="utf-8"))


def message(key: str, /, **fields) -> tuple[str, str]:
    """Return problem and remedy of an error of messages.yml, its fields filled in."""
    problem, remedy = _messages()[key]
    return problem.format(**fields), remedy.format(**fields)


class UserError(Exception):
    """A mistake in the input; the message alone is shown, without a traceback."""


class DataError(UserError):
    """A file is not as it should be.

    Parameters
    ----------
    file : str
        Path of the file, with the sheet of a workbook.
    problem, remedy : str
        What is wrong and what to do about it, without a final stop.
    row : int, optional
        Line of the file or row of the sheet, counted from 1.
    column : str, optional
        Title of the column, with its letters.
    value : object, optional
        The offending value.
    """

    def __init__(self, file, problem, remedy, *, row=None, column=None, value=None):
        self.file, self.problem, self.remedy = str(file), problem, remedy
        self.row, self.column, self.value = row, column, value
        where = self.file
        if row is not None:
            where += f", line {row}"
        if column:
            where += f", column '{column}'"
        shown = f" (value: {str(value)[:200]!r})" if value else ""
        text = f"{where}: {problem}{shown}. Remedy: {remedy}."
        # What a terminal would not show, or would obey, is written as an escape.
        super().__init__("".join(c if c.isprintable() else ascii(c)[1:-1] for c in text))

    @classmethod
    def of(cls, file, key: str, /, *, row=None, column=None, value=None, **fields) -> DataError:
        """Return an error of messages.yml, its fields filled in."""
        return cls(file, *message(key, **fields), row=row, column=column, value=value)


_SPACES = re.compile("[\\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
# Unicode Standard Annex 9: they change the order in which other characters are shown.
_REORDERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_PUNCTUATION = str.maketrans(
    {**dict.fromkeys("’‘ʼ`´", "'"), **dict.fromkeys("–—‑−", "-"), "œ": "oe", "æ": "ae"}
)
# What cp1252 shows for each byte that continues a character in UTF-8; five bytes have none there.
_CONTINUED = {bytes([b]).decode("cp1252", errors="ignore") or chr(b): b for b in range(0x80, 0xC0)}
_LEADS = {"Â": 0xC2, "Ã": 0xC3, "Å": 0xC5, "Æ": 0xC6, "Ë": 0xCB, "â": 0xE2}
_NEXT = "".join(map(re.escape, _CONTINUED))
# Three pairs that a second misreading makes; their first letters do end French words.
_MOJIBAKE = re.compile(f"[ÂÃÅ][{_NEXT}]|â[{_NEXT}]{{2}}|Ëœ|Ë†|Æ’")
# Letters of Mac Roman, DOS and ISO 8859-15 as cp1252 shows them: French has none of them there.
_WRONG_TABLE = re.compile("[a-z]([ŽŠ‰‚‡„ƒ]|[™‹†Œ](?!$)|[½¼¨´¸][a-z])|ƒ[a-z]|[ˆ¤]")
_TABLES = {"mac_roman": "Mac Roman", "cp850": "DOS (cp850)", "iso8859_15": "ISO 8859-15"}
_FRENCH = re.compile("(?<=[a-z’' (-])[àâçéèêëîïôùûœ](?=[a-z’' ,.;)-])")
_ERROR_VALUE = re.compile(r"#(N/[AD]|DIV/0 ?!|[A-ZÉ][A-ZÉ_ ]*[!?]|##+)|Err ?:[0-9]{3}")
_SCIENTIFIC = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]+")
_MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet"),
    *("aout", "septembre", "octobre", "novembre", "decembre"),
)
_DAYS = (
    r"(?P<y>[0-9]{4})[-/](?P<m>[0-9]{1,2})[-/](?P<d>[0-9]{1,2})",
    r"(?P<d>[0-9]{1,2})[/.-](?P<m>[0-9]{1,2})[/.-](?P<y>[0-9]{4})",
    r"(?P<d>[0-9]{1,2})(er)? (?P<m>[a-z]+) (?P<y>[0-9]{4})",
)
_TIME = (
    r"((t| | a |, | - )(?P<H>[0-9]{1,2})[:h](?P<M>[0-9]{2})(:(?P<S>[0-9]{2})([.,][0-9]{1,9})?)?"
    r" ?(?P<half>[ap]m)? ?(?P<zone>z|utc|gmt|((utc|gmt) ?)?(?P<sign>[+-])(?P<h>[0-9]{1,2})"
    r"(:?(?P<min>[0-9]{2}))?)?)?"
)
_MOMENTS = [re.compile(day + _TIME) for day in _DAYS]
AMOUNT = re.compile(
    r"(?P<sign>-?) ?(?P<whole>[0-9]{1,3}( [0-9]{3})+|[0-9]{1,15})"
    r"([.,](?P<part>[0-9]{1,10}))?(?P<unit>.*)"
)


def tidy_spaces(text: str) -> str:
    """Return text with every run of spaces and line breaks as one space, and none at the ends."""
    return _SPACES.sub(" ", text).strip(" ")


def without_invisible(text: str) -> str:
    """Return text without zero-width characters and soft hyphens."""
    return _INVISIBLE.sub("", text)


def shows_nothing(text: str) -> bool:
    """Tell whether a text holds spaces and invisible characters alone."""
    stripped = text.strip()
    return not stripped or (not stripped.isascii() and not tidy_spaces(without_invisible(stripped)))


def likely_encoding(text: str, content: bytes = b"") -> str:
    """Return the encoding that text read as cp1252 was written in, empty if cp1252 is plausible."""
    if not _WRONG_TABLE.search(text):
        return ""
    content = content or text.encode("cp1252", errors="ignore")
    plausible = {
        name: len(_FRENCH.findall(content.decode(table))) for table, name in _TABLES.items()
    }
    return max(plausible, key=plausible.get) if any(plausible.values()) else "another"


def unreadable(text: str) -> str:
    """Return what makes a text unreadable with certainty, or nothing."""
    if _REORDERING.search(text):
        return "the cell holds a character that changes the direction of reading"
    if _CONTROL.search(text):
        return "the cell holds a control character"
    if _ERROR_VALUE.fullmatch(text):
        return "the cell holds an error value of the spreadsheet"
    if _SCIENTIFIC.fullmatch(text):
        return "a spreadsheet rounded the number to a power of ten"
    if table := likely_encoding(text):
        return f"the text was decoded by the wrong table (it may be {table})"
    return ""


def repair_mojibake(text: str) -> str:
    """Return text whose UTF-8 was read as cp1252, up to three times, as it was written."""
    for _ in range(3):
        after = _MOJIBAKE.sub(_as_written, text)
        if after == text:
            break
        text = after
    return text


def _as_written(found: re.Match) -> str:
    lead, *rest = found[0]
    try:
        return bytes([_LEADS[lead], *(_CONTINUED[char] for char in rest)]).decode("utf-8")
    except UnicodeDecodeError:
        return found[0]


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Return what two spellings share: case, accents, spaces, kinds of apostrophe do not count."""
    flat = tidy_spaces(without_invisible(text)).casefold().translate(_PUNCTUATION)
    return "".join(c for c in unicodedata.normalize("NFD", flat) if not unicodedata.combining(c))


def comparable(text: str) -> str:
    """Return what two spellings of one title share: `folded`, without punctuation at the end."""
    flat = folded(text)
    return flat.rstrip(" :.?*") or flat


def nearest(text: str, choices) -> str:
    """Return the choice that looks most like a text as a whole, empty if none is close."""
    pool = {choice: comparable(choice) for choice in choices}
    found = process.extractOne(
        comparable(text[:200]), pool, scorer=fuzz.token_sort_ratio, score_cutoff=55
    )
    return found[2] if found else ""


def listed(text: str, separator: str, known: dict[str, str]) -> list[frozenset[str]]:
    """Return the sets of codes that a list in text may mean, at most a few; none if no set does.

    A known spelling may hold the separator: every way to part the text is tried.
    """
    gaps = [found.span() for found in re.finditer(separator, text)][:200]
    starts, ends = [0, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(text)]
    ways = [[frozenset()], *([] for _ in ends)]
    for last, end in enumerate(ends):
        for first in range(last, -1, -1):
            piece = folded(text[starts[first] : end])
            if piece in known or not piece:
                more = frozenset([known[piece]] if piece else [])
                ways[last + 1] += [way | more for way in ways[first]]
        ways[last + 1] = list(dict.fromkeys(ways[last + 1]))[:8]
    return ways[-1]


def number_text(number: float) -> str:
    """Return a number as the tidy tables write it: digits, a point, no more than needed."""
    return str(int(number)) if number == int(number) else repr(number)


def parsed_moment(text: str, month_first: bool = False) -> dt.date | None:
    """Return the day, or day and time, that folded text names; None if it may be another.

    Day first with number or month, or year first; a time may have seconds and a zone.
    """
    found = next(filter(None, (pattern.fullmatch(text) for pattern in _MOMENTS)), None)
    if not found:
        return None
    month, day, half = found["m"], found["d"], found["half"]
    if month_first and not text[:4].isdecimal():
        month, day = day, month
    elif half and not text[:4].isdecimal():
        return None
    try:
        number = int(month) if month.isdecimal() else _MONTHS.index(month) + 1
        date = dt.date(int(found["y"]), number, int(day))
        if found["H"] is None:
            return date
        hour = int(found["H"]) % 12 + 12 * (half == "pm") if half else int(found["H"])
        moment = dt.datetime.combine(date, dt.time(hour, int(found["M"]), int(found["S"] or 0)))
        if not found["zone"]:
            return moment
        shift = dt.timedelta(hours=int(found["h"] or 0), minutes=int(found["min"] or 0))
        return moment.replace(tzinfo=dt.timezone(-shift if found["sign"] == "-" else shift))
    except ValueError:
        return None
