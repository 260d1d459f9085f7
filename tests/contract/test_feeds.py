"""The contract of what is remembered of feeds, over the fake and the real server."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

from redis import Redis

from monitor.errors import StoreUnavailable
from monitor.ports import PollEnd, PollTask, Received
from monitor.records.feeds import FeedState
from monitor.records.ids import FeedId
from workers.adapters.redis.feeds import RedisFeedStates
from workers.adapters.redis.polls import RedisPollEnds, RedisSchedule, poll_queue

FEED = FeedId("herald")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = (NOON - datetime(1970, 1, 1, tzinfo=UTC)).days


def state(polls: int = 1, *, days: int = 0, **fields: object) -> FeedState:
    """The state after that many polls."""
    return dataclasses.replace(FeedState(feed=FEED, polls=polls, last_poll=NOON + timedelta(days=days)), **fields)  # type: ignore[arg-type]


def value(days: int = 0) -> str:
    return f"entry:revision:{DAY + days}"


def test_a_feed_that_was_never_polled_has_an_empty_state(redis: Redis) -> None:
    states = RedisFeedStates(redis)

    assert states.load(FEED) == FeedState(feed=FEED)
    assert states.known(FEED, ["ga", "lb"]) == {}
    assert states.known(FEED, []) == {}


def test_state_and_keys_come_back_as_they_were_committed(redis: Redis) -> None:
    states = RedisFeedStates(redis)
    committed = state(etag='"1"', title="Herald", failures=2, error="no answer", next_poll=NOON, entries=7)

    states.commit(committed, {"ga": value(), "lb": value()})

    assert states.load(FEED) == committed
    assert states.known(FEED, ["ga", "gx", "lb"]) == {"ga": value(), "lb": value()}
    assert states.known(FeedId("other"), ["ga"]) == {}


def test_a_commit_without_keys_leaves_what_is_known(redis: Redis) -> None:
    states = RedisFeedStates(redis)
    states.commit(state(), {"ga": value()})

    states.commit(state(2, days=90, etag='"2"'), {})

    assert states.load(FEED).etag == '"2"'
    assert states.known(FEED, ["ga"]) == {"ga": value()}


def test_a_commit_after_another_workers_commit_does_nothing(redis: Redis) -> None:
    states = RedisFeedStates(redis)
    assert states.commit(state(1, entries=7), {"ga": value()})

    assert not states.commit(state(1, entries=3), {"gb": value()})

    assert states.load(FEED).entries == 7
    assert states.known(FEED, ["ga", "gb"]) == {"ga": value()}


def test_keys_that_have_not_been_in_the_feed_for_thirty_days_are_forgotten(redis: Redis) -> None:
    states = RedisFeedStates(redis)
    states.commit(state(), {"gone": value(), "still there": value()})
    states.commit(state(2, days=10), {"gone later": value(10)})

    states.commit(state(3, days=31), {"still there": value(31)})

    known = states.known(FEED, ["gone", "gone later", "still there"])
    assert known == {"gone later": value(10), "still there": value(31)}


def test_the_oldest_keys_go_where_there_are_too_many_but_none_of_the_present_document(redis: Redis) -> None:
    states = RedisFeedStates(redis, most_keys=4)
    states.commit(state(), {"a": value(), "b": value()})
    states.commit(state(2, days=1), {"c": value(1), "d": value(1)})

    states.commit(state(3, days=2), {"e": value(2)})
    assert sorted(states.known(FEED, list("abcde"))) == ["b", "c", "d", "e"]

    states.commit(state(4, days=3), {key: value(3) for key in "fghijk"})
    assert sorted(states.known(FEED, list("abcdefghijk"))) == list("fghijk")


def test_a_feed_of_thousands_of_entries_is_remembered(redis: Redis) -> None:
    states = RedisFeedStates(redis)
    many = {f"g{n}": value() for n in range(8_000)}

    states.commit(state(), many)

    assert states.known(FEED, list(many)) == many


def received(redis: Redis, *feeds: str) -> list[Received[PollTask]]:
    """The polls of these feeds, under way."""
    schedule = RedisSchedule(redis)
    schedule.plan({FeedId(feed): NOON for feed in feeds})
    schedule.release_due(NOON, interval=900, limit=10)
    return list(poll_queue(redis, "poller").read(count=10, wait=0.001))


def test_polls_end_together_and_each_writes_its_own_state_and_next_time(redis: Redis) -> None:
    polls = received(redis, "herald", "post", "times")
    later = NOON + timedelta(minutes=10)
    states = RedisFeedStates(redis)
    states.commit(state(1, entries=7), {})  # another worker was faster with the herald

    ended = RedisPollEnds(redis).end(
        [
            PollEnd(
                received=one,
                due=later,
                state=None if one.work.feed == "times" else state(1, entries=3, feed=one.work.feed),
                remember={"ga": value()},
            )
            for one in polls
        ]
    )

    assert dict(zip([one.work.feed for one in polls], ended, strict=True)) == {"herald": False, "post": True, "times": True}
    assert [one.entries for one in states.load_all([FEED, FeedId("post"), FeedId("times")])] == [7, 3, 0]
    assert states.known(FeedId("post"), ["ga"]) == {"ga": value()}
    schedule = RedisSchedule(redis)
    assert schedule.release_due(later - timedelta(seconds=1), interval=900, limit=10) == 0
    assert schedule.release_due(later, interval=900, limit=10) == 3
    assert not schedule.finish(polls[0], NOON)  # it has ended


def test_what_the_server_refuses_of_one_poll_does_not_keep_others_from_their_end(redis: Redis) -> None:
    polls = received(redis, "herald", "post")
    redis.set("m:{f:herald}:known", b"no hash")
    polls.sort(key=lambda poll: poll.work.feed)

    first, second = RedisPollEnds(redis).end(
        [PollEnd(received=one, due=NOON, state=state(1, feed=one.work.feed), remember={"ga": value()}) for one in polls]
    )

    assert isinstance(first, StoreUnavailable)
    assert second is True


def test_states_loaded_together_are_those_loaded_one_by_one_also_after_a_backup_was_restored(redis: Redis) -> None:
    states = RedisFeedStates(redis)
    states.commit(state(1, entries=7), {})
    redis.set("m:restored", NOON.isoformat())
    both = [FEED, FeedId("post")]

    assert states.load_all(both) == [states.load(feed) for feed in both]
    assert states.load(FeedId("post")).silent_before == NOON
