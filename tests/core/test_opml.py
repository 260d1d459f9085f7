"""Subscription lists as programs write them."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FeedUnreadable
from monitor.feeds.opml import Outline, read_opml, slug_of, write_opml

WORLD = Path(__file__).parents[2] / "config" / "feeds-world.opml"


def test_feeds_come_with_their_groups_in_order() -> None:
    data = b"""<?xml version="1.0" encoding="utf-8"?><opml version="2.0"><body>
      <outline text="World"><outline text="Agencies">
        <outline type="rss" text="Wire &amp; Co" xmlUrl="https://wire.example/rss?a=1&amp;b=2"/></outline>
        <outline type='rss' title='Herald' text='x' xmlUrl='https://herald.example/rss'></outline>
      </outline>
      <outline text="Wire &amp; Co" xmlUrl="https://other.example/rss"/>
      <outline text="again" xmlUrl="https://herald.example/rss"/>
    </body></opml>"""

    assert read_opml(data) == (
        Outline(slug="wire-co", url="https://wire.example/rss?a=1&b=2", title="Wire & Co", groups=("World", "Agencies")),
        Outline(slug="herald", url="https://herald.example/rss", title="Herald", groups=("World",)),
        Outline(slug="wire-co-2", url="https://other.example/rss", title="Wire & Co"),
    )


@pytest.mark.parametrize(
    "damage",
    [
        b'<opml><outline text=A&B title="R & D" xmlUrl=https://a.example/rss?x=1&y=2 ><outline xmlurl="https://b.example/">',
        b'<OPML><OUTLINE TITLE="R & D" XMLURL="https://a.example/rss?x=1&y=2">\n<outline\nxmlUrl = \'https://b.example/\'\n/></opml>',
        b'<!DOCTYPE x [<!ENTITY e "boom">]><outline title="R & D" xmlUrl="https://a.example/rss?x=1&y=2"/><outline xmlUrl="https://b.example/"/',
        b'<!-- <outline xmlUrl="https://no.example/"/> --><outline title="R & D" xmlUrl="https://a.example/rss?x=1&y=2"></b>'
        b'<outline xmlUrl="https://b.example/">',
    ],
)
def test_a_list_that_is_no_well_formed_xml_is_read_all_the_same(damage: bytes) -> None:
    first, second = read_opml(damage)

    assert (first.title, first.url) == ("R & D", "https://a.example/rss?x=1&y=2")
    assert (second.slug, second.url) == ("b-example", "https://b.example/")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_encodings_are_honoured(encoding: str) -> None:
    data = f'<?xml version="1.0" encoding="{encoding}"?><outline text="Café" xmlUrl="https://a.example/"/>'.encode(encoding)

    assert [(feed.title, feed.slug) for feed in read_opml(data)] == [("Café", "cafe")]


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(FeedUnreadable, match="no OPML"):
        read_opml(b"<html>hello</html>")


@given(st.text())
def test_a_slug_is_always_one(name: str) -> None:
    slug = slug_of(name)

    assert slug and len(slug) <= 60 and slug == slug.lower() and not slug.startswith("-") and "--" not in slug


PIECES = [
    "<outline ",
    "</outline>",
    'xmlUrl="',
    "text='",
    '"',
    "'",
    "/>",
    ">",
    "<!--",
    "-->",
    "https://a.example/",
    "&amp;",
    "=",
    "<",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join))
def test_no_junk_raises_anything_else(text: str) -> None:
    try:
        feeds = read_opml(text.encode("utf-8", "replace"))
    except FeedUnreadable:
        return
    assert len({feed.slug for feed in feeds}) == len(feeds)


@pytest.mark.parametrize(
    "unit", [b"<!--", b"<outline ", b'<outline x="', b"<outline text=a xmlUrl=b", b"<outline xmlUrl='", b"&"]
)
def test_junk_takes_no_more_than_linear_time(unit: bytes) -> None:
    begun = time.process_time()
    with contextlib.suppress(FeedUnreadable):
        read_opml(unit * (400_000 // len(unit)))
    assert time.process_time() - begun < 10


def test_the_delivered_list_holds_real_feeds_in_groups() -> None:
    feeds = read_opml(WORLD.read_bytes())

    assert len(feeds) >= 40
    assert all(feed.title and feed.groups and urlsplit(feed.url).scheme in {"http", "https"} for feed in feeds)
    assert len({group for feed in feeds for group in feed.groups}) >= 4


@given(st.lists(st.tuples(st.text(), st.text(alphabet="abc/?&=\"'<>", max_size=12)), max_size=5))
def test_what_is_written_is_well_formed_and_reads_back(feeds: list[tuple[str, str]]) -> None:
    feeds = [(title, f"https://{number}.example/{path}") for number, (title, path) in enumerate(feeds)]

    data = write_opml(feeds, title="Feeds & more")

    assert ElementTree.fromstring(data).tag == "opml"
    assert [outline.url for outline in read_opml(data)] == [" ".join(url.split()) for _, url in feeds] if feeds else True
