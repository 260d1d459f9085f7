"""The port `Units` on Redis: each topic's sequence, its queue of units, and its answers."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from redis import Redis

from monitor.ports import Received
from monitor.records import Answer, Entry, Like, Unit
from monitor.records.codec import decode, encode
from monitor.records.ids import EntryId, Snapshot, TopicSlug
from monitor.text.clean import plain, unmapped_document
from monitor.text.language import is_readable
from monitor.text.near import MOST, entry_key, mark_of
from workers.adapters.redis import keys, scripts
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.stream import StreamQueue, trouble

GROUP = "analyze"
TEXTS_KEPT = 2_000
"""Newest texts of a topic that later ones are compared with: copies come within days. Some 1.3 KB each, keys included."""
NEARBY = ("near", "texts", "marks")
"""The parts of a topic by which earlier texts are found."""


@reaches_store
def known_topics(redis: Redis) -> list[TopicSlug]:
    """All topics that ever had a unit, sorted."""
    members: Any = redis.smembers(keys.TOPICS)  # the client types every answer as bytes or str; ours are bytes
    return [TopicSlug(slug) for slug in sorted(member.decode() for member in members)]


def unit_queue(redis: Redis, consumer: str, *, claim_idle: float | None = None) -> StreamQueue[Unit]:
    """This process's consumer of the units of all topics."""
    more = {} if claim_idle is None else {"claim_idle": claim_idle}

    def streams() -> list[str]:
        return [keys.topic(slug, "units") for slug in known_topics(redis)]

    return StreamQueue(redis, GROUP, consumer, streams, unit_of, **more)


def unit_of(fields: Mapping[bytes, bytes]) -> Unit:
    """The unit that a message of the stream holds."""
    return Unit(
        topic=TopicSlug(fields[b"topic"].decode()),
        number=int(fields[b"number"]),
        first=int(fields[b"first"]),
        last=int(fields[b"last"]),
        snapshot=Snapshot(int(fields[b"snapshot"])),
        entry=decode(fields[b"entry"], Entry),
        likes=tuple(_like(name.decode(), packed) for name, packed in fields.items() if name.startswith(b"like:")),
    )


def _like(name: str, packed: bytes) -> Like:
    _, number, *entry = name.split(":")
    return Like(number=int(number), text=unpacked(packed), same_entry=bool(entry))


def unpacked(packed: bytes) -> str:
    """A text as it was before it was packed to be stored."""
    return zlib.decompress(packed).decode("utf-8", "surrogatepass")


class RedisUnits:
    """A counter, a stream and a hash for each topic."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @reaches_store
    def append(self, topic: TopicSlug, batch: str, snapshot: Snapshot, entries: Sequence[Entry], *, again: str = "") -> int:
        """See `monitor.ports.Units.append`."""
        del batch  # one call is one batch; what a retry of the same poll adds is a batch of its own
        self._redis.sadd(keys.TOPICS, topic)
        arguments: list[scripts.Value] = [snapshot, topic, TEXTS_KEPT, MOST]
        for entry in entries:
            mark = mark_of(unmapped_document(entry, plain), readable=is_readable(entry.language))
            packed = zlib.compress(mark.text.encode("utf-8", "surrogatepass"), 6) if mark.keys else b""
            work = f"{work_id(entry)}:{again}" if again else work_id(entry)
            arguments += [work, encode(entry), packed, " ".join(mark.keys)]
        names = [keys.topic(topic, part) for part in ("sequence", "works", "units", *NEARBY)]
        return int(scripts.call(self._redis, "append_units", names, arguments))

    @reaches_store
    def has_read(self, topic: TopicSlug, entry: EntryId) -> bool:
        """See `monitor.ports.Units.has_read`."""
        return bool(self._redis.hexists(keys.topic(topic, "near"), entry_key(entry)))

    @reaches_store
    def backlog(self) -> int:
        """See `monitor.ports.Units.backlog`."""
        pipe = self._redis.pipeline(transaction=False)
        for topic in known_topics(self._redis):
            pipe.xlen(keys.topic(topic, "units"))
        return sum(pipe.execute())

    @reaches_store
    def commit(self, received: Received[Unit], answer: Answer) -> bool:
        """See `monitor.ports.Units.commit`. The unit of a failed answer is kept as a dead letter, and nothing is a copy of it."""
        unit = received.work
        names = [received.queue, trouble(received.queue)]
        names += [keys.topic(unit.topic, part) for part in ("answers", "dead", "counts", "texts", "marks")]
        dead = encode({"unit": unit, "error": answer.failed}) if answer.failed is not None else b""
        arguments: list[scripts.Value] = [GROUP, received.id, unit.number, encode(answer), dead]
        return bool(scripts.call(self._redis, "answer_unit", names, arguments))


def work_id(entry: Entry) -> str:
    """One entry revision: with the topic, the unit of work and of commit."""
    return f"{entry.id}:{entry.revision}"
