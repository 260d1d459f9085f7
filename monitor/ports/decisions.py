"""What is known of a topic, and what has become known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from monitor.ledger.part import NO_UPKEEP, Asked, Found, Upkeep
from monitor.ports.work import Received
from monitor.records import Answer, Changes, Event
from monitor.records.ids import TopicSlug


class Decisions(Protocol):
    """A topic's decided state. Everything but `acquire` demands the lease and raises LeaseLost without it."""

    def topics(self) -> Sequence[TopicSlug]:
        """All topics that have a sequence."""

    def acquire(self, topic: TopicSlug) -> int:
        """Takes or renews the topic's lease; its epoch, or 0 where another holds it."""

    def release(self, topic: TopicSlug) -> None:
        """Gives the lease back, so that the next decider need not wait for it to expire."""

    def absorb(self, former: TopicSlug, topic: TopicSlug) -> bool:
        """Moves what is known under a topic's former slug to it, once; False while work under the former one is in flight."""

    def decided(self, topic: TopicSlug) -> int:
        """The last number that the ledger holds."""

    def next_batch(self, topic: TopicSlug, after: int) -> Sequence[Answer]:
        """The answers of the batch that follows number `after`, in order; empty while one of them is missing."""

    def begin(self, topic: TopicSlug, first: int, *, epoch: int) -> int:
        """Notes that the batch is in hand; how many deciders had it so before and died. Raises LeaseLost."""

    def look_up(self, topic: TopicSlug, asked: Asked) -> Found:
        """What the ledger holds of what is asked. Needs no lease: only a holder's commit can act on it."""

    def commit(self, changes: Changes, keeping: Upkeep = NO_UPKEEP, *, epoch: int) -> None:
        """Writes the ledger, moves the topic on and queues the events, in one step. Raises LeaseLost; then nothing was done."""


class Events(Protocol):
    """A topic's events, in order, for the subscribe step: one reader a topic at a time."""

    def acquire(self, topic: TopicSlug) -> bool:
        """Takes or renews the topic's reading lease."""
        ...

    def release(self, topic: TopicSlug) -> None:
        """Gives the lease back, so that the next reader need not wait for it to expire."""
        ...

    def read(self, topic: TopicSlug, *, count: int) -> Sequence[Received[Event]]:
        """The first events that are not acknowledged, oldest first, unacknowledged ones of a former reader included."""
        ...

    def acknowledge(self, topic: TopicSlug, received: Received[Event]) -> None:
        """The event has reached every outbox that wants it."""
        ...
