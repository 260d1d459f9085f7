"""Which entry is which, over polls."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import SchemaMismatch
from monitor.feeds.identity import Outlet, Remembered, Resolution, keyed, normalised_link, resolve
from monitor.records import ParsedEntry
from monitor.records.ids import FeedId
from monitor.text.clean import plain

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OUTLET = Outlet(feed=FeedId("herald"), outlet="Herald", publisher="Group", url="https://herald.example/feed")


def item(title: str = "A vote", **fields: object) -> ParsedEntry:
    base = ParsedEntry(guid=None, link=None, title=title, summary="", content="", published=NOON - timedelta(hours=1))
    return dataclasses.replace(base, **fields)  # type: ignore[arg-type]  # kept flexible


class Feed:
    """Polls one after another, with what is remembered between them."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def poll(self, *items: ParsedEntry, seen: datetime = NOON) -> Resolution:
        entries = keyed(items)
        known = {key: self.known[key] for entry in entries for key in entry.keys if key in self.known}
        found = resolve(entries, known, outlet=OUTLET, seen=seen, plain=plain)
        self.known.update(found.remember)
        return found


def titles(found: Resolution) -> list[str]:
    return [entry.title for entry in found.entries]


def counts(found: Resolution) -> tuple[int, int]:
    return found.new, found.revised


@pytest.fixture
def feed() -> Feed:
    return Feed()


def test_what_was_there_before_is_not_new(feed: Feed) -> None:
    items = [item("Two", guid="2"), item("One", link="https://h.example/1"), item("Neither")]

    assert counts(feed.poll(*items)) == (3, 0)
    again = feed.poll(*items)

    assert (again.entries, dict(again.remember)) == ((), {})


def test_entries_come_oldest_first_and_in_the_feeds_order_where_dates_do_not_tell(feed: Feed) -> None:
    old = item("old", guid="1", published=NOON - timedelta(days=1))

    assert titles(feed.poll(item("new 2", guid="3"), old, item("new 1", guid="2"))) == ["old", "new 1", "new 2"]


def test_a_changed_text_is_a_revision_of_the_same_entry(feed: Feed) -> None:
    (first,) = feed.poll(item("3,000 troops", guid="1")).entries

    found = feed.poll(item("12,000 troops", guid="1"))

    assert counts(found) == (0, 1)
    assert found.entries[0].id == first.id
    assert found.entries[0].revision != first.revision


@pytest.mark.parametrize("title", ["<b>A  vote</b>", "A&nbsp;vote", "a VOTE", " A vote\n"])
def test_markup_white_space_and_case_make_no_revision(feed: Feed, title: str) -> None:
    feed.poll(item("A vote", guid="1"))

    assert feed.poll(item(title, guid="1")).entries == ()


def test_a_guid_that_changes_while_the_link_stays_makes_no_new_entry(feed: Feed) -> None:
    feed.poll(item(guid="1", link="https://h.example/a"))

    assert feed.poll(item(guid="2", link="http://www.h.example/a/?utm_source=rss#top")).entries == ()
    # ... and both guids are remembered as the entry's.
    assert feed.poll(item(guid="2", link="https://h.example/moved")).entries == ()
    assert feed.poll(item(guid="1", link="https://h.example/moved/again")).entries == ()


def test_a_guid_that_changes_at_each_poll_makes_no_new_entry_even_without_a_link(feed: Feed) -> None:
    (first,) = feed.poll(item("A vote", guid="1")).entries

    assert feed.poll(item("A vote", guid="2")).entries == ()
    assert feed.poll(item("A vote", guid="3")).entries == ()
    assert {Remembered.of(value).entry for value in feed.known.values()} == {first.id}


def test_a_guid_that_all_entries_share_identifies_none(feed: Feed) -> None:
    found = feed.poll(*(item(f"Story {n}", guid="https://h.example/", link=f"https://h.example/{n}") for n in range(3)))

    assert len({entry.id for entry in found.entries}) == 3
    assert titles(feed.poll(item("Story 9", guid="https://h.example/", link="https://h.example/9"))) == ["Story 9"]


def test_a_live_page_that_many_entries_share_identifies_none(feed: Feed) -> None:
    posts = [item(f"Post {n}", guid=f"post-{n}", link=f"https://h.example/live#post-{n}") for n in range(3)]

    assert counts(feed.poll(*posts)) == (3, 0)
    assert feed.poll(*posts).entries == ()


def test_one_guid_and_link_for_everything_still_leaves_every_story_its_own(feed: Feed) -> None:
    items = [item(f"Story {n}", guid="x", link="https://h.example/") for n in range(3)]

    assert counts(feed.poll(*items)) == (3, 0)
    assert feed.poll(*items).entries == ()


def test_an_entry_listed_twice_counts_once(feed: Feed) -> None:
    assert counts(feed.poll(item(guid="1"), item(guid="1"))) == (1, 0)


