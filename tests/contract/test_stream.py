"""The contract of the work queue, over the fake and the real server."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from redis import Redis

from workers.adapters.redis.stream import MOST_DEATHS, MOST_ERRORS, StreamQueue

IDLE = 0.05


def consumer(redis: Redis, name: str, *, claim_idle: float = 60) -> StreamQueue[str]:
    def text(fields: Mapping[bytes, bytes]) -> str:
        return fields[b"text"].decode()

    return StreamQueue(redis, "group", name, lambda: ["queue"], text, claim_idle=claim_idle)


def put(redis: Redis, *texts: str) -> None:
    for text in texts:
        redis.xadd("queue", {"text": text})


def idle(redis: Redis, milliseconds: int) -> None:
    """Makes all pending messages as old as told, as if their consumer had died that long ago."""
    pending = redis.xpending_range("queue", "group", "-", "+", 100)
    for row in pending:
        redis.xclaim("queue", "group", row["consumer"], 0, [row["message_id"]], idle=milliseconds, justid=True)


def texts(received: object) -> list[str]:
    return [item.work for item in received]  # type: ignore[attr-defined]  # any sequence of Received


def test_each_message_goes_to_one_consumer(redis: Redis) -> None:
    put(redis, "a", "b", "c")
    one, two = consumer(redis, "one"), consumer(redis, "two")

    assert texts(one.read(count=2, wait=0.01)) == ["a", "b"]
    assert texts(two.read(count=2, wait=0.01)) == ["c"]
    assert texts(one.read(count=2, wait=0.01)) == []


def test_messages_queued_before_the_first_consumer_are_read(redis: Redis) -> None:
    put(redis, "early")

    assert texts(consumer(redis, "late").read(count=1, wait=0.01)) == ["early"]


def test_work_of_a_dead_consumer_is_handed_out_again(redis: Redis) -> None:
    put(redis, "a", "b")
    consumer(redis, "dead").read(count=2, wait=0.01)
    idle(redis, 10_000)

    assert texts(consumer(redis, "living", claim_idle=5).read(count=10, wait=0.01)) == ["a", "b"]


def test_work_of_a_living_consumer_stays_with_it(redis: Redis) -> None:
    put(redis, "a")
    slow = consumer(redis, "slow")
    held = slow.read(count=1, wait=0.01)
    idle(redis, 10_000)

    slow.heartbeat(held)

    assert texts(consumer(redis, "other", claim_idle=5).read(count=1, wait=0.01)) == []


def test_a_heartbeat_takes_nothing_back_from_the_new_owner(redis: Redis) -> None:
    put(redis, "a")
    stopped = consumer(redis, "stopped")
    held = stopped.read(count=1, wait=0.01)
    idle(redis, 10_000)
    consumer(redis, "new owner", claim_idle=5).read(count=1, wait=0.01)

    stopped.heartbeat(held)

    assert redis.xpending_range("queue", "group", "-", "+", 1)[0]["consumer"] == b"new owner"


def test_what_was_in_flight_at_two_deaths_comes_alone(redis: Redis) -> None:
    put(redis, "a", "b")
    consumer(redis, "first").read(count=2, wait=0.01)
    idle(redis, 10_000)
    assert len(consumer(redis, "second", claim_idle=5).read(count=2, wait=0.01)) == 2
    idle(redis, 10_000)

    third = consumer(redis, "third", claim_idle=5)

    assert texts(third.read(count=2, wait=0.01)) == ["a"]


def test_a_message_is_condemned_only_after_three_deaths_alone(redis: Redis) -> None:
    put(redis, "a")
    consumer(redis, "c0").read(count=1, wait=0.01)
    for death in range(1, MOST_DEATHS + 1):
        idle(redis, 10_000)
        living = consumer(redis, f"c{death}", claim_idle=5)
        received = living.read(count=1, wait=0.01)
        assert not living.condemned(received[0]), f"condemned at death {death}"
    idle(redis, 10_000)

    last = consumer(redis, "last", claim_idle=5)

    assert last.condemned(last.read(count=1, wait=0.01)[0])


def test_a_raised_error_brings_the_message_again_and_the_third_sets_it_aside(redis: Redis) -> None:
    put(redis, "a", "b")
    queue = consumer(redis, "one")
    received = queue.read(count=1, wait=0.01)[0]

    for _ in range(MOST_ERRORS - 1):
        assert not queue.fail(received, "boom", permanent=False)
        assert queue.read(count=5, wait=0.01) == [received]

    assert queue.fail(received, "boom", permanent=False)


def test_a_permanent_error_sets_aside_at_once(redis: Redis) -> None:
    put(redis, "a")
    queue = consumer(redis, "one")

    assert queue.fail(queue.read(count=1, wait=0.01)[0], "hopeless", permanent=True)


@pytest.mark.parametrize("pending", [True, False])
def test_a_consumer_is_deleted_only_with_nothing_pending(redis: Redis, pending: bool) -> None:
    put(redis, "a")
    queue = consumer(redis, "one")
    received = queue.read(count=1, wait=0.01)[0]
    if not pending:
        redis.xack("queue", "group", received.id)

    queue.close()

    assert len(redis.xinfo_consumers("queue", "group")) == (1 if pending else 0)
    assert redis.xpending("queue", "group")["pending"] == (1 if pending else 0)
