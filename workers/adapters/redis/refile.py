"""Whole records filed into a topic's ledger: what a renamed topic takes over, and what is imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from redis import Redis

from monitor.errors import LeaseLost
from monitor.ledger.part import Asked, Found, upkeep
from monitor.ledger.question import question_about
from monitor.records import Changes, Development, Proposition, Series
from monitor.records.ids import TopicSlug
from workers.adapters.redis import keys, ledgers
from workers.recall import Recall

T = TypeVar("T")

CHUNK = 200
"""Records that are read or filed in one step: the server answers others in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Some records of a ledger."""

    propositions: Sequence[Proposition] = ()
    series: Sequence[Series] = ()
    developments: Sequence[Development] = ()


class Refiling:
    """Files records under a lease that is held. Done twice, it changes nothing: what is there by its id stays as it is."""

    def __init__(self, redis: Redis, topic: TopicSlug, *, owner: str, epoch: int) -> None:
        self._redis = redis
        self._topic = topic
        self._owner, self._epoch = owner, epoch
        self._recall = Recall(self, topic)

    def look_up(self, topic: TopicSlug, asked: Asked) -> Found:
        """See `monitor.ports.Decisions.look_up`."""
        return ledgers.look_up(self._redis, topic, asked)

    def file(self, records: Records) -> Records:
        """Files what is not there yet, and returns that. Raises LeaseLost; then nothing was done."""
        fresh = self._fresh(records)
        part = self._recall.shelves(question_about(fresh.propositions, fresh.series))
        changes = Changes(
            topic=self._topic,
            first=0,
            last=0,
            propositions=tuple(fresh.propositions),
            series=tuple(fresh.series),
            developments=tuple(fresh.developments),
        )
        keeping = upkeep(changes, part)
        writes = ledgers.Writes(
            propositions=changes.propositions, series=changes.series, developments=changes.developments, keeping=keeping
        )
        if ledgers.commit(self._redis, self._topic, writes, owner=self._owner, epoch=self._epoch) != 1:
            raise LeaseLost(f"the ledger of topic {self._topic} is being written by another process")
        self._recall.follow(changes, keeping)
        return fresh

    def _fresh(self, records: Records) -> Records:
        there = self.look_up(
            self._topic,
            Asked(
                propositions=[one.id for one in records.propositions],
                series=[one.id for one in records.series],
                developments=[one.id for one in records.developments],
            ),
        )
        return Records(
            propositions=[one for one, held in zip(records.propositions, there.propositions, strict=True) if held is None],
            series=[one for one, held in zip(records.series, there.series, strict=True) if held is None],
            developments=[one for one, held in zip(records.developments, there.developments, strict=True) if held is None],
        )


def read_all(redis: Redis, topic: TopicSlug) -> Iterator[Records]:
    """The whole ledger, some records at a time: those seen last come last, developments after all others.

    A record that is written meanwhile comes as it was or as it is.
    """
    numbers: Any = redis.zrange(keys.topic(topic, "ages"), 0, -1)
    for some in chunks(numbers):
        places = ledgers.look_up(redis, topic, Asked(numbers=[int(number) for number in some])).places
        yield read(redis, topic, [place for place in places if place])
    ids: Any = redis.hkeys(keys.topic(topic, "developments"))
    for some in chunks(ids):
        found = ledgers.look_up(redis, topic, Asked(developments=[key.decode() for key in some]))
        yield Records(developments=[one for one in found.developments if one])


def read(redis: Redis, topic: TopicSlug, places: Sequence[str]) -> Records:
    """The propositions and series in those places (`monitor.ledger.part.Upkeep`)."""
    found = ledgers.look_up(
        redis,
        topic,
        Asked(
            propositions=[place[1:] for place in places if place[0] == "p"],
            series=[place[1:] for place in places if place[0] == "s"],
        ),
    )
    return Records(propositions=[one for one in found.propositions if one], series=[one for one in found.series if one])


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items, some at a time."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
