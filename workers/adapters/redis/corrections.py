"""Corrections of a topic's ledger: asked for by commands, made by whoever holds the topic's lease, kept with what undoes them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from redis import Redis, WatchError

from monitor.errors import LeaseLost
from monitor.ledger.part import NO_UPKEEP, Asked, Found
from monitor.ledger.question import question_about
from monitor.ledger.repair import Repair, refiled, repair_of, taken_back
from monitor.records import Ledger, Proposition
from monitor.records.codec import decode, encode
from monitor.records.corrections import Corrected, Request
from monitor.records.ids import PropositionId, TopicSlug, digest
from workers.adapters.redis import keys, ledgers, scripts
from workers.adapters.redis.client import reaches_store
from workers.recall import Recall

HASHES = ("propositions", "series", "developments", "cells", "terms", "places", "totals")
"""The parts of a ledger that are hashes."""
TOTALS = ("wordings", "entries", "last", "bytes")

Touched = Mapping[str, Sequence[str]]
"""By part, the fields that a repair writes."""
Bytes = Mapping[str, Mapping[str, str | None]]
"""By part and field, what stands there: base64; None for nothing."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The lease under which a topic's ledger is written."""

    owner: str
    epoch: int


class RedisCorrections:
    """What was corrected, and what waits to be."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @reaches_store
    def ask(self, request: Request) -> None:
        """Leaves a request to whoever decides the topic."""
        self._redis.rpush(keys.topic(request.correction.topic, "asked"), encode(request))

    @reaches_store
    def all(self, topic: TopicSlug) -> Sequence[Corrected]:
        """All corrections of the topic, in the order in which they were made."""
        found: Any = self._redis.hvals(keys.topic(topic, "corrections"))
        return sorted((decode(data, Corrected) for data in found), key=lambda one: (one.correction.at, one.correction.id))

    @reaches_store
    def find(self, topic: TopicSlug, name: str) -> Corrected | None:
        """The correction of that id."""
        data: Any = self._redis.hget(keys.topic(topic, "corrections"), name)
        return decode(data, Corrected) if data else None

    @reaches_store
    def work(self, topic: TopicSlug, lease: Lease, now: datetime) -> bool:
        """Makes the corrections that wait; whether there were any. Raises LeaseLost; then they are made by the next holder."""
        waiting: Any = self._redis.lrange(keys.topic(topic, "asked"), 0, -1)
        for data in waiting:
            request = decode(data, Request)
            if request.undo is None:
                self._make(request, data, lease)
            else:
                self._undo(request.undo, topic, data, lease, now)
        return bool(waiting)

    # Making

    def _make(self, request: Request, data: bytes, lease: Lease) -> None:
        topic, correction = request.correction.topic, request.correction
        asked = Asked(propositions=request.propositions, developments=request.developments)
        found = ledgers.look_up(self._redis, topic, asked)
        propositions = [one for one in found.propositions if one]
        try:
            repair = repair_of(request, propositions, [one for one in found.developments if one])
        except ValueError as error:
            self._finish(topic, data, Corrected(correction=correction, failed=str(error)))
            return
        writes = self._writes(topic, repair)
        before = self._bytes(topic, touched(writes))
        self._commit(topic, writes, data, lease, Corrected(correction=correction, before=before, made=repair.made))
        after = digest("ledger", encode(self._bytes(topic, touched(writes))).decode())
        self._finish(topic, data, Corrected(correction=correction, before=before, made=repair.made, after=after))

    def _writes(self, topic: TopicSlug, repair: Repair) -> ledgers.Writes:
        keeping = NO_UPKEEP
        if repair.gone or repair.filed:
            part = Recall(self, topic).shelves(question_about((*repair.gone, *repair.filed), ()))
            part = replace(part, ledger=Ledger(topic=topic))
            keeping = refiled(part, self._numbers(topic, repair.gone), repair)
        there = {one.id for one in repair.made}
        return ledgers.Writes(
            propositions=repair.made,
            developments=repair.developments,
            gone={"propositions": [one.id for one in repair.gone if one.id not in there], "developments": repair.lost},
            events=repair.events,
            keeping=keeping,
        )

    def look_up(self, topic: TopicSlug, asked: Asked) -> Found:
        """See `monitor.ports.Decisions.look_up`."""
        return ledgers.look_up(self._redis, topic, asked)

    def _numbers(self, topic: TopicSlug, propositions: Sequence[Proposition]) -> Mapping[str, int]:
        """The numbers of propositions, by id. Nothing leads from one to the other, so that all places are looked through."""
        wanted = {f"p{one.id}".encode(): str(one.id) for one in propositions}
        places = self._redis.hscan_iter(keys.topic(topic, "places"), count=1_000)
        return {wanted[place]: int(number) for number, place in places if place in wanted}

    # Taking back

    def _undo(self, name: str, topic: TopicSlug, data: bytes, lease: Lease, now: datetime) -> None:
        kept = self.find(topic, name)
        if kept is None or kept.undone is not None or kept.failed is not None:
            with self._redis.pipeline(transaction=True) as pipe:
                _drop(pipe, topic, data)
                pipe.execute()
            return
        undone = replace(kept, undone=now)
        fields = {part: list(values) for part, values in kept.before.items()}
        if digest("ledger", encode(self._bytes(topic, fields)).decode()) == kept.after:
            self._restore(topic, kept.before, data, lease, undone)
            return
        old = _decoded(kept.before.get("propositions", {}))
        there = ledgers.look_up(self._redis, topic, Asked(propositions=[one.id for one in kept.made])).propositions
        now_there = {PropositionId(one.id): one for one in there if one}
        repair = taken_back(old, kept.made, now_there)
        writes = self._writes(topic, repair)
        self._commit(topic, writes, data, lease, undone)
        developments = {part: values for part, values in kept.before.items() if part == "developments"}
        self._restore(topic, developments, data, lease, undone)

    def _restore(self, topic: TopicSlug, before: Bytes, data: bytes, lease: Lease, undone: Corrected) -> None:
        """Writes what stood there before, byte for byte."""
        with self._redis.pipeline(transaction=True) as pipe:
            self._fence(pipe, topic, lease)
            for part, fields in before.items():
                for field, value in fields.items():
                    _put(pipe, keys.topic(topic, part), part, field, None if value is None else base64.b64decode(value))
            self._note(pipe, topic, data, undone)
            _execute(pipe, topic)

    # Writing

    def _commit(self, topic: TopicSlug, writes: ledgers.Writes, data: bytes, lease: Lease, corrected: Corrected) -> None:
        """The repair, the note of it and the end of the request, in one step."""
        sha: Any = self._redis.script_load(scripts.source("commit_batch"))
        names = [keys.topic(topic, part) for part in ledgers.COMMITTED]
        arguments = ledgers.arguments_of(writes, owner=lease.owner, epoch=lease.epoch)
        with self._redis.pipeline(transaction=True) as pipe:
            self._fence(pipe, topic, lease)
            pipe.evalsha(sha, len(names), *names, *arguments)
            self._note(pipe, topic, data, corrected)
            _execute(pipe, topic)

    def _finish(self, topic: TopicSlug, data: bytes, corrected: Corrected) -> None:
        with self._redis.pipeline(transaction=True) as pipe:
            self._note(pipe, topic, data, corrected)
            pipe.execute()

    def _note(self, pipe: Any, topic: TopicSlug, data: bytes, corrected: Corrected) -> None:
        pipe.hset(keys.topic(topic, "corrections"), corrected.correction.id, encode(corrected))
        _drop(pipe, topic, data)

    def _fence(self, pipe: Any, topic: TopicSlug, lease: Lease) -> None:
        """What follows is written only where the lease has not passed on. Raises LeaseLost."""
        epoch = keys.topic(topic, "epoch:decide")
        pipe.watch(epoch)
        if int(pipe.get(epoch) or 0) != lease.epoch:
            raise LeaseLost(f"the ledger of topic {topic} is being written by another process")
        pipe.multi()

    def _bytes(self, topic: TopicSlug, fields: Touched) -> Bytes:
        """What stands in those fields."""
        found: dict[str, dict[str, str | None]] = {}
        for part, names in fields.items():
            if not names:
                continue
            values: Any
            if part == "ages":
                scores: Any = self._redis.zmscore(keys.topic(topic, part), list(names))
                values = [None if score is None else repr(score).encode() for score in scores]
            else:
                values = self._redis.hmget(keys.topic(topic, part), list(names))
            pairs = zip(names, values, strict=True)
            found[part] = {name: None if value is None else base64.b64encode(value).decode() for name, value in pairs}
        return found


def touched(writes: ledgers.Writes) -> Touched:
    """The fields that a commit writes."""
    keeping = writes.keeping
    return {
        "propositions": sorted({*(one.id for one in writes.propositions), *writes.gone.get("propositions", ())}),
        "developments": sorted({*(one.id for one in writes.developments), *writes.gone.get("developments", ())}),
        "cells": sorted(keeping.cells),
        "terms": sorted(keeping.terms),
        "places": sorted(str(number) for number in keeping.places),
        "ages": sorted(str(number) for number in keeping.ages),
        "totals": TOTALS,
    }


def _decoded(fields: Mapping[str, str | None]) -> list[Proposition]:
    return [decode(base64.b64decode(value), Proposition) for value in fields.values() if value is not None]


def _put(pipe: Any, key: str, part: str, field: str, value: bytes | None) -> None:
    if part == "ages":
        if value is None:
            pipe.zrem(key, field)
        else:
            pipe.zadd(key, {field: float(value)})
    elif value is None:
        pipe.hdel(key, field)
    else:
        pipe.hset(key, field, value)


def _drop(pipe: Any, topic: TopicSlug, data: bytes) -> None:
    """The request has come to its end."""
    pipe.lrem(keys.topic(topic, "asked"), 1, data)


def _execute(pipe: Any, topic: TopicSlug) -> None:
    try:
        pipe.execute()
    except WatchError as error:
        raise LeaseLost(f"the ledger of topic {topic} is being written by another process") from error
