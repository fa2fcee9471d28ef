from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.cleaning import canonical_page

SAME = [
    ("http://www.inforoutes.fr/services/", "https://inforoutes.fr/services"),
    ("HTTPS://WWW.Smica.fr/le-smica/nos-missions/", "http://smica.fr/le-smica/nos-missions"),
    ("https://a.fr/p%C3%A9riode", "https://a.fr/période"),
    ("https://a.fr/n%c3%a9", "https://a.fr/n%C3%A9"),
    ("https://a.fr/x?utm_source=rss&id=3&utm_medium=rss", "https://a.fr/x?id=3"),
    ("https://a.fr/x?b=2&a=1", "https://a.fr/x?a=1&b=2"),
    ("https://a.fr/x?pk_campaign=Flux%20RSS&pk_kwd=2022", "https://a.fr/x"),
    ("https://a.fr/x#section-2", "https://a.fr/x"),
    ("https://a.fr/index.html", "https://a.fr/"),
    ("https://senat.fr./rap/r1.html", "https://www.senat.fr/rap/r1.html"),
    ("https://xn--territoireconnect-rtb.fr/la-vendee", "https://territoireconnecté.fr/la-vendee"),
    (
        "http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fwww.journaldunet.com%2fiot%2f15-x%2f&c=9",
        "https://journaldunet.com/iot/15-x",
    ),
    (
        "https://archive.wikiwix.com/cache/index2.php?url=http%3A%2F%2Fwww.ign.fr%2Ft%2F25_paca.pdf%2Findex.html",
        "http://ign.fr/t/25_paca.pdf",
    ),
    (
        "https://web.archive.org/web/20160304112233/http://www.sitiv.fr/offre/",
        "https://sitiv.fr/offre",
    ),
]
DIFFERENT = [
    ("https://valdeloirenumerique.fr/?p=97", "https://valdeloirenumerique.fr/?p=2976"),
    ("https://a.fr/x?id=3", "https://a.fr/x?id=4"),
    ("https://a.fr/A", "https://a.fr/a"),
    ("https://eadministration.a.fr/", "https://a.fr/"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_two_addresses_of_one_page_have_one_key(left, right):
    assert canonical_page(left) == canonical_page(right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_two_pages_keep_two_keys(left, right):
    assert canonical_page(left) != canonical_page(right)


@pytest.mark.parametrize("text", ["", "   ", "https://", "not an address", "mailto:someone"])
def test_what_has_no_host_is_refused(text):
    with pytest.raises(ValueError, match="not a page address"):
        canonical_page(text)


def test_a_site_that_is_called_www_keeps_its_name():
    assert canonical_page("https://www.fr/page") == "www.fr/page"
    assert canonical_page("https://www.www.fr/page") == "www.fr/page"


hosts = st.from_regex(r"(www\.)?[a-z]{2,8}\.(fr|com)", fullmatch=True)
words = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=12)


@given(hosts, st.lists(words, max_size=4), st.dictionaries(words.filter(bool), words, max_size=3))
def test_the_key_of_a_key_is_itself(host, path, query):
    address = f"https://{host}/" + "/".join(quote(part, safe="") for part in path)
    if query:
        address += "?" + "&".join(
            f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in query.items()
        )
    once = canonical_page(address)
    assert canonical_page(once) == once


@given(hosts, st.lists(st.from_regex(r"[a-z0-9é-]{1,8}", fullmatch=True), min_size=1, max_size=3))
def test_scheme_www_slash_and_tracking_never_matter(host, path):
    bare = host.removeprefix("www.") + "/" + "/".join(path)
    variants = [
        f"http://www.{bare}/",
        f"https://{bare}?utm_source=x",
        f"https://{bare}#top",
        quote(f"http://{bare}", safe=":/"),
    ]
    assert len({canonical_page(v) for v in variants}) == 1
