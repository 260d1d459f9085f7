"""The port `Events` on Redis: a topic's events as a stream that its one reader empties from the front.

No consumer group is needed: a lease lets one process read a topic at a time, and an acknowledged event is deleted, so that the
front of the stream is always what comes next, for whoever reads it. A reader that lost its lease does no harm: telling is
idempotent, and it acknowledges only what it has told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis import Redis

from monitor.ports import Received
from monitor.records import Event
from monitor.records.codec import decode
from monitor.records.ids import TopicSlug
from workers.adapters.redis import keys
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.leases import Leases


class RedisEvents:
    """The streams that `commit_batch.lua` adds to."""

    def __init__(self, redis: Redis, leases: Leases) -> None:
        self._redis = redis
        self._leases = leases

    @reaches_store
    def acquire(self, topic: TopicSlug) -> bool:
        """See `monitor.ports.Events.acquire`."""
        return self._leases.acquire(keys.topic(topic, "lease:subscribe"), keys.topic(topic, "epoch:subscribe")) > 0

    @reaches_store
    def release(self, topic: TopicSlug) -> None:
        """See `monitor.ports.Events.release`."""
        self._leases.release(keys.topic(topic, "lease:subscribe"))

    @reaches_store
    def read(self, topic: TopicSlug, *, count: int) -> Sequence[Received[Event]]:
        """See `monitor.ports.Events.read`."""
        stream = keys.topic(topic, "events")
        found: Any = self._redis.xrange(stream, count=count)
        return [Received(queue=stream, id=id_.decode(), work=decode(fields[b"event"], Event)) for id_, fields in found]

    @reaches_store
    def acknowledge(self, topic: TopicSlug, received: Received[Event]) -> None:
        """See `monitor.ports.Events.acknowledge`."""
        self._redis.xdel(keys.topic(topic, "events"), received.id)
