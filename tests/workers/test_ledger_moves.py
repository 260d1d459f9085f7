"""Ledgers that move: out of one store and into another, and out of Redis into the archive."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import fakeredis
import pytest
from redis import Redis
from rich.console import Console
from typer.testing import CliRunner

from monitor.errors import EntriesUnreadable, LeaseLost
from monitor.records import Event
from monitor.records.codec import decode, encode
from tests.contract.test_ledgers import CONFIG, Server, answers, decided, single, size, tell_all
from tests.records import NOON, TOPIC
from workers.adapters.archive import ArchivingRetention
from workers.adapters.redis import keys
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.decisions import RedisDecisions
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.refile import read_all
from workers.adapters.redis.retention import RedisRetention
from workers.cli import app
from workers.decide import Decider
from workers.ledger_moves import export, load

DAY = 86400.0
PARTS = ("propositions", "series", "developments", "cells", "terms", "places", "ages")


def console() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=200, highlight=False), out


def filled(redis: Redis) -> Server:
    """A store with a topic's ledger, and a subscription that was told of it."""
    redis.sadd(keys.TOPICS, TOPIC)
    server = Server(redis)
    decided(server, single(answers()[:5]))
    for development in server.store.load(TOPIC).developments:
        redis.hset("m:{s:desk}:told", development, "1 2024-10-24T12:00:00+00:00")
    redis.hset("m:{s:desk}:told", "of something else", "1 2024-10-24T12:00:00+00:00")
    return server


@pytest.fixture
def elsewhere() -> Redis:
    return fakeredis.FakeRedis(version=(7,))


@pytest.mark.parametrize("name", ["known.jsonl", "known.jsonl.gz"])
def test_what_is_exported_and_imported_is_the_same_ledger(real_redis: Redis, elsewhere: Redis, tmp_path: Path, name: str) -> None:
    whole = filled(real_redis).store.load(TOPIC)
    assert size(whole) > 5

    assert export(real_redis, console()[0], tmp_path / name, [], now=NOON) == 0
    assert load(elsewhere, console()[0], tmp_path / name) == 0

    moved = RedisDecisions(elsewhere, Leases(elsewhere, "decider")).load(TOPIC)
    assert (moved.propositions, moved.series, moved.developments) == (whole.propositions, whole.series, whole.developments)
    assert elsewhere.hkeys("m:{s:desk}:told") == [key.encode() for key in sorted(whole.developments)]
    assert elsewhere.hlen("m:{t:troop-deployment}:accounts") == 5
    assert elsewhere.hgetall("m:{t:troop-deployment}:totals") == real_redis.hgetall("m:{t:troop-deployment}:totals")


def test_what_comes_after_an_import_is_judged_as_it_would_have_been_at_home(
    real_redis: Redis, elsewhere: Redis, tmp_path: Path
) -> None:
    server = filled(real_redis)
    export(real_redis, console()[0], tmp_path / "known.jsonl", [], now=NOON)
    load(elsewhere, console()[0], tmp_path / "known.jsonl")
    last = answers()[5]
    there = Server(elsewhere)

    (at_home,) = decided(server, [[last]])
    elsewhere.set("m:{t:troop-deployment}:decided", 5)
    (abroad,) = decided(there, [[last]])

    assert abroad == at_home
    assert at_home.events


def test_an_import_done_twice_changes_nothing(real_redis: Redis, elsewhere: Redis, tmp_path: Path) -> None:
    filled(real_redis)
    export(real_redis, console()[0], tmp_path / "known.jsonl", [], now=NOON)
    load(elsewhere, console()[0], tmp_path / "known.jsonl")
    before = [elsewhere.hgetall(f"m:{{t:{TOPIC}}}:{part}") for part in PARTS[:-1]]
    shown, out = console()

    load(elsewhere, shown, tmp_path / "known.jsonl")

    assert [elsewhere.hgetall(f"m:{{t:{TOPIC}}}:{part}") for part in PARTS[:-1]] == before
    assert "were there already" in out.getvalue()


def test_an_import_takes_the_topic_from_a_running_decider_and_gives_it_back(
    real_redis: Redis, elsewhere: Redis, tmp_path: Path
) -> None:
    filled(real_redis)
    export(real_redis, console()[0], tmp_path / "known.jsonl", [], now=NOON)
    decisions = RedisDecisions(elsewhere, Leases(elsewhere, "running"))
    old = decisions.acquire(TOPIC)

    load(elsewhere, console()[0], tmp_path / "known.jsonl")

    with pytest.raises(LeaseLost):
        decisions.begin(TOPIC, 1, epoch=old)
    assert decisions.acquire(TOPIC) > old


