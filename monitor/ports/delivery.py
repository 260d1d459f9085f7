"""Who is told, by which way, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from monitor.records import Breaker, Delivery, Known, Message, Pace
from monitor.records.ids import ChannelName, DevelopmentId, SeriesId, SubscriptionName


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """What an attempt came to. pace: what the outbox remembers from now on; None: what it did before."""

    leased: Leased
    delivery: Delivery
    pace: Pace | None = None


class Planner(Protocol):
    """What decides when an outbox sends what."""

    def closed_until(self, outbox: OutboxName, now: datetime) -> datetime | None:
        """Until when nothing at all is sent from the outbox, since its channel is away; None where it may be tried."""
        ...

    def claim(self, outbox: OutboxName, now: datetime) -> datetime | None:
        """Asked where a message is about to go: None where it may; until when not, where another outbox tries the channel."""
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

    def claim(self, outbox: OutboxName, now: datetime) -> datetime | None:
        """It may."""
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

    def figure(self, subscription: SubscriptionName, series: SeriesId) -> Known | None:
        """From which figure of the series the subscription's changes are counted: mostly what it was told last; None: none."""
        ...

    def count_from(self, subscription: SubscriptionName, series: SeriesId, known: Known, *, first: bool = False) -> None:
        """Counts the subscription's changes of the series from this figure on. first: only where they were counted from none."""
        ...

    def lease(self, now: datetime, planner: Planner, *, most: int) -> Sequence[Leased]:
        """The messages of outboxes that are due and that nobody else has in hand, one of each outbox, at most so many.

        Once the planner has put a message together, it stays as it is through all attempts.
        """
        ...

    def renew(self, leased: Leased) -> bool:
        """Keeps the outbox in hand while an attempt takes long. False where another deliverer has it by now."""
        ...

    def commit(self, attempts: Sequence[Attempted]) -> Sequence[bool]:
        """SENT and DEAD take the message off (DEAD keeps it as a dead letter); RETRY leaves it at the head until `due`.

        For each, False, and nothing done, where another deliverer has taken the outbox since.
        """
        ...


class Breakers(Protocol):
    """What is known of channels that fail, shared by all deliverers."""

    def all(self) -> Mapping[ChannelName, Breaker]:
        """By channel; those that work may be missing."""
        ...

    def turn(self, channel: ChannelName, breaker: Breaker) -> bool:
        """Sets how the channel does. False, and nothing done, where another has set it since it was read here by `all`."""
        ...


class Channel(Protocol):
    """One way to a person."""

    async def deliver(self, message: Message, *, attempt: int) -> None:
        """Brings the message. Raises DeliveryFailed (temporary, may name retry_after) or DeliveryRefused (permanent)."""
        ...
