"""Which entries are teasers, and what becomes of a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.feeds.teaser import FULL, is_teaser
from monitor.text.clean import plain
from monitor.text.page import MOST_BYTES, article_of
from tests.records import an_entry

URL = "https://herald.example/a"
PARAGRAPH = (
    "The ministry said on Thursday that {} soldiers were sent to the east of the country, where they will stay for a year."
)


def page(count: int = 6, *, head: str = "", tail: str = "") -> bytes:
    text = "".join(f"<p>{PARAGRAPH.format(1000 + n)}</p>" for n in range(count))
    return (
        f"<html><head><title>Soldiers sent</title>{head}</head><body><nav><a href='/'>Home</a> <a href='/s'>Sport</a></nav>"
        f"<article><h1>Soldiers sent</h1>{text}</article><footer>All rights reserved</footer>{tail}</body></html>"
    ).encode()


@pytest.mark.parametrize(
    ("text", "teaser"),
    [
        ("", True),
        ("One sentence that tells what it is about.", True),
        ("word " * FULL, False),
        ("word " * (FULL + 20) + "... Read more", True),
        ("word " * (2 * FULL) + "[…]", False),
    ],
)
def test_a_short_text_or_one_that_breaks_off_is_a_teaser(text: str, teaser: bool) -> None:
    assert is_teaser(an_entry("Soldiers sent"), text) is teaser


def test_the_article_is_taken_without_menus_and_scripts_and_stays_text() -> None:
    found = article_of(page(tail="<script>alert('x')</script>"), URL)
    assert found is not None
    text = plain(found)
    assert "1,000" not in text and PARAGRAPH.format(1003) in text
    assert plain(article_of(page(), URL, title="Soldiers  sent") or "").startswith("The ministry")
    assert "Sport" not in text and "alert" not in text and "rights reserved" not in text
    assert plain(article_of(page().replace(b"a year", b"&lt;b&gt; a &amp;amp; year"), URL) or "").count("<b> a & year") == 6


def test_a_page_without_an_article_and_one_that_is_too_large_give_nothing() -> None:
    assert article_of(b"<html><body><nav>Menu</nav></body></html>", URL) is None
    assert article_of(b"", URL) is None
    assert article_of(page(tail="<!--" + "x" * MOST_BYTES + "-->"), URL) is None
    assert article_of(b"<div>" * 50_000, URL) is None


@given(
    some.binary(max_size=300), some.sampled_from([b"", b"<p>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>&a;", b"\x00<html>", b"<svg><p>"])
)
def test_no_page_makes_it_raise(junk: bytes, start: bytes) -> None:
    article_of(start + junk, URL)
