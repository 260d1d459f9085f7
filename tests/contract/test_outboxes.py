"""The ports Events and Outboxes, over a fake and the real server: nothing is lost or doubled between any two steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from monitor.errors import StoreUnavailable
from monitor.ports import Attempted, Leased, OneByOne
from monitor.records import Delivery, DeliveryState, Message
from monitor.records.codec import encode
from monitor.records.ids import SubscriptionName
from tests.alerts import a_message, commit_one, dev, lease_one
from tests.records import NOON, TOPIC, a_development, an_event
from workers.adapters.redis import keys, scripts
from workers.adapters.redis.dead_letters import RedisDeadLetters
from workers.adapters.redis.events import RedisEvents
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.outboxes import IDLE, RedisOutboxes
from workers.adapters.redis.subscriptions import RedisSubscriptions

DESK = SubscriptionName("desk")
SECOND = timedelta(seconds=1)


@pytest.fixture
def outboxes(redis: Redis) -> RedisOutboxes:
    return RedisOutboxes(redis)


def outcome(leased: Leased, state: DeliveryState, *, at: datetime = NOON, **more: Any) -> Delivery:
    return Delivery(key=leased.message.key, state=state, attempt=leased.attempt, at=at, **more)


def lease(outboxes: RedisOutboxes, now: datetime = NOON) -> Leased:
    leased = lease_one(outboxes, now)
    assert leased is not None
    return leased


def drain(outboxes: RedisOutboxes, now: datetime = NOON) -> list[Message]:
    """Sends all that is due."""
    sent = []
    while leased := lease_one(outboxes, now):
        assert commit_one(outboxes, leased, outcome(leased, DeliveryState.SENT, at=now))
        sent.append(leased.message)
    return sent


def test_a_message_reaches_every_channel_of_its_subscription_once(outboxes: RedisOutboxes) -> None:
    messages = [a_message(channel=channel) for channel in ("screen", "log")]
    assert outboxes.tell(messages, now=NOON)
    assert sorted(message.channel for message in drain(outboxes)) == ["log", "screen"]
    assert drain(outboxes, NOON + timedelta(days=1)) == []


def test_a_development_is_told_once_whatever_its_version(outboxes: RedisOutboxes) -> None:
    later = an_event(a_development(name=dev("d1"), version=2, origins=("Wire", "Herald")))
    assert outboxes.tell([a_message()], now=NOON)
    assert not outboxes.tell([a_message(later)], now=NOON)
    assert [message.event.development.version for message in drain(outboxes)] == [1]


def test_each_subscription_has_a_told_set_of_its_own(outboxes: RedisOutboxes) -> None:
    assert outboxes.tell([a_message(subscription="desk")], now=NOON)
    assert outboxes.tell([a_message(subscription="night")], now=NOON)
    assert len(drain(outboxes)) == 2


def test_several_outboxes_are_taken_at_once_and_of_each_the_oldest_message_alone(outboxes: RedisOutboxes) -> None:
    owners = [f"desk-{n}" for n in range(6)]
    for owner in owners:
        outboxes.tell([a_message(subscription=owner, name=name) for name in ("d1", "d2")], now=NOON)
    first, second, none = (outboxes.lease(NOON, OneByOne(), most=4) for _ in range(3))
    assert (len(first), len(second), len(none)) == (4, 2, 0)
    assert sorted(leased.outbox.subscription for leased in (*first, *second)) == owners
    assert {leased.message.development for leased in (*first, *second)} == {dev("d1")}

    # When they are committed together, one of them with an epoch that another deliverer has taken since
    keys_of_first = keys.outbox(first[0].outbox.subscription, first[0].outbox.channel, "state")
    outboxes._redis.hincrby(keys_of_first, "epoch", 1)
    done = outboxes.commit([Attempted(leased=leased, delivery=outcome(leased, DeliveryState.SENT)) for leased in first])
    assert list(done) == [False, True, True, True]
    assert {leased.message.development for leased in outboxes.lease(NOON, OneByOne(), most=9)} == {dev("d2")}


def test_messages_of_an_outbox_keep_their_order(outboxes: RedisOutboxes) -> None:
    names = [f"d{n}" for n in range(5)]
    for name in names:
        outboxes.tell([a_message(name=name)], now=NOON)
    assert [message.development for message in drain(outboxes)] == [dev(name) for name in names]


def test_an_outbox_is_in_one_hand_at_a_time(outboxes: RedisOutboxes) -> None:
    outboxes.tell([a_message(name="d1")], now=NOON)
    first = lease(outboxes)
    outboxes.tell([a_message(name="d2")], now=NOON + SECOND)  # makes the outbox due although it is in hand
    assert lease_one(outboxes, NOON + SECOND) is None
    assert commit_one(outboxes, first, outcome(first, DeliveryState.SENT, at=NOON + SECOND))
    assert [message.development for message in drain(outboxes, NOON + SECOND)] == [dev("d2")]


def test_a_failed_message_stays_at_the_head_until_it_is_due(outboxes: RedisOutboxes) -> None:
    outboxes.tell([a_message(name="d1")], now=NOON)
    leased = lease(outboxes)
    due = NOON + 30 * SECOND
    assert commit_one(outboxes, leased, outcome(leased, DeliveryState.RETRY, due=due, error="busy"))
    # When another message comes meanwhile it neither overtakes nor hurries the first.
    outboxes.tell([a_message(name="d2")], now=NOON + SECOND)
    assert lease_one(outboxes, NOON + 2 * SECOND) is None
    assert lease_one(outboxes, due - SECOND) is None
    again = lease(outboxes, due)
    assert (again.message.development, again.attempt) == (dev("d1"), 2)


def test_a_dead_letter_makes_way_and_is_kept_with_its_reason(outboxes: RedisOutboxes, redis: Redis) -> None:
    for name in ("d1", "d2"):
        outboxes.tell([a_message(name=name)], now=NOON)
    leased = lease(outboxes)
    assert commit_one(outboxes, leased, outcome(leased, DeliveryState.DEAD, error="no such room"))
    assert [message.development for message in drain(outboxes)] == [dev("d2")]
    (letter,) = RedisDeadLetters(redis).all()
    assert letter.message is not None
    assert (letter.message.message, letter.error, letter.message.attempts) == (leased.message, "no such room", 1)


def test_a_retried_dead_letter_goes_out_once_and_a_dropped_one_never(outboxes: RedisOutboxes, redis: Redis) -> None:
    people = RedisDeadLetters(redis)
    for name in ("d1", "d2"):
        outboxes.tell([a_message(name=name)], now=NOON)
        leased = lease(outboxes)
        commit_one(outboxes, leased, outcome(leased, DeliveryState.DEAD, error="no such room"))
    later = NOON + timedelta(days=9)
    first, second = people.all()
    assert people.retry(first, now=later)
    assert not people.retry(first, now=later)
    assert people.drop(second)
    assert first.message is not None
    assert drain(outboxes, later) == [replace(first.message.message, told=later)]
    assert people.all() == []


def test_a_commit_is_made_once_though_its_answer_was_lost(outboxes: RedisOutboxes, redis: Redis) -> None:
    for name in ("d1", "d2"):
        outboxes.tell([a_message(name=name)], now=NOON)
    leased = lease(outboxes)
    sent = outcome(leased, DeliveryState.SENT)
    assert commit_one(outboxes, leased, sent)
    assert commit_one(outboxes, leased, sent)
    assert [message.development for message in drain(outboxes)] == [dev("d2")]
    assert RedisSubscriptions(redis).counts(DESK)["sent:screen"] == 2


def test_a_deliverer_that_lost_its_outbox_commits_nothing(redis: Redis) -> None:
    outboxes = RedisOutboxes(redis, lease=0.001)
    outboxes.tell([a_message()], now=NOON)
    stalled = lease(outboxes)
    redis.delete(keys.outbox(DESK, stalled.outbox.channel, "lease"))  # its time ran out
    new = lease(outboxes, NOON + SECOND)
    assert not outboxes.renew(stalled)
    assert not commit_one(outboxes, stalled, outcome(stalled, DeliveryState.SENT))
    assert new.attempt == 2
    assert commit_one(outboxes, new, outcome(new, DeliveryState.SENT, at=NOON + SECOND))


def test_a_renewed_outbox_stays_in_hand(redis: Redis) -> None:
    outboxes = RedisOutboxes(redis, lease=60)
    outboxes.tell([a_message()], now=NOON)
    leased = lease(outboxes)
    redis.pexpire(keys.outbox(DESK, leased.outbox.channel, "lease"), 5)
    assert outboxes.renew(leased)
    assert int(redis.pttl(keys.outbox(DESK, leased.outbox.channel, "lease"))) > 1000
    assert lease_one(outboxes, NOON + timedelta(minutes=2)) is None


def test_what_a_dead_deliverer_had_in_hand_comes_again_with_the_same_key(outboxes: RedisOutboxes, redis: Redis) -> None:
    outboxes.tell([a_message()], now=NOON)
    dead = lease(outboxes)
    # When nobody commits and the lease ends:
    redis.delete(keys.outbox(DESK, dead.outbox.channel, "lease"))
    again = lease(outboxes, NOON + 11 * SECOND)
    assert (again.message, again.attempt) == (dead.message, 2)


class Dies(Exception):
    """Stands for kill -9: what was not done by then is not done."""


@pytest.fixture
def die_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Lets the process die before its next call of the named script, or at `zadd`."""
    call, zadd = scripts.call, Redis.zadd

    def arrange(name: str) -> None:
        def dying_call(redis: Redis, script: str, *rest: Any) -> Any:
            if script == name:
                raise Dies
            return call(redis, script, *rest)

        def dying_zadd(self: Redis, *rest: Any, **more: Any) -> Any:
            if name == "zadd":
                raise Dies
            return zadd(self, *rest, **more)

        monkeypatch.setattr(scripts, "call", dying_call)
        monkeypatch.setattr(Redis, "zadd", dying_zadd)

    yield arrange
    monkeypatch.undo()


