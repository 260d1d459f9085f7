"""What the roles need from the world, as small protocols. `workers.adapters` implements them, `workers.daemon` wires them.

Every commit is idempotent and fenced: done twice it changes nothing, and done by a worker that no longer owns the work it
does nothing and says so by its answer (False) or by LeaseLost. All methods may raise StoreUnavailable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from monitor.ledger.part import NO_UPKEEP, Asked, Found, Upkeep
from monitor.ports_past import Accounts, Keeper, Stops, WarmUps
from monitor.records import Answer, Changes, Delivery, Document, Entry, Event, Message, Pace, Unit
from monitor.records.feeds import FeedState, Push
from monitor.records.health import Ailment
from monitor.records.ids import ChannelName, DevelopmentId, EntryId, FeedId, Snapshot, SubscriptionName, TopicSlug
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


class Leadership(Protocol):
    """Which of several processes of a kind does the work; the others stand by."""

    def lead(self) -> bool:
        """Takes or keeps the lead; False where another process has it. To be asked more often than once a second or so."""

    def step_down(self) -> None:
        """Gives the lead back, so that the next one need not wait for it to run out."""


class FeedStates(Protocol):
    """What is remembered of a feed between polls."""

    def load(self, feed: FeedId) -> FeedState:
        """The feed's state; an empty one for a feed never polled."""
        ...

    def known(self, feed: FeedId, keys: Sequence[str]) -> Mapping[str, str]:
        """Of the identity keys given (`monitor.feeds.identity`), those that are known, with what is stored for each."""
        ...

    def commit(self, state: FeedState, remember: Mapping[str, str]) -> bool:
        """Writes the state, and what is to be known of entries, in one step.

        False where another worker has committed a poll since the state was loaded (`polls` counts them): then nothing is written.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxName:
    """The ordered messages of one subscription for one channel."""

    subscription: SubscriptionName
    channel: ChannelName


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """An outbox in this deliverer's hands, with the message that goes now; attempt counts from 1; token fences what follows.

    pace: what the outbox remembers of what it sent.
    """

    outbox: OutboxName
    message: Message
    attempt: int
    token: str
    pace: Pace = field(default_factory=Pace)


class Planner(Protocol):
    """What decides when an outbox sends what."""

    def closed_until(self, outbox: OutboxName, now: datetime) -> datetime | None:
        """Until when nothing at all is sent from the outbox, since its channel is away; None where it may be tried."""
        ...

    def plan(self, outbox: OutboxName, waiting: Sequence[Message], pace: Pace, now: datetime) -> Message | datetime:
        """The message that goes now, made of some of the alerts that wait; or the time at which the next one may go."""
        ...


class OneByOne:
    """The planner that sends each alert at once."""

    def closed_until(self, outbox: OutboxName, now: datetime) -> datetime | None:
        """Never."""
        del outbox, now
        return None

    def plan(self, outbox: OutboxName, waiting: Sequence[Message], pace: Pace, now: datetime) -> Message | datetime:
        """The first one."""
        del outbox, pace, now
        return waiting[0]


class Outboxes(Protocol):
    """Told-sets and outboxes."""

    def tell(self, messages: Sequence[Message], *, now: datetime) -> bool:
        """Adds each message to its outbox, unless the subscription was told the same before; False where it was told all of it.

        messages: of one subscription, at least one; of each development one for each channel.
        """
        ...

    def told(self, subscription: SubscriptionName, development: DevelopmentId) -> int | None:
        """The version at which the subscription was told the development; None where it was not."""
        ...

    def hold(self, subscription: SubscriptionName, development: DevelopmentId, condition: str) -> None:
        """Notes which condition holds the development back for now; `tell` takes the note away. For statistics alone."""
        ...

    def lease(self, now: datetime, planner: Planner) -> Leased | None:
        """The message of an outbox that is due and that nobody else has in hand; None where there is none.

        Once the planner has put a message together, it stays as it is through all attempts.
        """
        ...

    def renew(self, leased: Leased) -> bool:
        """Keeps the outbox in hand while an attempt takes long. False where another deliverer has it by now."""
        ...

    def commit(self, leased: Leased, delivery: Delivery, pace: Pace | None = None) -> bool:
        """SENT and DEAD take the message off (DEAD keeps it as a dead letter); RETRY leaves it at the head until `due`.

        pace: what the outbox remembers from now on; None: what it did before. False, and nothing done, where another deliverer
        has taken the outbox since.
        """
        ...


class Ailments(Protocol):
    """What is known to be wrong with the monitor itself."""

    def all(self) -> Sequence[Ailment]:
        """All that was kept."""
        ...

    def keep(self, ailments: Sequence[Ailment]) -> None:
        """Keeps exactly these."""
        ...


class Channel(Protocol):
    """One way to a person."""

    async def deliver(self, message: Message, *, attempt: int) -> None:
        """Brings the message. Raises DeliveryFailed (temporary, may name retry_after) or DeliveryRefused (permanent)."""
        ...


__all__ = [
    "Accounts",
    "Ailments",
    "Channel",
    "Clock",
    "Configurations",
    "Decisions",
    "Events",
    "FeedStates",
    "Fetched",
    "Fetcher",
    "Keeper",
    "Leadership",
    "Leased",
    "OneByOne",
    "OutboxName",
    "Outboxes",
    "Planner",
    "PollTask",
    "Pushes",
    "Received",
    "Relevant",
    "Schedule",
    "Stops",
    "Units",
    "WarmUps",
    "WorkQueue",
]
