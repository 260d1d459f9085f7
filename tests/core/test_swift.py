"""The fast way through the common kind of feed gives what feedparser gives, or gives way."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import FeedUnreadable
from monitor.feeds.mend import mended
from monitor.feeds.parse import read_any
from monitor.feeds.swift import read_rss

FEEDS = sorted(path for path in (Path(__file__).parents[1] / "feeds").iterdir() if path.suffix == ".xml")
HEADERS = {"content-type": "application/rss+xml; charset=utf-8", "content-location": "https://h.example/feed"}
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
)

texts = st.text(max_size=30) | st.sampled_from(
    [
        "Pact &amp; vote",
        "<p>At <b>length</b></p>",
        "a < b & c",
        "&lt;i&gt;",
        "  two  spaces ",
        "“quoted” – naïve…",
        "Ferry 🛳 back",
        "1",
        "<a href='/rel'>x</a>",
        "AT&T",
        "line\nline",
        "&nbsp;",
    ]
)
dates = st.sampled_from(
    [
        "Mon, 02 Mar 2026 10:00:00 GMT",
        "Mon, 02 Mar 2026 10:00:00 +0530",
        "Fri, 02 Mar 2026 23:59:59 -0800",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 30 Feb 2026 10:00:00 GMT",
        "Mon, 02 Mar 2026 10:00:00 EST",
        "2026-03-02T10:00:00Z",
        "Mon, 2 Mar 2026 10:00:00 GMT",
        "soon",
        "",
    ]
)
links = st.sampled_from(
    [
        "https://h.example/a?x=1&y=2",
        "http://h.example/",
        "https://h.example",
        "/rel",
        "https://h.example/../a",
        "https://h.example/a#b",
        "https://H.example/é",
        "https://h.example/a%20b/",
        "javascript:x",
        "https://h.example:8080/",
        "https://h.example/a?",
        "",
    ]
)
guids = st.tuples(links | texts, st.sampled_from(["", " isPermaLink='false'", " isPermaLink='true'"]))


@st.composite
def written(draw: st.DrawFn, tag: str, values: st.SearchStrategy[str]) -> str:
    """An element with a value, escaped or in CDATA."""
    value = (
        "".join(character for character in draw(values) if character >= " " or character in "\n\t")
        .replace("\ufffe", "")
        .replace("\uffff", "")
    )
    inside = f"<![CDATA[{value}]]>" if draw(st.booleans()) and "]]>" not in value else escape(value)
    return f"<{tag}>{inside}</{tag.partition(' ')[0]}>"


@st.composite
def items(draw: st.DrawFn) -> str:
    guid, kind = draw(guids)
    parts = [
        draw(written("title", texts)),
        draw(written("link", links)),
        draw(written("description", texts)),
        draw(written("pubDate", dates)),
        draw(written(f"guid{kind}", st.just(guid))),
        draw(written("content:encoded", texts)),
        draw(written("dc:creator", texts)),
        "<category domain='x'>News</category>",
        "<media:thumbnail url='https://h.example/a.jpg'/>",
    ]
    kept = [part for part in parts if draw(st.integers(0, 4))]
    if draw(st.integers(0, 9)) == 0:
        kept = draw(st.permutations(kept))
    return f"<item>{''.join(kept)}</item>"


@st.composite
def feeds(draw: st.DrawFn) -> bytes:
    channel = [
        draw(written("title", texts)),
        draw(written("link", links)),
        draw(written("description", texts)),
        draw(written("language", st.sampled_from(["en", "en_GB", "English", ""]))),
        draw(written("ttl", st.sampled_from(["15", "0", "soon", "1e3"]))),
        "<atom:link href='https://h.example/feed' rel='self' type='application/rss+xml'/>",
    ]
    kept = [part for part in channel if draw(st.integers(0, 3))]
    inside = "".join(kept) + "".join(draw(st.lists(items(), max_size=3)))
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {SPACES}><channel>{inside}</channel></rss>'.encode(
        "utf-8", "replace"
    )


def same(body: bytes) -> bool:
    """Whether it was read fast; fails where that gave something else."""
    body = mended(body)
    found = read_rss(body, HEADERS)
    if found is not None:
        assert found == read_any(body, HEADERS)
    return found is not None


@settings(max_examples=300, deadline=None)
@given(feeds())
def test_what_is_read_fast_is_what_feedparser_reads(body: bytes) -> None:
    same(body)


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_of_the_whole_corpus_too(path: Path) -> None:
    try:
        same(path.read_bytes())
    except FeedUnreadable:
        pytest.fail("what feedparser cannot read was read fast")


ITEM = (
    "<item><title>Pact &amp; vote</title><link>https://h.example/1?a=1&amp;b=2</link>"
    "<description>In &lt;b&gt;short&lt;/b&gt;</description>"
    "<pubDate>Mon, 02 Mar 2026 10:00:00 +0100</pubDate><guid isPermaLink='false'>1</guid><category>x</category>"
    "<content:encoded><![CDATA[<p>At length</p>]]></content:encoded><dc:creator><![CDATA[A. Writer]]></dc:creator></item>"
)


def whole(item: str, **more: Any) -> bytes:
    channel = f"<title>Herald</title><link>https://h.example/</link><description>x</description>{more.get('channel', '')}"
    return f"<rss version='2.0' {SPACES}><channel>{channel}{item}</channel></rss>".encode()


def test_the_common_kind_is_read_fast() -> None:
    assert same(whole(ITEM * 3))
    assert same(whole(ITEM, channel="<ttl>15</ttl><language>en-gb</language><lastBuildDate>x</lastBuildDate>"))


@pytest.mark.parametrize(
    "kind",
    ["", "text/xml", "text/html", "text/plain", "application/xml", "text/xml; charset=us-ascii", "text/xml; charset=latin-1"],
)
@pytest.mark.parametrize(
    "declared",
    ["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-8"?>', "<?xml version='1.0' encoding='latin-1'?>"],
)
def test_encodings_are_what_feedparser_takes_them_for(kind: str, declared: str) -> None:
    body = declared.encode() + whole(ITEM.replace("Pact", "Pâct – 🛳"))
    headers = {"content-type": kind} if kind else {}

    found = read_rss(body, headers)

    assert found is None or found == read_any(body, headers)


@pytest.mark.parametrize(
    "item",
    [
        "<item xml:base='https://x.example/'>" + ITEM[6:],
        ITEM.replace("<title>", "<title type='html'>"),
        ITEM.replace("<category>", "<title>again</title><category>"),
        ITEM.replace("<category>x</category>", "<source url='https://w.example/'>Wire</source>"),
        ITEM.replace("<category>x</category>", "<media:description>x</media:description>"),
        ITEM.replace("https://h.example/1", "/1"),
        ITEM.replace("+0100", "CET"),
        ITEM.replace("A. Writer", "a@h.example (A. Writer)"),
        ITEM + "<title>Late</title>",
        ITEM.replace("Pact", "Pact &#8217;"),
        ITEM.replace("Pact", "Pact \x85"),
        ITEM[:-10],
    ],
)
def test_at_any_doubt_it_gives_way(item: str) -> None:
    assert not same(whole(item))
