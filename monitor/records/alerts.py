"""Who is told what: messages in their outboxes, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.records.ids import ChannelName, DevelopmentId, Snapshot, SubscriptionName
from monitor.records.ledger import Event


class Form(StrEnum):
    """Why alerts stand together in one message."""

    ALERT = "alert"
    """One development, or several of one entry."""
    FOLLOW_UP = "follow_up"
    """What has become of one story since it was last told."""
    DIGEST = "digest"
    """What was held for a time: by a digest's timing, quiet hours, a rate limit or a snooze."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of an outbox: the alert that a subscription decided on, not yet rendered, with others that go out with it.

    key is the idempotency key that goes with every attempt; told is when the alert was decided; event the version of the
    development at which this subscription's conditions held. title is the topic's title, zone the reader's time zone (IANA).
    more are the further alerts of the same message, each with the key that it had while it waited; note says in words why they
    stand together; reply: the outbox has told of this story before, and since: the figure or stance that it told last.
    """

    key: str
    subscription: SubscriptionName
    channel: ChannelName
    snapshot: Snapshot
    told: datetime
    event: Event
    title: str = ""
    zone: str = "UTC"
    form: Form = Form.ALERT
    note: str | None = None
    reply: bool = False
    since: str | None = None
    more: tuple[Message, ...] = ()

    @property
    def alerts(self) -> tuple[Message, ...]:
        """The alerts of the message, this one first."""
        return (self, *self.more)

    @property
    def story(self) -> str:
        """What developments that belong together share: their series, else their proposition."""
        return self.event.development.series or self.event.development.proposition

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
