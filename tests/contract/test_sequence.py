"""The contract of a topic's sequence, from the poll's commit to the decided batch, over the fake and the real server."""

from __future__ import annotations

from datetime import timedelta

import pytest
from redis import Redis

from monitor.errors import LeaseLost
from monitor.ledger.part import Asked
from monitor.ports import Received
from monitor.records import Account, Changes, Unit
from monitor.records.ids import FeedId, Snapshot, TopicSlug
from monitor.text.clean import document_of
from monitor.text.near import Nearby, mark_of
from tests.records import NOON, TOPIC, a_carrier, a_claim, a_development, an_entry, an_event
from workers.adapters.redis import keys
from workers.adapters.redis.accounts import RedisAccounts
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.dead_letters import RedisDeadLetters
from workers.adapters.redis.decisions import RedisDecisions
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.polls import RedisSchedule, poll_queue
from workers.adapters.redis.units import RedisUnits, unit_queue

ONE = Snapshot(1)


def units_of(redis: Redis, count: int = 10) -> list[Received[Unit]]:
    return list(unit_queue(redis, "analyst").read(count=count, wait=0.01))


def decisions(redis: Redis, owner: str = "decider") -> RedisDecisions:
    return RedisDecisions(redis, Leases(redis, owner))


def test_entries_get_numbers_in_the_order_of_the_poll(redis: Redis) -> None:
    entries = [an_entry(name=name) for name in ("a", "b")]

    assert RedisUnits(redis).append(TOPIC, "batch", ONE, entries) == 2

    found = [(item.work.number, item.work.first, item.work.last, item.work.entry) for item in units_of(redis)]
    assert found == [(1, 1, 2, entries[0]), (2, 1, 2, entries[1])]


def test_a_repeated_poll_adds_only_what_the_topic_has_not_had(redis: Redis) -> None:
    units = RedisUnits(redis)
    units.append(TOPIC, "batch", ONE, [an_entry(name="a")])

    assert units.append(TOPIC, "batch", ONE, [an_entry(name="a"), an_entry(name="b"), an_entry(name="b")]) == 1

    assert [(item.work.number, item.work.first) for item in units_of(redis)] == [(1, 1), (2, 2)]


def test_a_revision_is_a_unit_of_its_own(redis: Redis) -> None:
    units = RedisUnits(redis)
    units.append(TOPIC, "batch", ONE, [an_entry("3,000 soldiers", name="a")])

    assert units.append(TOPIC, "batch", ONE, [an_entry("12,000 soldiers", name="a")]) == 1


def test_a_number_is_answered_once(redis: Redis) -> None:
    units = RedisUnits(redis)
    units.append(TOPIC, "batch", ONE, [an_entry()])
    received = units_of(redis)[0]

    assert units.commit(received, received.work.answer((a_claim(),)))
    assert not units.commit(received, received.work.answer())

    assert len(decisions(redis).next_batch(TOPIC, 0)[0].claims) == 1
    assert units.backlog() == 0


def test_a_missing_number_is_waited_for_and_its_mark_closes_it(redis: Redis) -> None:
    units = RedisUnits(redis)
    units.append(TOPIC, "batch", ONE, [an_entry(name="a"), an_entry(name="b")])
    first, second = units_of(redis)

    units.commit(second, second.work.answer())
    assert decisions(redis).next_batch(TOPIC, 0) == []

    units.commit(first, first.work.answer(failed="no reader could read it"))
    assert [answer.failed for answer in decisions(redis).next_batch(TOPIC, 0)] == ["no reader could read it", None]


def answered(redis: Redis, *names: str) -> None:
    units = RedisUnits(redis)
    units.append(TOPIC, "batch", ONE, [an_entry(name=name) for name in names])
    for received in units_of(redis):
        units.commit(received, received.work.answer())


def test_a_batch_is_committed_with_its_events_or_not_at_all(redis: Redis) -> None:
    answered(redis, "a", "b")
    one = decisions(redis)
    epoch = one.acquire(TOPIC)
    development = a_development()
    changes = Changes(topic=TOPIC, first=1, last=2, developments=(development,), events=(an_event(development),))

    one.commit(changes, epoch=epoch)

    ledger = one.load(TOPIC)
    assert (ledger.decided, dict(ledger.developments)) == (2, {development.id: development})
    assert one.next_batch(TOPIC, 2) == []
    assert redis.xlen("m:{t:troop-deployment}:events") == 1
    with pytest.raises(LeaseLost):
        one.commit(changes, epoch=epoch)
    assert redis.xlen("m:{t:troop-deployment}:events") == 1


