"""One key for each page address."""

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helpers.cleaning.rules import canonical_page

SAME = [
    ("http://www.inforoutes.fr/services/", "https://inforoutes.fr/services"),
    ("HTTPS://WWW.Smica.fr/le-smica/", "http://smica.fr/le-smica"),
    ("https://a.fr/p%C3%A9riode", "https://a.fr/période"),
    ("https://a.fr/n%c3%a9", "https://a.fr/n%C3%A9"),
    ("https://a.fr/a b", "https://a.fr/a%20b"),
    ("https://a.fr/x?utm_source=rss&id=3&pk_kwd=2022", "https://a.fr/x?id=3"),
    ("https://a.fr/x?b=2&a=1", "https://a.fr/x?a=1&b=2"),
    ("https://a.fr/x#section-2", "https://a.fr/x"),
    ("https://a.fr/index.html", "https://a.fr/"),
    ("https://senat.fr./rap/r1.html", "https://www.senat.fr/rap/r1.html"),
    ("https://xn--territoireconnect-rtb.fr/la-vendee", "https://territoireconnecté.fr/la-vendee"),
    ("http://www.bing.com/news?ref=F&url=https%3a%2f%2fwww.a.fr%2fx%2f&c=9", "https://a.fr/x"),
    (
        "https://archive.wikiwix.com/cache/?url=http%3A%2F%2Fwww.ign.fr%2Ft.pdf%2Findex.html",
        "http://ign.fr/t.pdf",
    ),
    ("https://web.archive.org/web/20160304112233/http://www.a.fr/offre/", "https://a.fr/offre"),
]
DIFFERENT = [
    ("https://valdeloirenumerique.fr/?p=97", "https://valdeloirenumerique.fr/?p=2976"),
    ("https://a.fr/A", "https://a.fr/a"),
    ("https://eadministration.a.fr/", "https://a.fr/"),
]
HOSTS = st.from_regex(r"(www\.)?[a-z]{2,8}\.(fr|com)", fullmatch=True)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=12)


@pytest.mark.parametrize(
    ("left", "right", "same"), [(*p, True) for p in SAME] + [(*p, False) for p in DIFFERENT]
)
def test_the_addresses_of_one_page_and_of_no_other_have_one_key(left, right, same):
    assert (canonical_page(left) == canonical_page(right)) == same


@pytest.mark.parametrize("text", ["", "   ", "https://", "not an address", "mailto:someone"])
def test_what_has_no_host_is_refused(text):
    with pytest.raises(ValueError, match="not a page address"):
        canonical_page(text)


@given(HOSTS, st.lists(WORDS, max_size=4), st.dictionaries(WORDS.filter(bool), WORDS, max_size=3))
@example("a.fr", ["\xa0"], {})
@example("a.fr", ["\u2003", "x\x85"], {})
def test_the_key_of_a_key_is_itself(host, path, query):
    address = f"https://{host}/" + "/".join(quote(part, safe="") for part in path)
    if query:
        pairs = (f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in query.items())
        address += "?" + "&".join(pairs)
    once = canonical_page(address)
    assert canonical_page(once) == once