def test_entries_of_one_date_are_all_kept(feed: Feed) -> None:
    assert feed.poll(*(item(f"Story {n}", guid=str(n)) for n in range(50))).new == 50


def test_dates_in_the_future_and_missing_ones_become_the_time_of_the_poll(feed: Feed) -> None:
    found = feed.poll(item("future", guid="1", published=NOON + timedelta(days=9)), item("undated", guid="2", published=None))

    assert {entry.published for entry in found.entries} == {NOON}


def test_an_aggregators_item_names_the_outlet_it_came_from(feed: Feed) -> None:
    taken, own = feed.poll(item("a", guid="1"), item("b", guid="2", source_title="Wire")).entries

    assert (taken.outlet, own.outlet, own.url) == ("Wire", "Herald", OUTLET.url)


def test_keys_are_remembered_with_the_day_they_were_last_in_the_feed(feed: Feed) -> None:
    feed.poll(item(guid="1"))
    later = feed.poll(item(guid="1"), seen=NOON + timedelta(days=1))

    assert later.entries == ()
    days = {Remembered.of(value).day for value in later.remember.values()}
    assert days == {(NOON - datetime(1970, 1, 1, tzinfo=UTC)).days + 1}


def test_what_is_remembered_reads_back_and_anything_else_is_refused(feed: Feed) -> None:
    feed.poll(item(guid="1"))

    assert all(str(Remembered.of(value)) == value for value in feed.known.values())
    with pytest.raises(SchemaMismatch):
        Remembered.of("old form")


@pytest.mark.parametrize(
    ("link", "same"),
    [
        ("HTTP://WWW.Herald.Example:80/A/?utm_source=x&id=3&fbclid=y#c", "https://herald.example/A?id=3"),
        ("https://herald.example:8443/a", "https://herald.example:8443/a"),
        ("https://herald.example", "https://herald.example/"),
        ("https://herald.example/a b", "https://herald.example/ab"),
        ("https://[2001:db8::1]:443/a", "https://[2001:db8::1]/a"),
        ("mailto:x@y.example", "mailto:x@y.example"),
        ("http://[broken/a", "http://[broken/a"),
        ("http://host:port/a", "http://host:port/a"),
    ],
)
def test_links_that_lead_to_the_same_page_are_the_same(link: str, same: str) -> None:
    assert normalised_link(link) == normalised_link(same)


def test_links_to_different_pages_stay_different() -> None:
    links = ["https://h.example/a?id=1", "https://h.example/a?id=2", "https://h.example/A?id=1", "https://h.example/a"]

    assert len({normalised_link(link) for link in links}) == len(links)


@given(st.text() | st.tuples(st.sampled_from(["http://", "https://h.example/", "https://["]), st.text()).map("".join))
def test_normalising_a_link_never_raises_and_twice_is_once(link: str) -> None:
    once = normalised_link(link)

    assert normalised_link(once) == once


parsed = st.builds(
    item,
    st.sampled_from(["One", "Two", "Three"]),
    guid=st.sampled_from([None, "1", "2", "3"]),
    link=st.sampled_from([None, "https://h.example/1", "https://h.example/2"]),
    summary=st.sampled_from(["", "Text", "<p>More</p>"]),
)


@given(st.lists(st.lists(parsed, max_size=6), max_size=4))
def test_no_text_is_ever_lost(polls: Sequence[Sequence[ParsedEntry]]) -> None:
    """Whatever guids and links do: each text of a document was brought as a revision of some entry, in this poll or before."""
    feed = Feed()
    brought: set[tuple[str, str]] = set()
    for items in polls:
        brought |= {(entry.title, entry.summary) for entry in feed.poll(*items).entries}
        assert {(entry.title, entry.summary) for entry in items} <= brought


def test_what_an_aggregator_took_from_elsewhere_belongs_to_that_outlet_unless_the_feed_names_a_publisher() -> None:
    entries = keyed([item("a", guid="1", source_title="The <b>Courier</b>")])

    def publisher(named: str | None) -> str | None:
        outlet = dataclasses.replace(OUTLET, publisher=named)
        return resolve(entries, {}, outlet=outlet, seen=NOON, plain=plain).entries[0].publisher

    assert (publisher(None), publisher("Group")) == ("The Courier", "Group")


def test_an_entry_knows_the_agency_that_it_is_credited_to(feed: Feed) -> None:
    entries = feed.poll(
        item("a", guid="1", author="Reuters"),
        item("b", guid="2", content="<p>MARROW, May 4 (AFP) &#8211; Dockers walked out.</p>"),
        item("c", guid="3", summary="Dockers walked out, the union told Reuters."),
    ).entries

    assert {entry.title: entry.agency for entry in entries} == {"a": "Reuters", "b": "AFP", "c": None}
