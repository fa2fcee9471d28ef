"""Text: what two spellings share, repairs with one possible reading, and errors in one sentence."""

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path

import yaml
from rapidfuzz import fuzz, process


@cache
def table(name: str) -> dict:
    """Return one of the package's tables of words and patterns, such as messages.yml."""
    return yaml.safe_load(Path(__file__).with_name(f"{name}.yml").read_text(encoding="utf-8"))


class RefusedError(ValueError):
    """Something cannot be read: a problem and a remedy of messages.yml, their fields filled in."""

    def __init__(self, key: str, /, **fields):
        super().__init__(*(text.format(**fields) for text in table("messages")[key]))


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
        where = self.file + (f", line {row}" if row is not None else "")
        where += f", column '{column}'" if column else ""
        shown = f" (value: {str(value)[:200]!r})" if value else ""
        text = f"{where}: {problem}{shown}. Remedy: {remedy}."
        # What a terminal would not show, or would obey, is written as an escape.
        super().__init__("".join(c if c.isprintable() else ascii(c)[1:-1] for c in text))

    @classmethod
    def of(cls, file, why: str | RefusedError, /, *, row=None, column=None, value=None, **fields):
        """Return the error for a refusal, or for an entry of messages.yml with its fields."""
        refused = why if isinstance(why, RefusedError) else RefusedError(why, **fields)
        return cls(file, *refused.args, row=row, column=column, value=value)


_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_PUNCTUATION = str.maketrans(table("kinds")["punctuation"])
# What cp1252 and ISO 8859-1 show for the bytes that continue a character in UTF-8.
_NEXT = re.escape(bytes(range(0x80, 0xC0)).decode("cp1252", errors="ignore")) + "\x80-\x9f"
# Three pairs that a second misreading makes; their first letters do end French words.
_MOJIBAKE = re.compile(f"[ÂÃÅ][{_NEXT}]|â[{_NEXT}]{{2}}|Ëœ|Ë†|Æ’")


def tidy_spaces(text: str) -> str:
    """Return text with every run of spaces and line breaks as one space, and none at the ends."""
    return " ".join(text.split())


def without_invisible(text: str) -> str:
    """Return text without zero-width characters and soft hyphens."""
    return _INVISIBLE.sub("", text)


def blank(value) -> bool:
    """Tell whether a cell holds nothing that could be read."""
    return value is None or not tidy_spaces(without_invisible(str(value)))


def likely_encoding(text: str, content: bytes = b"") -> str:
    """Return the encoding that text read as cp1252 was written in, empty if cp1252 is plausible."""
    known = table("kinds")["encodings"]
    if not re.search(known["wrong"], text):
        return ""
    content = content or text.encode("cp1252", errors="ignore")
    tables = known["tables"].items()
    french = {name: re.findall(known["french"], content.decode(code)) for code, name in tables}
    likely = max(french, key=lambda name: len(french[name]))
    return likely if french[likely] else "another"


def unreadable(text: str) -> str:
    """Return what makes a text unreadable with certainty, or nothing."""
    likely = likely_encoding(text)
    wrong = likely and f"the text was decoded by the wrong table (it may be {likely})"
    patterns = table("kinds")["unreadable"].items()
    return next((problem for problem, pattern in patterns if re.search(pattern, text)), wrong)


def repair_mojibake(text: str) -> str:
    """Return text whose UTF-8 was read as cp1252, up to three times, as it was written."""
    for _ in range(3):
        text = _MOJIBAKE.sub(_as_written, text)
    return text


def _as_written(found: re.Match) -> str:
    read = (c.encode("cp1252", errors="ignore") or c.encode("latin-1") for c in found[0])
    return b"".join(read).decode()


def repairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield the rules that mend a text, each with the text that it leaves."""
    yield "mojibake", (text := repair_mojibake(text))
    yield "invisible_characters", (text := without_invisible(text))
    # Line breaks part the answers of a question that takes several.
    lines = map(tidy_spaces, text.replace("\r", "\n").split("\n"))
    yield "stray_spaces", "\n".join(filter(None, lines))


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Return what two spellings share: case, accents, spaces, kinds of apostrophe do not count."""
    flat = tidy_spaces(without_invisible(text)).casefold().translate(_PUNCTUATION)
    return "".join(c for c in unicodedata.normalize("NFD", flat) if not unicodedata.combining(c))


def comparable(text: str) -> str:
    """Return what two spellings of one title share: `folded`, without punctuation at the end."""
    flat = folded(text)
    return flat.rstrip(" :.?*") or flat


def nearest(text: str, choices, advice: str = "{}") -> str:
    """Return advice on the choice that looks most like a text, empty if none is close."""
    pool = {choice: comparable(choice) for choice in choices}
    scorer = {"scorer": fuzz.token_sort_ratio, "score_cutoff": 55}
    found = process.extractOne(comparable(text[:200]), pool, **scorer)
    return advice.format(found[2]) if found else ""


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


def parted(text: str, patterns: list[str], known: dict[str, str], labels, kind="unknown_answer"):
    """Return the codes that a list in text means, as a frozenset, or refuse it.

    Parameters
    ----------
    text : str
    patterns : list of str
        Regular expressions of what may part the list.
    known : dict of str to str
        Code by folded spelling; a spelling may hold what parts the list.
    labels : iterable of str
        Spellings for readers, of which the nearest is proposed.
    kind : str
        Entry of messages.yml for a piece that is unknown.
    """
    found = {codes for pattern in patterns for codes in listed(text, pattern, known)}
    if len(found) == 1:
        return found.pop()
    parting = next((pattern for pattern in patterns if re.search(pattern, text)), patterns[0])
    for piece in map(str.strip, re.split(parting, text)):
        if piece and folded(piece) not in known:
            near = nearest(piece, labels, "did you mean '{}'? ")
            raise RefusedError(kind, text=piece[:60], near=near, known=", ".join(labels)[:300])
    raise RefusedError("two_readings", text=text[:60])


def moment_of(text: str, month_first: bool = False) -> dt.date | None:
    """Return the day, or day and time, that folded text names; None if it may be another.

    Day first with number or month, or year first; a time may have seconds and a zone.
    """
    for written, plain in table("kinds")["moments"].items():
        text = re.sub(written, plain, text, flags=re.ASCII)
    order = "%Y/%m/%d" if re.match("[0-9]{4}", text) else "%m/%d/%Y" if month_first else "%d/%m/%Y"
    with suppress(ValueError):
        return dt.datetime.strptime(text, order).date()
    # Where the month may come first and nothing says so, an American clock makes the day doubtful.
    clocks = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p"]
    for clock, zone in itertools.product(clocks[: 2 if order[1] == "d" else 5], ["", "%z"]):
        with suppress(ValueError):
            return dt.datetime.strptime(text, f"{order} {clock}{zone}")
    return None
