"""Developments as people ask for them: by the beginning of an id, whatever the size of the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from redis import Redis

from monitor.records import Development, Series
from monitor.records.codec import decode
from monitor.records.ids import PropositionId, SeriesId, TopicSlug
from workers.adapters.redis import keys
from workers.adapters.redis.client import reaches_store

AT_A_TIME = 5_000
"""Fields that the server looks at in one step of a scan."""


class RedisDevelopments:
    """Reads developments, and the series that they belong to."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @reaches_store
    def beginning(self, topic: TopicSlug, start: str) -> list[Development]:
        """Those whose own id begins so; where there are none, those of the proposition or series whose id does, oldest first.

        start: hexadecimal digits, which no pattern of a scan is made of.
        """
        found = [decode(data, Development) for _, data in self._scan(topic, "developments", f"{start}*")]
        if not found:
            stories = {key for part in ("propositions", "series") for key, _ in self._scan(topic, part, f"{start}*")}
            found = [one for one in self._all(topic) if {one.proposition, one.series} & stories] if stories else []
        return sorted(found, key=lambda one: (one.number, one.id))

    @reaches_store
    def of(self, topic: TopicSlug, propositions: Set[PropositionId]) -> list[Development]:
        """Those of some propositions, oldest first: a proposition names only its latest one."""
        found = [one for one in self._all(topic) if one.proposition in propositions] if propositions else []
        return sorted(found, key=lambda one: (one.number, one.id))

    @reaches_store
    def series(self, topic: TopicSlug, key: SeriesId) -> Series | None:
        """The series of that id."""
        data: Any = self._redis.hget(keys.topic(topic, "series"), key)
        return decode(data, Series) if data else None

    def _all(self, topic: TopicSlug) -> Iterator[Development]:
        return (decode(data, Development) for _, data in self._scan(topic, "developments", "*"))

    def _scan(self, topic: TopicSlug, part: str, pattern: str) -> Iterator[tuple[str, bytes]]:
        found: Any = self._redis.hscan_iter(keys.topic(topic, part), match=pattern, count=AT_A_TIME)
        return ((name.decode(), data) for name, data in dict(found).items())
