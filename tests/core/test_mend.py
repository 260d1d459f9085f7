"""Damage that is mended before a feed is parsed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.mend import mended


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<t>R&D, AT&T & &#;</t>", b"<t>R&amp;D, AT&amp;T &amp; &amp;#;</t>"),
        (b"<t>&amp; &lt; &#8217; &#x2019; &eacute;</t>", b"<t>&amp; &lt; &#8217; &#x2019; &eacute;</t>"),
        (b"<![CDATA[a & b]]><l>?a=1&b=2</l>", b"<![CDATA[a & b]]><l>?a=1&amp;b=2</l>"),
        (b"<![CDATA[never closed & so on", b"<![CDATA[never closed & so on"),
        (b"&#xD83D;&#xDEF3; &#55357;&#57075;", b"&#x1F6F3; &#x1F6F3;"),
        (b"&#xD83D; &#xDEF3;&#xD83D; &#57075;", b"&#xFFFD; &#xFFFD;&#xFFFD; &#xFFFD;"),
        (b"&#xD7FF;&#xE000;&#55295;&#57344;", b"&#xD7FF;&#xE000;&#55295;&#57344;"),
        (b"\xef\xbb\xbf\n\n<rss/>", b"<rss/>"),
        ("<t>a & b</t>".encode("utf-16"), "<t>a & b</t>".encode("utf-16")),
        ("<t>港 & b</t>".encode("iso2022_jp"), "<t>港 & b</t>".encode("iso2022_jp")),
    ],
)
def test_what_is_meant_beyond_doubt_is_mended(before: bytes, after: bytes) -> None:
    assert mended(before) == after


@given(
    st.lists(st.sampled_from([b"&", b"<![CDATA[", b"]]>", b"&#xD83D;", b"&#xDEF3;", b"&amp;", b"&#", b"x", b";"])).map(b"".join)
)
def test_mending_twice_changes_nothing_more(body: bytes) -> None:
    assert mended(mended(body)) == mended(body)


@pytest.mark.parametrize("unit", [b"&", b"<![CDATA[", b"&#xD83D;", b"&#x", b"&#" + b"0" * 50, b"&" + b"a" * 40])
def test_junk_takes_no_more_than_linear_time(unit: bytes) -> None:
    begun = time.process_time()
    mended(unit * (1_000_000 // len(unit)))
    assert time.process_time() - begun < 10