def test_one_decider_at_a_time_holds_a_topic(redis: Redis) -> None:
    one, two = decisions(redis, "one"), decisions(redis, "two")

    assert one.acquire(TOPIC) == 1
    assert one.acquire(TOPIC) == 1
    assert two.acquire(TOPIC) == 0
    one.release(TOPIC)
    assert two.acquire(TOPIC) == 2


def test_a_decider_that_lost_its_lease_writes_nothing(redis: Redis) -> None:
    answered(redis, "a")
    slow, quick = decisions(redis, "slow"), decisions(redis, "quick")
    old = slow.acquire(TOPIC)
    redis.delete("m:{t:troop-deployment}:lease:decide")  # as if it had expired
    quick.acquire(TOPIC)

    with pytest.raises(LeaseLost):
        slow.commit(Changes(topic=TOPIC, first=1, last=1), epoch=old)

    assert quick.load(TOPIC).decided == 0


def test_a_due_feed_is_queued_once_and_moved_on(redis: Redis) -> None:
    schedule = RedisSchedule(redis)
    schedule.plan({FeedId("wire"): NOON, FeedId("later"): NOON + timedelta(hours=1)})

    assert schedule.release_due(NOON, interval=60, limit=10) == 1
    assert schedule.release_due(NOON, interval=60, limit=10) == 0
    assert schedule.release_due(NOON + timedelta(minutes=5), interval=60, limit=10) == 0, "its poll is still queued"

    received = poll_queue(redis, "poller").read(count=1, wait=0.01)[0]
    assert received.work.feed == "wire"
    assert schedule.finish(received, NOON + timedelta(minutes=10))
    assert not schedule.finish(received, NOON + timedelta(minutes=10))
    assert schedule.release_due(NOON + timedelta(minutes=9), interval=60, limit=10) == 0
    assert schedule.release_due(NOON + timedelta(minutes=10), interval=60, limit=10) == 1


def test_a_feed_that_is_not_planned_any_more_is_not_polled(redis: Redis) -> None:
    schedule = RedisSchedule(redis)
    schedule.plan({FeedId("wire"): NOON, FeedId("gone"): NOON})
    schedule.plan({FeedId("wire"): NOON})

    assert schedule.release_due(NOON, interval=60, limit=10) == 1


def test_a_configuration_is_a_new_snapshot_only_when_it_changed(redis: Redis) -> None:
    from monitor.settings import Config

    store = RedisConfigurations(redis)
    one = Config.from_plain({"topics": {"treaty": {"title": "Treaty", "keywords": ["treaty"]}}})
    two = Config.from_plain({"topics": {"treaty": {"title": "Treaty", "keywords": ["treaty", "pact"]}}})

    assert store.current() == 0
    assert [store.store(one), store.store(one), store.store(two), store.current()] == [1, 1, 2, 2]
    assert (store.load(Snapshot(1)), store.load(Snapshot(2))) == (one, two)


def test_a_renamed_topic_takes_over_the_ledger_once_nothing_is_in_flight(redis: Redis) -> None:
    answered(redis, "a")
    one = decisions(redis)
    development = a_development()
    one.commit(
        Changes(topic=TOPIC, first=1, last=1, developments=(development,), events=(an_event(development),)),
        epoch=one.acquire(TOPIC),
    )
    new = TopicSlug("north-koreans")

    # Given an event that nobody has read yet, the ledger stays
    assert not one.absorb(TOPIC, new)

    redis.delete("m:{t:troop-deployment}:events")
    assert one.absorb(TOPIC, new)
    assert one.absorb(TOPIC, new), "a second time does nothing"

    moved = one.load(new).developments[development.id]
    assert (moved.topic, moved.claim.topic, moved.claim.sentence) == (new, new, development.claim.sentence)
    assert TOPIC not in one.topics()


LONG = " ".join(f"Sentence number {number} says that the port stays shut for {number} more days." for number in range(2, 9))


def likes_of(redis: Redis) -> list[tuple[int, list[tuple[int, bool]]]]:
    return [(one.work.number, [(like.number, like.same_entry) for like in one.work.likes]) for one in units_of(redis)]


