"""JSON Feed gives the same records as the other formats."""

from __future__ import annotations

import codecs
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FeedUnreadable
from monitor.feeds.parse import parse
from monitor.feeds.values import MOST_ENTRIES
from monitor.records import ParsedEntry, ParsedFeed
from monitor.text.clean import plain

HEADERS = {"content-type": "text/html", "content-location": "https://herald.example/feeds/feed.json"}


def feed(*items: Any, **fields: Any) -> bytes:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Herald", "items": items} | fields).encode()


def read(*items: Any, **fields: Any) -> ParsedFeed:
    return parse(feed(*items, **fields), HEADERS)


def test_an_item_gives_all_its_parts() -> None:
    whole = read(
        {
            "id": "https://herald.example/1",
            "url": "/1?a=1",
            "title": "Pact & vote",
            "summary": "In short",
            "content_html": "<p>At <b>length</b></p>",
            "content_text": "At length",
            "date_published": "2026-03-02T10:00:00+01:00",
            "date_modified": "2026-03-02T11:00:00+01:00",
            "language": "en_GB",
            "authors": [{"name": "A. Writer", "url": "https://herald.example/writer"}],
            "attachments": [{"url": "https://herald.example/a.mp3", "mime_type": "audio/mpeg"}],
            "_extension": {"about": "x"},
        },
        home_page_url="https://herald.example/",
        language="en",
    )

    assert whole == ParsedFeed(
        title="Herald",
        link="https://herald.example/",
        language="en",
        entries=(
            ParsedEntry(
                guid="https://herald.example/1",
                link="https://herald.example/1?a=1",
                title="Pact &amp; vote",
                summary="In short",
                content="<p>At <b>length</b></p>",
                published=datetime(2026, 3, 2, 9, tzinfo=UTC),
                language="en-GB",
                author="A. Writer",
            ),
        ),
    )


def test_plain_text_stays_what_it_says() -> None:
    (entry,) = read({"id": "1", "title": "Why <script> & <b> matter", "content_text": "a < b &amp; c"}).entries

    assert plain(entry.title) == "Why <script> & <b> matter"
    assert entry.content == "a &lt; b &amp;amp; c"


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"id": 17}, {"guid": "17"}),
        ({"id": 17.0}, {"guid": "17"}),
        ({"id": None, "url": "https://h.example/"}, {"guid": None, "link": "https://h.example/"}),
        ({"external_url": "https://other.example/x"}, {"link": "https://other.example/x"}),
        ({"url": "javascript:alert(1)"}, {"link": None}),
        ({"url": "https://["}, {"link": None}),
        ({"author": {"name": "Old Style"}}, {"author": "Old Style"}),
        ({"author": "Bare Name"}, {"author": "Bare Name"}),
        ({"authors": []}, {"author": None}),
        ({"date_published": "yesterday", "date_modified": "2026-03-02"}, {"published": datetime(2026, 3, 2, tzinfo=UTC)}),
        ({"date_published": "0001-01-01T00:00:00Z"}, {"published": None}),
        ({"date_published": "9999-12-31T23:59:59-14:00"}, {"published": None}),
        ({"summary": "Same", "content_text": " Same"}, {"summary": "", "content": " Same"}),
    ],
)
def test_what_publishers_get_wrong_is_read_all_the_same(item: dict[str, Any], expected: dict[str, Any]) -> None:
    (entry,) = read({"title": "x"} | item).entries

    assert {name: getattr(entry, name) for name in expected} == expected


def test_an_item_of_wrong_types_is_left_out_and_told() -> None:
    found = read({"id": "1", "title": ["x"]}, {"id": "2", "title": "Two"}, "three", {"id": "4"})

    assert [entry.guid for entry in found.entries] == ["2"]
    assert found.bozo is not None and found.bozo.startswith("item 1 was left out") and found.bozo.endswith("(and 1 more)")


def test_a_broken_byte_costs_one_character() -> None:
    (entry,) = parse(feed({"id": "1", "title": "Caf?"}).replace(b"?", b"\xe9"), HEADERS).entries

    assert entry.title == "Caf\ufffd"


def test_a_feed_that_has_ended_says_so() -> None:
    assert "ended" in (read(expired=True).bozo or "")


def test_a_feed_of_too_many_items_is_cut_and_told() -> None:
    found = read(*({"id": str(n), "title": "x"} for n in range(MOST_ENTRIES + 5)))

    assert len(found.entries) == MOST_ENTRIES
    assert str(MOST_ENTRIES + 5) in (found.bozo or "")


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8, b" \n", b"utf-16"])
def test_the_kind_is_told_from_the_bytes(mark: bytes) -> None:
    body = feed({"id": "1", "title": "Café"})
    body = body.decode().encode("utf-16") if mark == b"utf-16" else mark + body

    assert parse(body, HEADERS).entries[0].title == "Café"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "no JSON Feed that can be read"),
        (b"[]", "no JSON Feed that can be read"),
        (b"[" * 100_000, "no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 100_000, "no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "items"),
        (b'{"version": "2.0", "items": []}', "version"),
        (b'{"data": {}}', "version"),
        (feed({"id": "1"})[:-10], "no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": Infinity}]}', "no JSON Feed"),
    ],
)
def test_json_that_is_no_json_feed_is_refused_in_plain_words(body: bytes, words: str) -> None:
    with pytest.raises(FeedUnreadable, match=words):
        parse(body, HEADERS)


plain_values = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
anything = (
    plain_values | st.lists(plain_values, max_size=2) | st.dictionaries(st.sampled_from(["name", "x"]), plain_values, max_size=2)
)
fields = st.sampled_from(["id", "url", "title", "authors", "author", "date_published", "content_text"])


@given(st.lists(st.dictionaries(fields, anything, max_size=4), max_size=4))
def test_no_value_breaks_it(items: list[Any]) -> None:
    found = read(*items)

    assert all(entry.title or entry.summary or entry.content for entry in found.entries)
