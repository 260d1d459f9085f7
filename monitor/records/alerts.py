"""Who is told what: messages in their outboxes, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.records.ids import ChannelName, DevelopmentId, Snapshot, SubscriptionName
from monitor.records.ledger import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of an outbox: the alert that a subscription decided on, not yet rendered.

    key is the idempotency key that goes with every attempt; told is when the alert was decided; event the version of the
    development at which this subscription's conditions held.
    """

    key: str
    subscription: SubscriptionName
    channel: ChannelName
    snapshot: Snapshot
    told: datetime
    event: Event

    @property
    def development(self) -> DevelopmentId:
        """The development that the message tells."""
        return self.event.development.id


class DeliveryState(StrEnum):
    """What one attempt came to."""

    SENT = "sent"
    RETRY = "retry"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One attempt to bring a message to its channel. due: when to try again, for RETRY; error: in words, for all but SENT."""

    key: str
    state: DeliveryState
    attempt: int
    at: datetime
    due: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that was given up, kept until a person retries or drops it. error: in words, for people."""

    message: Message
    attempts: int
    at: datetime
    error: str
