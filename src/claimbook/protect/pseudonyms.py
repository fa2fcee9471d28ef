"""Operators under keyed pseudonyms, so that no name reaches a notebook of a confidential edition.

A code is drawn from a keyed hash of the name (HMAC-SHA-256; RFC 2104): it follows neither the order
of names nor that of the raw file, and cannot be worked out from a list of members without the key.
The key is ``pseudonyms.key`` beside the raw tables, kept out of git; without that file it is drawn
from the raw tables, and codes then change whenever these do.
"""

import hmac
import itertools
import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import yaml

from claimbook import french
from claimbook.errors import DataError
from claimbook.tables import sha256

KEY_FILE = "pseudonyms.key"
SHORTEST_KEY = 32
OPERATOR, BODY = "Opérateur", "Organisme"
PSEUDONYM = re.compile(rf"\b(?:{OPERATOR}|{BODY})[\s\u00a0]([A-HJ-NP-Z]\d{{2,3}})\b")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_NOT_DATA = (".md", ".yml", ".yaml", ".key", ".json")
NAMES = ("full_name", "former_names", "acronym")


def read_roles() -> SimpleNamespace:
    """Return the columns of tidy tables by what they give away, as ``roles.yml`` explains."""
    return SimpleNamespace(**yaml.safe_load(Path(__file__).with_name("roles.yml").read_bytes()))


def pseudonym_key(raw_dir: Path) -> bytes:
    """Return the key of an edition's pseudonyms: its file, or else a hash of the raw tables."""
    path = raw_dir / KEY_FILE
    if path.is_file():
        text = path.read_bytes().strip()
        if len(text) < SHORTEST_KEY:
            remedy = "write one with: python -c 'import secrets; print(secrets.token_hex(32))'"
            name = f"data/raw/{raw_dir.name}/{KEY_FILE}"
            raise DataError(name, "the key is too short to be secret", remedy)
        return text
    files = (f for f in sorted(raw_dir.rglob("*")) if f.suffix.lower() not in _NOT_DATA)
    hashes = "".join(sha256(b"table\n" + f.read_bytes()) for f in files if f.is_file())
    return bytes.fromhex(sha256(b"pseudonyms of operators\n" + bytes.fromhex(hashes)))


def plain_name(name: str) -> str:
    """Return a name without accents, case and repeated spaces, which do not change its code."""
    return " ".join(french.unaccented(name).casefold().split())


def codes(names, key: bytes) -> dict[str, str]:
    """Return a code such as ``A07`` for each name."""
    digits = 2 if len(names) <= 600 else 3
    cut = 10**digits
    places = len(_LETTERS) * cut

    def draw(name: str, turn: int) -> int:
        digest = hmac.new(key, f"{turn}\n{plain_name(name)}".encode(), "sha256").digest()
        return int.from_bytes(digest[:8], "big")

    taken: dict[int, str] = {}
    for name in sorted(set(names), key=lambda name: (draw(name, 0), name)):
        draws = (draw(name, turn) % places for turn in itertools.count())
        taken[next(place for place in draws if place not in taken)] = name
    return {n: f"{_LETTERS[place // cut]}{place % cut:0{digits}d}" for place, n in taken.items()}


def hide_operators(tables: dict, roles, key: bytes, *, internal: bool = False) -> dict:
    """Return tidy tables in which operators go by their pseudonyms, sorted by these.

    The column ``operator`` of the table ``operators`` lists who answered. In the internal view the
    name stands behind the pseudonym and nothing else is hidden; both views have the same order,
    hence the same numbers.
    """
    if tables["operators"].empty:
        return tables
    labels = operator_labels(tables, roles, key, internal=internal)
    scrub, hidden = _scrubber(tables["operators"], labels), {}
    for name, frame in tables.items():
        naming = [column for column in roles.operators if column in frame.columns]
        out = frame.assign(**frame[naming].map(lambda value: labels.get(value, value)))
        if not internal:
            _hide_columns(out, naming, {*roles.operators, *_naming(tables)}, roles, key, scrub)
        hidden[name] = out.sort_values(naming[:1], kind="stable", ignore_index=True)
    return hidden


def operator_labels(tables: dict, roles, key: bytes, *, internal: bool = False) -> dict[str, str]:
    """Return the label of every named body: « Opérateur A07 », or « Organisme B12 » for others."""
    known = set(tables["operators"]["operator"])
    columns = [frame[c] for frame in tables.values() for c in roles.operators if c in frame.columns]
    found = {str(value) for column in columns for value in column.dropna() if str(value).strip()}
    coded = codes(known | found | partners(tables), key).items()
    labels = {name: f"{OPERATOR if name in known else BODY} {code}" for name, code in coded}
    return {name: f"{label} ({name})" for name, label in labels.items()} if internal else labels


def partners(tables) -> set[str]:
    """Return the names of operators that operators gave as answers."""
    answers = tables.get("answers", pd.DataFrame(columns=["variable", "item"]))
    return set(answers.loc[answers["variable"].isin(_naming(tables)), "item"])


def _naming(tables) -> set[str]:
    """Return the questions whose answers are names of operators."""
    questions = tables.get("questions", pd.DataFrame(columns=["type", "variable"]))
    return set(questions.loc[questions["type"] == "operators", "variable"])


def _scrubber(operators, labels):
    """Return the function that replaces names inside a text."""
    replaced = {}
    for column in operators.columns.intersection(NAMES, sort=False):
        for name, value in zip(operators["operator"], operators[column], strict=True):
            parts = (part.strip() for part in str(value).split(" | "))
            replaced.update({part: labels[name] for part in parts if len(part) > 3})
    replaced = {name: label for name, label in (replaced | labels).items() if len(name) > 2}
    longest_first = sorted(replaced, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.I)
    folded = {plain_name(name): label for name, label in replaced.items()}
    return lambda text: pattern.sub(lambda match: folded.get(plain_name(match[0]), OPERATOR), text)


def _hide_columns(out, naming, naming_variables, roles, key, scrub) -> None:
    """Hide identifiers, lines of the raw file and names inside texts, in place."""
    for column in out.columns.difference(naming, sort=False):
        numeric = pd.api.types.is_numeric_dtype(out[column])
        if column in roles.identifiers:
            out[column] = pd.NA if numeric else ""
        elif column in roles.tokens:
            out[column] = out[column].map(lambda value: token(value, key))
        elif not numeric:
            out[column] = out[column].map(lambda v: scrub(v) if isinstance(v, str) else v)
    for kind in out.columns.intersection(("attribute", "variable", "column"), sort=False):
        # A ledger holds how a name was written before it was cleaned: no scrubber knows it.
        hidden = {*roles.identifiers, *(naming_variables if kind == "column" else ())}
        # Not partition(), which gives an empty table no columns.
        rows = out[kind].astype(str).str.replace(r"\[.*", "", regex=True).isin(hidden)
        for column in out.columns.intersection(("value", "before", "after")):
            out[column] = out[column].mask(rows, "")


def token(value, key: bytes):
    """Return what stands for an identifier of a row: the same for the same value, and opaque."""
    if pd.isna(value) or value == "":
        return value
    return "r" + hmac.new(key, f"token\n{value}".encode(), "sha256").hexdigest()[:10]
