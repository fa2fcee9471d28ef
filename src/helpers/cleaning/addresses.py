"""Page addresses: one page read under two addresses is one look at the operator."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

_TRACKING = re.compile(
    r"^(utm_.+|pk_.+|mtm_.+|at_.+|fbclid|gclid|gbmlus|een|seen|c?hash|no_cache|preview|print|replytocom|th|ref|xtor|mkt)$",
    re.IGNORECASE,
)
_WRAPPERS = {
    # host (without www.) -> parameter that holds the address of the page itself
    "bing.com": "url",
    "archive.wikiwix.com": "url",
    "google.com": "url",
    "google.fr": "url",
    "l.facebook.com": "u",
    "translate.google.com": "u",
}
_INDEX = re.compile(r"/(index\.(html?|php|aspx?)|default\.aspx?)$", re.IGNORECASE)
_WAYBACK = re.compile(r"^/web/\d{4,14}[a-z_]*/(?P<page>https?:/.+)$")


def canonical_page(address: str) -> str:
    """Return the canonical key of a page address.

    Drops scheme, ``www.``, default port, fragment, trailing slash, index file and tracking
    parameters; decodes percent-encoding and international host names; orders the remaining
    parameters; follows redirect wrappers (search engines, web archives) to the page itself.

    Parameters
    ----------
    address : str
        Address as coded, with or without scheme.

    Returns
    -------
    str
        ``host/path?query``, stable under repetition: ``canonical_page(canonical_page(a)) == canonical_page(a)``.

    Raises
    ------
    ValueError
        If the address has no host.
    """
    text = address.strip()
    for _ in range(5):
        inner = _unwrapped(text)
        if inner is None:
            break
        text = inner
    parts = _split(text)
    host = _host(parts)
    if "." not in host:
        raise ValueError(f"not a page address: {address!r}")
    path = _INDEX.sub("/", re.sub(r"/{2,}", "/", _decoded(parts.path))).rstrip("/")
    pairs = [
        (k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)
    ]
    query = urlencode(sorted(pairs), quote_via=quote, safe="")
    return host + path + (f"?{query}" if query else "")


def _split(text: str):
    if not re.match(r"^[a-zA-Z][a-zA-Z0-9+.-]*://", text):
        text = "https://" + text.lstrip("/")
    return urlsplit(text)


def _host(parts) -> str:
    host = (parts.hostname or "").rstrip(".")
    host = re.sub(r"^www\d?\.(?=[^.]+\.)", "", host)
    if "xn--" in host:
        try:
            host = host.encode("ascii").decode("idna")
        except UnicodeError:
            return host
    return host


def _decoded(path: str) -> str:
    # A decoded ? # or % would change the meaning of the address, and a control character its line.
    keep = {"%3f": "%3F", "%23": "%23", "%25": "%25", "%2f": "%2F"}
    pieces = re.split(r"(%(?:3[fF]|23|25|2[fF]|[01][0-9a-fA-F]|7[fF]|20))", path)
    return "".join(
        keep.get(p.lower(), p.upper()) if i % 2 else unquote(p, errors="replace")
        for i, p in enumerate(pieces)
    )


def _unwrapped(text: str) -> str | None:
    parts = _split(text)
    host = _host(parts)
    if host == "web.archive.org" and (match := _WAYBACK.match(parts.path)):
        return (
            match["page"].replace(":/", "://", 1) if "://" not in match["page"] else match["page"]
        )
    if host in _WRAPPERS:
        for key, value in parse_qsl(parts.query):
            if key == _WRAPPERS[host] and re.match(r"^https?://", value):
                return value
    return None
