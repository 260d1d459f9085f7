"""What the roles need of the past: entries that were kept, topics that warm up, accounts of entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from monitor.records import Account, Entry
from monitor.records.held import Stop
from monitor.records.ids import TopicSlug
from monitor.records.warm import WarmUp


class Keeper(Protocol):
    """The past, kept outside the store: every entry that was taken in, whether it matches a topic or not."""

    def keep(self, entries: Sequence[Entry], *, age: float, size: int, now: datetime) -> None:
        """Keeps the entries of one poll; what is older than `age` seconds, or exceeds `size` bytes in all, goes.

        age 0: keeps none. To be called before the entries become known to the feed's state: a revision that is kept twice is read
        once. Raises nothing where there is no room: that entries are not kept is told in the log.
        """
        ...


class Stops(Protocol):
    """Mentions that were stopped before their entry got a number, topic by topic: the latest, for those who ask."""

    def note(self, topic: TopicSlug, stops: Sequence[Stop], at: datetime) -> None:
        """Notes them; one that was noted before stays as it is."""
        ...

    def since(self, topic: TopicSlug, begin: datetime) -> Iterator[tuple[Stop, datetime]]:
        """Those that were noted since a time, and when, the latest first."""
        ...


class WarmUps(Protocol):
    """Which topics warm up, and how far their ledgers have come."""

    def load(self, topic: TopicSlug) -> WarmUp | None:
        """The topic's warm-up; None where it has none, or its end has been told."""
        ...

    def put(self, warm_up: WarmUp) -> None:
        """Begins or changes a topic's warm-up."""
        ...

    def drop(self, topic: TopicSlug) -> None:
        """Ends it for good."""
        ...

    def progress(self, topic: TopicSlug) -> tuple[int, int]:
        """The last number of the topic's sequence that was given, and the last one that its ledger holds."""
        ...


class Accounts(Protocol):
    """What became of each entry, topic by topic: for those who ask why they were told, or were not."""

    def of_topic(self, topic: TopicSlug) -> Iterator[Account]:
        """The accounts that are kept, newest first."""
        ...

    def waiting(self, topic: TopicSlug) -> Mapping[str, int]:
        """The work ids (entry:revision) that have a number and are not decided, with their numbers."""
        ...
