"""What every role needs: the time, the configuration, queues of work, who leads, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from monitor.records import Document
from monitor.records.health import Ailment
from monitor.records.ids import Snapshot
from monitor.settings import Config, Topic

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Clock(Protocol):
    """The time, in UTC and aware. The only clock of the program; tests pass one of their own."""

    def __call__(self) -> datetime:
        """Now."""
        ...


class Relevant(Protocol):
    """How much a document that matched a topic's words is about the topic: what stands between matching and extraction."""

    def __call__(self, document: Document, topic: Topic) -> float:
        """From 0, not at all, to 1; below the topic's `relevance` the document is not read for claims."""
        ...


class Configurations(Protocol):
    """The configuration in force, as numbered snapshots."""

    def current(self) -> Snapshot:
        """The number in force; 0 while there is none."""

    def load(self, snapshot: Snapshot) -> Config:
        """The snapshot of that number. Raises SchemaMismatch where it is not there or not readable."""

    def under(self, snapshot: Snapshot) -> Config:
        """The snapshot of that number; the one in force where it has gone, since no work in flight carried it."""

    def store(self, config: Config) -> Snapshot:
        """Puts the configuration in force; the number in force stays where nothing has changed."""

    def stage(self, config: Config) -> Snapshot:
        """Keeps the configuration under a number of its own, so that work can be prepared under it; what is in force stays so."""

    def enact(self, before: Snapshot, snapshot: Snapshot) -> bool:
        """Puts a staged snapshot in force. False where by now another one than `before` is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received(Generic[T_co]):
    """One message of a work queue in this consumer's hands: where it came from, its stream id, and what it holds."""

    queue: str
    id: str
    work: T_co


class WorkQueue(Protocol[T]):
    """A durable queue read by a consumer group (Redis Streams). Unfinished work of a dead consumer is handed out again."""

    def read(self, *, count: int, wait: float) -> Sequence[Received[T]]:
        """Up to count messages for this consumer, work left by the dead first; waits up to `wait` seconds for new ones.

        What was in flight at two deaths comes alone.
        """
        ...

    def heartbeat(self, received: Sequence[Received[T]]) -> None:
        """Says that this consumer still works on these; touches only what it still owns."""
        ...

    def fail(self, received: Received[T], error: str, *, permanent: bool) -> bool:
        """Counts a raised error against the message; True once it is to be set aside (at once where permanent).

        Setting aside is the role's own commit, since a dead letter of analysis must answer its number too.
        """
        ...

    def condemned(self, received: Received[T]) -> bool:
        """Whether the message ended so many workers that it must be set aside untouched."""
        ...

    def close(self) -> None:
        """Deletes this consumer, if nothing is pending for it."""
        ...


class Leadership(Protocol):
    """Which of several processes of a kind does the work; the others stand by."""

    def lead(self) -> bool:
        """Takes or keeps the lead; False where another process has it. To be asked more often than once a second or so."""

    def step_down(self) -> None:
        """Gives the lead back, so that the next one need not wait for it to run out."""


class Ailments(Protocol):
    """What is known to be wrong with the monitor itself."""

    def all(self) -> Sequence[Ailment]:
        """All that was kept."""
        ...

    def keep(self, ailments: Sequence[Ailment]) -> None:
        """Keeps exactly these."""
        ...
