"""The Atom feed, read by feed readers."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import feedparser
import pytest

from monitor.errors import DeliveryFailed
from monitor.feeds.parse import parse
from monitor.records import Form, Message
from monitor.settings import Config
from tests.alerts import a_message
from tests.core.test_bulletin import a_figure, hostile
from workers.adapters.channels import Opener
from workers.adapters.channels.atom import Atom
from workers.adapters.templates import read_templates

TEMPLATES = read_templates()
NOW = datetime.now(UTC)
TITLE = "News monitor: desk"


def messages(count: int) -> list[Message]:
    return [a_message(a_figure(1_000 + n, f"f{n}"), told=NOW + timedelta(seconds=n), name=f"f{n}") for n in range(count)]


async def test_feed_readers_read_the_atom_feed_without_complaint(tmp_path: Path) -> None:
    path = tmp_path / "feeds" / "desk.xml"
    it = Atom(path, TEMPLATES, entries=100, title=TITLE)
    for message in (*messages(3), hostile()):
        await it.deliver(message, attempt=1)
    read = feedparser.parse(path.read_bytes())
    assert not read.bozo
    assert read.feed.title == TITLE
    assert len(read.entries) == 4
    assert read.entries[1].title.startswith("1,002 North Korean soldiers")
    assert read.entries[1].link == "https://wire.example/one"
    assert not re.search(r"<(script|b [^>])", read.entries[0].content[0].value)
    ours = parse(path.read_bytes(), {})
    assert ours.bozo is None
    assert [entry.guid for entry in ours.entries] == [entry.id for entry in read.entries]


async def test_the_atom_feed_holds_each_development_once_and_the_latest_alone(tmp_path: Path) -> None:
    path = tmp_path / "desk.xml"
    many = messages(8)
    for message in many:
        await Atom(path, TEMPLATES, entries=5, title=TITLE).deliver(message, attempt=1)
        await Atom(path, TEMPLATES, entries=5, title=TITLE).deliver(message, attempt=2)
    ids = [entry.id for entry in feedparser.parse(path.read_bytes()).entries]
    assert ids == [f"urn:news-monitor:{message.key}" for message in reversed(many[3:])]


async def test_a_digest_comes_into_the_feed_as_its_developments(tmp_path: Path) -> None:
    path = tmp_path / "desk.xml"
    first, *more = messages(4)
    await Atom(path, TEMPLATES, entries=100, title=TITLE).deliver(replace(first, more=tuple(more), form=Form.DIGEST), attempt=1)
    assert len(feedparser.parse(path.read_bytes()).entries) == 4


async def test_a_file_that_is_no_feed_of_ours_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "desk.xml"
    for text in ("my notes", "<notes>mine</notes>"):
        path.write_text(text)
        with pytest.raises(DeliveryFailed, match="something else than our feed"):
            await Atom(path, TEMPLATES, entries=5, title=TITLE).deliver(a_message(), attempt=1)
        assert path.read_text() == text


async def test_what_outboxes_and_processes_tell_at_once_stands_in_the_feed_whole_and_under_one_name(
    tmp_path: Path,
) -> None:
    path = tmp_path / "desk.xml"
    one, other = Atom(path, TEMPLATES, entries=100, title=TITLE), Atom(path, TEMPLATES, entries=100, title=TITLE)
    many = [replace(message, subscription=f"s{n}") for n, message in enumerate(messages(40))]  # type: ignore[arg-type]
    await one.deliver(many[0], attempt=1)
    name = feedparser.parse(path.read_bytes()).feed.id
    await asyncio.gather(*((one, other)[n % 2].deliver(message, attempt=1) for n, message in enumerate(many)))
    read = feedparser.parse(path.read_bytes())
    assert not read.bozo
    assert sorted(entry.id for entry in read.entries) == sorted(f"urn:news-monitor:{message.key}" for message in many)
    assert read.feed.id == name


async def test_a_feed_is_called_after_whoever_it_tells_whoever_is_told_first(tmp_path: Path) -> None:
    plain = {
        "topics": {"treaty": {"title": "Treaty", "keywords": ["treaty"]}},
        "channels": {"news": {"type": "atom", "path": "news.xml"}, "log": {"type": "file", "path": "log"}},
        "subscriptions": {"desk": {"channels": ["news"]}, "night": {"channels": ["log", "news"]}, "law": {"channels": ["log"]}},
    }
    config = Config.from_plain(plain)
    it = Opener(data_dir=tmp_path, environment={}, terminal=StringIO(), clock=lambda: NOW).open(config.channels["news"], config)
    await it.deliver(a_message(subscription="test"), attempt=1)
    assert feedparser.parse((tmp_path / "news.xml").read_bytes()).feed.title == "News monitor: desk, night"
