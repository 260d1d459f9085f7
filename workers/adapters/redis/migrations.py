"""Stores of former schema versions brought up to this program's, step by step. Each step may be done twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from redis import Redis

from monitor.errors import SchemaMismatch
from monitor.records import Development, Proposition, Series
from monitor.records.codec import decode
from monitor.records.ids import TopicSlug
from workers.adapters.redis import keys
from workers.adapters.redis.client import store_errors
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.refile import CHUNK, Records, Refiling
from workers.adapters.redis.units import known_topics

T = TypeVar("T")

OLD = "schema-1:"
"""What stands before the names of a former schema's records while they are filed anew."""


def migrate(redis: Redis, owner: str) -> int:
    """Brings the store up to this program's schema; the version that it had. The store must be closed.

    Raises SchemaMismatch for a version that no step leads from, StoreUnavailable.
    """
    with store_errors():
        found = first = int(redis.get(keys.SCHEMA) or 0)
        while found < keys.SCHEMA_VERSION:
            if found not in STEPS:
                raise SchemaMismatch(f"no step leads from schema {found} to {keys.SCHEMA_VERSION}: start with another data_dir")
            STEPS[found](redis, owner)
            found += 1
            redis.set(keys.SCHEMA, found)
    return first


def _file_for_lookup(redis: Redis, owner: str) -> None:
    """Schema 2 finds records by what they hold, not by reading all of them: each record is filed anew."""
    leases = Leases(redis, owner, seconds=3600.0)
    for topic in known_topics(redis):
        names = {part: keys.topic(topic, part) for part in ("propositions", "series", "developments")}
        olds = {part: keys.topic(topic, OLD + part) for part in names}
        for part, old in olds.items():
            if not redis.exists(old) and redis.exists(names[part]) and not redis.exists(keys.topic(topic, "totals")):
                redis.rename(names[part], old)
        lease = keys.topic(topic, "lease:decide")
        epoch = leases.acquire(lease, keys.topic(topic, "epoch:decide"))
        refiling = Refiling(redis, topic, owner=owner, epoch=epoch)
        for records in _old_records(redis, topic):
            refiling.file(records)
        leases.release(lease)
        for old in olds.values():
            redis.unlink(old)


def _old_records(redis: Redis, topic: TopicSlug) -> Iterator[Records]:
    """What a former schema held, some records at a time, in the order in which they were last seen."""
    propositions = _all(redis, keys.topic(topic, f"{OLD}propositions"), Proposition)
    propositions.sort(key=lambda one: one.carriers[-1].seen)
    series = _all(redis, keys.topic(topic, f"{OLD}series"), Series)
    series.sort(key=lambda one: one.figures[-1].carrier.seen)
    developments = _all(redis, keys.topic(topic, f"{OLD}developments"), Development)
    for start in range(0, max(len(propositions), len(series), len(developments)), CHUNK):
        end = start + CHUNK
        yield Records(propositions=propositions[start:end], series=series[start:end], developments=developments[start:end])


def _all(redis: Redis, key: str, kind: type[T]) -> list[T]:
    return [decode(data, kind) for _, data in redis.hscan_iter(key, count=CHUNK)]


STEPS: Mapping[int, Callable[[Redis, str], Any]] = {1: _file_for_lookup}
"""By the version that each step leads from."""
