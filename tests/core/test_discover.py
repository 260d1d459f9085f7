"""From a page to its feeds."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.discover import Candidate, named, usual

HEADERS = {"content-type": "text/html", "content-location": "https://herald.example/world/"}


def urls(page: str | bytes, **headers: str) -> list[str]:
    body = page.encode() if isinstance(page, str) else page
    return [candidate.url for candidate in named(body, HEADERS | headers)]


def test_what_the_head_names_comes_before_what_the_page_links_to_and_comments_come_last() -> None:
    page = """<html><head><link rel="alternate" type="application/rss+xml" title="Herald &raquo; Comments" href="/comments/feed">
      <LINK HREF='feed.json' REL='home Alternate' TYPE='application/feed+json; charset=utf-8' />
      <link rel=alternate type=application/atom+xml title="Herald &amp; Co" href="https://herald.example/atom.xml#x"/>
      <link rel="alternate" hreflang="fr" href="https://fr.herald.example/"><link rel="stylesheet" href="/rss.css">
      <!-- <link rel="alternate" type="application/rss+xml" href="/old.xml"> --></head>
      <body><a href="/rss">RSS</a> <a href="/atom.xml">again</a> <a href="/essays/feeding-the-poor">no</a></body></html>"""

    assert named(page.encode(), HEADERS) == (
        Candidate("https://herald.example/world/feed.json"),
        Candidate("https://herald.example/atom.xml", "Herald & Co"),
        Candidate("https://herald.example/rss"),
        Candidate("https://herald.example/comments/feed", "Herald » Comments"),
    )


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("//feeds.herald.example/x", ["https://feeds.herald.example/x"]),
        ("javascript:alert(1)", []),
        ("http://[", []),
        ("", ["https://herald.example/world/"]),
        ("a b\n.xml", ["https://herald.example/world/ab.xml"]),
    ],
)
def test_only_addresses_of_the_web_are_taken(href: str, expected: list[str]) -> None:
    assert urls(f'<link rel="alternate" type="application/rss+xml" href="{href}">') == expected


def test_the_base_of_a_page_and_its_encoding_are_heeded() -> None:
    page = '<meta charset="windows-1252"><base href="https://cdn.example/n/"><link rel=alternate type=text/xml href=x>'
    page += '<link rel="alternate" type="application/rss+xml" title="Café" href="rss">'

    assert named(page.encode("windows-1252"), HEADERS | {"content-type": "text/html"}) == (
        Candidate("https://cdn.example/n/rss", "Café"),
    )


def test_usual_places_are_below_the_address_and_below_its_host() -> None:
    found = [candidate.url for candidate in usual("https://herald.example/world?page=1#top")]

    assert found[0] == "https://herald.example/world/feed"
    assert "https://herald.example/rss.xml" in found
    assert len(found) == len(set(found)) == 18


PIECES = [
    "<link ",
    "<a ",
    "<base ",
    "rel=alternate",
    "type='application/rss+xml'",
    'href="',
    "'",
    '"',
    ">",
    "<!--",
    "-->",
    "/",
    "=",
    "\0",
    "http://[",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join))
def test_no_page_raises_anything(page: str) -> None:
    for candidate in named(page.encode("utf-8", "replace"), HEADERS):
        assert candidate.url.startswith(("http://", "https://"))


@pytest.mark.parametrize("unit", ["<!--", "<link ", '<link x="', "<a href=b ", "<a href='", "<a a", "&", "<a " + "x " * 50])
def test_junk_takes_no_more_than_linear_time(unit: str) -> None:
    begun = time.process_time()
    named((unit * (1_000_000 // len(unit))).encode(), HEADERS)
    assert time.process_time() - begun < 10
