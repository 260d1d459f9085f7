"""What people have snoozed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from redis import Redis

from monitor.records import Snooze
from monitor.records.codec import decode, encode
from workers.adapters.redis import keys
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.polls import milliseconds

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of a silence that lasts until a person ends it."""
KEPT = timedelta(days=30)
"""How long an ended snooze is kept: while alerts that it held may wait, they must be told as its summary."""


class RedisSnoozes:
    """One snooze a target, the latest."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @reaches_store
    def all(self) -> Sequence[Snooze]:
        """All that are kept, ended ones included."""
        found: Any = self._redis.hvals(keys.SNOOZES)
        return sorted((decode(data, Snooze) for data in found), key=lambda snooze: (snooze.until, snooze.target))

    @reaches_store
    def put(self, snooze: Snooze, *, now: datetime) -> None:
        """Begins a snooze, or ends or prolongs the one of its target; forgets those that ended long ago.

        All outboxes are looked at anew at once, so that what an ended one held is told without a minute's wait.
        """
        for old in self.all():
            if old.target != snooze.target and old.until < now - KEPT:
                self._redis.hdel(keys.SNOOZES, old.target)
        self._redis.hset(keys.SNOOZES, snooze.target, encode(snooze))
        outboxes: Any = self._redis.zrange(keys.OUTBOXES_DUE, 0, -1)
        if outboxes:
            self._redis.zadd(keys.OUTBOXES_DUE, dict.fromkeys(outboxes, milliseconds(now)), lt=True)
