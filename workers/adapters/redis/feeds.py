"""The port `FeedStates` on Redis: one state and one hash of identity keys for each feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from redis import Redis

from monitor.records.codec import decode, encode
from monitor.records.feeds import FeedState, Push
from monitor.records.ids import FeedId
from workers.adapters.redis import keys, scripts
from workers.adapters.redis.client import reaches_store

KEEP_DAYS = 30
"""Days for which a key is known after it was last in the feed."""
MOST_KEYS = 30_000
"""Keys of one feed: the largest feed that is read (10,000 entries of two keys each), and as much again of its past."""
CHUNK = 1_000
"""Keys that are asked for at a time, so that no single call holds the server up."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RedisFeedStates:
    """What is remembered of feeds."""

    def __init__(self, redis: Redis, *, most_keys: int = MOST_KEYS) -> None:
        self._redis = redis
        self._most_keys = most_keys

    @reaches_store
    def load(self, feed: FeedId) -> FeedState:
        """See `monitor.ports.FeedStates.load`."""
        data: Any = self._redis.get(keys.feed(feed, "state"))
        if data is not None:
            return decode(data, FeedState)
        return _empty(feed, self._redis.get(keys.RESTORED))

    @reaches_store
    def load_all(self, feeds: Sequence[FeedId]) -> Sequence[FeedState]:
        """See `monitor.ports.FeedStates.load_all`."""
        states: list[FeedState] = []
        for start in range(0, len(feeds), CHUNK):
            chunk = feeds[start : start + CHUNK]
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.get(keys.RESTORED)
                for feed in chunk:
                    pipe.get(keys.feed(feed, "state"))
                restored, *found = pipe.execute()
            pairs = zip(chunk, found, strict=True)
            states += (_empty(feed, restored) if data is None else decode(data, FeedState) for feed, data in pairs)
        return states

    @reaches_store
    def known(self, feed: FeedId, keys_: Sequence[str]) -> Mapping[str, str]:
        """See `monitor.ports.FeedStates.known`."""
        found: dict[str, str] = {}
        for start in range(0, len(keys_), CHUNK):
            chunk = list(keys_[start : start + CHUNK])
            values: Any = self._redis.hmget(keys.feed(feed, "known"), chunk)
            found.update((key, value.decode()) for key, value in zip(chunk, values, strict=True) if value is not None)
        return found

    @reaches_store
    def commit(self, state: FeedState, remember: Mapping[str, str]) -> bool:
        """See `monitor.ports.FeedStates.commit`."""
        return bool(scripts.call(self._redis, *self.commit_call(state, remember)))

    def commit_call(self, state: FeedState, remember: Mapping[str, str]) -> scripts.Script:
        """The script that commits. The day for forgetting is that of the state's last poll."""
        today = (state.last_poll - _EPOCH).days if state.last_poll else 0
        arguments: list[scripts.Value] = [encode(state), state.polls - 1, today, KEEP_DAYS, self._most_keys]
        for key, value in remember.items():
            arguments += [key, value]
        names = [keys.feed(state.feed, "state"), keys.feed(state.feed, "known")]
        return scripts.Script("commit_feed", names, arguments)


def _empty(feed: FeedId, restored: Any) -> FeedState:
    """The state of a feed of which nothing is known. restored: when a backup was; it may have been told of since the backup."""
    return FeedState(feed=feed, silent_before=datetime.fromisoformat(restored.decode()) if restored else None)


class RedisPushes:
    """The port `Pushes` on Redis: one document a feed that has a hub."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @reaches_store
    def load(self, feed: FeedId) -> Push | None:
        """See `monitor.ports.Pushes.load`."""
        data: Any = self._redis.get(keys.feed(feed, "push"))
        return decode(data, Push) if data else None

    @reaches_store
    def keep(self, feed: FeedId, push: Push) -> None:
        """See `monitor.ports.Pushes.keep`."""
        self._redis.set(keys.feed(feed, "push"), encode(push))
