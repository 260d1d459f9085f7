"""What people look at and mend by hand: each subscription's counts, its waiting messages and its dead letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from redis import Redis

from monitor.ports import OutboxName
from monitor.records import DeadLetter, Message
from monitor.records.codec import decode, encode
from monitor.records.ids import SubscriptionName
from workers.adapters.redis import keys, scripts
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.outboxes import member, parse_member
from workers.adapters.redis.polls import milliseconds


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
        """How many messages each outbox holds."""
        outboxes = self.outboxes()
        pipe = self._redis.pipeline(transaction=False)
        for outbox in outboxes:
            pipe.llen(keys.outbox(outbox.subscription, outbox.channel, "messages"))
        return dict(zip(outboxes, pipe.execute(), strict=True))

    @reaches_store
    def counts(self, name: SubscriptionName) -> Mapping[str, int]:
        """`told`; `held:CONDITION`: developments held back as things stand; `sent:`, `failed:` (attempts), `dead:CHANNEL`."""
        found: Any = self._redis.hgetall(keys.subscription(name, "counts"))
        return {count.decode(): int(value) for count, value in sorted(found.items())}

    @reaches_store
    def dead_letters(self) -> Sequence[DeadLetter]:
        """All dead letters, oldest first."""
        letters = []
        for name in sorted({outbox.subscription for outbox in self.outboxes()}):
            found: Any = self._redis.hvals(keys.subscription(name, "dead"))
            letters += [decode(data, DeadLetter) for data in found]
        return sorted(letters, key=lambda letter: (letter.at, letter.message.key))

    @reaches_store
    def retry(self, message: Message, *, now: datetime) -> bool:
        """Puts a dead letter's message back at the end of its outbox, told anew at `now`. False where it is gone by now.

        told is set anew because the time to give up counts from it.
        """
        fresh = replace(message, told=now)
        name, channel = message.subscription, message.channel
        names = [keys.subscription(name, "dead"), keys.outbox(name, channel, "messages"), keys.subscription(name, "counts")]
        done = bool(scripts.call(self._redis, "retry_dead", names, [message.key, encode(fresh), channel]))
        self._redis.zadd(keys.OUTBOXES_DUE, {member(name, channel): milliseconds(now)}, lt=True)
        return done

    @reaches_store
    def drop(self, message: Message) -> bool:
        """Deletes a dead letter for good. False where it is gone by now."""
        return bool(self._redis.hdel(keys.subscription(message.subscription, "dead"), message.key))
