"""What a topic's ledger holds for too long, or too much of, goes: into an archive first, then out of Redis, some at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis import Redis

from monitor.errors import LeaseLost
from monitor.ledger.part import Asked, Bookkeeper, Found
from monitor.ledger.question import question_about
from monitor.records import Proposition, Series
from monitor.records.ids import TopicSlug
from workers.adapters.redis import keys, ledgers
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.developments import RedisDevelopments
from workers.adapters.redis.refile import CHUNK, Records
from workers.recall import Recall


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Records that are to go, with their numbers by id. again: numbers whose record was seen later than they say, and when."""

    records: Records
    numbers: dict[str, int]
    again: dict[int, float | None]

    def __bool__(self) -> bool:
        return bool(self.numbers or self.again)


class RedisRetention:
    """The port `workers.decide.Retention`: its caller holds the topic's lease."""

    def __init__(self, redis: Redis, owner: str) -> None:
        self._redis = redis
        self._owner = owner

    @reaches_store
    def due(self, topic: TopicSlug, *, before: datetime, size: int) -> Due:
        """The records that were seen last before that, and where all together take more than `size` bytes, those seen least
        lately; CHUNK of them at most. A proposition brings its developments along."""
        ages = keys.topic(topic, "ages")
        found: Any = self._redis.zrangebyscore(ages, "-inf", f"({before.timestamp():.0f}", start=0, num=CHUNK)
        too_large = int(self._redis.hget(keys.topic(topic, "totals"), "bytes") or 0) > size
        if not found and too_large:
            found = self._redis.zrange(ages, 0, CHUNK // 10 - 1)
        numbers = [int(number) for number in found]
        places = dict(zip(numbers, self.look_up(topic, Asked(numbers=numbers)).places, strict=True))
        return self._read(topic, places, before.timestamp(), too_large=too_large)

    def look_up(self, topic: TopicSlug, asked: Asked) -> Found:
        """See `monitor.ports.Decisions.look_up`."""
        return ledgers.look_up(self._redis, topic, asked)

    @reaches_store
    def drop(self, topic: TopicSlug, due: Due, *, epoch: int) -> None:
        """Takes the records out of the ledger, in one step. Raises LeaseLost; then nothing was done."""
        part = Recall(self, topic).shelves(question_about(due.records.propositions, due.records.series), numbers=due.numbers)
        keeper = Bookkeeper(part)
        for proposition in due.records.propositions:
            keeper.drop_proposition(proposition)
        for series in due.records.series:
            keeper.drop_series(series)
        keeper.age(due.again)
        gone: dict[str, Sequence[str]] = {
            "propositions": [one.id for one in due.records.propositions],
            "series": [one.id for one in due.records.series],
            "developments": [one.id for one in due.records.developments],
        }
        writes = ledgers.Writes(gone=gone, keeping=keeper.upkeep())
        if ledgers.commit(self._redis, topic, writes, owner=self._owner, epoch=epoch) != 1:
            raise LeaseLost(f"nothing was dropped from topic {topic}: the lease is another worker's")

    def _read(self, topic: TopicSlug, places: dict[int, str | None], before: float, *, too_large: bool) -> Due:
        standing = {number: place for number, place in places.items() if place}
        by_kind = {kind: [place[1:] for place in standing.values() if place[0] == kind] for kind in "ps"}
        found = self.look_up(topic, Asked(propositions=by_kind["p"], series=by_kind["s"]))
        held: dict[str, Proposition | Series] = {one.id: one for one in (*found.propositions, *found.series) if one is not None}
        again: dict[int, float | None] = {}
        numbers: dict[str, int] = {}
        for number, place in places.items():
            record = held.get(place[1:]) if place else None
            if record is None:
                again[number] = None
            elif not too_large and last_seen(record) >= before:
                again[number] = last_seen(record)
            else:
                numbers[record.id] = number
        gone = [one for one in held.values() if one.id in numbers]
        propositions = [one for one in gone if isinstance(one, Proposition)]
        series = [one for one in gone if isinstance(one, Series)]
        developments = RedisDevelopments(self._redis).of(topic, {one.id for one in propositions})
        records = Records(propositions=propositions, series=series, developments=developments)
        return Due(records=records, numbers=numbers, again=again)


def last_seen(record: Proposition | Series) -> float:
    """When the record was last carried, in seconds."""
    carrier = record.carriers[-1] if isinstance(record, Proposition) else record.figures[-1].carrier
    return float(round(carrier.seen.timestamp()))
