"""A work queue on Redis Streams: consumer groups with heartbeat, hand-over of dead consumers' work, and poison kept apart.

The rules (docs/decisions/0001-engine.md): a raised error counts against a message; a death proves nothing. What was in flight at
two deaths comes alone, and what then ends its worker three times more, or raises three times, is to be set aside.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from redis import Redis
from redis.exceptions import ResponseError

from monitor.ports import Received
from workers.adapters.redis import scripts
from workers.adapters.redis.client import reaches_store

T = TypeVar("T")

CLAIM_IDLE = 5.0
"""Seconds without a heartbeat after which a consumer's work is taken for a dead one's."""
CLAIM_EVERY = 1.0
"""Seconds between two looks for such work."""
MOST_ERRORS = 3
"""Raised errors after which a message is set aside."""
MOST_DEATHS = 5
"""Deaths after which a message is set aside: two in company, three alone."""

Decode = Callable[[Mapping[bytes, bytes]], T]


class StreamQueue(Generic[T]):
    """One consumer of one group over the streams that `streams()` names at the time of each read."""

    def __init__(
        self,
        redis: Redis,
        group: str,
        consumer: str,
        streams: Callable[[], Sequence[str]],
        decode: Decode[T],
        claim_idle: float = CLAIM_IDLE,
    ) -> None:
        self._redis = redis
        self._group = group
        self._consumer = consumer
        self._streams = streams
        self._decode = decode
        self._claim_idle = int(claim_idle * 1000)
        self._next_claim = 0.0
        self._again: list[Received[T]] = []
        self._grouped: set[str] = set()
        self._condemned: set[tuple[str, str]] = set()

    @reaches_store
    def read(self, *, count: int, wait: float) -> Sequence[Received[T]]:
        """See `monitor.ports.WorkQueue.read`."""
        if self._again:
            return [self._again.pop(0)]
        streams = self._streams()
        for stream in streams:
            self._ensure_group(stream)
        if time.monotonic() >= self._next_claim:
            if claimed := self._claim(streams, count):
                return claimed
            self._next_claim = time.monotonic() + CLAIM_EVERY
        if not streams:
            time.sleep(wait)
            return []
        answer: Any = self._redis.xreadgroup(
            self._group, self._consumer, dict.fromkeys(streams, ">"), count=count, block=max(1, int(wait * 1000))
        )
        found = [(stream.decode(), message) for stream, messages in answer or [] for message in messages]
        return self._received(found)

    @reaches_store
    def heartbeat(self, received: Sequence[Received[T]]) -> None:
        """See `monitor.ports.WorkQueue.heartbeat`."""
        by_queue = itertools.groupby(sorted((item.queue, item.id) for item in received), key=lambda pair: pair[0])
        for queue, pairs in by_queue:
            scripts.call(self._redis, "heartbeat", [queue], [self._group, self._consumer, *(pair[1] for pair in pairs)])

    @reaches_store
    def fail(self, received: Received[T], error: str, *, permanent: bool) -> bool:
        """See `monitor.ports.WorkQueue.fail`. A message that is not set aside comes again at the next read, alone."""
        del error  # told by the caller's log, and kept with the dead letter by its commit
        arguments = [self._group, self._consumer, received.id]
        errors = int(scripts.call(self._redis, "fail", [received.queue, trouble(received.queue)], arguments))
        if permanent or errors >= MOST_ERRORS:
            return True
        if errors > 0:
            self._again.append(received)
        return False

    def condemned(self, received: Received[T]) -> bool:
        """Whether the message has ended its workers so often that it must be set aside untouched."""
        return (received.queue, received.id) in self._condemned

    @reaches_store
    def close(self) -> None:
        """See `monitor.ports.WorkQueue.close`."""
        for stream in self._grouped:
            scripts.call(self._redis, "close_consumer", [stream], [self._group, self._consumer])

    def _ensure_group(self, stream: str) -> None:
        if stream in self._grouped:
            return
        try:
            self._redis.xgroup_create(stream, self._group, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        self._grouped.add(stream)

    def _claim(self, streams: Sequence[str], count: int) -> list[Received[T]]:
        for stream in streams:
            deaths, messages = scripts.call(
                self._redis,
                "claim",
                [stream, trouble(stream)],
                [self._group, self._consumer, self._claim_idle, count],
            )
            if int(deaths) > MOST_DEATHS:
                self._condemned.update((stream, message[0].decode()) for message in messages if message)
            if found := self._received([(stream, message) for message in messages if message]):
                return found
        return []

    def _received(self, found: Sequence[tuple[str, Any]]) -> list[Received[T]]:
        received = []
        for stream, (id_, fields) in found:
            pairs = fields if isinstance(fields, dict) else dict(zip(fields[::2], fields[1::2], strict=True))
            received.append(Received(queue=stream, id=id_.decode(), work=self._decode(pairs)))
        return received


def trouble(stream: str) -> str:
    """The key that counts deaths and errors of a stream's messages."""
    return f"{stream}:trouble"