def test_an_unknown_topic_is_named_and_nothing_written(real_redis: Redis, tmp_path: Path) -> None:
    filled(real_redis)
    shown, out = console()

    assert export(real_redis, shown, tmp_path / "known.jsonl", ["treaty"], now=NOON) == 1

    assert "treaty" in out.getvalue() and TOPIC in out.getvalue()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["not json"], "known.jsonl:1: "),
        (['{"monitor_ledger": 1, "written": "2024-10-24T12:00:00Z"}'], "version 1"),
        (['{"monitor_ledger": 2, "written": "2024-10-24T12:00:00Z"}', '{"topic": "t", "proposition": 3}'], "known.jsonl:2: "),
    ],
)
def test_a_file_of_another_kind_is_refused_by_line(elsewhere: Redis, tmp_path: Path, lines: list[str], message: str) -> None:
    path = tmp_path / "known.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    with pytest.raises(EntriesUnreadable, match=message):
        load(elsewhere, console()[0], path)


def test_a_torn_file_is_refused(elsewhere: Redis, tmp_path: Path) -> None:
    path = tmp_path / "known.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"monitor_ledger": 2, "written": "2024-10-24T12:00:00Z"}\n' * 1)[:-9])

    with pytest.raises(EntriesUnreadable, match="cannot be read"):
        load(elsewhere, console()[0], path)


def test_the_commands_show_examples() -> None:
    for name in ("export", "import"):
        shown = CliRunner().invoke(app, ["ledger", name, "--help"])
        assert shown.exit_code == 0 and f"monitor ledger {name}" in shown.output


def retention(redis: Redis, folder: Path, *, days: float) -> ArchivingRetention:
    """As it stands so many days after the story began."""
    return ArchivingRetention(RedisRetention(redis, "decider"), folder, clock=lambda: NOON + timedelta(days=days))


def archived(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for path in sorted(folder.glob("archive/*")) for line in path.read_text().splitlines()[1:]]


def everything(redis: Redis) -> dict[str, object]:
    found: dict[str, object] = {part: redis.hgetall(f"m:{{t:{TOPIC}}}:{part}") for part in PARTS[:-1]}
    totals = {name: int(value) for name, value in redis.hgetall(f"m:{{t:{TOPIC}}}:totals").items()}
    return found | {"ages": redis.zcard(f"m:{{t:{TOPIC}}}:ages"), "totals": totals}


def test_what_nobody_speaks_of_any_more_goes_and_stands_in_the_archive_first(real_redis: Redis, tmp_path: Path) -> None:
    server = filled(real_redis)
    whole = server.store.load(TOPIC)

    gone = retention(real_redis, tmp_path, days=40).tidy(TOPIC, age=30 * DAY, size=10**9, epoch=server.epoch)

    assert gone == len(whole.propositions) + len(whole.series)
    left = everything(real_redis)
    assert not any(left[part] for part in (*PARTS[:3], "cells", "terms", "places", "ages")), left
    assert {name: left["totals"][name] for name in (b"wordings", b"entries", b"bytes")} == {  # type: ignore[index]
        b"wordings": 0,
        b"entries": 0,
        b"bytes": 0,
    }
    lines = archived(tmp_path)
    assert [sum(kind in line for line in lines) for kind in ("proposition", "series", "development")] == [
        len(whole.propositions),
        len(whole.series),
        len(whole.developments),
    ]


def test_what_is_young_enough_stays(real_redis: Redis, tmp_path: Path) -> None:
    server = filled(real_redis)
    before = everything(real_redis)

    assert retention(real_redis, tmp_path, days=29).tidy(TOPIC, age=30 * DAY, size=10**9, epoch=server.epoch) == 0

    assert everything(real_redis) == before
    assert archived(tmp_path) == []


