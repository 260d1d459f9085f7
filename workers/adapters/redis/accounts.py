"""The port `Accounts` on Redis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from redis import Redis

from monitor.records import Account
from monitor.records.codec import decode
from monitor.records.ids import TopicSlug
from workers.adapters.redis import keys
from workers.adapters.redis.client import store_errors

AT_A_TIME = 200
"""Accounts that are read by one command."""


class RedisAccounts:
    """One hash a topic: number -> account; numbers of a former slug stand as `slug/number`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def of_topic(self, topic: TopicSlug) -> Iterator[Account]:
        """See `monitor.ports.Accounts.of_topic`."""
        key = keys.topic(topic, "accounts")
        with store_errors():
            names: Any = self._redis.hkeys(key)  # bytes, whatever the client's types say
        names.sort(key=_place, reverse=True)
        for start in range(0, len(names), AT_A_TIME):
            with store_errors():
                found: Any = self._redis.hmget(key, names[start : start + AT_A_TIME])
            yield from (decode(data, Account) for data in found if data is not None)

    def waiting(self, topic: TopicSlug) -> Mapping[str, int]:
        """See `monitor.ports.Accounts.waiting`."""
        with store_errors():
            decided = int(self._redis.get(keys.topic(topic, "decided")) or 0)
            found: Any = self._redis.zrangebyscore(keys.topic(topic, "works"), f"({decided}", "+inf", withscores=True)
        return {work.decode(): int(number) for work, number in found}


def _place(name: bytes) -> tuple[bool, int]:
    """Orders numbers of this slug after those of former ones."""
    return b"/" not in name, int(name.rpartition(b"/")[2])
