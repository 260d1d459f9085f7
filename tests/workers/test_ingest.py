"""`monitor ingest`: JSON Lines into the stream, on the real store."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from monitor.errors import EntriesUnreadable, PermanentError
from monitor.records import Unit
from monitor.records.feeds import FeedState
from monitor.records.ids import FeedId
from monitor.settings import Config
from workers.adapters.kept import KeptEntries
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.feeds import RedisFeedStates
from workers.adapters.redis.stops import RedisStops
from workers.adapters.redis.units import RedisUnits, unit_queue
from workers.adapters.redis.warm_ups import RedisWarmUps
from workers.ingest import Ingester, Ports, Taken, ingest, read_lines

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLAIN = {
    "topics": {"troops": {"title": "Troops", "keywords": ["soldiers"]}},
    "feeds": {"herald": {"url": "https://www.herald.example/rss/", "title": "The Herald", "publisher": "Group"}},
    "schedule": {"max_backlog": 3},
}


def lines(*entries: dict[str, Any]) -> BytesIO:
    return BytesIO("".join(json.dumps(entry) + "\n\n" for entry in entries).encode())


@pytest.fixture
def world(real_redis: Redis, tmp_path: Path) -> Ports:
    configurations = RedisConfigurations(real_redis)
    configurations.store(Config.from_plain(PLAIN))
    return Ports(
        feeds=RedisFeedStates(real_redis),
        units=RedisUnits(real_redis),
        warm_ups=RedisWarmUps(real_redis),
        stops=RedisStops(real_redis),
        kept=KeptEntries(tmp_path, "ingest"),
        configurations=configurations,
        clock=lambda: NOON,
    )


def units(redis: Redis) -> list[Unit]:
    """What waits for analysis, which is thereby answered."""
    store, found = RedisUnits(redis), unit_queue(redis, "analyst").read(count=100, wait=0.001)
    for received in found:
        store.commit(received, received.work.answer())
    return sorted((received.work for received in found), key=lambda unit: unit.number)


def test_lines_become_units_of_the_topics_they_match_once(world: Ports, real_redis: Redis) -> None:
    source = [
        {
            "id": "1",
            "feed": "http://herald.example/rss",
            "title": "100 soldiers",
            "published": "2026-03-01T10:00:00+01:00",
            "dev": 7,
        },
        {"id": 2, "feed": "herald", "title": "Football"},
        {
            "guid": "a",
            "title": "200 soldiers",
            "url": "https://x.example/a",
            "outlet": "Elsewhere",
            "publisher": "P",
        },
    ]
    first = Ingester(world).run(read_lines(lines(*source), "x"))
    again = Ingester(world).run(read_lines(lines(*source), "x"))

    assert first == Taken(lines=3, new=3, revised=0, matched=2)
    assert again == Taken(lines=3)
    one, two = (unit.entry for unit in units(real_redis))
    assert (one.feed, one.outlet, one.publisher, one.title) == ("herald", "The Herald", "Group", "100 soldiers")
    assert (one.published, one.seen) == (datetime(2026, 3, 1, 9, tzinfo=UTC), NOON)
    assert (two.feed, two.outlet, two.publisher, two.silent) == ("ingest", "Elsewhere", "P", False)
    assert world.feeds.load(FeedId("herald")).entries == 2


def test_a_changed_text_is_a_revision_and_silence_is_kept(world: Ports, real_redis: Redis) -> None:
    Ingester(world, feed="mine", silent=True).run(read_lines(lines({"id": "1", "title": "100 soldiers"}), "x"))
    taken = Ingester(world, feed="mine").run(read_lines(lines({"id": "1", "title": "200 soldiers"}), "x"))

    assert (taken.new, taken.revised) == (0, 1)
    assert [(unit.entry.title, unit.entry.silent, unit.entry.feed) for unit in units(real_redis)] == [
        ("100 soldiers", True, "mine"),
        ("200 soldiers", False, "mine"),
    ]


def test_it_waits_while_analysis_has_too_much_to_do(world: Ports, real_redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.ingest.AT_A_TIME", 5)
    waited: list[int] = []

    def pause(_: float) -> None:
        waited.append(len(units(real_redis)))

    Ingester(world, pause=pause).run(read_lines(lines(*({"id": n, "title": f"{n} soldiers"} for n in range(12))), "x"))

    assert waited == [5, 5]


def test_a_poll_of_the_same_feed_at_the_same_moment_costs_nothing(world: Ports, real_redis: Redis) -> None:
    class Busy(RedisFeedStates):
        calls = 0

        def known(self, feed: FeedId, keys_: Any) -> Any:
            Busy.calls += 1
            if Busy.calls == 1:  # the poll commits between our two looks
                assert super().commit(FeedState(feed=feed, polls=1, entries=40, last_poll=NOON), {})
            return super().known(feed, keys_)

    import dataclasses

    busy = dataclasses.replace(world, feeds=Busy(real_redis))
    Ingester(busy).run(read_lines(lines({"id": "1", "feed": "herald", "title": "100 soldiers"}), "x"))

    assert world.feeds.load(FeedId("herald")).entries == 41
    assert len(units(real_redis)) == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "x:2: "),
        (b"[]", "x:2: Expected"),
        (b'{"id": "1"}', "x:2: the entry has no text"),
        (b'{"title": 5}', "x:2: "),
        (b'{"title": "a", "published": "2026-03-01T10:00:00"}', "no time zone"),
        (b'{"title": "\xff"}', "x:2: "),
        (b"[" * 50_000, "x:2: "),
        (b" " * (5 * 2**20), "longer than"),
    ],
)
def test_what_is_no_entry_is_named_by_its_line_and_what_stands_before_is_taken(
    world: Ports, real_redis: Redis, monkeypatch: pytest.MonkeyPatch, line: bytes, words: str
) -> None:
    monkeypatch.setattr("workers.ingest.AT_A_TIME", 1)
    source = BytesIO(b'{"title": "100 soldiers"}\n' + line + b"\n")

    with pytest.raises(EntriesUnreadable, match=words):
        Ingester(world).run(read_lines(source, "x"))

    assert len(units(real_redis)) == 1


def test_the_command_reads_files_and_standard_input(
    world: Ports, server_url: str, real_redis: Redis, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "archive.jsonl"
    file.write_bytes(lines({"id": "1", "title": "100 soldiers"}).getvalue())
    more = {"demo": None, "redis_url": server_url, "feed": "archive", "silent": False}

    ingest(file, tmp_path, standard_input=BytesIO(), **more)  # type: ignore[arg-type]  # kept short
    ingest(Path("-"), tmp_path, standard_input=lines({"id": "2", "title": "200 soldiers"}), **more)  # type: ignore[arg-type]  # as above

    assert "1 lines: 1 new entries, 0 revised, 1 of them match a topic." in capsys.readouterr().out
    assert len(units(real_redis)) == 2
    packed = tmp_path / "archive.jsonl.gz"
    packed.write_bytes(gzip.compress(lines({"id": "3", "title": "300 soldiers"}).getvalue()))
    ingest(packed, tmp_path, standard_input=BytesIO(), **more)  # type: ignore[arg-type]  # as above
    assert [unit.entry.title for unit in units(real_redis)] == ["300 soldiers"]
    with pytest.raises(EntriesUnreadable, match="cannot be read"):
        ingest(tmp_path / "none", tmp_path, standard_input=BytesIO(), **more)  # type: ignore[arg-type]  # as above


def test_without_a_configuration_in_force_it_says_what_to_do(world: Ports, real_redis: Redis) -> None:
    real_redis.flushall()
    with pytest.raises(PermanentError, match="monitor run"):
        Ingester(world).run([])
