"""The port `WarmUps` on Redis: one document a topic, while it warms up."""

from __future__ import annotations

from typing import Any

from redis import Redis

from monitor.records.codec import decode, encode
from monitor.records.ids import TopicSlug
from monitor.records.warm import WarmUp
from workers.adapters.redis import keys
from workers.adapters.redis.client import reaches_store


class RedisWarmUps:
    """Few documents, read often."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @reaches_store
    def load(self, topic: TopicSlug) -> WarmUp | None:
        """See `monitor.ports.WarmUps.load`."""
        data: Any = self._redis.get(keys.topic(topic, "warm"))
        return decode(data, WarmUp) if data else None

    @reaches_store
    def put(self, warm_up: WarmUp) -> None:
        """See `monitor.ports.WarmUps.put`."""
        self._redis.set(keys.topic(warm_up.topic, "warm"), encode(warm_up))

    @reaches_store
    def drop(self, topic: TopicSlug) -> None:
        """See `monitor.ports.WarmUps.drop`."""
        self._redis.delete(keys.topic(topic, "warm"))

    @reaches_store
    def progress(self, topic: TopicSlug) -> tuple[int, int]:
        """See `monitor.ports.WarmUps.progress`."""
        given, decided = (self._redis.get(keys.topic(topic, part)) for part in ("sequence", "decided"))
        return int(given or 0), int(decided or 0)
