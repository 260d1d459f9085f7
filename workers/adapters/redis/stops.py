"""The port `Stops` on Redis: one sorted set a topic, by time, of bounded size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from redis import Redis

from monitor.records.codec import decode, encode
from monitor.records.held import Stop
from monitor.records.ids import TopicSlug
from workers.adapters.redis import keys
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.polls import milliseconds

KEPT = 2_000
"""Stops that a topic keeps: the latest ones."""


class RedisStops:
    """What is noted twice, by a poll that was done again, stands there once."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @reaches_store
    def note(self, topic: TopicSlug, stops: Sequence[Stop], at: datetime) -> None:
        """See `monitor.ports.Stops.note`."""
        key = keys.topic(topic, "stops")
        pipe = self._redis.pipeline(transaction=False)
        pipe.zadd(key, {encode(stop): milliseconds(at) for stop in stops}, nx=True)
        pipe.zremrangebyrank(key, 0, -KEPT - 1)
        pipe.execute()

    @reaches_store
    def since(self, topic: TopicSlug, begin: datetime) -> Iterator[tuple[Stop, datetime]]:
        """See `monitor.ports.Stops.since`."""
        found: Any = self._redis.zrevrangebyscore(keys.topic(topic, "stops"), "+inf", milliseconds(begin), withscores=True)
        return iter([(decode(data, Stop), datetime.fromtimestamp(score / 1000, UTC)) for data, score in found])
