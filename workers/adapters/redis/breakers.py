"""The port `Breakers` on Redis: what one deliverer learns of a channel, all heed. And the health check that tells of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from redis import Redis

from monitor.alerts.lines import one_line
from monitor.records import CLOSED, Breaker
from monitor.records.codec import decode, encode
from monitor.records.health import Ailment
from monitor.records.ids import ChannelName
from monitor.settings import Config
from workers.adapters.redis import keys, scripts
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.outboxes import member
from workers.adapters.redis.polls import milliseconds
from workers.adapters.redis.subscriptions import RedisSubscriptions

_WHAT_TO_DO = "What waits for it is kept and tried again. `monitor channels` shows how it does, and tries it at once."
PATIENCE = timedelta(minutes=10)
"""How long a channel must have failed before health tells of it: a server that is started anew is nobody's business."""


class RedisBreakers:
    """The breakers of all channels, as one process knows them."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._read: dict[ChannelName, bytes] = {}

    @reaches_store
    def all(self) -> Mapping[ChannelName, Breaker]:
        """See `monitor.ports.Breakers.all`."""
        found: Any = self._redis.hgetall(keys.BREAKERS)
        self._read = {ChannelName(name.decode()): data for name, data in found.items()}
        return {name: decode(data, Breaker) for name, data in self._read.items()}

    @reaches_store
    def turn(self, channel: ChannelName, breaker: Breaker) -> bool:
        """See `monitor.ports.Breakers.turn`."""
        data = b"" if breaker == CLOSED else encode(breaker)
        arguments: list[scripts.Value] = [channel, self._read.get(channel, b""), data]
        done = bool(scripts.call(self._redis, "turn_breaker", [keys.BREAKERS], arguments))
        if done:
            self._read[channel] = data
        return done

    @reaches_store
    def try_now(self, channel: ChannelName, *, now: datetime) -> None:
        """Makes the channel count as one that works, and its outboxes due, whatever they wait for after errors."""
        self._redis.hdel(keys.BREAKERS, channel)
        for outbox in RedisSubscriptions(self._redis).outboxes():
            if outbox.channel == channel:
                self._redis.hdel(keys.outbox(outbox.subscription, channel, "state"), "due")
                self._redis.zadd(keys.OUTBOXES_DUE, {member(outbox.subscription, channel): milliseconds(now)}, lt=True)


class ChannelsCheck:
    """Channels that have failed for a time."""

    def __init__(self, redis: Redis) -> None:
        self._breakers = RedisBreakers(redis)

    def __call__(self, config: Config, now: datetime) -> Iterator[Ailment]:
        """The check."""
        for name, breaker in sorted(self._breakers.all().items()):
            broken = breaker.failures >= config.delivery.breaker_after and breaker.since is not None
            if name in config.channels and broken and breaker.since and now - breaker.since >= PATIENCE:
                yield Ailment(
                    subject=f"channel:{name}",
                    cause="failing",
                    since=breaker.since,
                    title=f"The channel {name} has failed since {breaker.since:%d %b %H:%M} UTC",
                    lines=(one_line(breaker.error or ""), _WHAT_TO_DO),
                    over=f"The channel {name} works again",
                )
