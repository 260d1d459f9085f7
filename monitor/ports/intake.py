"""Where entries come from: schedule, feeds, the way out, the sequence of each topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from monitor.errors import StoreUnavailable
from monitor.ports.work import Received
from monitor.records import Answer, Entry, Unit
from monitor.records.feeds import FeedState, Push
from monitor.records.ids import EntryId, FeedId, Snapshot, TopicSlug


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTask:
    """One feed that is due. batch names the task through all its retries: with the topic it names a batch of units."""

    feed: FeedId
    batch: str


class Schedule(Protocol):
    """When each feed is due."""

    def plan(self, due: Mapping[FeedId, datetime]) -> None:
        """Makes exactly these feeds the scheduled ones, new ones due at the time given; those already scheduled keep theirs."""

    def release_due(self, now: datetime, *, interval: float, limit: int) -> int:
        """Queues a PollTask for each feed that is due, at most `limit`, and moves each on by `interval` seconds, in case that
        its poll is lost; `finish` sets the true time. A feed whose poll is still queued is not queued again. Returns how many."""

    def finish(self, received: Received[PollTask], next_poll: datetime) -> bool:
        """Acknowledges the poll and sets the feed's next time. False where another worker has done so."""

    def hasten(self, feed: FeedId, now: datetime) -> bool:
        """Makes the feed due now, also where its poll is under way. False for a feed that is not scheduled."""


class FeedStates(Protocol):
    """What is remembered of a feed between polls."""

    def load(self, feed: FeedId) -> FeedState:
        """The feed's state; an empty one for a feed never polled."""
        ...

    def load_all(self, feeds: Sequence[FeedId]) -> Sequence[FeedState]:
        """The states of many feeds, in their order. Raises SchemaMismatch where any of them cannot be read."""
        ...

    def known(self, feed: FeedId, keys: Sequence[str]) -> Mapping[str, str]:
        """Of the identity keys given (`monitor.feeds.identity`), those that are known, with what is stored for each."""
        ...

    def commit(self, state: FeedState, remember: Mapping[str, str]) -> bool:
        """Writes the state, and what is to be known of entries, in one step.

        False where another worker has committed a poll since the state was loaded (`polls` counts them): then nothing is written.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PollEnd:
    """How a poll ends: the feed's state after it, None where there is none to write; what is to be known of its entries; when
    it is asked for next."""

    received: Received[PollTask]
    due: datetime
    state: FeedState | None = None
    remember: Mapping[str, str] = field(default_factory=dict)


class PollEnds(Protocol):
    """Ends polls, many at a time."""

    def end(self, ends: Sequence[PollEnd]) -> Sequence[bool | StoreUnavailable]:
        """Of each poll: commits the state (`FeedStates.commit`), then finishes it (`Schedule.finish`).

        For each, in order: False where another worker has committed a poll meanwhile, the error where the store refused one of
        the two. Raises StoreUnavailable where it cannot be reached: all may be ended again.
        """
        ...


class Pushes(Protocol):
    """Subscriptions at hubs, one a feed."""

    def load(self, feed: FeedId) -> Push | None:
        """The feed's, if it has one."""
        ...

    def keep(self, feed: FeedId, push: Push) -> None:
        """Puts it there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer to a GET: 304 (body empty) or 200. url: where it came from after redirects; headers: names in lower case.

    moved: the address that the permanent redirects (301, 308) led to, before any other kind; None where there were none.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    moved: str | None = None


class Fetcher(Protocol):
    """The guarded HTTP client: the only way out of this machine."""

    async def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """GETs the address, conditionally where validators are given. Raises FetchFailed, AddressRefused or FeedGone."""
        ...

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Fetched:
        """POSTs to the address and gives whatever is answered. Raises FetchFailed or AddressRefused."""
        ...


class Units(Protocol):
    """A topic's sequence, from the poll's commit to the answers."""

    def append(self, topic: TopicSlug, batch: str, snapshot: Snapshot, entries: Sequence[Entry], *, again: str = "") -> int:
        """Gives each entry revision that the topic has not had the next number, as one batch; returns how many were new.

        again: why they are read once more although the topic has had them, in a word: once for each such word.
        """
        ...

    def has_read(self, topic: TopicSlug, entry: EntryId) -> bool:
        """Whether the topic had a revision of the entry, of late."""
        ...

    def backlog(self) -> int:
        """Units that wait for analysis, all topics together."""
        ...

    def commit(self, received: Received[Unit], answer: Answer) -> bool:
        """Answers the unit's number, once. False where another worker has done so."""
        ...
