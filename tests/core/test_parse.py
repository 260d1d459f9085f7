"""Feeds as publishers write them, from bytes to records."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import FeedUnreadable
from monitor.feeds.parse import parse
from monitor.feeds.values import MOST_CHARACTERS
from monitor.records import ParsedFeed

HEADERS = {"content-type": "application/rss+xml", "content-location": "https://herald.example/world/feed.xml"}


def rss(items: str, channel: str = "<title>Herald</title><link>https://herald.example/</link>") -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        f"<channel>{channel}{items}</channel></rss>"
    ).encode()


def atom(entries: str) -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Herald</title>{entries}</feed>'.encode()


def read(body: bytes, **headers: str) -> ParsedFeed:
    return parse(body, HEADERS | {name.replace("_", "-"): value for name, value in headers.items()})


def test_an_rss_item_gives_all_its_parts_with_its_markup() -> None:
    (entry,) = read(
        rss(
            "<item><title>Pact &amp;amp; vote</title><link>/a?x=1&amp;copy=2</link><guid isPermaLink='false'>g1</guid>"
            "<description>In short</description>"
            "<content:encoded><![CDATA[<p>At <b>length</b></p><script>x</script>]]></content:encoded>"
            "<pubDate>Mon, 02 Mar 2026 10:00:00 +0100</pubDate><dc:creator>A. Writer</dc:creator>"
            "<source url='https://wire.example/'>Wire</source></item>"
        )
    ).entries

    assert (entry.guid, entry.link, entry.title) == ("g1", "https://herald.example/a?x=1&copy=2", "Pact &amp; vote")
    assert (entry.summary, entry.content) == ("In short", "<p>At <b>length</b></p><script>x</script>")
    assert entry.published == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert (entry.author, entry.source_title) == ("A. Writer", "Wire")


def test_an_atom_entry_with_content_alone_has_no_summary() -> None:
    body = atom(
        "<entry><id>urn:1</id><title type='html'>A &lt;b&gt;vote&lt;/b&gt;</title><link href='rel/1'/>"
        "<updated>2026-03-02T10:00:00Z</updated>"
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Hi &amp; ho</p></div></content></entry>"
    )
    (entry,) = read(body).entries

    assert (entry.guid, entry.link) == ("urn:1", "https://herald.example/world/rel/1")
    assert (entry.title, entry.summary, entry.content) == ("A <b>vote</b>", "", "<p>Hi &amp; ho</p>")
    assert entry.published == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_rdf_is_read() -> None:
    body = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        b'<channel rdf:about="https://h.example/"><title>H</title></channel><item rdf:about="https://h.example/1"><title>One</title>'
        b"<link>https://h.example/1</link><description>Text</description></item></rdf:RDF>"
    )
    (entry,) = read(body).entries

    assert (entry.guid, entry.title, entry.summary) == ("https://h.example/1", "One", "Text")


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("<dc:date>2026-03-02T12:00:00+02:00</dc:date>", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", None),
        ("<pubDate>yesterday evening</pubDate>", None),
        ("<pubDate/>", None),
        ("", None),
    ],
)
def test_dates_are_aware_or_missing(date: str, expected: datetime | None) -> None:
    (entry,) = read(rss(f"<item><title>x</title>{date}</item>")).entries

    assert entry.published == expected


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("<ttl>30</ttl>", 1800.0),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 21600.0),
        ("<ttl>soon</ttl>", None),
        ("<ttl a='b'/>", None),
        ("", None),
    ],
)
def test_the_wished_interval_is_read(channel: str, seconds: float | None) -> None:
    assert read(rss("", "<title>H</title>" + channel)).ttl == seconds


def test_hours_and_days_to_be_left_alone_are_read() -> None:
    hours = "<skipHours><hour>24</hour><hour> 7 </hour><hour>99</hour></skipHours>"
    days = "<skipDays><day>Sunday</day><day>sat</day></skipDays>"
    feed = read(rss("<item><title>x</title></item>", f"<title>H</title>{hours}{days}"))

    assert (feed.skip_hours, feed.skip_days) == ((0, 7), (5, 6))


def test_damaged_feeds_are_read_as_far_as_possible() -> None:
    whole = rss("<item><title>One</title></item><item><title>Two & a half</title></item><item><title>Three</title></item>")

    feed = read(whole[: whole.index(b"Three") + 2])

    assert [entry.title for entry in feed.entries] == ["One", "Two & a half"]
    assert feed.bozo is not None
    assert read(b" \r\n" + rss("<item><title>One</title></item>")).bozo is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_declared_encodings_are_honoured_whatever_the_server_calls_the_content(encoding: str) -> None:
    text = rss("<item><title>Café élysée</title></item>").decode().replace("utf-8", encoding)

    (entry,) = read(text.encode(encoding), content_type="text/html").entries

    assert entry.title == "Café élysée"


@pytest.mark.parametrize(
    ("declared", "language"), [("en-GB", "en-GB"), ("en_us", "en-us"), ("\x1b[31m", None), ("English please", "English")]
)
def test_a_declared_language_is_a_language(declared: str, language: str | None) -> None:
    assert read(rss("", f"<title>H</title><language>{declared}</language>")).language == language


def test_no_white_space_or_control_character_gets_into_a_link() -> None:
    (entry,) = read(rss("<item><title>x</title><link>\n https://h.example/\u202ea\u200bb &#10;c</link></item>")).entries

    assert entry.link == "https://h.example/abc"


def test_javascript_is_no_link() -> None:
    (entry,) = read(rss("<item><title>x</title><link>javascript:alert(1)</link></item>")).entries

    assert entry.link is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32", "cp037", "utf-7"])
def test_declared_entities_are_refused_in_every_encoding(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE r [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>'

    with pytest.raises(FeedUnreadable, match="entities"):
        read(text.encode(encoding), content_type=f"application/xml; charset={encoding}")


def test_an_external_entity_behind_a_comment_is_refused() -> None:
    body = b'<!-- <rss> --><!doctype r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel/></rss>'

    with pytest.raises(FeedUnreadable, match="entities"):
        read(body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><title>News</title></html>", "web page"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "JSON"),
        (b"Service unavailable", "no RSS"),
        (b"\x00\x01\x02\xff" * 50, "no RSS"),
    ],
)
def test_what_is_no_feed_is_called_so_in_plain_words(body: bytes, words: str) -> None:
    with pytest.raises(FeedUnreadable, match=words):
        read(body)


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<a>" * 3_000 + "</a>" * 3_000, "deep"),
        ("<item>" * 3_000, "deep"),
        ("<item " + "".join(f"a{n}='' " for n in range(20_000)) + "/>", "attributes"),
    ],
)
def test_what_would_keep_a_parser_busy_for_ever_is_refused(inside: str, words: str) -> None:
    with pytest.raises(FeedUnreadable, match=words):
        read(rss(inside))


def test_much_unescaped_markup_and_long_addresses_are_no_offence() -> None:
    text = "one<br>two<p>three<li>four" * 3_000 + "<![CDATA[" + "<b>" * 5_000 + "]]>"
    address = "https://h.example/?" + "&amp;".join(f"p{n}={n}" for n in range(200))

    (entry,) = read(rss(f"<item><title>x</title><description>{text}</description><link>{address}</link></item>")).entries

    assert "four" in entry.summary


def test_a_feed_without_entries_is_a_feed() -> None:
    assert read(rss("")).entries == ()


def test_a_text_of_any_length_is_cut() -> None:
    (entry,) = read(rss(f"<item><title>x</title><description>{'long ' * MOST_CHARACTERS}</description></item>")).entries

    assert len(entry.summary) == MOST_CHARACTERS


TOKENS = [
    "<item>",
    "</item>",
    "<title>",
    "<![CDATA[",
    "]]>",
    "&",
    "&amp;",
    "<",
    ">",
    "<!DOCTYPE",
    "<link href=",
    '"',
    "<svg>",
    "<pubDate>",
]
TOKENS += [
    "<content type='xhtml'>",
    "<entry>",
    "<guid>",
    "&#xD800;",
    "&#99999999;",
    "\x00",
    "x",
    "1 Jan 9999999",
    "<source>",
    "<?x",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=30).map("".join), st.booleans())
def test_damage_of_any_kind_raises_nothing_but_unreadable(damage: str, before: bool) -> None:
    body = rss("<item><title>One</title></item>" + damage).replace(b"\xed", b"")
    try:
        feed = read(damage.encode("utf-8", "ignore") + body if before else body)
    except FeedUnreadable:
        return
    assert all(entry.published is None or entry.published.tzinfo for entry in feed.entries)


def test_where_a_malformed_feed_breaks_off_is_told_in_plain_words() -> None:
    feed = parse(b"<rss version='2.0'><channel><title>Cut</title><item><title>One</title></item><item><title>Tw", {})

    assert feed.bozo is not None
    assert "line 2, column" in feed.bozo or "line 1, column" in feed.bozo
    assert "<" not in feed.bozo


def test_elements_named_like_what_feedparser_collects_break_nothing() -> None:
    """Found by fuzzing: a channel with an element <links>, of which feedparser makes a text where links are expected."""
    names = ("links", "link", "source", "content", "contents", "summary", "summary_detail", "published", "tags", "author_detail")
    odd = "".join(f"<{name}>text</{name}><{name}/><{name} a='b'>more</{name}>" for name in names)
    body = f"<rss version='2.0'><channel>{odd}<title>Odd</title><item><title>One</title>{odd}</item></channel></rss>"

    feed = parse(body.encode(), {})

    assert [entry.title for entry in feed.entries] == ["One"]
    for name in names:
        one = f"<rss version='2.0'><channel><{name}>t</{name}><item><title>One</title><{name}>t</{name}></item></channel></rss>"
        assert len(parse(one.encode(), {}).entries) == 1, name