def test_a_death_between_telling_and_making_due_is_mended_by_the_next_reader(
    outboxes: RedisOutboxes, die_before: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    die_before("zadd")
    with pytest.raises(Dies):
        outboxes.tell([a_message()], now=NOON)
    monkeypatch.undo()
    assert lease_one(outboxes, NOON) is None
    assert not outboxes.tell([a_message()], now=NOON)  # the event is read again, since nobody acknowledged it
    assert len(drain(outboxes)) == 1


@pytest.mark.parametrize("step", ["lease_outbox", "commit_delivery", "reschedule"])
def test_a_death_before_any_step_of_a_delivery_loses_nothing_and_sends_nothing_twice(
    outboxes: RedisOutboxes, redis: Redis, die_before: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    for name in ("d1", "d2", "d3"):
        outboxes.tell([a_message(name=name)], now=NOON)
    arrived: list[str] = []

    def send_all(now: datetime) -> None:
        while leased := lease_one(outboxes, now):
            if leased.message.key not in arrived:  # an idempotent channel, as the file is
                arrived.append(leased.message.key)
            commit_one(outboxes, leased, outcome(leased, DeliveryState.SENT, at=now))

    die_before(step)
    with pytest.raises(Dies):
        send_all(NOON)
    monkeypatch.undo()
    redis.delete(keys.outbox(DESK, a_message().channel, "lease"))  # ends by itself
    send_all(NOON + 11 * SECOND)
    assert arrived == [a_message(name=name).key for name in ("d1", "d2", "d3")]
    assert RedisSubscriptions(redis).counts(DESK) == {"sent:screen": 3, "told": 3, f"told:{TOPIC}": 3}


def test_an_empty_outbox_is_looked_at_again_by_itself(outboxes: RedisOutboxes, redis: Redis) -> None:
    outboxes.tell([a_message(name="d1")], now=NOON)
    drain(outboxes)
    # A message whose due time was never written, and nobody reads its event again:
    redis.rpush(keys.outbox(DESK, a_message().channel), encode(a_message(name="d2")))
    assert lease_one(outboxes, NOON + SECOND) is None
    assert lease(outboxes, NOON + timedelta(seconds=IDLE)).message.development == dev("d2")


def test_counts_say_what_was_told_and_what_is_held_back_as_things_stand(outboxes: RedisOutboxes, redis: Redis) -> None:
    for name in ("d1", "d2", "d2"):
        outboxes.hold(DESK, dev(name), "min_origins")
    outboxes.hold(DESK, dev("d2"), "min_confidence")
    outboxes.tell([a_message(name="d1")], now=NOON)
    outboxes.hold(DESK, dev("d1"), "min_confidence")  # it was told: nothing holds it back any more
    counts = RedisSubscriptions(redis).counts(DESK)
    assert {name: count for name, count in counts.items() if count} == {"held:min_confidence": 1, "told": 1, f"told:{TOPIC}": 1}


def test_a_store_that_is_away_is_told_as_such() -> None:
    with pytest.raises(StoreUnavailable):
        lease_one(RedisOutboxes(Redis(unix_socket_path="/nonexistent/socket")), NOON)


def queue_event(redis: Redis, name: str) -> None:
    redis.xadd(keys.topic(TOPIC, "events"), {"event": encode(an_event(a_development(name=dev(name))))})


def test_events_come_in_order_and_again_until_they_are_acknowledged(redis: Redis) -> None:
    events = RedisEvents(redis, Leases(redis, "one"))
    for name in ("d1", "d2", "d3"):
        queue_event(redis, name)
    assert events.acquire(TOPIC)
    first = events.read(TOPIC, count=2)
    assert [received.work.development.id for received in first] == [dev("d1"), dev("d2")]
    events.acknowledge(TOPIC, first[0])
    assert [received.work.development.id for received in events.read(TOPIC, count=9)] == [dev("d2"), dev("d3")]


def test_a_topic_has_one_reader_at_a_time_and_a_new_one_reads_what_the_last_left(redis: Redis) -> None:
    first, second = (RedisEvents(redis, Leases(redis, owner)) for owner in ("one", "two"))
    queue_event(redis, "d1")
    assert first.acquire(TOPIC)
    assert first.acquire(TOPIC)
    assert not second.acquire(TOPIC)
    assert len(first.read(TOPIC, count=9)) == 1
    first.release(TOPIC)
    assert second.acquire(TOPIC)
    assert len(second.read(TOPIC, count=9)) == 1