def test_what_is_carried_again_is_young_again(real_redis: Redis, tmp_path: Path) -> None:
    server = filled(real_redis)
    aged: Any = real_redis.zrange(f"m:{{t:{TOPIC}}}:ages", 0, 0, withscores=True)
    number, age = aged[0]
    real_redis.zadd(f"m:{{t:{TOPIC}}}:ages", {number: age - 90 * DAY})  # as a second number of the same record would stand

    tidied = retention(real_redis, tmp_path, days=20).tidy(TOPIC, age=30 * DAY, size=10**9, epoch=server.epoch)

    assert tidied == 1
    assert real_redis.zscore(f"m:{{t:{TOPIC}}}:ages", number) == age
    assert archived(tmp_path) == []


def test_a_ledger_that_is_too_large_loses_what_was_carried_longest_ago(real_redis: Redis, tmp_path: Path) -> None:
    server = filled(real_redis)
    large = int(real_redis.hget(f"m:{{t:{TOPIC}}}:totals", "bytes") or 0)
    keeper = retention(real_redis, tmp_path, days=1)

    for _ in range(20):
        if not keeper.tidy(TOPIC, age=30 * DAY, size=large // 2, epoch=server.epoch):
            break

    assert int(real_redis.hget(f"m:{{t:{TOPIC}}}:totals", "bytes") or 0) <= large // 2
    assert archived(tmp_path)


def test_without_the_lease_nothing_goes(real_redis: Redis, tmp_path: Path) -> None:
    server = filled(real_redis)
    before = everything(real_redis)

    with pytest.raises(LeaseLost):
        retention(real_redis, tmp_path, days=40).tidy(TOPIC, age=30 * DAY, size=10**9, epoch=server.epoch - 1)

    assert everything(real_redis) == before


def test_the_archive_brings_back_what_went(real_redis: Redis, tmp_path: Path) -> None:
    server = filled(real_redis)
    whole = server.store.load(TOPIC)
    retention(real_redis, tmp_path, days=40).tidy(TOPIC, age=30 * DAY, size=10**9, epoch=server.epoch)

    (path,) = tmp_path.glob("archive/*.jsonl")
    load(real_redis, console()[0], path)

    back = server.store.load(TOPIC)
    assert (back.propositions, back.series, back.developments) == (whole.propositions, whole.series, whole.developments)
    assert sum(size(records) for records in read_all(real_redis, TOPIC)) == size(whole)


def test_a_decider_forgets_what_it_remembered_of_records_that_went(real_redis: Redis, tmp_path: Path) -> None:
    RedisConfigurations(real_redis).store(CONFIG)
    config = CONFIG.model_copy(update={"ledger": CONFIG.ledger.model_copy(update={"keep_known": DAY})})
    RedisConfigurations(real_redis).store(config)
    decisions = RedisDecisions(real_redis, Leases(real_redis, "decider"))
    decider = Decider(decisions, RedisConfigurations(real_redis), tell_all, retention(real_redis, tmp_path, days=3))
    put(real_redis, [0])
    assert decider.step(TOPIC)
    told = events(real_redis)
    assert told and decider.tidy()
    assert not decider.tidy(), "nothing is left to go"

    # What was known and went is news again
    put(real_redis, [0])
    assert decider.step(TOPIC)

    assert len(events(real_redis)) == 2 * len(told)


def test_a_full_disk_keeps_the_ledger_as_it_is(real_redis: Redis, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    config = CONFIG.model_copy(update={"ledger": CONFIG.ledger.model_copy(update={"keep_known": DAY})})
    RedisConfigurations(real_redis).store(config)
    (tmp_path / "archive").write_text("in the way of the folder")
    decisions = RedisDecisions(real_redis, Leases(real_redis, "decider"))
    decider = Decider(decisions, RedisConfigurations(real_redis), tell_all, retention(real_redis, tmp_path, days=3))
    put(real_redis, [0])
    decider.step(TOPIC)
    before = everything(real_redis)

    assert not decider.tidy()

    assert everything(real_redis) == before
    assert "cannot be written" in caplog.text


def put(redis: Redis, places: Sequence[int]) -> None:
    """Answers of the story, as the next numbers."""
    for place in places:
        number = int(redis.get(f"m:{{t:{TOPIC}}}:decided") or 0) + 1
        answer = replace(answers()[place], number=number, first=number, last=number)
        redis.hset(f"m:{{t:{TOPIC}}}:answers", str(number), encode(answer))


def events(redis: Redis) -> list[Event]:
    found: Any = redis.xrange(f"m:{{t:{TOPIC}}}:events")
    return [decode(fields[b"event"], Event) for _, fields in found]
