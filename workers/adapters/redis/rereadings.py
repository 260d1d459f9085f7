"""Which models read and judged a topic's ledger, and its records while they are read again."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from redis import Redis

from monitor.errors import LeaseLost
from monitor.ledger.part import Asked, Found
from monitor.ledger.question import question_about
from monitor.ledger.reread import Read, Reread, read_correction, upkeep_of
from monitor.records import Account, Answer, Ledger, Proposition
from monitor.records.codec import decode, encode
from monitor.records.corrections import Corrected
from monitor.records.ids import EntryId, TopicSlug
from workers.adapters.redis import keys, ledgers
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.refile import CHUNK, Records, read
from workers.recall import Recall

MODELS = "models"
"""The part of a topic that says so. Fields: `reading`, `judge`; while it is read again `under_way` (by which model), `done` (the
number up to which it was), `begun` (the number in hand) and `deaths` (of those who had it in hand before)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBy:
    """Which models a ledger was read and judged by, "" where that was never noted; under_way and done: as `MODELS` says."""

    reading: str = ""
    judge: str = ""
    under_way: str = ""
    done: int = 0


class RedisRereadings:
    """Every write of records is fenced by the topic's lease and epoch; the caller holds it."""

    def __init__(self, redis: Redis, owner: str) -> None:
        self._redis = redis
        self._owner = owner

    @reaches_store
    def read_by(self, topic: TopicSlug) -> ReadBy:
        """What is noted of the topic."""
        found: Any = self._redis.hmget(keys.topic(topic, MODELS), ["reading", "judge", "under_way", "done"])
        reading, judge, under_way, done = (value.decode() if value else "" for value in found)
        return ReadBy(reading=reading, judge=judge, under_way=under_way, done=int(done or 0))

    @reaches_store
    def judged_by(self, topic: TopicSlug, judge: str) -> None:
        """Notes the judge that decides from now on."""
        self._redis.hset(keys.topic(topic, MODELS), "judge", judge)

    @reaches_store
    def filing(self, topic: TopicSlug, reading: str) -> None:
        """Records are to be filed that a model has read: where they are the topic's first ones, all of it was read by that."""
        if not self._redis.exists(keys.topic(topic, "totals")):
            self._redis.hset(keys.topic(topic, MODELS), "reading", reading)

    @reaches_store
    def filed(self, topic: TopicSlug, reading: str) -> None:
        """Records were filed that a model has read; "" for one that is not known. Where others were read by another one, all are
        read again."""
        if self.read_by(topic).reading != reading:
            self._redis.hdel(keys.topic(topic, MODELS), "reading")

    @reaches_store
    def numbers(self, topic: TopicSlug, after: int) -> list[int]:
        """The numbers of the topic's records that come after one, ascending."""
        names: Any = self._redis.hkeys(keys.topic(topic, "places"))
        return sorted(number for number in map(int, names) if number > after)

    @reaches_store
    def entries(self, topic: TopicSlug) -> Iterator[EntryId]:
        """The entries that the topic's wordings come from."""
        for name, _ in self._redis.hscan_iter(keys.topic(topic, "cells"), match="e:*", count=1_000):
            yield EntryId(name.decode().removeprefix("e:"))

    @reaches_store
    def sentences(self, topic: TopicSlug) -> dict[str, str]:
        """Sentences that are known of the topic, by evidence key: of the accounts that are kept."""
        accounts: Any = self._redis.hscan_iter(keys.topic(topic, "accounts"), count=CHUNK)
        said = (judged.evidence for _, data in accounts for judged in decode(data, Account).judged)
        return {evidence.key: evidence.text for evidence in said}

    @reaches_store
    def begin(self, topic: TopicSlug, target: str, number: int) -> int:
        """Notes that the records from that number on are in hand; how often they were before, and whoever had them died."""
        key = keys.topic(topic, MODELS)
        begun: Any = self._redis.hget(key, "begun")
        pipe = self._redis.pipeline(transaction=True)
        if begun != str(number).encode():
            pipe.hset(key, mapping={"begun": number, "deaths": -1})
        pipe.hset(key, "under_way", target)
        pipe.hincrby(key, "deaths", 1)
        return int(pipe.execute()[-1])

    @reaches_store
    def records(self, topic: TopicSlug, numbers: Sequence[int]) -> tuple[Records, Mapping[str, int]]:
        """The records of those numbers, and their numbers by id."""
        places = ledgers.look_up(self._redis, topic, Asked(numbers=numbers)).places
        standing = {place[1:]: number for number, place in zip(numbers, places, strict=True) if place}
        return read(self._redis, topic, [place for place in places if place]), standing

    @reaches_store
    def commit(self, topic: TopicSlug, found: Reread, numbers: Mapping[str, int], *, done: int, epoch: int) -> None:
        """Writes what is read otherwise, in one step, and then how far it has come: dead in between, it is done again and
        nothing is otherwise any more. Raises LeaseLost."""
        if found:
            self._write(topic, found, numbers, epoch)
        self._redis.hset(keys.topic(topic, MODELS), "done", str(done))

    def _write(self, topic: TopicSlug, found: Reread, numbers: Mapping[str, int], epoch: int) -> None:
        propositions = [one for pair in found.propositions for one in pair]
        series = [one for pair in found.series for one in pair]
        part = Recall(self, topic).shelves(question_about(propositions, series), numbers=numbers)
        writes = ledgers.Writes(
            propositions=[now for _, now in found.propositions],
            series=[now for _, now in found.series],
            keeping=upkeep_of(found, replace(part, ledger=Ledger(topic=topic))),
        )
        if ledgers.commit(self._redis, topic, writes, owner=self._owner, epoch=epoch) != 1:
            raise LeaseLost(f"the ledger of topic {topic} is being written by another process")

    def look_up(self, topic: TopicSlug, asked: Asked) -> Found:
        """See `monitor.ports.Decisions.look_up`."""
        return ledgers.look_up(self._redis, topic, asked)

    @reaches_store
    def read_corrections(self, topic: TopicSlug, again: Read) -> None:
        """Has the records that corrections keep, to be taken back, read again, too."""
        key = keys.topic(topic, "corrections")
        found: Any = self._redis.hgetall(key)
        for name, data in found.items():
            old = decode(data, Corrected)
            if (new := read_correction(old, again, _decoded, _encoded)) != old:
                self._redis.hset(key, name, encode(new))

    @reaches_store
    def answers(self, topic: TopicSlug) -> Iterator[Answer]:
        """The answers that wait to be decided."""
        found: Any = self._redis.hgetall(keys.topic(topic, "answers"))
        return (decode(data, Answer) for data in found.values())

    @reaches_store
    def put_answer(self, answer: Answer) -> None:
        """Puts an answer in the place of the one of its number, which nobody but the caller takes away."""
        self._redis.hset(keys.topic(answer.topic, "answers"), str(answer.number), encode(answer))

    @reaches_store
    def finish(self, topic: TopicSlug, target: str) -> None:
        """Notes that all of the ledger was read by this model."""
        key = keys.topic(topic, MODELS)
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, "reading", target)
            pipe.hdel(key, "under_way", "done", "begun", "deaths")
            pipe.execute()


def _decoded(data: str) -> Proposition:
    return decode(base64.b64decode(data), Proposition)


def _encoded(one: Proposition) -> str:
    return base64.b64encode(encode(one)).decode()
