"""The cleaning rules by name, and what several of them share: pages, years, one row of several."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import pandas as pd

from helpers import texts

_TEXTS = texts.read("cleaning")


class Rule(NamedTuple):
    """One named cleaning rule: what it does and why, in French."""

    name: str
    title: str
    reason: str


def rules_of(kind: str) -> dict[str, Rule]:
    """Return the rules by which an edition of a kind, ``evidence`` or ``survey``, is cleaned."""
    rules = {name: Rule(name, **words) for name, words in _TEXTS[kind].items()}
    if kind == "survey":
        rules |= {name: RULES[name] for name in _TEXTS["shared"]}
    return rules


RULES = rules_of("evidence")
FAMILIES: dict[str, str] = _TEXTS["families"]
#: French headings of the columns, and labels of the codes, of what sources and cleaning show.
HEADINGS: dict[str, str] = _TEXTS["headings"]
VALUE_LABELS: dict[str, str] = _TEXTS["value_labels"]
#: What the rules look for in names and notes.
PATTERNS: dict = _TEXTS["patterns"]

_TRACKING = re.compile(
    r"(utm_.+|pk_.+|mtm_.+|at_.+|fbclid|gclid|gbmlus|een|seen|c?hash|no_cache|preview|print|"
    r"replytocom|th|ref|xtor|mkt)",
    re.IGNORECASE,
)
# Host (without www.) of a redirect, with the parameter that holds the address of the page itself.
_WRAPPERS = {
    **dict.fromkeys(("bing.com", "archive.wikiwix.com", "google.com", "google.fr"), "url"),
    **dict.fromkeys(("l.facebook.com", "translate.google.com"), "u"),
}
_INDEX = re.compile(r"/(index\.(html?|php|aspx?)|default\.aspx?)$", re.IGNORECASE)
_WAYBACK = re.compile(r"/web/\d{4,14}[a-z_]*/(https?:)/+(.+)")
# A decoded ? # / or % would change the meaning of an address, a control character its line.
_KEPT_ENCODED = re.compile(r"(%(?:3f|23|25|2f|[01][0-9a-f]|7f))", re.IGNORECASE)


def rule_effects(changes: pd.DataFrame, fates: pd.DataFrame) -> pd.DataFrame:
    """Return what each rule for the evidence changed.

    Parameters
    ----------
    changes, fates : DataFrame
        Tables of the ledger (rule, and the fate of each raw row).

    Returns
    -------
    DataFrame
        Index rule, in the order of `RULES`: title, reason, n_cells (changed), n_rows (merged or set
        aside).
    """
    table = pd.DataFrame(RULES.values(), index=pd.Index(RULES, name="rule"))
    counts = {"n_cells": changes["rule"].value_counts(), "n_rows": fates["rule"].value_counts()}
    for column, count in counts.items():
        table[column] = count.reindex(table.index, fill_value=0)
    return table.drop(columns="name")


def pages_of(frame: pd.DataFrame, table: str, identifier: str, ledger) -> pd.Series:
    """Return the canonical page of the address of each row, and record those that change."""
    pages = frame["source_url"].map(canonical_page)
    for row in zip(frame[identifier], frame["source_url"], pages, strict=True):
        ledger.change(table, row[0], "source_url", *row[1:], "canonical_page")
    return pages


def keep_one(table: str, row_ids: Iterable[str], kept: str, rule: str, ledger) -> None:
    """Record that of several rows one is kept, which stands for the others from now on."""
    for row_id in row_ids:
        if row_id == kept:
            ledger.settle(table, row_id, "kept")
        else:
            ledger.settle(table, row_id, "merged", rule, kept)


def as_years(column: pd.Series) -> pd.Series:
    """Return years written as text as whole numbers, missing where the text is empty."""
    return pd.to_numeric(column.replace("", None)).astype("Int64")


def canonical_page(address: str) -> str:
    """Return the key ``host/path?query`` of a page address; `ValueError` if it has no host.

    Drops scheme, ``www.``, default port, fragment, trailing slash, index file and tracking
    parameters; decodes percent-encoding and international host names; orders the remaining
    parameters; follows redirect wrappers (search engines, web archives) to the page itself.
    The key of a key is the key itself.
    """
    text = address.strip()
    for _ in range(5):
        text = _unwrapped(text) or text
    parts = _split(text)
    host = _host(parts)
    if "." not in host:
        raise ValueError(f"not a page address: {address!r}")
    path = _INDEX.sub("/", re.sub(r"/{2,}", "/", _decoded(parts.path))).rstrip("/")
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = sorted(pair for pair in pairs if not _TRACKING.fullmatch(pair[0]))
    query = urlencode(kept, quote_via=quote, safe="")
    return host + path + (f"?{query}" if query else "")


def _split(text: str):
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", text):
        text = "https://" + text.lstrip("/")
    return urlsplit(text)


def _host(parts) -> str:
    host = re.sub(r"^www\d?\.(?=[^.]+\.)", "", (parts.hostname or "").rstrip("."))
    try:
        return host.encode("ascii").decode("idna") if "xn--" in host else host
    except UnicodeError:
        return host


def _decoded(path: str) -> str:
    pieces = _KEPT_ENCODED.split(path)
    text = "".join(p.upper() if i % 2 else unquote(p) for i, p in enumerate(pieces))
    # A space at the end would be lost when the key is read again.
    return re.sub(r"\s", lambda space: quote(space[0]), text)


def _unwrapped(text: str) -> str | None:
    parts = _split(text)
    host = _host(parts)
    if host == "web.archive.org" and (match := _WAYBACK.fullmatch(parts.path)):
        return "//".join(match.groups())
    pages = (value for key, value in parse_qsl(parts.query) if key == _WRAPPERS.get(host))
    return next((page for page in pages if re.match(r"https?://", page)), None)
