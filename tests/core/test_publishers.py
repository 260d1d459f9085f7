"""Feeds modelled on the quirks of real publishers (tests/feeds), each beside the records that it must give.

`python -m tests.core.test_publishers NAME...` writes what is read now beside the feeds named: read it before you commit it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec
import pytest

from monitor.feeds.identity import keyed
from monitor.feeds.parse import parse
from monitor.records import ParsedFeed
from monitor.text.clean import plain

FEEDS = Path(__file__).parents[1] / "feeds"
NAMES = sorted(path.name for path in FEEDS.iterdir() if not path.name.endswith(".expected.json"))
HEADERS = {"content-type": "text/html", "content-location": "https://publisher.example/world/feed"}
"""Of the server that sends them all: it calls everything a web page."""


def read(name: str) -> ParsedFeed:
    return parse((FEEDS / name).read_bytes(), HEADERS)


def expected_of(name: str) -> Path:
    return FEEDS / f"{name}.expected.json"


def records(feed: ParsedFeed) -> object:
    """The feed as its file of expectations holds it: what is None, empty or not asked for is left out."""
    whole = msgspec.to_builtins(feed)
    short = {key: value for key, value in whole.items() if value not in (None, "", [], ()) and key != "bozo"}
    short["bozo"] = feed.bozo is not None
    short["entries"] = [{key: value for key, value in entry.items() if value not in (None, "")} for entry in whole["entries"]]
    return short


def test_there_are_many_of_them() -> None:
    assert len(NAMES) >= 60


@pytest.mark.parametrize("name", NAMES)
def test_each_gives_the_records_that_stand_beside_it(name: str) -> None:
    assert json.loads(json.dumps(records(read(name)))) == json.loads(expected_of(name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_script_and_no_control_character_gets_into_the_text(name: str) -> None:
    for entry in read(name).entries:
        text = plain(entry.title) + plain(entry.summary) + plain(entry.content)
        assert "alert" not in text and "track()" not in text and "color:" not in text
        assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_but_repeated_ones_has_an_identity_of_its_own(name: str) -> None:
    entries = read(name).entries
    found = keyed(entries)

    assert len(found) == len(set(entries))
    assert len({item.keys for item in found}) == len(found)


if __name__ == "__main__":
    for named in sys.argv[1:] or NAMES:
        text = json.dumps(records(read(named)), ensure_ascii=False, indent=1)
        expected_of(named).write_text(text + "\n", encoding="utf-8")
