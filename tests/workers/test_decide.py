"""Decide beside other deciders, dead ones and slow ones, over a real server."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from redis import Redis

from monitor.errors import LeaseLost
from monitor.ledger.decide import decide
from monitor.records import Answer, Changes
from monitor.records.ids import Snapshot
from monitor.settings import Config
from tests.records import TOPIC, a_claim, an_entry
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.dead_letters import RedisDeadLetters
from workers.adapters.redis.decisions import RedisDecisions
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.units import RedisUnits, unit_queue
from workers.decide import MOST_DEATHS, Decider, run

CONFIG = Config.from_plain({"topics": {TOPIC: {"title": "Soldiers", "keywords": ["soldiers"]}}})
LEASE = "m:{t:troop-deployment}:lease:decide"


class Killed(BaseException):
    """As if the process were gone."""


def poison(batch: Sequence[Answer], *rest: Any, **more: Any) -> Changes:
    """A judge that the first batch kills."""
    if batch[0].number == 1:
        raise Killed
    return decide(batch, *rest, **more)


def answered(redis: Redis, *names: str) -> None:
    """Batches of one entry each, read."""
    configurations = RedisConfigurations(redis)
    snapshot: Snapshot = configurations.store(CONFIG)
    units = RedisUnits(redis)
    for number, name in enumerate(names):
        entry = an_entry(f"Seoul counts soldiers in {name}", name=name, minutes=number)
        units.append(TOPIC, name, snapshot, [entry])
        for received in unit_queue(redis, "analyst").read(count=9, wait=0.01):
            units.commit(received, received.work.answer((a_claim(entry.title, entry=entry),)))


def decider(redis: Redis, name: str, judge: Any = decide) -> Decider:
    return Decider(RedisDecisions(redis, Leases(redis, name)), RedisConfigurations(redis), judge)


def die(redis: Redis, name: str, judge: Any = poison) -> None:
    """One decider takes the next batch in hand and dies; its lease runs out."""
    with pytest.raises(Killed):
        decider(redis, name, judge).step(TOPIC)
    redis.delete(LEASE)


def decided(redis: Redis) -> int:
    return int(redis.get("m:{t:troop-deployment}:decided") or 0)


def test_a_batch_that_kills_its_deciders_is_set_aside_and_the_next_one_decided(real_redis: Redis) -> None:
    answered(real_redis, "Kursk", "Rostov")
    for number in range(MOST_DEATHS):
        die(real_redis, f"decider {number}")
    heir = decider(real_redis, "heir", poison)

    assert heir.step(TOPIC) and heir.step(TOPIC)

    assert decided(real_redis) == 2
    letters = RedisDeadLetters(real_redis).all()
    assert [letter.name for letter in letters] == [f"{TOPIC}/1"]
    assert f"{MOST_DEATHS} times" in letters[0].error
    assert letters[0].unit is not None and letters[0].unit.answer is not None
    assert len(RedisDecisions(real_redis, Leases(real_redis, "heir")).load(TOPIC).propositions) == 1


def test_a_batch_that_lives_after_all_is_decided_and_its_deaths_are_forgotten(real_redis: Redis) -> None:
    answered(real_redis, "Kursk", "Rostov")
    for number in range(MOST_DEATHS - 1):
        die(real_redis, f"decider {number}")

    assert decider(real_redis, "lucky").step(TOPIC)

    assert (decided(real_redis), real_redis.exists("m:{t:troop-deployment}:attempt")) == (1, 0)
    assert RedisDeadLetters(real_redis).all() == []


def test_an_error_is_no_death(real_redis: Redis) -> None:
    answered(real_redis, "Kursk")
    calls: list[int] = []

    def fails_twice(batch: Sequence[Answer], *rest: Any, **more: Any) -> Changes:
        calls.append(1)
        if len(calls) < 3:
            raise RuntimeError("not now")
        return decide(batch, *rest, **more)

    one = decider(real_redis, "one", fails_twice)
    while decided(real_redis) == 0:
        assert one.step(TOPIC)

    assert len(calls) == 3
    assert RedisDeadLetters(real_redis).all() == []


def test_a_batch_that_raises_every_time_is_set_aside(real_redis: Redis) -> None:
    answered(real_redis, "Kursk", "Rostov")

    def fails(batch: Sequence[Answer], *rest: Any, **more: Any) -> Changes:
        if batch[0].number == 1:
            raise RuntimeError("never")
        return decide(batch, *rest, **more)

    one = decider(real_redis, "one", fails)
    for _ in range(4):
        one.step(TOPIC)

    assert decided(real_redis) == 2
    assert [letter.error for letter in RedisDeadLetters(real_redis).all()] == ["RuntimeError: never"]


def test_a_lease_is_kept_while_a_batch_takes_longer_than_it_lasts(real_redis: Redis) -> None:
    answered(real_redis, "Kursk")
    decisions = RedisDecisions(real_redis, Leases(real_redis, "slow", seconds=60))
    left: list[int] = []

    def judge(batch: Sequence[Answer], *rest: Any, **more: Any) -> Changes:
        real_redis.pexpire(LEASE, 100)  # nearly run out
        slow.renew()
        left.append(int(real_redis.pttl(LEASE)))
        return decide(batch, *rest, **more)

    slow = Decider(decisions, RedisConfigurations(real_redis), judge)
    assert slow.step(TOPIC)

    assert left[0] > 30_000
    real_redis.pexpire(LEASE, 100)
    slow.renew()
    assert int(real_redis.pttl(LEASE)) <= 100, "with nothing in hand, nothing is kept"


def test_what_was_decided_under_a_lost_lease_is_decided_again_by_the_new_holder(real_redis: Redis) -> None:
    answered(real_redis, "Kursk")

    def loses(batch: Sequence[Answer], *rest: Any, **more: Any) -> Changes:
        real_redis.delete(LEASE)
        RedisDecisions(real_redis, Leases(real_redis, "quick")).acquire(TOPIC)
        return decide(batch, *rest, **more)

    assert decider(real_redis, "slow", loses).step(TOPIC)
    assert decided(real_redis) == 0

    assert decider(real_redis, "quick").step(TOPIC)
    assert decided(real_redis) == 1


def test_a_batch_is_not_begun_under_a_lost_lease(real_redis: Redis) -> None:
    decisions = RedisDecisions(real_redis, Leases(real_redis, "one"))
    epoch = decisions.acquire(TOPIC)

    with pytest.raises(LeaseLost):
        decisions.begin(TOPIC, 1, epoch=epoch - 1)

    assert real_redis.exists("m:{t:troop-deployment}:attempt") == 0


def test_the_role_ends_when_it_is_told_to_and_gives_its_leases_back(real_redis: Redis) -> None:
    answered(real_redis, "Kursk", "Rostov")
    decisions = RedisDecisions(real_redis, Leases(real_redis, "one"))
    stop = threading.Event()

    def judge(batch: Sequence[Answer], *rest: Any, **more: Any) -> Changes:
        if batch[0].number == 2:
            stop.set()
        return decide(batch, *rest, **more)

    run(Decider(decisions, RedisConfigurations(real_redis), judge), decisions, stop=stop)

    assert (decided(real_redis), real_redis.exists(LEASE)) == (2, 0)
