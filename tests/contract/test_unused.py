"""Snapshots that nothing refers to go; one that work in flight carries stays, at whichever station the work is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from redis import Redis

from monitor.errors import SchemaMismatch
from monitor.records import Changes
from monitor.records.codec import encode
from monitor.records.ids import Snapshot
from monitor.settings import Config
from tests.records import TOPIC, a_development, an_answer, an_entry, an_event
from workers.adapters.redis import keys
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.decisions import RedisDecisions
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.units import RedisUnits
from workers.adapters.redis.unused import KEPT


def config(title: str) -> Config:
    return Config.from_plain({"topics": {TOPIC: {"title": title, "keywords": ["soldiers"]}}})


def reload(redis: Redis, times: int) -> list[int]:
    """The snapshots that are there after so many reloads."""
    store = RedisConfigurations(redis)
    for number in range(times):
        store.store(config(f"edition {store.current() + 1} {number}"))
    names: Any = redis.hkeys(keys.CONFIG)
    return sorted(int(name) for name in names)


def unit(redis: Redis) -> None:
    RedisUnits(redis).append(TOPIC, "batch", Snapshot(3), [an_entry()])


def answer(redis: Redis) -> None:
    redis.sadd(keys.TOPICS, TOPIC)
    redis.hset(keys.topic(TOPIC, "answers"), "1", encode(replace(an_answer(1), snapshot=Snapshot(3))))


def event(redis: Redis) -> None:
    redis.sadd(keys.TOPICS, TOPIC)
    told = replace(an_event(a_development()), snapshot=Snapshot(3))
    decisions = RedisDecisions(redis, Leases(redis, "decider"))
    decisions.commit(Changes(topic=TOPIC, first=1, last=1, events=(told,)), epoch=decisions.acquire(TOPIC))


def test_only_the_newest_snapshots_stay_where_nothing_is_in_flight(redis: Redis) -> None:
    assert reload(redis, KEPT + 5) == list(range(6, KEPT + 6))


@pytest.mark.parametrize("put", [unit, answer, event], ids=["unit", "answer", "event"])
def test_a_snapshot_that_work_carries_stays(redis: Redis, put: Callable[[Redis], None]) -> None:
    reload(redis, 3)
    put(redis)

    standing = reload(redis, 2 * KEPT)

    assert standing == list(range(1, 2 * KEPT + 4))
    assert RedisConfigurations(redis).load(Snapshot(3)).topics[TOPIC].title.startswith("edition 3")


def test_once_the_work_is_done_its_snapshot_goes(redis: Redis) -> None:
    reload(redis, 3)
    event(redis)
    reload(redis, 2 * KEPT)
    redis.delete(keys.topic(TOPIC, "events"))

    assert len(reload(redis, 1)) == KEPT
    with pytest.raises(SchemaMismatch):
        RedisConfigurations(redis).load(Snapshot(3))


def test_what_was_decided_under_a_snapshot_that_is_gone_is_told_under_the_one_in_force(redis: Redis) -> None:
    reload(redis, KEPT + 5)
    store = RedisConfigurations(redis)

    assert store.under(Snapshot(2)) == store.load(store.current())
    assert store.under(Snapshot(KEPT)) == store.load(Snapshot(KEPT))
