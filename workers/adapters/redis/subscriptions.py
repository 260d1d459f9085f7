"""What people look at: each subscription's counts, and how many messages wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import add
from typing import Any

from redis import Redis

from monitor.ports import OutboxName
from monitor.records.ids import DevelopmentId, SubscriptionName
from workers.adapters.redis import keys
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.outboxes import parse_member


class RedisSubscriptions:
    """Reads over all subscriptions that were ever told anything."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @reaches_store
    def outboxes(self) -> Sequence[OutboxName]:
        """All outboxes that ever held a message, sorted by name."""
        members: Any = self._redis.zrange(keys.OUTBOXES_DUE, 0, -1)
        return [parse_member(name) for name in sorted(name.decode() for name in members)]

    @reaches_store
    def waiting(self) -> Mapping[OutboxName, int]:
        """How many alerts wait in each outbox; the message that is being brought counts as one."""
        outboxes = self.outboxes()
        pipe = self._redis.pipeline(transaction=False)
        for outbox in outboxes:
            pipe.llen(keys.outbox(outbox.subscription, outbox.channel, "messages"))
            pipe.hexists(keys.outbox(outbox.subscription, outbox.channel, "state"), "packed")
        counts = [int(count) for count in pipe.execute()]
        return dict(zip(outboxes, map(add, counts[::2], counts[1::2]), strict=True))

    @reaches_store
    def standing(self, name: SubscriptionName, development: DevelopmentId) -> tuple[datetime | None, str | None]:
        """When the subscription was told the development, and which condition holds it back; None for what is not so."""
        told: Any = self._redis.hget(keys.subscription(name, "told"), development)
        held: Any = self._redis.hget(keys.subscription(name, "held"), development)
        return (datetime.fromisoformat(told.decode().split()[1]) if told else None), (held.decode() if held else None)

    @reaches_store
    def counts(self, name: SubscriptionName) -> Mapping[str, int]:
        """`told`, `told:TOPIC`; `held:CONDITION`: held back as things stand; `sent:`, `failed:` (attempts), `dead:CHANNEL`."""
        found: Any = self._redis.hgetall(keys.subscription(name, "counts"))
        return {count.decode(): int(value) for count, value in sorted(found.items())}
