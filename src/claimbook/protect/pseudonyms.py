"""Operators under keyed pseudonyms, so that no name ever reaches a notebook of a confidential edition.

A code is drawn from a keyed hash of the name (HMAC-SHA-256; RFC 2104): it follows neither the order of names nor that
of the raw file, and cannot be worked out from a list of members without the key. The key is ``pseudonyms.key`` beside
the raw tables, kept out of git; without that file it is drawn from the raw tables themselves, which nobody else holds,
and codes then change whenever these do.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from claimbook.errors import DataError
from claimbook.protect.roles import Roles

if TYPE_CHECKING:
    import pandas as pd

KEY_FILE = "pseudonyms.key"
SHORTEST_KEY = 32
OPERATOR, BODY = "Opérateur", "Organisme"
PSEUDONYM = re.compile(rf"\b(?:{OPERATOR}|{BODY})[\s\u00a0]([A-HJ-NP-Z]\d{{2,3}})\b")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_NOT_DATA = (".md", ".yml", ".yaml", ".key", ".json")


def pseudonym_key(raw_dir: Path) -> bytes:
    """Return the key of an edition's pseudonyms.

    Parameters
    ----------
    raw_dir : Path
        Folder of the edition's raw tables.

    Returns
    -------
    bytes

    Raises
    ------
    DataError
        If the file of the key is too short to be one.
    """
    path = raw_dir / KEY_FILE
    if path.is_file():
        text = path.read_bytes().strip()
        if len(text) < SHORTEST_KEY:
            remedy = "write one with: python -c 'import secrets; print(secrets.token_hex(32))'"
            raise DataError(
                f"data/raw/{raw_dir.name}/{KEY_FILE}", "the key is too short to be secret", remedy
            )
        return text
    digest = hashlib.sha256(b"pseudonyms of operators\n")
    for file in sorted(raw_dir.rglob("*")):
        if file.is_file() and file.suffix.lower() not in _NOT_DATA:
            digest.update(hashlib.sha256(b"table\n" + file.read_bytes()).digest())
    return digest.digest()


def plain_name(name: str) -> str:
    """Return a name without accents, case and repeated spaces, so that spelling does not change its code."""
    unaccented = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return " ".join(unaccented.casefold().split())


def codes(names: Iterable[str], key: bytes) -> dict[str, str]:
    """Return a code such as ``A07`` for each name.

    Parameters
    ----------
    names : iterable of str
        Names, in any order.
    key : bytes
        Secret key.

    Returns
    -------
    dict of str to str
        Codes are distinct, and do not depend on the order of names; another name more changes few or none.
    """
    names = list(dict.fromkeys(names))
    digits = 2 if len(names) <= 600 else 3
    room = len(_LETTERS) * 10**digits

    def draw(name: str, turn: int) -> int:
        digest = hmac.new(key, f"{turn}\n{plain_name(name)}".encode(), hashlib.sha256).digest()
        return int.from_bytes(digest[:8], "big")

    taken: dict[int, str] = {}
    for name in sorted(names, key=lambda name: (draw(name, 0), name)):
        turn = 0
        while (place := draw(name, turn) % room) in taken:
            turn += 1
        taken[place] = name
    found = {
        name: f"{_LETTERS[place // 10**digits]}{place % 10**digits:0{digits}d}"
        for place, name in taken.items()
    }
    return {name: found[name] for name in names}


def hide_operators(
    tables: dict[str, pd.DataFrame], roles: Roles, key: bytes, *, internal: bool = False
) -> dict[str, pd.DataFrame]:
    """Return tidy tables in which operators go by their pseudonyms.

    Parameters
    ----------
    tables : dict of DataFrame
        Tidy tables with names; the column ``operator`` of the table ``operators`` lists who answered.
    roles : Roles
        What each column gives away.
    key : bytes
        Key of the pseudonyms.
    internal : bool
        For the team's own view: the name stands behind the pseudonym, and nothing else is hidden.

    Returns
    -------
    dict of DataFrame
        Rows are sorted by pseudonym where a column names operators. Both views have the same order, hence the same
        numbers.
    """
    known = list(tables["operators"]["operator"]) if "operators" in tables else []
    labels = operator_labels(tables, roles, key, internal=internal)
    scrub = None if internal else _scrubber(tables, labels)
    naming_variables = {*roles.operators, *_partner_variables(tables)}
    return {
        name: _hidden(frame, roles, key, labels, scrub, naming_variables, internal=internal)
        if known
        else frame
        for name, frame in tables.items()
    }


def operator_labels(
    tables: dict[str, pd.DataFrame], roles: Roles, key: bytes, *, internal: bool = False
):
    """Return the label of every name in a column of operators: « Opérateur A07 », or « Organisme B12 » for others."""
    known = set(tables["operators"]["operator"]) if "operators" in tables else set()
    found = {
        str(value)
        for frame in tables.values()
        for column in roles.operators
        if column in frame.columns
        for value in frame[column].dropna().unique()
        if str(value).strip()
    }
    partners, answers = _partner_variables(tables), tables.get("answers")
    if partners and answers is not None:
        found |= {
            str(name)
            for name in answers.loc[answers["variable"].isin(partners), "item"]
            if str(name).strip()
        }
    chosen = codes(sorted(known | found), key)
    kinds = {name: OPERATOR if name in known else BODY for name in chosen}
    return {
        name: f"{kinds[name]} {code} ({name})" if internal else f"{kinds[name]} {code}"
        for name, code in chosen.items()
    }


def _scrubber(tables, labels):
    """Return the function that replaces names inside a text."""
    more = {}
    operators = tables["operators"]
    for column in ("full_name", "former_names", "acronym"):
        if column in operators.columns:
            for name, value in zip(operators["operator"], operators[column], strict=True):
                more.update(
                    {
                        part.strip(): labels[name]
                        for part in str(value).split(" | ")
                        if len(part.strip()) > 3
                    }
                )
    replaced = {name: label for name, label in {**more, **labels}.items() if len(name) > 2}
    pattern = re.compile(
        r"(?<!\w)(?:"
        + "|".join(re.escape(n) for n in sorted(replaced, key=len, reverse=True))
        + r")(?!\w)",
        re.I,
    )
    folded = {plain_name(name): label for name, label in replaced.items()}
    return lambda text: pattern.sub(lambda match: folded.get(plain_name(match[0]), OPERATOR), text)


def _partner_variables(tables) -> set[str]:
    """Return the questions whose answers are names of operators."""
    questions = tables.get("questions")
    if questions is None or not {"type", "variable"} <= set(questions.columns):
        return set()
    return set(questions.loc[questions["type"] == "operators", "variable"])


def _hidden(frame, roles, key, labels, scrub, naming_variables, *, internal):
    out = frame.copy()
    naming = [column for column in roles.operators if column in out.columns]
    for column in naming:
        out[column] = out[column].map(lambda value: labels.get(value, value))
    if not internal:
        for column in out.columns:
            if column in roles.identifiers:
                out[column] = _emptied(out[column])
            elif column in roles.tokens:
                out[column] = out[column].map(lambda value: token(value, key))
            elif column not in naming and (
                out[column].dtype == object or str(out[column].dtype).startswith("str")
            ):
                out[column] = out[column].map(
                    lambda value: scrub(value) if isinstance(value, str) else value
                )
        for kind in ("attribute", "variable", "column"):
            if kind in out.columns:
                # A ledger tells how a name was written before it was cleaned: no scrubber knows that spelling.
                hidden = {*roles.identifiers, *(naming_variables if kind == "column" else ())}
                rows = out[kind].astype(str).str.partition("[")[0].isin(hidden)
                for column in ("value", "before", "after"):
                    if column in out.columns:
                        out[column] = out[column].mask(rows, "")
    if naming:
        out = out.sort_values(naming[0], kind="stable", ignore_index=True)
    return out


def _emptied(column):
    import pandas as pd

    return (
        column.map(lambda _: pd.NA)
        if pd.api.types.is_numeric_dtype(column)
        else column.map(lambda _: "")
    )


def token(value, key: bytes):
    """Return what stands for an identifier of a row: the same for the same value, and nothing else to be read in it."""
    if value is None or str(value) in ("", "<NA>", "NaT", "nan"):
        return value
    return "r" + hmac.new(key, f"token\n{value}".encode(), hashlib.sha256).hexdigest()[:10]
