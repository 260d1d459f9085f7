"""The demo's feeds, read as the monitor reads them: over HTTP, with feedparser."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import feedparser
import pytest

from monitor.errors import ConfigurationError
from monitor.settings import Config
from workers.demo import DemoServer, DemoStory
from workers.demo.overlay import with_demo_feeds, with_demo_feeds_of

FOLDER = Path(__file__).parents[2] / "seeds" / "demo"
STARTED = datetime(2026, 3, 4, 18, 30, 0, 250_000, tzinfo=UTC)
END = 95


class Clock:
    """A present that stands still until it is moved."""

    def __init__(self) -> None:
        self.elapsed = 0.0

    def __call__(self) -> datetime:
        return STARTED + timedelta(seconds=self.elapsed)


@pytest.fixture(scope="module")
def story() -> DemoStory:
    return DemoStory.load(FOLDER)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def http(story: DemoStory, clock: Clock) -> AsyncIterator[aiohttp.ClientSession]:
    server = DemoServer()
    base = await server.start(story, STARTED, clock)
    async with aiohttp.ClientSession(base_url=base) as session:
        yield session
    await server.stop()


async def read(http: aiohttp.ClientSession, outlet: str) -> Any:
    async with http.get(f"/{outlet}.xml") as answer:
        assert answer.status == 200
        return feedparser.parse(
            BytesIO(await answer.read()), response_headers={name.lower(): value for name, value in answer.headers.items()}
        )


def entry_with(feed: Any, guid: str) -> Any:
    (found,) = [entry for entry in feed.entries if entry.id == guid]
    return found


async def test_every_feed_is_well_formed_in_its_format_at_every_time(
    story: DemoStory, clock: Clock, http: aiohttp.ClientSession
) -> None:
    versions = {"rss": "rss20", "atom": "atom10", "rdf": "rss10"}
    for clock.elapsed in (0, 40, END):
        for slug, outlet in story.outlets.items():
            feed = await read(http, slug)
            assert not feed.bozo, feed.get("bozo_exception")
            assert feed.feed.title == outlet.title
            assert feed.version == versions[outlet.format]
    assert {outlet.format for outlet in story.outlets.values()} == set(versions)


async def test_a_feed_gives_back_exactly_what_the_story_says(story: DemoStory, clock: Clock, http: aiohttp.ClientSession) -> None:
    clock.elapsed = END
    last = {(entry.outlet, entry.guid): entry for entry in story.entries}
    seen = set()
    for slug in story.outlets:
        for read_entry in (await read(http, slug)).entries:
            entry = last[slug, read_entry.id]
            seen.add((slug, read_entry.id))
            assert read_entry.title == entry.title
            assert read_entry.link == entry.url
            assert read_entry.summary == entry.summary
            html = read_entry.content[0].value if "content" in read_entry else ""
            for escaped, plain in (("</p>\n<p>", "\n\n"), ("<p>", ""), ("</p>", ""), ("&amp;", "&")):
                html = html.replace(escaped, plain)
            assert html == entry.content
    assert seen == set(last)


async def test_entries_appear_as_the_story_goes_on_newest_first(
    story: DemoStory, clock: Clock, http: aiohttp.ClientSession
) -> None:
    counts = []
    for clock.elapsed in (-1, 0, 1.9, 2, 58, END, 10_000):
        feeds = [await read(http, slug) for slug in story.outlets]
        counts.append(sum(len(feed.entries) for feed in feeds))
        for feed in feeds:
            dates = [entry.updated_parsed if "updated_parsed" in entry else entry.published_parsed for entry in feed.entries]
            assert dates == sorted(dates, reverse=True)
    revisions = len(story.entries) - len({(entry.outlet, entry.guid) for entry in story.entries})
    assert counts == [0, 7, 7, 8, sum(e.at <= 58 for e in story.entries) - 1, len(story.entries) - revisions, counts[-2]]
    assert revisions == 2


async def test_a_republished_entry_replaces_the_earlier_one(clock: Clock, http: aiohttp.ClientSession) -> None:
    guid = "AMB-2024-4121"
    clock.elapsed = 15
    before = entry_with(await read(http, "amber-wire"), guid)
    clock.elapsed = 25
    after = entry_with(await read(http, "amber-wire"), guid)
    assert "contry" in before.summary
    assert after.summary == before.summary.replace("contry", "country")
    assert (after.title, after.link, after.content) == (before.title, before.link, before.content)
    assert after.published_parsed > before.published_parsed


async def test_atom_keeps_the_first_date_of_a_republished_entry(clock: Clock, http: aiohttp.ClientSession) -> None:
    clock.elapsed = END
    feed = await read(http, "hangang-daily")
    moved = [entry for entry in feed.entries if entry.published_parsed != entry.updated_parsed]
    assert [entry.title for entry in moved] == ["North's troops move closer to the front, presidential office says"]
    assert "More than 3,000 of them" in moved[0].content[0].value
    assert moved[0].published_parsed < moved[0].updated_parsed


async def test_an_unchanged_feed_answers_304_and_a_changed_one_does_not(clock: Clock, http: aiohttp.ClientSession) -> None:
    async with http.get("/amber-wire.xml") as answer:
        tag, modified = answer.headers["ETag"], answer.headers["Last-Modified"]
    for condition in ({"If-None-Match": tag}, {"If-Modified-Since": modified}, {"If-None-Match": f'"other", {tag}'}):
        clock.elapsed = 1
        async with http.get("/amber-wire.xml", headers=condition) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
            assert answer.headers["ETag"] == tag
        clock.elapsed = 2  # Rutte's doubts appear
        async with http.get("/amber-wire.xml", headers=condition) as answer:
            assert answer.status == 200
            assert answer.headers["ETag"] != tag
            assert answer.headers["Last-Modified"] != modified
    # If-None-Match goes before If-Modified-Since
    async with http.get("/amber-wire.xml", headers={"If-None-Match": '"other"', "If-Modified-Since": modified}) as answer:
        assert answer.status == 200


async def test_a_restart_serves_the_same_bytes_under_the_same_tag(story: DemoStory, clock: Clock) -> None:
    clock.elapsed = 50
    answers = []
    for _ in range(2):
        server = DemoServer()
        base = await server.start(story, STARTED, clock)
        async with aiohttp.ClientSession(base_url=base) as session, session.get("/sever-inform.xml") as answer:
            answers.append((answer.headers["ETag"], answer.headers["Last-Modified"], await answer.read()))
        await server.stop()
        await server.stop()  # a second stop does nothing
    assert answers[0] == answers[1]


async def test_every_link_of_a_feed_has_its_page_once_it_stands_there(
    story: DemoStory, clock: Clock, http: aiohttp.ClientSession
) -> None:
    for clock.elapsed, status in ((END, 200), (-1, 404)):
        for entry in story.entries:
            async with http.get(entry.path) as answer:
                assert answer.status == status, entry.path
                page = await answer.text()
            assert status == 404 or entry.title.split("&")[0].split("'")[0] in page
    async with http.get("/") as answer:
        assert "amber-wire.xml" in await answer.text()
    for unknown in ("/no-such-outlet.xml", "/no-such-outlet/page", "/amber-wire/no-such-page"):
        async with http.get(unknown) as answer:
            assert answer.status == 404


@pytest.mark.parametrize(("hour", "day"), [(18, date(2026, 3, 4)), (3, date(2026, 3, 3))])
def test_dates_shift_by_whole_days_until_the_last_entry_is_of_today_but_not_of_the_future(
    story: DemoStory, hour: int, day: date
) -> None:
    started = STARTED.replace(hour=hour)
    shift = story.shift(started)
    assert shift == timedelta(days=shift.days)
    last = story.entries[-1].published + shift
    assert last.date() == day
    assert last <= started


def test_the_story_has_the_shape_that_its_readme_promises(story: DemoStory) -> None:
    entries = story.entries
    assert len(story.outlets) == 8
    assert len(entries) == 55
    assert sum(entry.at == 0 for entry in entries) == 7
    assert [entry.published for entry in entries] == sorted(entry.published for entry in entries)
    assert story.ends_after == END
    texts = [(entry.title, entry.summary, entry.content) for entry in entries]
    assert texts[4] == texts[5]
    assert entries[4].url != entries[5].url
    changed_figure = [tuple(part.replace("8,000", "10,000") for part in texts[43])]
    assert changed_figure == [texts[45]]
    assert texts[43] != texts[45]
    assert texts[38][2].replace("2,000", "3,000") == texts[39][2]
    assert entries[38].guid == entries[39].guid


def test_the_annotation_points_at_sentences_that_stand_in_the_story() -> None:
    lines = (FOLDER / "entries.jsonl").read_text(encoding="utf-8").splitlines()
    entries = {entry["id"]: entry for entry in map(json.loads, lines)}
    order = {name: n for n, name in enumerate(entries)}
    topics = Config.from_plain(_yaml(FOLDER / "topics.yaml")).topics
    for name in ("gold.jsonl", "optional.jsonl"):
        for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
            development = json.loads(line)
            places = [order[carrier["entry"]] for carrier in development["carriers"]]
            assert places
            assert places == sorted(places)
            assert development["topic"] in topics
            for carrier in development["carriers"]:
                entry = entries[carrier["entry"]]
                assert any(carrier["evidence"] in entry[field] for field in ("title", "summary", "content")), carrier


def _yaml(path: Path) -> object:
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("outlet", "no-such-outlet", "none of the outlets"),
        ("url", "https://elsewhere.example/x", "an address under"),
        ("published", "2024-10-18T06:40:00", "a date with its offset"),
        ("at", -1, "order entries by arrival"),
        ("guid", None, "guid"),
    ],
)
def test_a_damaged_story_is_refused_with_file_and_line(tmp_path: Path, field: str, value: object, message: str) -> None:
    first, second, *_ = (FOLDER / "entries.jsonl").read_text(encoding="utf-8").splitlines()
    damaged = json.loads(second) | {field: value}
    (tmp_path / "entries.jsonl").write_text(f"{first}\n{json.dumps(damaged)}\n", encoding="utf-8")
    (tmp_path / "outlets.yaml").write_text((FOLDER / "outlets.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message) as caught:
        DemoStory.load(tmp_path)
    assert caught.value.problems[0].line == 2
    assert caught.value.problems[0].file.endswith("entries.jsonl")


def test_a_missing_story_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"outlets\.yaml.*cannot be read"):
        DemoStory.load(tmp_path)


async def test_a_naive_start_is_refused_before_anything_is_served(story: DemoStory, clock: Clock) -> None:
    with pytest.raises(ValueError, match="offset"):
        await DemoServer().start(story, STARTED.replace(tzinfo=None), clock)


def test_what_the_story_tells_is_neither_known_at_its_start_nor_late(story: DemoStory) -> None:
    """Its weeks pass in moments, on the dates of the story."""
    file = Config.from_plain({"topics": {"treaty": {"title": "Treaty", "keywords": ["treaty"]}}})
    played = with_demo_feeds(file, story, "http://127.0.0.1:1")
    reloaded = with_demo_feeds_of(file, played)

    for config in (played, reloaded):
        assert min(config.warm_up.age, config.late_after) > 365 * 86400
        assert config.warm_up.lasts == 0
