"""What is counted over days and between two signs of life, and whether work moves on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from redis import Redis

from monitor.records.codec import decode, encode
from monitor.records.feeds import FeedState
from monitor.records.health import Ailment, Counts, SignOfLife
from monitor.records.ids import FeedId, SubscriptionName, TopicSlug
from monitor.settings import Config
from monitor.topics.fading import Feeds, fading, looks_for, with_day
from workers.adapters.redis import keys
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.feeds import RedisFeedStates
from workers.adapters.redis.polls import milliseconds
from workers.adapters.redis.subscriptions import RedisSubscriptions
from workers.adapters.redis.units import RedisUnits, known_topics

TRIED = 5
"""Attempts after which a message counts as one that does not get through."""


class RedisWatching:
    """`workers.health.Watching`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._feeds = RedisFeedStates(redis)
        self._subscriptions = RedisSubscriptions(redis)

    @reaches_store
    def counts(self, config: Config, now: datetime) -> Counts:
        """See `workers.health.Watching.counts`."""
        pipe = self._redis.pipeline(transaction=False)
        for slug in config.topics:
            pipe.hgetall(keys.topic(TopicSlug(slug), "counts"))
        found = {slug: _numbers(counts) for slug, counts in zip(config.topics, pipe.execute(), strict=True)}
        return Counts(
            at=now,
            entries=sum(state.entries + state.revisions for state in self._states(config)),
            matched={slug: counts.get("units", 0) for slug, counts in found.items()},
            claims={slug: sum(n for name, n in counts.items() if name.startswith("verdict:")) for slug, counts in found.items()},
            words={slug: looks_for(topic) for slug, topic in config.topics.items()},
        )

    @reaches_store
    def alive(self, config: Config) -> int:
        """See `workers.health.Watching.alive`."""
        return sum(_is_alive(state) for state in self._states(config))

    @reaches_store
    def told(self, name: SubscriptionName) -> Mapping[str, int]:
        """See `workers.health.Watching.told`."""
        counts = self._subscriptions.counts(name)
        return {part.removeprefix("told:"): count for part, count in counts.items() if part.startswith("told:")}

    @reaches_store
    def last(self, name: SubscriptionName) -> SignOfLife | None:
        """See `workers.health.Watching.last`."""
        data: Any = self._redis.hget(keys.SIGNS, name)
        return decode(data, SignOfLife) if data else None

    @reaches_store
    def keep(self, name: SubscriptionName, sign: SignOfLife) -> None:
        """See `workers.health.Watching.keep`."""
        self._redis.hset(keys.SIGNS, name, encode(sign))

    def _states(self, config: Config) -> Sequence[FeedState]:
        return self._feeds.load_all([FeedId(slug) for slug in config.feeds])


class TopicsCheck:
    """Topics that have fallen far below their habit. Takes each day's first counts down."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._watching = RedisWatching(redis)
        self._feeds = RedisFeedStates(redis)

    @reaches_store
    def __call__(self, config: Config, now: datetime) -> Sequence[Ailment]:
        """The check."""
        data: Any = self._redis.get(keys.DAYS)
        before = decode(data, tuple[Counts, ...]) if data else ()
        counts = self._watching.counts(config, now)
        days = with_day(before, counts)
        if len(days) != len(before) or days[-1:] != before[-1:]:
            self._redis.set(keys.DAYS, encode(days))
        states = self._feeds.load_all([FeedId(slug) for slug in config.feeds])
        pipe = self._redis.pipeline(transaction=False)
        for slug in config.topics:
            pipe.xlen(keys.topic(TopicSlug(slug), "units"))
        waiting = dict(zip(config.topics, map(int, pipe.execute()), strict=True))
        feeds = Feeds(all=len(states), failing=sum(not _is_alive(state) for state in states), waiting=waiting)
        found = (fading(TopicSlug(slug), topic.title, days, counts, feeds) for slug, topic in config.topics.items())
        return [one for one in found if one is not None]


class RedisMovement:
    """`workers.heartbeat.Movement`: the heads of all queues."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @reaches_store
    def heads(self, config: Config, now: datetime) -> Mapping[str, str]:
        """See `workers.heartbeat.Movement.heads`."""
        found = dict(self._polls(config, now))
        for topic in known_topics(self._redis):
            found |= self._topic(topic)
        found |= dict(self._outboxes(now))
        return found

    def _polls(self, config: Config, now: datetime) -> Iterator[tuple[str, str]]:
        if head := self._head(keys.POLL_QUEUE):
            yield "polls that are due are not made", head
        overdue: Any = self._redis.zrange(keys.POLL_DUE, 0, 0, withscores=True)
        # with a full backlog polls wait on purpose, and it is analysis that must move
        if overdue and overdue[0][1] < milliseconds(now) and RedisUnits(self._redis).backlog() <= config.schedule.max_backlog:
            yield "no poll is released", str(overdue[0][1])

    def _topic(self, topic: TopicSlug) -> dict[str, str]:
        found = {}
        decided: Any = self._redis.get(keys.topic(topic, "decided"))
        if head := self._head(keys.topic(topic, "units")):
            found[f"entries of topic {topic} are not read"] = head
        elif self._redis.hlen(keys.topic(topic, "answers")):
            found[f"entries of topic {topic} are not decided"] = (decided or b"").decode()
        if head := self._head(keys.topic(topic, "events")):
            found[f"developments of topic {topic} reach no subscription"] = head
        return found

    def _outboxes(self, now: datetime) -> Iterator[tuple[str, str]]:
        overdue: Any = self._redis.zrange(keys.OUTBOXES_DUE, 0, 0, withscores=True)
        if overdue and overdue[0][1] < milliseconds(now):
            yield "no outbox is looked at", str(overdue[0][1])
        for outbox in RedisSubscriptions(self._redis).outboxes():
            state: Any = self._redis.hmget(keys.outbox(outbox.subscription, outbox.channel, "state"), ["attempts", "packed"])
            if state[1] is not None and int(state[0] or 0) >= TRIED:
                # the count goes on while the message does not
                yield f"messages of {outbox.subscription} do not get through to {outbox.channel}", "tried in vain"

    def _head(self, stream: str) -> str | None:
        found: Any = self._redis.xrange(stream, count=1)
        return found[0][0].decode() if found else None


def _is_alive(state: FeedState) -> bool:
    return state.last_success is not None and not state.failures and not state.gone


def _numbers(found: Mapping[bytes, bytes]) -> dict[str, int]:
    return {name.decode(): int(value) for name, value in found.items()}
