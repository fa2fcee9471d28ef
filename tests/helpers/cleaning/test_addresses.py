"""One key for each page address."""

from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from helpers.cleaning.rules import canonical_page

CASES = yaml.safe_load(Path(__file__).with_name("cases.yml").read_text(encoding="utf-8"))
HOSTS = st.from_regex(r"(www\.)?[a-z]{2,8}\.(fr|com)", fullmatch=True)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=12)


@pytest.mark.parametrize(
    ("same", "pair"),
    [(kind == "same_page", p) for kind in ("same_page", "different_pages") for p in CASES[kind]],
)
def test_the_addresses_of_one_page_and_of_no_other_have_one_key(same, pair):
    left, right = map(canonical_page, pair)
    assert (left == right) == same


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
