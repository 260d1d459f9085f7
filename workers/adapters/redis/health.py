"""The port `Ailments` on Redis, and the checks that read the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from redis import Redis

from monitor.feeds.ailing import ailment
from monitor.records.codec import decode, encode
from monitor.records.health import Ailment
from monitor.records.ids import FeedId
from monitor.settings import Config
from workers.adapters.redis import keys
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.feeds import RedisFeedStates
from workers.adapters.redis.snoozes import FOR_EVER, RedisSnoozes

OLD_MUTE = timedelta(days=30)
"""Age at which a silence without end is told: it may have been forgotten."""


class RedisAilments:
    """One document: what is wrong now."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @reaches_store
    def all(self) -> Sequence[Ailment]:
        """See `monitor.ports.Ailments.all`."""
        data: Any = self._redis.get(keys.AILMENTS)
        return decode(data, tuple[Ailment, ...]) if data else ()

    @reaches_store
    def keep(self, ailments: Sequence[Ailment]) -> None:
        """See `monitor.ports.Ailments.keep`."""
        self._redis.set(keys.AILMENTS, encode(tuple(ailments)))


class FeedsCheck:
    """Feeds that are gone, failing or silent."""

    def __init__(self, redis: Redis) -> None:
        self._states = RedisFeedStates(redis)

    def __call__(self, config: Config, now: datetime) -> Iterator[Ailment]:
        """The check."""
        for state in self._states.load_all([FeedId(slug) for slug in config.feeds]):
            if state.url == config.feeds[state.feed].url and (found := ailment(state, now)):
                yield found


class MutesCheck:
    """Silences without end that are old."""

    def __init__(self, redis: Redis) -> None:
        self._snoozes = RedisSnoozes(redis)

    def __call__(self, config: Config, now: datetime) -> Iterator[Ailment]:
        """The check."""
        del config
        for snooze in self._snoozes.all():
            if snooze.until == FOR_EVER and now - snooze.since >= OLD_MUTE:
                kind, _, name = snooze.target.partition(":")
                yield Ailment(
                    subject=f"snooze:{snooze.target}",
                    cause="old",
                    since=snooze.since,
                    title=f"The {kind} {name} has been silenced without end since {snooze.since:%d %b %Y}",
                    lines=(f"What came meanwhile is kept: `monitor snooze {name} --end` tells it in one summary.",),
                )