def test_a_unit_comes_with_the_earlier_texts_that_it_may_repeat(redis: Redis) -> None:
    units = RedisUnits(redis)
    units.append(TOPIC, "batch", ONE, [an_entry(LONG, name="a"), an_entry("Something else altogether.", name="b")])
    units.append(TOPIC, "batch", ONE, [an_entry(LONG.replace("shut", "closed"), name="c")])
    units.append(TOPIC, "batch", ONE, [an_entry("Something altogether other.", name="a")])

    found = units_of(redis)

    assert [(one.work.number, [(like.number, like.same_entry) for like in one.work.likes]) for one in found] == [
        (1, []),
        (2, []),
        (3, [(1, False)]),
        (4, [(1, True)]),
    ]
    assert found[2].work.likes[0].text.endswith(LONG)


def test_what_is_found_is_what_a_replay_finds(redis: Redis) -> None:
    entries = [an_entry(LONG.replace("4", str(number)), name=f"n{number}") for number in range(6)]
    nearby = Nearby()
    expected = [nearby.add(number, mark_of(document_of(entry))) for number, entry in enumerate(entries, start=1)]

    RedisUnits(redis).append(TOPIC, "one", ONE, entries[:4])
    RedisUnits(redis).append(TOPIC, "two", ONE, entries[4:])

    assert [one.work.likes for one in units_of(redis)] == expected


def test_a_text_that_was_read_under_another_configuration_is_no_earlier_text(redis: Redis) -> None:
    RedisUnits(redis).append(TOPIC, "batch", ONE, [an_entry(LONG, name="a")])
    RedisUnits(redis).append(TOPIC, "batch", Snapshot(2), [an_entry(LONG, name="b")])

    assert likes_of(redis) == [(1, []), (2, [])]


def test_old_texts_are_forgotten_with_all_that_found_them(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.adapters.redis.units.TEXTS_KEPT", 2)
    for number in range(5):
        RedisUnits(redis).append(
            TOPIC, "batch", ONE, [an_entry(f"Story {number} about {number * 7} other things.", name=f"n{number}")]
        )

    assert sorted(redis.hkeys(keys.topic(TOPIC, "texts"))) == sorted(redis.hkeys(keys.topic(TOPIC, "marks"))) == [b"4", b"5"]
    assert {int(number) for number in redis.hvals(keys.topic(TOPIC, "near"))} == {4, 5}


def test_accounts_are_found_by_number_and_listed_newest_first(redis: Redis) -> None:
    answered(redis, "a", "b")
    one = decisions(redis)
    accounts = tuple(
        Account(topic=TOPIC, number=number, snapshot=ONE, carrier=a_carrier(), found=("treaty",)) for number in (1, 2)
    )
    one.commit(Changes(topic=TOPIC, first=1, last=2, accounts=accounts), epoch=one.acquire(TOPIC))
    kept = RedisAccounts(redis)

    assert [account.number for account in kept.of_topic(TOPIC)] == [2, 1]
    assert one.look_up(TOPIC, Asked(accounts=[2, 9])).accounts == [accounts[1], None]
    assert kept.waiting(TOPIC) == {}


def test_nothing_is_a_copy_of_what_was_set_aside_its_own_retry_least_of_all(redis: Redis) -> None:
    # Given an entry that could not be read
    units = RedisUnits(redis)
    units.append(TOPIC, "batch", ONE, [an_entry(LONG, name="a")])
    (received,) = units_of(redis)
    units.commit(received, received.work.answer(failed="no reader could read it"))
    (letter,) = RedisDeadLetters(redis).all()

    # When a copy of it comes, and a person has it tried again
    units.append(TOPIC, "batch", ONE, [an_entry(LONG.replace("4", "5"), name="b")])
    redis.set(keys.CONFIG_CURRENT, 1)
    assert RedisDeadLetters(redis).retry(letter, now=NOON)

    # Then both are read, the second one as what differs from the first
    assert likes_of(redis) == [(2, []), (3, [(2, False)])]


def test_nothing_is_a_copy_of_a_batch_that_nobody_could_judge(redis: Redis) -> None:
    units = RedisUnits(redis)
    units.append(TOPIC, "batch", ONE, [an_entry(LONG, name="a")])
    (received,) = units_of(redis)
    units.commit(received, received.work.answer())
    one = decisions(redis)
    batch = tuple(one.next_batch(TOPIC, 0))

    one.commit(Changes(topic=TOPIC, first=1, last=1, failed="it raised", unread=batch), epoch=one.acquire(TOPIC))
    units.append(TOPIC, "batch", ONE, [an_entry(LONG.replace("4", "5"), name="b")])

    assert likes_of(redis) == [(2, [])]
