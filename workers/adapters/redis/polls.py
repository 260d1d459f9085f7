"""The port `Schedule` on Redis, and the queue of polls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from redis import Redis

from monitor.errors import StoreUnavailable
from monitor.ports import PollEnd, PollTask, Received
from monitor.records.ids import FeedId
from workers.adapters.redis import keys, scripts
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.feeds import RedisFeedStates
from workers.adapters.redis.stream import StreamQueue, trouble

GROUP = "poll"
AT_A_TIME = 5_000
"""Feeds that one call plans or drops."""
QUEUED = f"{keys.POLL_QUEUE}:queued"
HASTENED = f"{keys.POLL_QUEUE}:hastened"


def poll_queue(redis: Redis, consumer: str, *, claim_idle: float | None = None) -> StreamQueue[PollTask]:
    """This process's consumer of the polls that are due."""
    more = {} if claim_idle is None else {"claim_idle": claim_idle}
    return StreamQueue(redis, GROUP, consumer, lambda: [keys.POLL_QUEUE], _decode, **more)


def _decode(fields: Mapping[bytes, bytes]) -> PollTask:
    return PollTask(feed=FeedId(fields[b"feed"].decode()), batch=fields[b"batch"].decode())


def milliseconds(moment: datetime) -> int:
    """The moment as Redis scores hold it."""
    return int(moment.timestamp() * 1000)


def batched(feeds: Sequence[FeedId]) -> Iterator[Sequence[FeedId]]:
    """The feeds, so many at a time that no single call holds the server up."""
    return (feeds[start : start + AT_A_TIME] for start in range(0, len(feeds), AT_A_TIME))


class RedisSchedule:
    """A sorted set of feeds by their next time."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @reaches_store
    def plan(self, due: Mapping[FeedId, datetime]) -> None:
        """See `monitor.ports.Schedule.plan`."""
        members: Any = self._redis.zrange(keys.POLL_DUE, 0, -1)  # bytes, whatever the client's types say
        scheduled = {FeedId(feed.decode()) for feed in members}
        for gone in batched(sorted(scheduled - due.keys())):
            self._redis.zrem(keys.POLL_DUE, *gone)
        for new in batched([feed for feed in due if feed not in scheduled]):
            self._redis.zadd(keys.POLL_DUE, {str(feed): milliseconds(due[feed]) for feed in new}, nx=True)

    @reaches_store
    def release_due(self, now: datetime, *, interval: float, limit: int) -> int:
        """See `monitor.ports.Schedule.release_due`."""
        arguments = [milliseconds(now), int(interval * 1000), limit]
        return int(scripts.call(self._redis, "release_due", [keys.POLL_DUE, keys.POLL_QUEUE, QUEUED, HASTENED], arguments))

    @reaches_store
    def finish(self, received: Received[PollTask], next_poll: datetime) -> bool:
        """See `monitor.ports.Schedule.finish`."""
        return bool(scripts.call(self._redis, *self.finish_call(received, next_poll)))

    @staticmethod
    def finish_call(received: Received[PollTask], next_poll: datetime) -> scripts.Script:
        """The script that finishes."""
        arguments: list[scripts.Value] = [GROUP, received.id, received.work.feed, milliseconds(next_poll)]
        names = [received.queue, trouble(received.queue), keys.POLL_DUE, QUEUED, HASTENED]
        return scripts.Script("finish_poll", names, arguments)

    @reaches_store
    def hasten(self, feed: FeedId, now: datetime) -> bool:
        """See `monitor.ports.Schedule.hasten`."""
        names = [keys.POLL_DUE, QUEUED, HASTENED]
        return bool(scripts.call(self._redis, "hasten", names, [feed, milliseconds(now)]))


class RedisPollEnds:
    """The port `PollEnds`: the two scripts of each poll one after the other, all of them in one round trip.

    They are no single script, since a feed's keys lie in another slot of a cluster than the schedule's.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._feeds = RedisFeedStates(redis)

    @reaches_store
    def end(self, ends: Sequence[PollEnd]) -> Sequence[bool | StoreUnavailable]:
        """See `monitor.ports.PollEnds.end`."""
        calls = []
        for one in ends:
            if one.state is not None:
                calls.append(self._feeds.commit_call(one.state, one.remember))
            calls.append(RedisSchedule.finish_call(one.received, one.due))
        answers = iter(scripts.call_all(self._redis, calls))
        return [_ended([next(answers) for _ in range(1 if one.state is None else 2)]) for one in ends]


def _ended(answers: Sequence[Any]) -> bool | StoreUnavailable:
    """What came of one poll; the last answer is that of `finish_poll`, which nobody needs to know."""
    for answer in answers:
        if isinstance(answer, Exception):
            return StoreUnavailable(f"Redis refused a command: {answer}")
    return all(map(bool, answers[:-1]))
